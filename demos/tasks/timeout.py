"""`timeout` cancels what is inside; outside it is a TimeoutError.

    $ python timeout.py
    nap: CancelledError
    outside: TimeoutError
    nap: slept enough
    outside: expired() is False

The second nap is as long as the first, but moves its deadline with
`reschedule`.
"""

import asyncio


async def nap(seconds: float) -> None:
    """Sleep, and say what ends it."""
    try:
        await asyncio.sleep(seconds)
        print("nap: slept enough")
    except asyncio.CancelledError:
        print("nap: CancelledError")
        raise  # `timeout` makes it a TimeoutError


async def too_short(limit: float) -> None:
    """Nap for longer than the limit."""
    try:
        async with asyncio.timeout(limit):
            await nap(2 * limit)
    except TimeoutError:
        print("outside: TimeoutError")


async def extended(limit: float) -> None:
    """Nap as long, with the deadline moved in time."""
    async with asyncio.timeout(limit) as deadline:
        now = asyncio.get_running_loop().time()
        deadline.reschedule(now + 60)
        await nap(2 * limit)
    print("outside: expired() is", deadline.expired())


async def main(*, limit: float = 0.5) -> None:
    """Nap twice."""
    await too_short(limit)
    await extended(limit)


if __name__ == "__main__":
    asyncio.run(main())
