"""In 2015 coroutines got words of their own: `async`, `await`.

    $ python garden_2015.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

Python 3.5 brought `async def`, which makes no generator any more, and
`await`, which refuses generators (PEP 492). The loop did not change.
Changed to run today: `get_event_loop` makes no loop since 3.14, so
`new_event_loop` does; Ctrl-C cancels the tasks.
"""

import argparse
import asyncio
import signal
import sys
from contextlib import suppress


async def rain(delay):
    """Wait, and answer."""
    await asyncio.sleep(delay)
    return "water"


async def grow(name, delay):
    """Drink when it rains."""
    water = await rain(delay)
    print(name, "drinks", water)
    return name


async def garden(delay):
    """Grow two flowers together."""
    names = await asyncio.gather(
        grow("tulip", 2 * delay), grow("iris", delay)
    )
    print("in flower:", ", ".join(names))


def run_2015(program):
    """Run a program in a loop, and close the loop."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(program)
    finally:
        loop.close()


async def main(*, delay: float = 0.1) -> None:
    """Grow them in a thread, beside a loop of today."""
    await asyncio.to_thread(run_2015, garden(delay))


def cancel_all(*_):
    """Cancel the tasks at Ctrl-C: the loop then ends by itself."""
    with suppress(RuntimeError):  # no loop runs yet, or any more
        for task in asyncio.all_tasks():
            task.get_loop().call_soon_threadsafe(task.cancel)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--delay",
        type=float,
        default=0.1,
        help="seconds that the iris waits (default: %(default)s)",
    )
    signal.signal(signal.SIGINT, cancel_all)
    try:
        run_2015(garden(**vars(parser.parse_args())))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
