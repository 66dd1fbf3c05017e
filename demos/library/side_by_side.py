"""Threads wait side by side; it takes processes to compute so.

    $ python side_by_side.py
    four times     waits   counts
    direct      :   0.20     0.20 s
    to_thread   :   0.05     0.20 s
    thread pool :   0.05     0.20 s
    process pool:   0.05     0.10 s, and 0.15 s to start

One thread at a time runs Python, so counting in four takes as long as
in one (not on a Python without that lock, 3.13t and newer). Processes
share the cores there are; each is an interpreter to start, and what
goes there and back is pickled.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import (
    Executor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from functools import partial
from multiprocessing import get_context

Work = Callable[[], object]
Way = Callable[[Work], Awaitable[list[object]]]


def count(numbers: int) -> int:
    """Compute, in Python."""
    total = 0
    for _ in range(numbers):
        total += 1
    return total


async def directly(work: Work) -> list[object]:
    """Do it four times, and block the loop."""
    return [work() for _ in range(4)]


async def in_threads(work: Work) -> list[object]:
    """Do it four times, in the loop's own threads."""
    return await asyncio.gather(
        *(asyncio.to_thread(work) for _ in range(4))
    )


async def in_pool(pool: Executor, work: Work) -> list[object]:
    """Do it four times, in the threads or processes of a pool."""
    loop = asyncio.get_running_loop()
    return await asyncio.gather(
        *(loop.run_in_executor(pool, work) for _ in range(4))
    )


async def timed(way: Way, work: Work) -> float:
    """Return how many seconds it takes."""
    start = time.perf_counter()
    await way(work)
    return time.perf_counter() - start


async def compare(way: Way, pause: float, numbers: int) -> str:
    """Time what waits, then what computes."""
    waits = await timed(way, partial(time.sleep, pause))
    counts = await timed(way, partial(count, numbers))
    return f"{waits:6.2f} {counts:8.2f} s"


async def main(
    *, pause: float = 0.05, numbers: int = 2_000_000
) -> None:
    """Do the same in four ways."""
    print("four times     waits   counts")
    row = await compare(directly, pause, numbers)
    print("direct      :", row)
    row = await compare(in_threads, pause, numbers)
    print("to_thread   :", row)
    with ThreadPoolExecutor(4) as pool:
        row = await compare(partial(in_pool, pool), pause, numbers)
    print("thread pool :", row)
    context = get_context("spawn")
    with ProcessPoolExecutor(4, mp_context=context) as processes:
        way = partial(in_pool, processes)
        start = await timed(way, partial(time.sleep, pause))
        row = await compare(way, pause, numbers)
    print(f"process pool: {row}, and {start - pause:.2f} s to start")


if __name__ == "__main__":
    asyncio.run(main())
