"""A program of 2014, to the letter, stops at its first decorator.

    $ python as_it_was.py
    AttributeError
      module 'asyncio' has no attribute 'coroutine'

`@asyncio.coroutine` left in 3.11, seven years after `async def` came.
With that function replaced, and `get_event_loop` since 3.14, such a
program runs as ever: see garden_2014.py.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE


def program() -> str:
    """Return a program as one wrote it for Python 3.4."""
    return """
import asyncio

@asyncio.coroutine
def grow(name):
    yield from asyncio.sleep(0.1)
    print(name, "in flower")

loop = asyncio.get_event_loop()
loop.run_until_complete(grow("tulip"))
loop.close()
"""


async def last_words() -> str:
    """Run it in a child; return the last line of what it says."""
    words = [sys.executable, "-c", program()]
    child = await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=PIPE
    )
    output, errors = await child.communicate()
    return (output + errors).decode().splitlines()[-1]


async def main() -> None:
    """Show how it ends."""
    name, _, reason = (await last_words()).partition(": ")
    print(name)
    print(" ", reason.partition(". ")[0])  # a guess may follow


if __name__ == "__main__":
    asyncio.run(main())
