"""From another thread, only `call_soon_threadsafe` wakes the loop.

    $ python wake.py
    call_soon, after 0.20 s: heard after 0.60 s
    call_soon_threadsafe, after 0.20 s: heard after 0.20 s

A loop with nothing to do sleeps in its selector. `call_soon` adds to a
list that nobody looks at until something else wakes the loop, here the
end of `sleep`; the other one also writes a byte to a socket of the
loop's own, which the selector watches. Debug mode refuses the first.
"""

import asyncio
import time
from collections.abc import Callable
from threading import Thread


def knock(call: Callable[..., object], delay: float) -> None:
    """Call the loop, some time from now, from this thread."""
    start = time.monotonic()
    time.sleep(delay)
    call(hear, call.__name__, delay, start)


def hear(how: str, delay: float, start: float) -> None:
    """Say when the loop heard of it."""
    heard = time.monotonic() - start
    print(f"{how}, after {delay:.2f} s: heard after {heard:.2f} s")


async def house(delay: float, *, safe: bool) -> None:
    """Sleep while another thread knocks."""
    loop = asyncio.get_running_loop()
    call = loop.call_soon_threadsafe if safe else loop.call_soon
    visitor = Thread(target=knock, args=(call, delay))
    visitor.start()
    await asyncio.sleep(3 * delay)
    visitor.join()


def village(delay: float) -> None:
    """Run both houses, without debug mode, which refuses the first."""
    with asyncio.Runner(debug=False) as runner:
        runner.run(house(delay, safe=False))
        runner.run(house(delay, safe=True))


async def main(*, delay: float = 0.2) -> None:
    """Run the village in a thread: here, a loop runs already."""
    await asyncio.to_thread(village, delay)


if __name__ == "__main__":
    asyncio.run(main())
