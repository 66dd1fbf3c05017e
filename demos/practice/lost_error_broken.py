"""Broken: a task fails, nobody awaits it, and the program is content.

    $ python lost_error_broken.py
    rose: planted
    garden: 2 flowers are planted
    Task exception was never retrieved
    ValueError: no bulb

The tulip has failed at once. Python tells it when the task is thrown
away: here at the end, too late, and with exit code 0. A server that
keeps its tasks hears of it on the day when it stops.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT


async def plant(flower: str) -> None:
    """Plant a flower; the tulip has no bulb."""
    if flower == "tulip":
        raise ValueError("no bulb")
    await asyncio.sleep(0.1)
    print(f"{flower}: planted")


async def garden() -> None:
    """Start both, and never ask how they ended."""
    flowers = "tulip", "rose"
    tasks = [asyncio.create_task(plant(name)) for name in flowers]
    await asyncio.sleep(0.2)
    print("garden:", len(tasks), "flowers are planted")


async def told() -> list[str]:
    """Run the garden in a child; return what it prints."""
    code = (
        "import asyncio, runpy, sys;"
        "asyncio.run(runpy.run_path(sys.argv[1])['garden']())"
    )
    words = [sys.executable, "-u", "-c", code, __file__]
    child = await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await child.communicate()
    return output.decode().splitlines()


async def main() -> None:
    """Run the garden; leave the traceback out, but its last line."""
    for line in await told():
        if not line.startswith((" ", "future:", "Traceback")):
            print(line)


if __name__ == "__main__":
    asyncio.run(main())
