"""Broken: an answer comes in time, and a timeout drops it.

    $ python late_answer_broken.py
    busy: holds the thread past both
    gardener: no letter
    letter box: ten tulips

The letter comes before the limit. Yet somebody blocks the loop past
both, so that both are due in the same turn: the letter is put into its
box, then the limit cancels who waits for it, before he has looked.
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
    """Wait for a letter, but not for ever."""
    try:
        async with asyncio.timeout(limit):
            return await letter
    except TimeoutError:
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
