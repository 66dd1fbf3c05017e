"""`async with` awaits on the way in, and on the way out.

    $ python async_with.py
    bee: passes
    tap: open
    body: waters 3 tulips
    tap: closed, None
    tap: open
    tap: closed, ValueError('no tulips')
    main: catches ValueError('no tulips')

`as` names what `__aenter__` returns. `__aexit__` runs however the body
ends; the error goes on, unless `__aexit__` returns True. Both are
coroutine functions: the bee passes while the tap opens.
"""

import asyncio
from typing import Self


class Tap:
    """A tap that takes time to open, and to close."""

    def __init__(self, delay: float) -> None:
        self.delay = delay

    async def __aenter__(self) -> Self:
        await asyncio.sleep(self.delay)
        print("tap: open")
        return self

    async def __aexit__(
        self, kind: object, error: object, traceback: object
    ) -> None:
        await asyncio.sleep(self.delay)
        print("tap: closed,", repr(error))

    def water(self, tulips: int) -> None:
        """Water tulips, if there are any."""
        if tulips == 0:
            raise ValueError("no tulips")
        print(f"body: waters {tulips} tulips")


async def garden(tulips: int, delay: float) -> None:
    """Open the tap, water, close the tap."""
    async with Tap(delay) as tap:
        tap.water(tulips)


async def bee(delay: float) -> None:
    """Pass by a little later."""
    await asyncio.sleep(delay)
    print("bee: passes")


async def main(*, delay: float = 0.2) -> None:
    """Water tulips, with a bee around; then water none."""
    await asyncio.gather(garden(3, delay), bee(delay / 2))
    try:
        await garden(0, delay)
    except ValueError as error:
        print(f"main: catches {error!r}")


if __name__ == "__main__":
    asyncio.run(main())
