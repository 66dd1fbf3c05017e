"""A timer that fell due while the loop stood still fires at once.

    $ python late_timer.py
    the bell is due in 0.60 s
    after a run of 0.20 s: no bell
    after 0.80 s without the loop: no bell
    bell, 0.40 s late

So it is with a program that is mostly synchronous, and has a coroutine
run now and then: in between, nothing asynchronous goes on. The bell
does not ring by itself; the loop looks at its clock when it runs.
"""

import asyncio
import time
from asyncio import AbstractEventLoop


def ring(loop: AbstractEventLoop, due: float) -> None:
    """Say how late it is."""
    print(f"bell, {loop.time() - due:.2f} s late")


def set_bell(loop: AbstractEventLoop, delay: float) -> None:
    """Have the bell ring after a while."""
    due = loop.time() + delay
    loop.call_at(due, ring, loop, due)
    print(f"the bell is due in {delay:.2f} s")


def day(delay: float) -> None:
    """Set a bell; run the loop too early, then too late."""
    loop = asyncio.new_event_loop()
    set_bell(loop, 3 * delay)
    loop.run_until_complete(asyncio.sleep(delay))
    print(f"after a run of {delay:.2f} s: no bell")
    time.sleep(4 * delay)  # work of another kind
    print(f"after {4 * delay:.2f} s without the loop: no bell")
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


async def main(*, delay: float = 0.2) -> None:
    """Spend the day in a thread: here, a loop runs already."""
    await asyncio.to_thread(day, delay)


if __name__ == "__main__":
    asyncio.run(main())
