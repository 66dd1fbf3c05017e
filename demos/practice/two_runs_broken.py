"""Broken: `asyncio.run` below a coroutine, where a loop already runs.

    $ python two_runs_broken.py
    RuntimeError:
      asyncio.run() cannot be called from a running event loop
    RuntimeWarning:
      coroutine 'grow' was never awaited

A thread runs one loop. `asyncio.run` is for the program's beginning, in
ordinary code; a notebook and an asynchronous server have begun.
"""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE


async def grow(flower: str) -> None:
    """Flower after a while."""
    await asyncio.sleep(0.1)
    print(f"{flower}: in flower")


def sow(flower: str) -> None:
    """Run a coroutine from ordinary code."""
    asyncio.run(grow(flower))


async def garden() -> None:
    """Call that ordinary code."""
    sow("tulip")


async def told() -> str:
    """Run the garden in a child; return its errors."""
    code = (
        "import asyncio, runpy, sys;"
        "asyncio.run(runpy.run_path(sys.argv[1])['garden']())"
    )
    words = [sys.executable, "-c", code, __file__]
    plain = {**os.environ, "NO_COLOR": "1"}
    child = await asyncio.create_subprocess_exec(
        *words, stderr=PIPE, env=plain
    )
    _, errors = await child.communicate()
    return errors.decode()


async def main() -> None:
    """Run the garden, and print what is below the traceback."""
    found = re.findall(
        r"^(?:\S+ )?(Runtime\w+:) (.+)$", await told(), re.MULTILINE
    )
    for name, reason in found:
        print(name)
        print(" ", reason)


if __name__ == "__main__":
    asyncio.run(main())
