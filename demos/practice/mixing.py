"""Where one stands decides how one calls.

    $ python mixing.py
    without a loop: quick slow asked
    coroutine: quick slow asked
    callback: quick slow asked
    thread: quick slow asked

Ordinary code without a loop may block, and starts one. A coroutine
awaits, and gives a thread what blocks. A callback can only start:
somebody else awaits. Another thread asks the loop, and may block.
"""

import asyncio
import time
from asyncio import AbstractEventLoop, Future


def quick() -> str:
    """Answer at once."""
    return "quick"


def slow() -> str:
    """Answer late, and hold the thread meanwhile."""
    time.sleep(0.1)
    return "slow"


async def ask() -> str:
    """Answer late, and let others run meanwhile."""
    await asyncio.sleep(0.1)
    return "asked"


def without_loop() -> None:
    """Call from ordinary code, where no loop runs."""
    first = quick()
    second = slow()
    third = asyncio.run(ask())
    print("without a loop:", first, second, third)


async def in_coroutine() -> None:
    """Call from a coroutine; a notebook's cell is one, too."""
    first = quick()
    second = await asyncio.to_thread(slow)
    third = await ask()
    print("coroutine:", first, second, third)


def in_callback(
    loop: AbstractEventLoop, kept: list[Future[str]]
) -> None:
    """Call from a function below the loop: start, wait for nothing."""
    first = quick()
    second = loop.run_in_executor(None, slow)
    third = loop.create_task(ask())
    print("callback:", first, end=" ")
    kept += [second, third]


def in_thread(loop: AbstractEventLoop) -> None:
    """Call from another thread, which the loop does not wait for."""
    first = quick()
    second = slow()
    third = asyncio.run_coroutine_threadsafe(ask(), loop)
    print("thread:", first, second, third.result())


async def main() -> None:
    """Call all three from each place."""
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(without_loop)
    await in_coroutine()
    kept: list[Future[str]] = []
    loop.call_soon(in_callback, loop, kept)
    await asyncio.sleep(0)  # the callback runs
    print(*await asyncio.gather(*kept))
    await asyncio.to_thread(in_thread, loop)


if __name__ == "__main__":
    asyncio.run(main())
