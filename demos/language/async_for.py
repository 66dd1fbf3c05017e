"""`async for` asks for an iterator, then awaits each of its items.

    $ python async_for.py
    async for: tulip
    async for: iris
    again: tulip
    again: iris
    by hand: tulip
    by hand: iris
    by hand: StopAsyncIteration
    same iterator: nothing left

`__aiter__` is an ordinary method, `__anext__` a coroutine function.
The bed is an iterable: it gives each loop an iterator of its own, and
can be looked at again. An iterator is used up.
"""

import asyncio
from typing import Self


class Bed:
    """A flower bed: an iterable, which is not its iterator."""

    def __init__(self, *flowers: str) -> None:
        self.flowers = flowers

    def __aiter__(self) -> "Blooms":
        return Blooms(*self.flowers)


class Blooms:
    """An iterator: what of the bed has not flowered yet."""

    def __init__(self, *flowers: str) -> None:
        self.left = list(flowers)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        if not self.left:
            raise StopAsyncIteration
        await asyncio.sleep(0.1)
        return self.left.pop(0)


async def watch(bed: Bed, when: str) -> None:
    """Watch the bed flower."""
    async for flower in bed:  # others advance
        print(f"{when}: {flower}")


async def watch_by_hand(bed: Bed) -> Blooms:
    """Do what `async for` does; give the iterator."""
    blooms = aiter(bed)  # no await
    while True:
        try:
            flower = await anext(blooms)
        except StopAsyncIteration:
            print("by hand: StopAsyncIteration")
            return blooms
        print("by hand:", flower)


async def main() -> None:
    """Watch a bed three times, and an iterator after its end."""
    bed = Bed("tulip", "iris")
    await watch(bed, "async for")
    await watch(bed, "again")
    blooms = await watch_by_hand(bed)
    left = await anext(blooms, "nothing left")
    print("same iterator:", left)


if __name__ == "__main__":
    asyncio.run(main())
