"""Threads lose money anywhere; coroutines only at an `await`.

    $ python race.py
    threads         5 coins paid in, 1 in the box, 0.10 s
    coroutines      5 coins paid in, 5 in the box, 0.50 s
    await between   5 coins paid in, 1 in the box, 0.10 s

Who reads, then writes, must not be interrupted in between. The pause
makes the loss certain: it stands for a system that switches threads
there. Without it `box.coins += 1` rarely loses one, since Python 3.10;
rarely is worse. The price of the second line is its time: while a task
keeps the thread, nobody else runs.
"""

import asyncio
import time
from dataclasses import dataclass
from threading import Thread


@dataclass
class Box:
    """A box for coins."""

    coins: int = 0


def pay(box: Box, pause: float) -> None:
    """Pay one coin in: a thread may lose its turn anywhere."""
    coins = box.coins
    time.sleep(pause)
    box.coins = coins + 1


async def pay_alone(box: Box, pause: float) -> None:
    """Do the same in a coroutine: no `await`, nobody comes between."""
    coins = box.coins
    time.sleep(pause)
    box.coins = coins + 1


async def pay_awaiting(box: Box, pause: float) -> None:
    """Let others run between the reading and the writing."""
    coins = box.coins
    await asyncio.sleep(pause)  # the others read the same number
    box.coins = coins + 1


def in_threads(box: Box, payers: int, pause: float) -> None:
    """Let each payer be a thread."""
    threads = [
        Thread(target=pay, args=(box, pause)) for _ in range(payers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def report(name: str, payers: int, box: Box, start: float) -> None:
    """Say what is left of the coins, and how long that took."""
    spent = time.perf_counter() - start
    paid = f"{payers} coins paid in, {box.coins} in the box"
    print(f"{name:15} {paid}, {spent:.2f} s")


async def main(*, payers: int = 5, pause: float = 0.1) -> None:
    """Let payers pay at once, in three ways."""
    box, start = Box(), time.perf_counter()
    await asyncio.to_thread(in_threads, box, payers, pause)
    report("threads", payers, box, start)
    for name, way in (
        ("coroutines", pay_alone),
        ("await between", pay_awaiting),
    ):
        box, start = Box(), time.perf_counter()
        await asyncio.gather(*(way(box, pause) for _ in range(payers)))
        report(name, payers, box, start)


if __name__ == "__main__":
    asyncio.run(main())
