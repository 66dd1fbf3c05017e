"""A semaphore of four permits: the window that asyncio has made.

    $ python semaphore.py
    starts 0.0 0.0 0.0 0.0 1.0 1.0 2.0 3.0 3.0 3.0 4.0 4.0 s
    ends   1.0 2.0 3.0 1.0 3.0 4.0 3.0 5.0 6.0 4.0 6.0 7.0 s
    a fifth spade: BoundedSemaphore released too many times

Twelve jobs of 1, 2 and 3 s by turns, with a tenth of a second for one:
the schedule of `window.py`. A plain Semaphore lets its count grow; a
bounded one tells who gives back more than was taken.
"""

import asyncio

Span = tuple[float, float]


async def work(seconds: float) -> Span:
    """Take time; tell from when to when."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    await asyncio.sleep(seconds)
    return start, loop.time()


async def job(spades: asyncio.Semaphore, seconds: float) -> Span:
    """Work with one of the spades."""
    async with spades:  # waits for one
        return await work(seconds)


def give_back_too_many(spades: asyncio.Semaphore) -> None:
    """Give back a spade that nobody has taken."""
    try:
        spades.release()
    except ValueError as error:
        print("a fifth spade:", error)


async def main(*, second: float = 0.1) -> None:
    """Share four spades among twelve jobs."""
    spades = asyncio.BoundedSemaphore(4)
    zero = asyncio.get_running_loop().time()
    spans = await asyncio.gather(
        *(job(spades, each * second) for each in (1, 2, 3) * 4)
    )
    starts = [f"{(start - zero) / second:.1f}" for start, _ in spans]
    ends = [f"{(end - zero) / second:.1f}" for _, end in spans]
    print("starts", *starts, "s")
    print("ends  ", *ends, "s")
    give_back_too_many(spades)


if __name__ == "__main__":
    asyncio.run(main())
