"""Broken: `await` in a loop starts each when the one before ends.

    $ python sequential_broken.py
    tulip: sown
    tulip: in flower
    iris: sown
    iris: in flower
    rose: sown
    rose: in flower
    garden: 0.60 s

Nothing is wrong in what it does, but for the time: the sum of the
waits, as if there were no loop. It is right where each needs what the
one before has given.
"""

import asyncio
import time


async def grow(flower: str, delay: float) -> None:
    """Sow, wait, flower."""
    print(f"{flower}: sown")
    await asyncio.sleep(delay)
    print(f"{flower}: in flower")


async def garden(delay: float) -> None:
    """Grow three flowers, one after the other."""
    for flower in "tulip", "iris", "rose":
        await grow(flower, delay)


async def main(*, delay: float = 0.2) -> None:
    """Time the garden."""
    start = time.perf_counter()
    await garden(delay)
    print(f"garden: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
