"""A condition wakes who waits for something to be true.

    $ python condition.py
    rose: needs 2
    tulip: needs 1
    rain: level 1
    tulip: takes 1
    rain: level 1
    rain: level 2
    rose: takes 2

`notify_all` wakes both; each looks again, with the lock, and goes back
to sleep if there is too little. `wait_for` is this loop; it gives the
lock back while it waits.
"""

import asyncio


class Barrel:
    """A barrel of rain, and who waits for it to fill."""

    def __init__(self) -> None:
        self.level = 0
        self.filled = asyncio.Condition()


async def rain(barrel: Barrel) -> None:
    """Fill the barrel, a litre at a time."""
    for _ in range(3):
        await asyncio.sleep(0.1)
        async with barrel.filled:
            barrel.level += 1
            print("rain: level", barrel.level)
            barrel.filled.notify_all()


async def drink(name: str, litres: int, barrel: Barrel) -> None:
    """Wait until there is enough, and take it."""
    print(f"{name}: needs {litres}")
    async with barrel.filled:
        await barrel.filled.wait_for(lambda: barrel.level >= litres)
        barrel.level -= litres
        print(f"{name}: takes {litres}")


async def main() -> None:
    """Have two flowers wait for the rain, the thirsty one first."""
    barrel = Barrel()
    await asyncio.gather(
        drink("rose", 2, barrel),
        drink("tulip", 1, barrel),
        rain(barrel),
    )


if __name__ == "__main__":
    asyncio.run(main())
