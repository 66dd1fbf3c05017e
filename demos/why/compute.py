"""Coroutines compute no faster; threads hardly; processes may.

    $ python compute.py
    one by one  0.40 s
    coroutines  0.40 s
    threads     0.38 s
    processes   0.22 s

Two sums, as long each. Coroutines share one thread; threads share the
lock of the interpreter (GIL), unless Python was built free-threaded,
from 3.13 on. Processes are on a core each, if two are free; they have
started before the clock does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import (
    Executor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from functools import partial
from multiprocessing import get_context
from time import perf_counter

Way = Callable[[int], Awaitable[list[int]]]


def compute(numbers: int) -> int:
    """Add squares: work, and no wait."""
    return sum(number * number for number in range(numbers))


async def compute_as_coroutine(numbers: int) -> int:
    """Do the same: there is nothing to await, so nobody else runs."""
    return compute(numbers)


async def one_by_one(numbers: int) -> list[int]:
    """Compute twice."""
    return [compute(numbers), compute(numbers)]


async def in_coroutines(numbers: int) -> list[int]:
    """Compute twice, in one thread."""
    twice = [compute_as_coroutine(numbers) for _ in range(2)]
    return await asyncio.gather(*twice)


async def in_pool(pool: Executor, numbers: int) -> list[int]:
    """Compute twice, in two threads or two processes."""
    loop = asyncio.get_running_loop()
    twice = [
        loop.run_in_executor(pool, compute, numbers) for _ in range(2)
    ]
    return await asyncio.gather(*twice)


async def measure(name: str, way: Way, numbers: int) -> None:
    """Time one way, once its threads or processes are there."""
    await way(0)
    start = perf_counter()
    await way(numbers)
    print(f"{name:11} {perf_counter() - start:.2f} s")


async def main(*, numbers: int = 4_000_000) -> None:
    """Compute in each way."""
    spawn = get_context("spawn")
    with (
        ThreadPoolExecutor(2) as threads,
        ProcessPoolExecutor(2, mp_context=spawn) as processes,
    ):
        await measure("one by one", one_by_one, numbers)
        await measure("coroutines", in_coroutines, numbers)
        await measure("threads", partial(in_pool, threads), numbers)
        await measure("processes", partial(in_pool, processes), numbers)


if __name__ == "__main__":
    asyncio.run(main())
