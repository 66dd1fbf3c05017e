"""The loop calls a function soon, later, at a time; or no more.

    $ python timers.py
    main: has asked for all of them
    0.00 s: tulip, soon
    0.00 s: iris, soon
    0.20 s: crocus, later
    0.40 s: rose, at

`call_soon` is for the loop's next turn, in the order asked. Times are
those of the loop's own clock, `loop.time()`, which never goes back.
Each request is a handle, whose `cancel` takes it back: no daisy. What
is called is an ordinary function, which must not block.
"""

import asyncio
from asyncio import AbstractEventLoop


def tell(loop: AbstractEventLoop, start: float, name: str) -> None:
    """Say when, by the loop's clock."""
    print(f"{loop.time() - start:.2f} s: {name}")


def plan(loop: AbstractEventLoop, delay: float) -> None:
    """Ask for five flowers, the latest first; take one back."""
    now = loop.time()
    loop.call_at(now + 2 * delay, tell, loop, now, "rose, at")
    loop.call_later(delay, tell, loop, now, "crocus, later")
    daisy = loop.call_later(delay, tell, loop, now, "daisy, later")
    loop.call_soon(tell, loop, now, "tulip, soon")
    loop.call_soon(tell, loop, now, "iris, soon")
    daisy.cancel()


async def main(*, delay: float = 0.2) -> None:
    """Ask for them, and stay until the last has come."""
    plan(asyncio.get_running_loop(), delay)
    print("main: has asked for all of them")
    await asyncio.sleep(2.5 * delay)  # the loop calls them here


if __name__ == "__main__":
    asyncio.run(main())
