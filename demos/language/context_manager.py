"""One `yield` makes an `async with`: before it, and after it.

    $ python context_manager.py
    well: open
    body: waters from the well
    well: closed
    well: open
    well: closed
    main: catches ValueError('no tulips')
    well: open
    pond: open
    body: waters from well pond
    pond: closed
    well: closed

What the body raises comes out of `yield`: hence `finally`. The stack is
for a number known late: it leaves all that it entered, last in, first
out.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager


@asynccontextmanager
async def tap(name: str) -> AsyncIterator[str]:
    """Open a tap, lend it to the body, close it."""
    await asyncio.sleep(0.1)
    print(f"{name}: open")
    try:
        yield name  # the body runs
    finally:
        await asyncio.sleep(0.1)
        print(f"{name}: closed")


async def water(tulips: int) -> None:
    """Water tulips, if there are any, from one tap."""
    async with tap("well") as source:
        if tulips == 0:
            raise ValueError("no tulips")
        print("body: waters from the", source)


async def water_from(*names: str) -> None:
    """Water from as many taps as there are names."""
    async with AsyncExitStack() as stack:
        for name in names:
            await stack.enter_async_context(tap(name))
        print("body: waters from", *names)


async def main() -> None:
    """Water from one tap, twice; then from two."""
    await water(3)
    try:
        await water(0)
    except ValueError as error:
        print(f"main: catches {error!r}")
    await water_from("well", "pond")


if __name__ == "__main__":
    asyncio.run(main())
