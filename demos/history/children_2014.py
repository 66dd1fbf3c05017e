"""The children of 2014: `yield from`, and a decorator.

    $ python children_2014.py
    tulip: line 1
    narcissus: line 1
    tulip: line 2
    hyacinth: line 1
    narcissus: line 2
    hyacinth: line 2
    exit codes: 0 0 1

The same children as in streams/children.py, as Python 3.4 spelt it,
but for two lines: `asyncio.coroutine` left in 3.11, so `types` stands
in, and `main` is for those who await. Today `async for` replaces the
`while`, a TaskGroup `gather`; the children, `finally`, `kill` remain.
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
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
        return_exceptions=True,  # wait for all, even when cancelled
    )
    print("exit codes:", *codes)


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
    asyncio.run(main())
