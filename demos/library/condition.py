"""A condition wakes who waits for something to be true.

    $ python condition.py
    an event:
    rain: level 1
    rose: takes 2, -1 left
    tulip: takes 1, -2 left
    rain: level -1
    rain: level 0
    a condition:
    rain: level 1
    tulip: takes 1, 0 left
    rain: level 1
    rain: level 2
    rose: takes 2, 0 left

The event says that rain has fallen, not that enough is left: both take.
`notify_all` wakes both, too; but each looks again, with the lock, and
goes back to sleep if there is too little. `wait_for` is this loop; it
gives the lock back while it waits.
"""

import asyncio
from collections.abc import Awaitable, Callable


class Barrel:
    """A barrel of rain, and what tells that some has fallen."""

    def __init__(self) -> None:
        self.level = 0
        self.rained = asyncio.Event()
        self.filled = asyncio.Condition()


Drink = Callable[[str, int, Barrel], Awaitable[None]]


async def drink_at_once(name: str, litres: int, barrel: Barrel) -> None:
    """Wait for rain, and take, without another look."""
    await barrel.rained.wait()
    barrel.level -= litres
    print(f"{name}: takes {litres}, {barrel.level} left")


async def drink(name: str, litres: int, barrel: Barrel) -> None:
    """Wait until there is enough, and take it."""
    async with barrel.filled:
        await barrel.filled.wait_for(lambda: barrel.level >= litres)
        barrel.level -= litres
        print(f"{name}: takes {litres}, {barrel.level} left")


async def rain(barrel: Barrel, pause: float) -> None:
    """Fill the barrel, a litre at a time."""
    for _ in range(3):
        await asyncio.sleep(pause)
        async with barrel.filled:
            barrel.level += 1
            print("rain: level", barrel.level)
            barrel.rained.set()
            barrel.filled.notify_all()


async def garden(drink: Drink, pause: float) -> None:
    """Have two flowers wait for the rain, the thirsty one first."""
    barrel = Barrel()
    await asyncio.gather(
        drink("rose", 2, barrel),
        drink("tulip", 1, barrel),
        rain(barrel, pause),
    )


async def main(*, pause: float = 0.1) -> None:
    """Tell of the rain by an event, then by a condition."""
    print("an event:")
    await garden(drink_at_once, pause)
    print("a condition:")
    await garden(drink, pause)


if __name__ == "__main__":
    asyncio.run(main())
