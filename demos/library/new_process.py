"""Since 3.14 a pool's process imports the script: it needs its guard.

    $ python new_process.py
    with the guard: the child sells rose
    without it: the child sells rose

3.14 and newer:

    $ python new_process.py
    with the guard: the child sells tulip
    without it: ConnectionResetError

3.15 and newer:

    $ python new_process.py
    with the guard: the child sells tulip
    without it: BrokenProcessPool

On Linux a pool's processes were forks: copies of all that their parent
had become. From 3.14 on, "forkserver" is the default there: a child
imports the script afresh, so it has not seen what was changed since. A
script with no `if __name__ == "__main__"` would start a child in each
child; it is stopped. Windows, with "spawn", has always been so, and
macOS since 3.8.
"""

import asyncio
import inspect
import sys
from asyncio.subprocess import PIPE
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory


class Shop:
    """What there is to sell."""

    flower = "tulip"


def look() -> str:
    """Tell what is sold, in whichever process runs it."""
    return Shop.flower


async def ask_child() -> None:
    """Sell roses from now on, and ask another process."""
    Shop.flower = "rose"
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1) as pool:
        flower = await loop.run_in_executor(pool, look)
    print("the child sells", flower)


def script(*last: str) -> str:
    """Write a script of these three, and its last lines."""
    first = [
        "import asyncio",
        "from concurrent.futures import ProcessPoolExecutor",
    ]
    parts = [
        inspect.getsource(part) for part in (Shop, look, ask_child)
    ]
    return "\n".join([*first, *parts, *last])


def save(text: str, folder: str) -> Path:
    """Write a file."""
    path = Path(folder, "shop.py")
    path.write_text(text, encoding="utf-8")
    return path


async def told(text: str) -> str:
    """Run a script; return what it prints, or its exception."""
    with TemporaryDirectory() as folder:
        child = await asyncio.create_subprocess_exec(
            sys.executable, save(text, folder), stdout=PIPE, stderr=PIPE
        )
        output, errors = await child.communicate()
    if child.returncode == 0:
        return output.decode().strip()
    name, _, _ = errors.decode().splitlines()[-1].partition(":")
    return name.rpartition(".")[2]


async def main() -> None:
    """Run the script twice: with a guard, then without."""
    guard = 'if __name__ == "__main__":'
    guarded = script(guard, "    asyncio.run(ask_child())")
    print("with the guard:", await told(guarded))
    print("without it:", await told(script("asyncio.run(ask_child())")))


if __name__ == "__main__":
    asyncio.run(main())
