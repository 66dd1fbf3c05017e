"""Fixed: what blocks goes to a thread; what computes takes breaks.

    $ python blocking_fixed.py
    countdown: 3
    countdown: 2
    countdown: 1
    seeds: 5000
    gauge: 40 mm

A thread helps where the call waits, or frees the GIL. Plain Python that
computes for long would slow the loop from a thread as well: that goes
to a process, or hands over with `sleep(0)`.
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
    """Block a thread that is not the loop's."""
    rain = await asyncio.to_thread(read_gauge, delay)
    print("gauge:", rain)


async def seeds() -> None:
    """Compute, and hand over now and then."""
    total = 0
    for number in range(5_000):
        if number % 1_000 == 0:
            await asyncio.sleep(0)
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
