"""Fixed: somebody keeps the task, a set or a group.

    $ python forgotten_fixed.py
    waiting: 2
    collected, waiting: 2
    a bee comes
    tulip: in flower
    rose: in flower
    kept: 0

The set is for a task that nobody waits for; `discard` lets it go when
it ends. The group keeps its own, and waits for them: prefer it.
"""

import asyncio
import gc
from collections.abc import Coroutine
from weakref import WeakValueDictionary

Bees = WeakValueDictionary[str, asyncio.Event]
Tasks = set[asyncio.Task[None]]
Work = Coroutine[None, None, None]


async def grow(name: str, bees: Bees) -> None:
    """Flower once a bee has come."""
    bee = asyncio.Event()
    bees[name] = bee
    await bee.wait()
    print(f"{name}: in flower")


def start(work: Work, kept: Tasks) -> None:
    """Start a task, and keep it until it ends."""
    task = asyncio.create_task(work)
    kept.add(task)
    task.add_done_callback(kept.discard)


async def garden(bees: Bees, kept: Tasks) -> None:
    """Start a task that a set keeps, one that a group keeps."""
    start(grow("tulip", bees), kept)
    async with asyncio.TaskGroup() as group:
        group.create_task(grow("rose", bees))
        await visit(bees)


async def visit(bees: Bees) -> None:
    """Collect garbage; then send the bees that are left."""
    await asyncio.sleep(0)  # both start here
    print("waiting:", len(bees))
    gc.collect()
    print("collected, waiting:", len(bees))
    print("a bee comes")
    for bee in list(bees.values()):
        bee.set()


async def main() -> None:
    """Run the garden, and count what is still kept."""
    kept = Tasks()
    await garden(Bees(), kept)
    print("kept:", len(kept))


if __name__ == "__main__":
    asyncio.run(main())
