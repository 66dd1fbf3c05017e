"""Fixed: one `asyncio.run`, at the beginning; below it, `await`.

    $ python two_runs_fixed.py
    tulip: in flower
    iris: in flower

What awaits is a coroutine function, and so is what calls it, up to
`main`. Ordinary code that cannot change goes to a thread, where no loop
runs: there it may have its own.
"""

import asyncio


async def grow(flower: str) -> None:
    """Flower after a while."""
    await asyncio.sleep(0.1)
    print(f"{flower}: in flower")


async def sow(flower: str) -> None:
    """Await a coroutine from a coroutine."""
    await grow(flower)


def sow_alone(flower: str) -> None:
    """Run a coroutine from ordinary code."""
    asyncio.run(grow(flower))


async def garden() -> None:
    """Await the one; give a thread to the other."""
    await sow("tulip")
    await asyncio.to_thread(sow_alone, "iris")


async def main() -> None:
    """Run the garden."""
    await garden()


if __name__ == "__main__":
    asyncio.run(main())
