"""Fixed: `main` awaits `gather(…)`, and returns what that gives.

    $ python returned_gather_fixed.py
    tulip: sown
    rose: sown
    tulip: in flower
    rose: in flower
    ['tulip', 'rose']

`asyncio.run` returns what `main` returns: results, once all is done.
"""

import asyncio
from collections.abc import Sequence


async def grow(flower: str) -> str:
    """Sow, wait, flower."""
    print(f"{flower}: sown")
    await asyncio.sleep(0.1)
    print(f"{flower}: in flower")
    return flower


async def garden() -> Sequence[str]:
    """Grow both."""
    return await asyncio.gather(grow("tulip"), grow("rose"))


async def main() -> None:
    """Run the garden, and print what it returns."""
    print(await garden())


if __name__ == "__main__":
    asyncio.run(main())
