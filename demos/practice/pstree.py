# /// script
# requires-python = ">=3.14"
# ///
"""`python -m asyncio pstree PID` shows who awaits whom, from outside.

    $ python pstree.py
    └── (T) Task-1
        └──  garden
            └──  TaskGroup.__aexit__
                └──  TaskGroup._aexit
                    ├── (T) tulip
                    │   └──  drink
                    │       └── (T) cloud
                    │           └──  rain
                    │               └──  sleep
                    └── (T) rose
                        └──  Event.wait

The rose waits for a bee that nobody sends. On Ubuntu only a parent, or
root, may look into a process: so `look`, in the parent, calls what the
command calls. Both must be the same minor version. In two terminals,
with the file and the line of each step, and `ps` for a table:

    python3.14 -m demos tasks.cancel --delay 60
    python3.14 -m asyncio pstree PID
"""

import asyncio
import io
import re
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import redirect_stderr, redirect_stdout, suppress


async def rain() -> None:
    """Come late."""
    await asyncio.sleep(60)


async def drink(cloud: asyncio.Task[None]) -> None:
    """Wait for the rain."""
    await cloud


async def garden() -> None:
    """Wait for a late rain, and for a bee that nobody sends."""
    cloud = asyncio.create_task(rain(), name="cloud")
    bee = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(drink(cloud), name="tulip")
        group.create_task(bee.wait(), name="rose")
        loop = asyncio.get_running_loop()
        loop.call_soon(print, "all wait")  # once they do


def look(pid: int) -> str:
    """Return what `python -m asyncio pstree` says of a process."""
    from asyncio import tools  # new in 3.14

    said = io.StringIO()
    with (
        redirect_stdout(said),
        redirect_stderr(said),
        suppress(SystemExit),  # it may not look, and has said why
    ):
        tools.display_awaited_by_tasks_tree(pid)
    return said.getvalue().rstrip()


def without_places(tree: str) -> str:
    """Leave out the file and the line of each step."""
    return re.sub(r"(?m)(?<=\w) .*:\d+$", "", tree)


async def plant() -> Process:
    """Start the garden in a child that hears no Ctrl-C."""
    code = (
        "import asyncio, runpy, sys;"
        "asyncio.run(runpy.run_path(sys.argv[1])['garden']())"
    )
    words = [sys.executable, "-u", "-c", code, __file__]
    return await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, start_new_session=True
    )


async def main() -> None:
    """Start a garden in a child, and look into it."""
    if sys.version_info < (3, 14):
        print("pstree: needs Python 3.14 or newer")
        return
    child = await plant()
    try:
        assert child.stdout
        await child.stdout.readline()  # all of its tasks wait now
        print(without_places(look(child.pid)))
    finally:
        child.kill()
        await child.wait()


if __name__ == "__main__":
    asyncio.run(main())
