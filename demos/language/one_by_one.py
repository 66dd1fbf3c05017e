"""`await` in a comprehension: its items come one after the other.

    $ python one_by_one.py
    tulip: grows
    tulip: in flower
    iris: grows
    iris: in flower
    one by one: ['tulip', 'iris']
    tulip: grows
    iris: grows
    tulip: in flower
    iris: in flower
    together: ['tulip', 'iris']

A comprehension is a loop: its waits add up. `gather` makes a task of
each coroutine, and their waits overlap; so do those of a task group.
"""

import asyncio


async def bloom(name: str) -> str:
    """Flower, which takes a while."""
    print(f"{name}: grows")
    await asyncio.sleep(0.2)
    print(f"{name}: in flower")
    return name


async def one_by_one(*names: str) -> list[str]:
    """Wait for each flower before the next one grows."""
    return [await bloom(name) for name in names]


async def together(*names: str) -> list[str]:
    """Let all flowers grow, and wait for all."""
    return await asyncio.gather(*[bloom(name) for name in names])


async def main() -> None:
    """Grow two flowers, in both ways."""
    print("one by one:", await one_by_one("tulip", "iris"))
    print("together:", await together("tulip", "iris"))


if __name__ == "__main__":
    asyncio.run(main())
