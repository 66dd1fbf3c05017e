# /// script
# requires-python = ">=3.14"
# ///
"""A task's call graph goes on where its traceback stops.

    $ python call_graph.py
    * Task(name='cloud')
      + Call stack:
      |   async rain()
      + Awaited by:
        * Task(name='tulip')
          + Call stack:
          |   async drink()
          + Awaited by:
            * Task(name='garden')
              + Call stack:
              |   async garden()

A traceback of `rain` would name `rain` alone: each task has a stack of
its own. `asyncio.print_call_graph()` prints all of it, with the files,
the lines and the addresses; `capture_call_graph` returns it as objects.
Both know only who awaits: `main` does not await yet.
"""

import asyncio
import re
import sys


async def rain(delay: float) -> None:
    """Come late, and tell who has waited."""
    await asyncio.sleep(delay)
    print(without_places(asyncio.format_call_graph()))


async def drink(cloud: asyncio.Task[None]) -> None:
    """Wait for the rain."""
    await cloud


async def garden(delay: float) -> None:
    """Wait for the tulip, which waits for the cloud."""
    cloud = asyncio.create_task(rain(delay), name="cloud")
    tulip = asyncio.create_task(drink(cloud), name="tulip")
    await tulip


def without_places(graph: str) -> str:
    """Leave out the files, the lines, the addresses."""
    return re.sub(r"File .*, line \d+, in |, id=0x\w+", "", graph)


async def main(*, delay: float = 0.3) -> None:
    """Grow a garden, and await it when it has told."""
    if sys.version_info < (3, 14):
        print("call_graph: needs Python 3.14 or newer")
        return
    task = asyncio.create_task(garden(delay), name="garden")
    await asyncio.sleep(2 * delay)
    await task


if __name__ == "__main__":
    asyncio.run(main())
