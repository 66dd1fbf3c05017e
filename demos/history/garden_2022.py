"""In 2022 tasks got a group, which no task outlives.

    $ python garden_2022.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

Python 3.11 brought TaskGroup: its block ends when all its tasks have.
If one fails, the others are cancelled, where `gather` let them run
on; the errors come in a group (PEP 654). Changed to run today:
nothing.
"""

import asyncio


async def rain(delay: float) -> str:
    """Wait, and answer."""
    await asyncio.sleep(delay)
    return "water"


async def grow(name: str, delay: float) -> str:
    """Drink when it rains."""
    water = await rain(delay)
    print(name, "drinks", water)
    return name


async def garden(delay: float) -> None:
    """Grow two flowers together."""
    async with asyncio.TaskGroup() as group:
        tulip = group.create_task(grow("tulip", 2 * delay))
        iris = group.create_task(grow("iris", delay))
    names = tulip.result(), iris.result()
    print("in flower:", ", ".join(names))


async def main(*, delay: float = 0.1) -> None:
    """Grow them in the loop that runs."""
    await garden(delay)


if __name__ == "__main__":
    asyncio.run(main())
