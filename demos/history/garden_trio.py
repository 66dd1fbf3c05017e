# /// script
# requires-python = ">=3.11"
# dependencies = ["trio>=0.25"]
# ///
"""On trio the same coroutines grow; a nursery keeps no results.

    $ python garden_trio.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

The garden of garden_2022.py: `async` and `await` are the language's,
and only `sleep` and the nursery are trio's. An asyncio TaskGroup gives
tasks that keep what they return; a nursery starts a function and gives
back nothing, so `plant` puts what `grow` returns into the bed.
"""

import asyncio

import trio


async def rain(delay: float) -> str:
    """Wait, and answer."""
    await trio.sleep(delay)
    return "water"


async def grow(name: str, delay: float) -> str:
    """Drink when it rains."""
    water = await rain(delay)
    print(name, "drinks", water)
    return name


async def plant(
    bed: list[str], place: int, name: str, delay: float
) -> None:
    """Put a flower into the bed, once it has grown."""
    bed[place] = await grow(name, delay)


async def garden(delay: float) -> None:
    """Grow two flowers together."""
    bed = ["bare", "bare"]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(plant, bed, 0, "tulip", 2 * delay)
        nursery.start_soon(plant, bed, 1, "iris", delay)
    print("in flower:", ", ".join(bed))


async def main(*, delay: float = 0.1) -> None:
    """Run trio in a thread: where one awaits this, asyncio runs."""
    await asyncio.to_thread(trio.run, garden, delay)


if __name__ == "__main__":
    asyncio.run(main())
