"""What blocks goes to a thread, or a process: the loop stays free.

    $ python blocking.py
    called: watered
    tick
    tick
    to_thread: watered
    tick
    executor: watered
    tick
    process: 256909 bits

Called directly, it holds the thread: the tick comes too late. Threads
are for what waits, processes for what computes. A new process imports
the program, hence `if __name__ == "__main__"`, then finds the function
by its name: not one that a notebook's cell defines. "spawn" is the same
on each system, where the defaults differ: on Linux "fork", which may
not be mixed with threads, and "forkserver" from 3.14 on.
"""

import asyncio
import math
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context


def water(pause: float) -> str:
    """Block who calls it."""
    time.sleep(pause)
    return "watered"


async def call(pause: float) -> None:
    """Block the loop."""
    print("called:", water(pause))


async def in_thread(pause: float) -> None:
    """Block a thread of the loop's own pool."""
    done = await asyncio.to_thread(water, pause)
    print("to_thread:", done)


async def in_pool(pause: float) -> None:
    """Block a thread of our own pool."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(4) as pool:
        done = await loop.run_in_executor(pool, water, pause)
    print("executor:", done)


async def in_process(number: int) -> None:
    """Compute in another process, maybe on another core."""
    loop = asyncio.get_running_loop()
    pool = ProcessPoolExecutor(mp_context=get_context("spawn"))
    with pool:
        product = await loop.run_in_executor(
            pool, math.factorial, number
        )
    bits = product.bit_length()
    print(f"process: {bits} bits")


async def tick() -> None:
    """Tick in the next turn, if the loop is free."""
    await asyncio.sleep(0)
    print("tick")


async def main(*, delay: float = 0.2) -> None:
    """Tick once beside each."""
    await asyncio.gather(call(delay), tick())
    await asyncio.gather(in_thread(delay), tick())
    await asyncio.gather(in_pool(delay), tick())
    await asyncio.gather(in_process(20_000), tick())


if __name__ == "__main__":
    asyncio.run(main())
