"""Coroutines compute no faster; threads hardly; processes may.

    $ python compute.py
    one by one  0.57 s
    coroutines  0.77 s
    threads     0.54 s
    processes   0.38 s

Two sums, as long each. Coroutines share one thread; threads share the
lock of the interpreter (GIL), unless Python was built free-threaded,
from 3.13 on. Processes are on a core each, if two are free, but they
have to start, which counts here.
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
    with pool:
        twice = [
            loop.run_in_executor(pool, compute, numbers)
            for _ in range(2)
        ]
        return await asyncio.gather(*twice)


async def main(*, numbers: int = 5_000_000) -> None:
    """Compute in each way."""
    spawn = get_context("spawn")
    ways: dict[str, Way] = {
        "one by one": one_by_one,
        "coroutines": in_coroutines,
        "threads": partial(in_pool, ThreadPoolExecutor(2)),
        "processes": partial(
            in_pool, ProcessPoolExecutor(2, mp_context=spawn)
        ),
    }
    for name, way in ways.items():
        start = perf_counter()
        await way(numbers)
        print(f"{name:11} {perf_counter() - start:.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
