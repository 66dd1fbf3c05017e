"""A queue of size one: the slower of the two sets the tempo.

    $ python queue_one.py
    cut 1
    put 1
        got 1
    cut 2
    put 2
    cut 3
        got 2
    put 3
        got 3

The gardener is quick, by fits and starts; the florist is slow. Tulip 3
is cut, and waits: `put` suspends as long as the basket is full. The
other way round, it is the florist who waits, at `get`:

    python -m demos library.queue_one --gardener 1 --florist 0
"""

import asyncio
from random import random


async def cut(basket: asyncio.Queue[int], pause: float) -> None:
    """Cut tulips, at a random tempo."""
    for tulip in range(1, 4):
        await asyncio.sleep(pause * random())
        print("cut", tulip)
        await basket.put(tulip)  # may wait
        print("put", tulip)


async def sell(basket: asyncio.Queue[int], pause: float) -> None:
    """Sell tulips, with a pause after each."""
    for _ in range(3):
        tulip = await basket.get()  # may wait
        print("    got", tulip)
        await asyncio.sleep(pause)


async def main(*, gardener: float = 0.1, florist: float = 0.4) -> None:
    """Cut and sell three tulips, one in the basket at most."""
    basket = asyncio.Queue[int](maxsize=1)
    async with asyncio.TaskGroup() as group:
        group.create_task(cut(basket, gardener))
        group.create_task(sell(basket, florist))


if __name__ == "__main__":
    asyncio.run(main())
