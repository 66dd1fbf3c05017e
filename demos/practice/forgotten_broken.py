"""Broken: the loop alone does not keep a task alive.

    $ python forgotten_broken.py
    waiting: 1
    loop: Task was destroyed but it is pending!
    collected, waiting: 0
    a bee comes

The loop has weak references only. The tulip waits for a bee that it
alone knows: nothing leads to either, and the collector takes both. It
comes when it likes; here `gc.collect` calls it.
"""

import asyncio
import gc
from weakref import WeakValueDictionary

Bees = WeakValueDictionary[str, asyncio.Event]


async def grow(name: str, bees: Bees) -> None:
    """Flower once a bee has come."""
    bee = asyncio.Event()
    bees[name] = bee
    await bee.wait()
    print(f"{name}: in flower")


async def garden(bees: Bees) -> None:
    """Start a task, and keep nothing of it."""
    asyncio.create_task(grow("tulip", bees))
    await visit(bees)


async def visit(bees: Bees) -> None:
    """Collect garbage; then send the bees that are left."""
    await asyncio.sleep(0)  # it starts here
    print("waiting:", len(bees))
    gc.collect()
    print("collected, waiting:", len(bees))
    print("a bee comes")
    for bee in list(bees.values()):
        bee.set()


def report(
    loop: asyncio.AbstractEventLoop, context: dict[str, object]
) -> None:
    """Print what the loop would log."""
    print("loop:", context["message"])


async def main() -> None:
    """Run the garden, and print what the loop says of it."""
    loop = asyncio.get_running_loop()
    previous = loop.get_exception_handler()
    loop.set_exception_handler(report)
    try:
        await garden(Bees())
    finally:
        loop.set_exception_handler(previous)


if __name__ == "__main__":
    asyncio.run(main())
