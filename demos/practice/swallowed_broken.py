"""Broken: who catches BaseException catches its own cancellation.

    $ python swallowed_broken.py
    bed 1: ValueError('a stone')
    bed 2: CancelledError()
    bed 3: weeded
    gardener: late, and no TimeoutError

`timeout` cancels once; a cancellation that is swallowed is gone. So is
Ctrl-C, which cancels `main`. A bare `except:` does the same.
"""

import asyncio


async def dig(bed: int, delay: float) -> None:
    """Weed a bed; the first has a stone."""
    if bed == 1:
        raise ValueError("a stone")
    await asyncio.sleep(delay)
    print(f"bed {bed}: weeded")


async def weed(delay: float) -> None:
    """Go on, whatever happens."""
    for bed in 1, 2, 3:
        try:
            await dig(bed, delay)
        except BaseException as error:
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
