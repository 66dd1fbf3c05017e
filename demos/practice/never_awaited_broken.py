"""Broken: a call without `await` makes a coroutine, and drops it.

    $ python never_awaited_broken.py
    RuntimeWarning: coroutine 'water' was never awaited
      water("tulip")
    garden: all is watered

The program goes on, ends well, and nobody has watered anything. The
warning stands among what goes to standard error, where few look.
"""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, STDOUT


async def water(flower: str) -> None:
    """Water a flower, if somebody awaits it."""
    print(f"{flower}: watered")


async def garden() -> None:
    """Water the tulip, or so it seems."""
    water("tulip")
    print("garden: all is watered")


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
    """Run the garden, and print what Python says of it."""
    for line in await told():
        if "tracemalloc" not in line:  # an advice: see debug_mode.py
            print(re.sub(r"^\S.*\.py:\d+: ", "", line))


if __name__ == "__main__":
    asyncio.run(main())
