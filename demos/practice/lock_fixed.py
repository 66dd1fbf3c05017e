"""Fixed: the lock is held where the others must not look, no longer.

    $ python lock_fixed.py
    gardener: fills a can
    apprentice: fills a can
    gardener: waters
    apprentice: waters
    tank: 8 litres
    without a lock: 9 litres

Between two `await`s no lock is needed: nobody else runs. It is for what
is read before an `await` and written after it: without a lock, both
read 10, both write 9.
"""

import asyncio


class Tank:
    """Ten litres, a walk away from the flowers."""

    def __init__(self, walk: float) -> None:
        self.walk = walk
        self.litres = 10
        self.lock = asyncio.Lock()


async def draw(tank: Tank) -> None:
    """Draw a litre: read, wait, write."""
    litres = tank.litres
    await asyncio.sleep(0)  # others run
    tank.litres = litres - 1


async def water(who: str, tank: Tank) -> None:
    """Fill a can behind the lock, water without it."""
    async with tank.lock:
        await draw(tank)
        print(f"{who}: fills a can")
    await asyncio.sleep(tank.walk)
    print(f"{who}: waters")


async def main(*, walk: float = 0.3) -> None:
    """Send two at once to the tank; then two who know no lock."""
    tank = Tank(walk)
    async with asyncio.TaskGroup() as group:
        group.create_task(water("gardener", tank))
        group.create_task(water("apprentice", tank))
    print("tank:", tank.litres, "litres")
    tank = Tank(walk)
    await asyncio.gather(draw(tank), draw(tank))
    print("without a lock:", tank.litres, "litres")


if __name__ == "__main__":
    asyncio.run(main())
