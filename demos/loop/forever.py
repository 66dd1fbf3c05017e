"""`run_forever` runs until `stop`; the next one goes on from there.

    $ python forever.py
    tick 1
    tick 2
    stopped: is_closed() is False
    tick 3
    tick 4
    closed: is_closed() is True

A call that asks for the next one keeps a loop busy for ever, until
somebody says `stop`, here every other tick. The turn goes on to its
end, and nothing is closed. Today a coroutine that never ends does the
same under `asyncio.run`: `await asyncio.Event().wait()`.
"""

import asyncio
from asyncio import AbstractEventLoop


def tick(loop: AbstractEventLoop, number: int, rhythm: float) -> None:
    """Tick, and ask for the next tick; stop the loop at even ones."""
    print("tick", number)
    loop.call_later(rhythm, tick, loop, number + 1, rhythm)
    if number % 2 == 0:
        loop.stop()


def clock(rhythm: float) -> None:
    """Run a loop for ever, until it is stopped; then once more."""
    loop = asyncio.new_event_loop()
    loop.call_soon(tick, loop, 1, rhythm)
    loop.run_forever()
    print("stopped: is_closed() is", loop.is_closed())
    loop.run_forever()
    loop.close()
    print("closed: is_closed() is", loop.is_closed())


async def main(*, rhythm: float = 0.2) -> None:
    """Run the clock in a thread: here, a loop runs already."""
    await asyncio.to_thread(clock, rhythm)


if __name__ == "__main__":
    asyncio.run(main())
