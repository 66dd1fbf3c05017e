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
from contextlib import closing
from functools import partial
from types import coroutine


@coroutine
def follow(name, words):
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
def follow_all(rhythm):
    """Follow three children, the faster ones first."""
    codes = yield from asyncio.gather(
        follow("tulip", flower(2 * rhythm, 0)),
        follow("narcissus", flower(3 * rhythm, 0)),
        follow("hyacinth", flower(5 * rhythm, 1)),
    )
    print("exit codes:", *codes)


def run(program):
    """Run a loop by hand; Ctrl-C cancels, so that `finally` runs."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(program)
    cancel = partial(loop.call_soon_threadsafe, task.cancel)
    signal.signal(signal.SIGINT, lambda *_: cancel())
    with closing(loop):
        try:
            loop.run_until_complete(task)
        finally:  # `gather` does not wait for those that it cancels
            for left in asyncio.all_tasks(loop):
                loop.run_until_complete(asyncio.wait([left]))


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
    words = map(str, (time.time() + 1, rhythm, code))
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
