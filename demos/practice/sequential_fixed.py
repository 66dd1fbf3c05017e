"""Fixed: all start, then all are awaited.

    $ python sequential_fixed.py
    tulip: sown
    iris: sown
    rose: sown
    tulip: in flower
    iris: in flower
    rose: in flower
    garden: 0.20 s

The longest wait, and no longer their sum. A hundred thousand flowers
would all start at once: a Semaphore says how many may.
"""

import asyncio
import time


async def grow(flower: str, delay: float) -> None:
    """Sow, wait, flower."""
    print(f"{flower}: sown")
    await asyncio.sleep(delay)
    print(f"{flower}: in flower")


async def garden(delay: float) -> None:
    """Grow three flowers at once."""
    async with asyncio.TaskGroup() as group:
        for flower in "tulip", "iris", "rose":
            growing = grow(flower, delay)
            group.create_task(growing)


async def main(*, delay: float = 0.2) -> None:
    """Time the garden."""
    start = time.perf_counter()
    await garden(delay)
    print(f"garden: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
