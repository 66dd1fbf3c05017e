# /// script
# requires-python = ">=3.14"
# ///
"""Silence warnings in one task, and all are silent; a switch mends it.

    $ python hush.py
    $ python
    tulip: works in silence
    iris: warns
    $ python -X context_aware_warnings=1
    tulip: works in silence
    iris: warns
    UserWarning: no water
      warnings.warn("no water", stacklevel=1)

`catch_warnings` changes the filters of the whole program; with the
switch, those of its own context, and each task has one. The switch is
of 3.14; it is on in a free-threaded build, off in others.
"""

import asyncio
import re
import sys
import warnings
from asyncio.subprocess import PIPE, STDOUT


async def tulip() -> None:
    """Want no warning of its own."""
    with warnings.catch_warnings(action="ignore"):
        print("tulip: works in silence")
        await asyncio.sleep(0.1)  # others run: are they silenced?


async def iris() -> None:
    """Warn while the tulip waits."""
    print("iris: warns")
    warnings.warn("no water", stacklevel=1)


async def garden() -> None:
    """Grow both."""
    async with asyncio.TaskGroup() as group:
        group.create_task(tulip())
        group.create_task(iris())


async def told(*switches: str) -> str:
    """Run the garden in a child; return all that it says."""
    code = (
        "import asyncio, runpy, sys;"
        "asyncio.run(runpy.run_path(sys.argv[1])['garden']())"
    )
    words = [sys.executable, "-u", *switches, "-c", code, __file__]
    child = await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await child.communicate()
    return output.decode()


async def main() -> None:
    """Run the garden without the switch, and with it."""
    if sys.version_info < (3, 14):
        print("hush: needs Python 3.14 or newer")
        return
    for switches in [], ["-X", "context_aware_warnings=1"]:
        print("$ python", *switches)
        for line in (await told(*switches)).splitlines():
            print(re.sub(r"^\S.*\.py:\d+: ", "", line))


if __name__ == "__main__":
    asyncio.run(main())
