"""Fixed: `except Exception`, and `raise` after any other clean-up.

    $ python swallowed_fixed.py
    bed 1: ValueError('a stone')
    bed 2: puts the hoe away
    gardener: TimeoutError

CancelledError is no Exception, so that the usual `except` lets it
through. To clean up there is `finally`; who catches CancelledError to
do something else raises it again.
"""

import asyncio


async def dig(bed: int, delay: float) -> None:
    """Weed a bed; the first has a stone."""
    if bed == 1:
        raise ValueError("a stone")
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        print(f"bed {bed}: puts the hoe away")
        raise
    print(f"bed {bed}: weeded")


async def weed(delay: float) -> None:
    """Go on after an error, end when cancelled."""
    for bed in 1, 2, 3:
        try:
            await dig(bed, delay)
        except Exception as error:
            print(f"bed {bed}:", repr(error))


async def main(*, delay: float = 0.4) -> None:
    """Weed for half as long as a bed takes."""
    try:
        async with asyncio.timeout(delay / 2) as limit:
            await weed(delay)
        if limit.expired():
            print("gardener: late, and no TimeoutError")
    except TimeoutError:
        print("gardener: TimeoutError")


if __name__ == "__main__":
    asyncio.run(main())
