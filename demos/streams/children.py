"""Several children speak at once, and one loop hears each line.

    $ python children.py
    tulip: line 1
    narcissus: line 1
    tulip: line 2
    hyacinth: line 1
    narcissus: line 2
    hyacinth: line 2
    exit codes: 0 0 1

Each child has a task, which suspends between two lines. A child keeps
what it prints to a pipe until it has a lot, hence `-u`. A line without
an end is a ValueError after 64 KiB, before it fills the memory; the
group then cancels the other tasks, and each `finally` kills its child.
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process


async def follow(name: str, *words: str) -> int | None:
    """Print each line of a child when it comes; give its exit code."""
    child = await start(*words)
    try:
        assert child.stdout
        async for line in child.stdout:  # others speak meanwhile
            print(f"{name}: {line.decode().rstrip()}")
        return await child.wait()
    finally:
        await reap(child)


async def start(*words: str) -> Process:
    """Start a child that hears no Ctrl-C, and speaks through a pipe."""
    return await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )


async def reap(child: Process) -> None:
    """Kill a child that still runs, drop its last words."""
    if child.returncode is None:
        child.kill()
        await child.communicate()


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
    """Follow three children, the faster ones first."""
    tulip = flower(2 * rhythm, 0)
    narcissus = flower(3 * rhythm, 0)
    hyacinth = flower(5 * rhythm, 1)
    async with asyncio.TaskGroup() as group:
        one = group.create_task(follow("tulip", *tulip))
        two = group.create_task(follow("narcissus", *narcissus))
        three = group.create_task(follow("hyacinth", *hyacinth))
    print("exit codes:", one.result(), two.result(), three.result())


if __name__ == "__main__":
    asyncio.run(main())
