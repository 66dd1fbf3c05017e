"""`-X dev` names who forgot to await, and who held the thread.

    $ python debug_mode.py
    $ python
    events.py: RuntimeWarning: coroutine 'dig' was never awaited
    $ python -X dev
    events.py: RuntimeWarning: coroutine 'dig' was never awaited
    File "debug_mode.py", line 38, in garden
    File "debug_mode.py", line 33, in orders
    Executing <Task ... garden() ...> took 0.204 seconds

Without the switch the warning names the line where the coroutine was
lost, here one of asyncio's own; with it, where it was made as well.
PYTHONASYNCIODEBUG=1 says the same; `-X dev` also warns of sockets and
files that nobody closed. Only the lines to look at are printed here.
"""

import asyncio
import os
import re
import sys
import time
from asyncio.subprocess import PIPE


async def dig(flower: str) -> None:
    """Dig for a flower, if somebody awaits it."""
    print("a hole for the", flower)


def orders() -> list[object]:
    """List what to do: coroutines, and nothing runs yet."""
    return [dig("tulip")]


async def garden() -> None:
    """Forget an order, and hold the thread: two faults."""
    todo = orders()
    time.sleep(0.2)
    print("orders:", len(todo))


async def complaints(*switches: str) -> list[str]:
    """Run the garden in a child; return what it complains of."""
    code = (
        "import asyncio, runpy, sys;"
        "asyncio.run(runpy.run_path(sys.argv[1])['garden']())"
    )
    words = [sys.executable, *switches, "-c", code, __file__]
    child = await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=PIPE
    )
    _, errors = await child.communicate()
    return errors.decode().splitlines()


def to_look_at(line: str) -> bool:
    """Tell whether a line is a warning, or about this file."""
    words = "never awaited", "took", os.path.basename(__file__)
    return any(word in line for word in words)


def short(line: str) -> str:
    """Leave out folders, and what each Python says in its way."""
    for file in asyncio.__file__, __file__:
        line = line.replace(os.path.dirname(file) + os.sep, "")
    line = re.sub(r"^events.py:\d+", "events.py", line)
    return re.sub(
        r"<Task .*(garden\(\)).*>", r"<Task ... \1 ...>", line
    )


async def main() -> None:
    """Run the garden without the switch, and with it."""
    for switches in [], ["-X", "dev"]:
        print("$ python", *switches)
        for line in await complaints(*switches):
            if to_look_at(line):
                print(short(line).strip())


if __name__ == "__main__":
    asyncio.run(main())
