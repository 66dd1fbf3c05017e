"""A coroutine runs in pieces; others run between two of them.

    $ python pieces.py
    A: start
    A: middle
    A: end
    A: start
    B: start
    B: middle
    A: middle
    B: end
    A: end
    ['A is done', 'B is done']

B ends first, yet A's result comes first: `gather` keeps the order
of its arguments.
"""

import asyncio


async def pieces(name: str, first: float, second: float) -> str:
    """Run in three pieces, suspended twice."""
    print(f"{name}: start")
    await asyncio.sleep(first)  # the loop may run another
    print(f"{name}: middle")
    await asyncio.sleep(second)  # and here
    print(f"{name}: end")
    return f"{name} is done"


async def main(*, first: float = 0.3, second: float = 0.6) -> None:
    """Run one alone, then two together, B twice as fast."""
    await pieces("A", first, second)
    results = await asyncio.gather(
        pieces("A", first, second),
        pieces("B", first / 2, second / 2),
    )
    print(results)


if __name__ == "__main__":
    asyncio.run(main())
