"""A queue of four slots is a window: four jobs at a time, no more.

    $ python window.py
    job  1 takes 1: 0.0 1.0 s  0.0 1.0 s
    job  2 takes 2: 0.0 2.0 s  0.0 2.0 s
    job  3 takes 3: 0.0 3.0 s  0.0 3.0 s
    job  4 takes 1: 0.0 1.0 s  0.0 1.0 s
    job  5 takes 2: 1.0 3.0 s  1.0 3.0 s
    job  6 takes 3: 1.0 4.0 s  1.0 4.0 s
    job  7 takes 1: 2.0 3.0 s  2.0 3.0 s
    job  8 takes 2: 3.0 5.0 s  3.0 5.0 s
    job  9 takes 3: 3.0 6.0 s  3.0 6.0 s
    job 10 takes 1: 3.0 4.0 s  3.0 4.0 s
    job 11 takes 2: 4.0 6.0 s  4.0 6.0 s
    job 12 takes 3: 4.0 7.0 s  4.0 7.0 s

Start and end of each job, first with `put` and `get_nowait`, then with
`async with`: all is done in 7 s, instead of 24. To get a slot, a job
writes into the queue. A second is a tenth of one here.
"""

import asyncio
from collections.abc import Awaitable, Iterable

Span = tuple[float, float]


async def work(seconds: float) -> Span:
    """Take time; tell from when to when."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    await asyncio.sleep(seconds)
    return start, loop.time()


async def job(window: asyncio.Queue[None], seconds: float) -> Span:
    """Work in a slot of the window."""
    await window.put(None)  # waits for a slot
    try:
        return await work(seconds)
    finally:
        window.get_nowait()  # leaves it


class Window:
    """The same as an asynchronous context manager."""

    def __init__(self, size: int) -> None:
        self.slots = asyncio.Queue[None](size)

    async def __aenter__(self) -> None:
        await self.slots.put(None)

    async def __aexit__(self, *error: object) -> None:
        self.slots.get_nowait()


async def job_inside(window: Window, seconds: float) -> Span:
    """Work in a slot of the window."""
    async with window:  # waits for a slot
        return await work(seconds)


async def timed(jobs: Iterable[Awaitable[Span]]) -> list[Span]:
    """Run all jobs; tell from when to when, counted from now."""
    zero = asyncio.get_running_loop().time()
    spans = await asyncio.gather(*jobs)
    return [(start - zero, end - zero) for start, end in spans]


async def main(*, second: float = 0.1) -> None:
    """Run the same twelve jobs through each window."""
    jobs = (1, 2, 3) * 4
    queue = asyncio.Queue[None](maxsize=4)
    window = Window(4)
    one = await timed(job(queue, each * second) for each in jobs)
    two = await timed(
        job_inside(window, each * second) for each in jobs
    )
    for number, seconds in enumerate(jobs):
        times = [each / second for each in one[number] + two[number]]
        print(
            f"job {number + 1:2} takes {seconds}:",
            "{:.1f} {:.1f} s  {:.1f} {:.1f} s".format(*times),
        )


if __name__ == "__main__":
    asyncio.run(main())
