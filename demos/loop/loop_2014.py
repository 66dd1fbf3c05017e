"""`get_event_loop` made a loop where none ran; since 3.14 it refuses.

    $ python loop_2014.py
    get_event_loop(): works
    get_event_loop(), once one is set: works
    get_event_loop_policy(): works

3.12 and newer:

    $ python loop_2014.py
    get_event_loop(): works, DeprecationWarning
    get_event_loop(), once one is set: works
    get_event_loop_policy(): works

3.14 and newer:

    $ python loop_2014.py
    get_event_loop(): RuntimeError
    get_event_loop(), once one is set: works
    get_event_loop_policy(): works, DeprecationWarning

That is so in a program's first thread, hence the child process; any
other thread has always had to set its own. `new_event_loop` and
`set_event_loop` go on as ever. Policies, which said how loops are made,
are to leave in 3.16: `asyncio.run` has `loop_factory` instead.
"""

import asyncio
import sys
import warnings
from asyncio.subprocess import PIPE
from collections.abc import Callable


def tell(name: str, call: Callable[[], object]) -> None:
    """Call, and say how it went."""
    with warnings.catch_warnings(record=True, action="always") as told:
        try:
            call()
            answer = "works"
        except RuntimeError:
            answer = "RuntimeError"
    for warning in told:
        answer += f", {warning.category.__name__}"
    print(f"{name}: {answer}")


def get() -> None:
    """Get the current loop, as one did in 2014, and close it."""
    asyncio.get_event_loop().close()


def ask() -> None:
    """Ask where no loop runs."""
    tell("get_event_loop()", get)
    asyncio.set_event_loop(asyncio.new_event_loop())
    tell("get_event_loop(), once one is set", get)
    asyncio.set_event_loop(None)
    tell("get_event_loop_policy()", asyncio.get_event_loop_policy)


async def main() -> None:
    """Ask in a child, in whose first thread no loop runs."""
    code = "import runpy, sys; runpy.run_path(sys.argv[1])['ask']()"
    words = [sys.executable, "-c", code, __file__]
    child = await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, start_new_session=True
    )
    output, _ = await child.communicate()
    print(output.decode(), end="")


if __name__ == "__main__":
    asyncio.run(main())
