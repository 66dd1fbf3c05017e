"""The current loop is the one that runs in this thread, if one does.

    $ python current.py
    coroutine: a loop
    its function: the same loop
    thread: no running event loop
    thread with asyncio.run: another loop
    thread, later: no running event loop

`get_running_loop` knows the loop that runs the code that asks. So no
function needs the loop as an argument: whoever needs it asks for it,
where it is needed.
"""

import asyncio
from asyncio import AbstractEventLoop


def compare(who: str, loop: AbstractEventLoop) -> None:
    """Say which loop runs here: that one, another, or none."""
    try:
        found = asyncio.get_running_loop()
    except RuntimeError as error:
        print(f"{who}: {error}")
    else:
        same = found is loop
        print(f"{who}:", "the same loop" if same else "another loop")


async def ask(who: str, loop: AbstractEventLoop) -> None:
    """Compare in a coroutine."""
    compare(who, loop)


def other_thread(loop: AbstractEventLoop) -> None:
    """Compare without a loop, within one, and after it."""
    compare("thread", loop)
    asyncio.run(ask("thread with asyncio.run", loop))
    compare("thread, later", loop)


async def main() -> None:
    """Compare here, then in a thread."""
    loop = asyncio.get_running_loop()
    print("coroutine: a loop")
    compare("its function", loop)
    await asyncio.to_thread(other_thread, loop)


if __name__ == "__main__":
    asyncio.run(main())
