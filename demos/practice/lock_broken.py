"""Broken: a lock held over a slow `await`: one at a time, all the way.

    $ python lock_broken.py
    gardener: fills a can
    gardener: waters
    apprentice: fills a can
    apprentice: waters
    tank: 8 litres

The lock is for the tank. The walk to the flowers needs none, yet
whoever comes next waits for its end.
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
    """Fill a can and water, both behind the lock."""
    async with tank.lock:
        await draw(tank)
        print(f"{who}: fills a can")
        await asyncio.sleep(tank.walk)
        print(f"{who}: waters")


async def main(*, walk: float = 0.3) -> None:
    """Send two at once to the tank."""
    tank = Tank(walk)
    async with asyncio.TaskGroup() as group:
        group.create_task(water("gardener", tank))
        group.create_task(water("apprentice", tank))
    print("tank:", tank.litres, "litres")


if __name__ == "__main__":
    asyncio.run(main())
