"""Fixed: when the time is over, look into the box once more.

    $ python late_answer_fixed.py
    busy: holds the thread past both
    gardener: ten tulips
    letter box: ten tulips

`wait` raises nothing and cancels nothing at its limit: the letter says
itself whether it is there. One that comes later can still be read; who
does not want it any more cancels it.
"""

import asyncio
import time


def post(delay: float) -> asyncio.Future[str]:
    """Send a letter, which comes after a while."""
    loop = asyncio.get_running_loop()
    letter = loop.create_future()
    loop.call_later(delay, letter.set_result, "ten tulips")
    return letter


async def read(letter: asyncio.Future[str], limit: float) -> str:
    """Wait for a letter, but not for ever; then look."""
    await asyncio.wait([letter], timeout=limit)
    if letter.done():
        return letter.result()
    return "no letter"


def busy(seconds: float) -> None:
    """Hold the thread, as one should not."""
    print("busy: holds the thread past both")
    time.sleep(seconds)


async def main(*, delay: float = 0.1) -> None:
    """Let a letter come after one delay, and wait for two."""
    letter = post(delay)
    asyncio.get_running_loop().call_soon(busy, 3 * delay)
    print("gardener:", await read(letter, 2 * delay))
    print("letter box:", letter.result())


if __name__ == "__main__":
    asyncio.run(main())
