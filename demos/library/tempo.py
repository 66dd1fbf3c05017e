"""A bigger basket lets both go on when the other pauses.

    $ python tempo.py
    places   gardener  florist  all sold
    1             4.0      5.0      17.0 s
    4             0.0      1.0      13.0 s
    no limit      0.0      1.0      13.0 s

Who waits how long, and when twelve tulips are sold. The gardener's
tempo is random: nothing for three seconds, or a tulip at once; the
florist takes a second for each. Four places level that out, and bound
what lies about: no limit gains nothing more. The seed makes it the same
each time. A second is a twentieth of one here.
"""

import asyncio
from random import Random


async def cut(basket: asyncio.Queue[int], second: float) -> float:
    """Cut tulips at random; return how long the basket was full."""
    loop = asyncio.get_running_loop()
    tempo = Random(2)
    waited = 0.0
    for tulip in range(12):
        await asyncio.sleep(second * tempo.choice([0, 0, 3]))
        start = loop.time()
        await basket.put(tulip)  # may wait
        waited += loop.time() - start
    return waited


async def sell(basket: asyncio.Queue[int], second: float) -> float:
    """Sell tulips; return how long the basket was empty."""
    loop = asyncio.get_running_loop()
    waited = 0.0
    for _ in range(12):
        start = loop.time()
        await basket.get()  # may wait
        waited += loop.time() - start
        await asyncio.sleep(second)
    return waited


async def shop(places: int, second: float) -> str:
    """Cut and sell with a basket; tell who has waited."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    basket = asyncio.Queue[int](places)
    waits = await asyncio.gather(
        cut(basket, second), sell(basket, second)
    )
    times = [*waits, loop.time() - start]
    gardener, florist, end = (each / second for each in times)
    return f"{gardener:8.1f} {florist:8.1f} {end:9.1f} s"


async def main(*, second: float = 0.05) -> None:
    """Open three shops at once, each with a basket of its own."""
    rows = await asyncio.gather(
        shop(1, second), shop(4, second), shop(0, second)
    )
    print("places   gardener  florist  all sold")
    print("1       ", rows[0])
    print("4       ", rows[1])
    print("no limit", rows[2])


if __name__ == "__main__":
    asyncio.run(main())
