"""`as_completed` gives each result as soon as there is one.

    $ python as_completed.py
    crocus, in flower
    tulip, in flower
    rose, in flower
    async for: needs Python 3.13 or newer

3.13 and newer:

    $ python as_completed.py
    crocus, in flower
    tulip, in flower
    rose, in flower
    task-crocus returns crocus, in flower
    task-tulip returns tulip, in flower
    task-rose returns rose, in flower

The plain `for` gives coroutines: the first `await` is the first result,
but of which task? `async for`, of 3.13, gives the tasks themselves.
"""

import asyncio
import sys

Tasks = list[asyncio.Task[str]]


async def as_they_come(tasks: Tasks) -> None:
    """Print the results, the first to come first."""
    for coming in asyncio.as_completed(tasks):
        print(await coming)


async def which_ones(tasks: Tasks) -> None:
    """Print the results, and whose they are."""
    async for task in asyncio.as_completed(tasks):
        name = task.get_name()
        print(name, "returns", await task)


async def grow(name: str, days: float) -> str:
    """Flower in the end."""
    await asyncio.sleep(days)
    return f"{name}, in flower"


def sow(day: float) -> Tasks:
    """Start three tasks, the slowest first."""
    days = {"rose": 3 * day, "tulip": 2 * day, "crocus": day}
    return [
        asyncio.create_task(grow(name, delay), name=f"task-{name}")
        for name, delay in days.items()
    ]


async def main(*, day: float = 0.2) -> None:
    """Take the flowers as they come."""
    await as_they_come(sow(day))
    if sys.version_info < (3, 13):
        print("async for: needs Python 3.13 or newer")
        return
    await which_ones(sow(day))


if __name__ == "__main__":
    asyncio.run(main())
