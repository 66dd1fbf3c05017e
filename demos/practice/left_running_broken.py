"""Broken: `gather` raises the first error, and its others go on.

    $ python left_running_broken.py
    garden: ValueError('no water')
    garden: closed
    rose: watered

Somebody waters in a garden that is closed: in a server, a request that
is still at work after its client got an error. Should the rose fail as
well, nobody would ever know.
"""

import asyncio


async def wilt(flower: str) -> None:
    """Fail at once."""
    raise ValueError("no water")


async def soak(flower: str, delay: float) -> None:
    """Water a flower, slowly."""
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        print(f"{flower}: cancelled")
        raise
    print(f"{flower}: watered")


async def garden(delay: float) -> None:
    """Work on both."""
    try:
        await asyncio.gather(wilt("tulip"), soak("rose", delay))
    except ValueError as error:
        print("garden:", repr(error))


async def main(*, delay: float = 0.2) -> None:
    """Run the garden, close it, and stay for a while."""
    await garden(delay)
    print("garden: closed")
    await asyncio.sleep(2 * delay)


if __name__ == "__main__":
    asyncio.run(main())
