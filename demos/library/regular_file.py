"""A regular file cannot be awaited: a thread reads it.

    $ python regular_file.py
    add_reader: Operation not permitted
    connect_read_pipe: Pipe transport is for pipes/sockets only.
    tick
    thread: tulip, 3 euros

A file on a disk is always ready, says the system, even where a read
takes long: there is no signal to wait for, and Linux's epoll refuses
it. The loop waits for sockets and pipes; `to_thread` waits for files.
"""

import asyncio
import time
from tempfile import TemporaryFile
from typing import IO


async def ask_loop(prices: IO[str]) -> None:
    """Ask the loop to wait for a file."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_reader(prices, print)
    except PermissionError as error:
        print("add_reader:", error.strerror)
    try:
        await loop.connect_read_pipe(asyncio.Protocol, prices)
    except ValueError as error:
        print("connect_read_pipe:", error)


def read(prices: IO[str], delay: float) -> str:
    """Read a file, from a slow disk: it blocks."""
    time.sleep(delay)
    prices.seek(0)
    return prices.read()


async def read_in_thread(prices: IO[str], delay: float) -> None:
    """Read a file, and let others run."""
    said = await asyncio.to_thread(read, prices, delay)
    print("thread:", said)


async def tick() -> None:
    """Tick in the next turn, if the loop is free."""
    await asyncio.sleep(0)
    print("tick")


async def main(*, delay: float = 0.2) -> None:
    """Read a file, after two vain tries."""
    with TemporaryFile("w+", encoding="utf-8") as prices:
        prices.write("tulip, 3 euros")
        await ask_loop(prices)
        await asyncio.gather(read_in_thread(prices, delay), tick())


if __name__ == "__main__":
    asyncio.run(main())
