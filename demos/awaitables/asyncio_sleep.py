"""What asyncio's own `sleep` yields, stepped by hand.

    $ python asyncio_sleep.py
    sleep(0) yields None
    sleep(delay) yields a Future
    sleep(delay) returns rested

Here asyncio is what we were: who calls `send`, and reads what comes
out. None says "again at the next turn", a Future "once I am done". It
is no magic: a protocol between the loop and the bottom of the stack.
"""

import asyncio


async def zero() -> None:
    """Step a sleep of no time."""
    sleep = asyncio.sleep(0)
    print("sleep(0) yields", sleep.send(None))
    sleep.close()


async def some(delay: float) -> None:
    """Step a sleep, wait for what it yields, and step it again."""
    sleep = asyncio.sleep(delay, "rested")
    future = sleep.send(None)
    print("sleep(delay) yields a", type(future).__name__)
    await asyncio.wait([future])  # the loop's work
    try:
        sleep.send(None)
    except StopIteration as end:
        print("sleep(delay) returns", end.value)


async def main(*, delay: float = 0.1) -> None:
    """Do the loop's work for two sleeps."""
    await zero()
    await some(delay)


if __name__ == "__main__":
    asyncio.run(main())
