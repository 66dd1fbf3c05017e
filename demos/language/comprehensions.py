"""A comprehension may read an asynchronous iterable: `async for`.

    $ python comprehensions.py
    list: ['tulip', 'rose']
    set: ['blue', 'red']
    dict: {'tulip': 'red', 'iris': 'blue', 'rose': 'red'}
    parentheses: async_generator
    next: a red tulip
    next: a blue iris
    beds: [['tulip', 'rose'], ['tulip', 'rose']]

Brackets and braces read it whole before what follows. Parentheses make
an asynchronous generator: it reads nothing until it is asked.
"""

import asyncio
from collections.abc import AsyncGenerator

Blooms = AsyncGenerator[tuple[str, str], None]


async def flowers() -> Blooms:
    """Yield each flower with its colour, when it opens."""
    for bloom in ("tulip", "red"), ("iris", "blue"), ("rose", "red"):
        await asyncio.sleep(0.05)
        yield bloom


async def pick() -> None:
    """Pick the red flowers, all colours, all flowers."""
    red = [name async for name, colour in flowers() if colour == "red"]
    print("list:", red)
    colours = {colour async for _, colour in flowers()}
    print("set:", sorted(colours))
    print("dict:", {name: colour async for name, colour in flowers()})


async def ask_for_two() -> None:
    """Ask for two flowers out of three."""
    phrases = (f"a {colour} {name}" async for name, colour in flowers())
    print("parentheses:", type(phrases).__name__)
    print("next:", await anext(phrases))
    print("next:", await anext(phrases))
    await phrases.aclose()


async def pick_twice() -> None:
    """Pick from two beds, a list each: refused before Python 3.11."""
    beds = [
        [name async for name, colour in flowers() if colour == "red"]
        for _ in range(2)
    ]
    print("beds:", beds)


async def main() -> None:
    """Read flowers in each kind of brackets."""
    await pick()
    await ask_for_two()
    await pick_twice()


if __name__ == "__main__":
    asyncio.run(main())
