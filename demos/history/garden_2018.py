"""In 2018 `asyncio.run` took the loop out of sight.

    $ python garden_2018.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

Python 3.7 brought `asyncio.run`: it makes the loop, cancels what is
left at the end, or at Ctrl-C, and closes the loop. Types had come with
3.5 (PEP 484). Changed to run today: nothing.
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
    names = await asyncio.gather(
        grow("tulip", 2 * delay), grow("iris", delay)
    )
    print("in flower:", ", ".join(names))


async def main(*, delay: float = 0.1) -> None:
    """Grow them in the loop that runs."""
    await garden(delay)


if __name__ == "__main__":
    asyncio.run(main())
