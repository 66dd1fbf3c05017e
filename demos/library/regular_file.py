"""A regular file cannot be awaited: a thread reads it.

    $ python regular_file.py
    select: ready, even at its end
    add_reader: Operation not permitted
    tick
    thread: tulip, 3 euros

A file on a disk is always ready, says the system, even where nothing
is left to read, or where a read takes long: there is no signal to wait
for, and Linux's epoll, which the loop asks, refuses it. `to_thread`
waits for files, and the loop is free meanwhile: it ticks.
"""

import asyncio
import select
import time
from tempfile import TemporaryFile
from typing import IO


def ask_system(prices: IO[str]) -> None:
    """Ask the system whether a read would have to wait."""
    ready, _, _ = select.select([prices], [], [], 0)
    if prices in ready:
        print("select: ready, even at its end")


def ask_loop(prices: IO[str]) -> None:
    """Ask the loop to tell when there is something to read."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_reader(prices, print)
    except PermissionError as error:
        print("add_reader:", error.strerror)


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
    """Read a file, after two vain questions."""
    with TemporaryFile("w+", encoding="utf-8") as prices:
        prices.write("tulip, 3 euros")
        ask_system(prices)
        ask_loop(prices)
        await asyncio.gather(read_in_thread(prices, delay), tick())


if __name__ == "__main__":
    asyncio.run(main())
