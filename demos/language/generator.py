"""An asynchronous generator may await before each `yield`.

    $ python generator.py
    generator: ends
    with an r: ['iris', 'rose']
    anext: tulip
    generator: ends
    break: tulip
    after break
    generator: ends
    aclosing: tulip
    generator: ends
    after aclosing

A loop that leaves early does not end its generator: that is done when
it is collected, in a later turn of the loop. `aclosing` ends it there
and then, before what follows.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing


async def blooms(*names: str) -> AsyncGenerator[str, None]:
    """Yield each flower when it opens."""
    try:
        for name in names:
            # Others advance.
            await asyncio.sleep(0.1)
            yield name
    finally:
        print("generator: ends")


async def choose() -> list[str]:
    """Choose flowers as they open: asynchronous comprehension."""
    bed = blooms("tulip", "iris", "rose")
    return [n async for n in bed if "r" in n]


async def ask_for_one() -> None:
    """Ask for the first flower by hand."""
    bed = blooms("tulip", "iris")
    print("anext:", await anext(bed))
    await bed.aclose()


async def leave_early() -> None:
    """Leave at the first flower, and care no more."""
    bed = blooms("tulip", "iris")
    async for flower in bed:
        print("break:", flower)
        break
    print("after break")


async def leave_and_close() -> None:
    """Leave at the first flower, and end the generator."""
    bed = blooms("tulip", "iris")
    async with aclosing(bed):
        async for flower in bed:
            print("aclosing:", flower)
            break
    print("after aclosing")


async def main() -> None:
    """Read all flowers, then three times the first only."""
    print("with an r:", await choose())
    await ask_for_one()
    await leave_early()
    await asyncio.sleep(0.1)  # some turns of the loop
    await leave_and_close()


if __name__ == "__main__":
    asyncio.run(main())
