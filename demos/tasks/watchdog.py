"""A watchdog reads failures as they happen, while others still run.

    $ python watchdog.py
    main is a task too: True
    watching iris, rose, tulip
    tulip failed: ValueError('no water')
    iris: in flower
    rose: in flower

A notebook's loop runs tasks of its own: `watch` is told which ones
were there before.
"""

import asyncio


def read_failure(task: asyncio.Task[None]) -> None:
    """Read a failure in the turn after it happens."""
    if not task.cancelled() and task.exception():
        print(f"{task.get_name()} failed: {task.exception()!r}")


def watch(known: set[asyncio.Task[None]]) -> None:
    """Have each new task of the loop report its end."""
    new = asyncio.all_tasks() - known
    print("watching", ", ".join(sorted(t.get_name() for t in new)))
    for task in new:
        task.add_done_callback(read_failure)


async def sprout(name: str, delay: float) -> None:
    """Flower in the end; a tulip fails."""
    await asyncio.sleep(delay)
    if name == "tulip":
        raise ValueError("no water")
    print(f"{name}: in flower")


async def main(*, delay: float = 0.5) -> None:
    """Start three tasks, watch all that was started."""
    known = asyncio.all_tasks()
    print("main is a task too:", asyncio.current_task() in known)
    tasks = [
        asyncio.create_task(sprout("tulip", 0), name="tulip"),
        asyncio.create_task(sprout("iris", delay), name="iris"),
        asyncio.create_task(sprout("rose", 2 * delay), name="rose"),
    ]
    watch(known)
    await asyncio.wait(tasks)  # never raises: `read_failure` reads


if __name__ == "__main__":
    asyncio.run(main())
