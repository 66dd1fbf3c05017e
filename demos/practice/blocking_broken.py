"""Broken: a call that blocks, a long computation, and all others wait.

    $ python blocking_broken.py
    countdown: 3
    gauge: 40 mm
    seeds: 5000
    countdown: 2
    countdown: 1

A coroutine gives the thread back at an `await` that suspends, nowhere
else. `read_gauge` stands for any library that knows no asyncio: a
driver, an HTTP client, a file on a slow disk.
"""

import asyncio
import time


async def countdown() -> None:
    """Count down, and let others run in between."""
    for number in 3, 2, 1:
        print("countdown:", number)
        await asyncio.sleep(0)  # others run


def read_gauge(delay: float) -> str:
    """Wait for an old rain gauge, without asyncio."""
    time.sleep(delay)
    return "40 mm"


async def gauge(delay: float) -> None:
    """Hold the thread: it blocks."""
    rain = read_gauge(delay)
    print("gauge:", rain)


async def seeds() -> None:
    """Hold the thread: it computes."""
    total = 0
    for _ in range(5_000):
        total += 1
    print("seeds:", total)


async def main(*, delay: float = 0.3) -> None:
    """Count down beside both."""
    async with asyncio.TaskGroup() as group:
        group.create_task(countdown())
        group.create_task(gauge(delay))
        group.create_task(seeds())


if __name__ == "__main__":
    asyncio.run(main())
