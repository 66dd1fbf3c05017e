# /// script
# requires-python = ">=3.11,<3.12"
# dependencies = ["curio>=1.6; python_version < '3.12'"]
# ///
"""On curio the same coroutines grow; even to start one is awaited.

    $ python garden_curio.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

The garden of garden_2022.py, on the library that showed the way: its
TaskGroup came years before asyncio's, and keeps the results in order.
Only Python 3.11 runs it: curio 1.6, the last on PyPI, imports a name
of `multiprocessing` that has left in 3.12.
"""

import asyncio
import sys

if sys.version_info < (3, 12):
    import curio


async def rain(delay: float) -> str:
    """Wait, and answer."""
    await curio.sleep(delay)
    return "water"


async def grow(name: str, delay: float) -> str:
    """Drink when it rains."""
    water = await rain(delay)
    print(name, "drinks", water)
    return name


async def garden(delay: float) -> None:
    """Grow two flowers together."""
    async with curio.TaskGroup() as group:
        await group.spawn(grow, "tulip", 2 * delay)
        await group.spawn(grow, "iris", delay)
    print("in flower:", ", ".join(group.results))


def run(delay: float) -> None:
    """Run the garden on curio, where there is a curio."""
    if sys.version_info >= (3, 12):
        raise ImportError(
            "curio 1.6 needs Python 3.11, not a later one"
        )
    curio.run(garden, delay)


async def main(*, delay: float = 0.1) -> None:
    """Run curio in a thread: where one awaits this, asyncio runs."""
    await asyncio.to_thread(run, delay)


if __name__ == "__main__":
    asyncio.run(main())
