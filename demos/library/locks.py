"""A lock keeps others out between a read and a write.

    $ python locks.py
    without a lock: 10 litres, three taken, 9 left
    with a lock: 10 litres, three taken, 7 left

All three have read 10 when the first one writes 9: there is an `await`
between the read and the write, and others run there. With no `await`
between, nobody can come in, and no lock is needed.
"""

import asyncio


class Barrel:
    """A barrel of water, and the lock of its tap."""

    def __init__(self) -> None:
        self.litres = 10
        self.lock = asyncio.Lock()


async def take(barrel: Barrel) -> None:
    """Take a litre, slowly."""
    litres = barrel.litres
    await asyncio.sleep(0.1)  # others run
    barrel.litres = litres - 1


async def take_alone(barrel: Barrel) -> None:
    """Take a litre while nobody else does."""
    async with barrel.lock:  # one at a time
        litres = barrel.litres
        await asyncio.sleep(0.1)
        barrel.litres = litres - 1


async def main() -> None:
    """Send three gardeners to a barrel, then three to another."""
    barrel = Barrel()
    await asyncio.gather(*(take(barrel) for _ in range(3)))
    said = "10 litres, three taken,"
    print("without a lock:", said, barrel.litres, "left")
    barrel = Barrel()
    await asyncio.gather(*(take_alone(barrel) for _ in range(3)))
    print("with a lock:", said, barrel.litres, "left")


if __name__ == "__main__":
    asyncio.run(main())
