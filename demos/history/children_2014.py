"""The children of 2014: `yield from`, a decorator, a loop by hand.

    $ python children_2014.py
    tulip: line 1
    narcissus: line 1
    tulip: line 2
    hyacinth: line 1
    narcissus: line 2
    hyacinth: line 2
    exit codes: 0 0 1

The same children as in streams/children.py, as Python 3.4 spelt it,
but for two lines: `asyncio.coroutine` has left in 3.11, so its heir
in `types` stands in, and one `async def` serves those who await.
Since then `async for` replaces the `while`, a TaskGroup `gather`, and
`asyncio.run` all of `run`. The children, `finally` and `kill` remain.
"""

import argparse
import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Coroutine, Generator
from contextlib import closing
from types import coroutine
from typing import Any


@coroutine
def follow(name: str, words: list[str]) -> Generator[Any, Any, Any]:
    """Print each line of a child when it comes; give its exit code."""
    child = yield from asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    try:
        while True:
            line = yield from child.stdout.readline()
            if not line:
                return (yield from child.wait())
            print(name + ":", line.decode().rstrip())
    finally:
        if child.returncode is None:
            child.kill()
            yield from child.communicate()


@coroutine
def follow_all(rhythm: float) -> Generator[Any, Any, None]:
    """Follow three children, the faster ones first."""
    codes = yield from asyncio.gather(
        follow("tulip", flower(2 * rhythm, 0)),
        follow("narcissus", flower(3 * rhythm, 0)),
        follow("hyacinth", flower(5 * rhythm, 1)),
    )
    print("exit codes:", *codes)


def run(program: Coroutine[Any, Any, None]) -> None:
    """Run a loop by hand; Ctrl-C cancels, so that `finally` runs."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(program)

    def interrupt(*signal_and_frame: object) -> None:
        loop.call_soon_threadsafe(task.cancel)

    signal.signal(signal.SIGINT, interrupt)
    with closing(loop):
        loop.run_until_complete(task)


def flower(rhythm: float, code: int) -> list[str]:
    """Give the command of a child that says two lines, each in time."""
    program = (
        "import sys, time\n"
        "start, rhythm = map(float, sys.argv[1:3])\n"
        "for number in 1, 2:\n"
        "    due = start + number * rhythm\n"
        "    time.sleep(max(0, due - time.time()))\n"
        "    print('line', number)\n"
        "sys.exit(int(sys.argv[3]))"
    )
    # Children start sooner or later: one clock keeps them in time.
    words = map(str, (time.time(), rhythm, code))
    return [sys.executable, "-u", "-c", program, *words]


async def main(*, rhythm: float = 0.2) -> None:
    """Await it, where a loop of today already runs."""
    await follow_all(rhythm)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--rhythm",
        type=float,
        default=0.2,
        help="seconds of the shortest rest (default: %(default)s)",
    )
    try:
        run(main(**vars(parser.parse_args())))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
