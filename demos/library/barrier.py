"""A barrier lets nobody through before all have come.

    $ python barrier.py
    Anna: has dug
    Bert: has dug
    Cleo: has dug
    Anna: fetches the bulbs
    Anna: has planted
    Bert: has planted
    Cleo: has planted

Anna is three times as fast as Cleo, and waits for her. `wait` gives
each a number, from 0 on: one of them does what is to be done once.
"""

import asyncio


async def gardener(
    name: str, pause: float, all_dug: asyncio.Barrier
) -> None:
    """Dig; once all have dug, plant."""
    await asyncio.sleep(pause)
    print(f"{name}: has dug")
    number = await all_dug.wait()
    if number == 0:
        print(f"{name}: fetches the bulbs")
    await asyncio.sleep(pause)
    print(f"{name}: has planted")


async def main(*, pace: float = 0.1) -> None:
    """Send three gardeners, each with a pace of their own."""
    all_dug = asyncio.Barrier(3)
    await asyncio.gather(
        gardener("Anna", pace, all_dug),
        gardener("Bert", 2 * pace, all_dug),
        gardener("Cleo", 3 * pace, all_dug),
    )


if __name__ == "__main__":
    asyncio.run(main())
