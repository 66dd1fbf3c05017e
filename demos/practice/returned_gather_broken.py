"""Broken: a `main` that returns `gather(…)` ends before its tasks.

    $ python returned_gather_broken.py
    tulip: sown
    rose: sown
    <_GatheringFuture finished exception=CancelledError()>
    _GatheringFuture exception was never retrieved

A future is what the coroutine returns, at once. The tasks run up to
their first pause; then `asyncio.run`, which has its result, cancels
whatever is left. No flower, and no error: the exit code is 0.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT


async def grow(flower: str) -> str:
    """Sow, wait, flower."""
    print(f"{flower}: sown")
    await asyncio.sleep(0.1)
    print(f"{flower}: in flower")
    return flower


async def garden() -> object:
    """Grow both, or so it seems."""
    return asyncio.gather(grow("tulip"), grow("rose"))


async def told() -> list[str]:
    """Run the garden in a child; return what it prints."""
    code = (
        "import asyncio, runpy, sys;"
        "garden = runpy.run_path(sys.argv[1])['garden'];"
        "print(asyncio.run(garden()))"
    )
    words = [sys.executable, "-u", "-c", code, __file__]
    child = await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await child.communicate()
    return output.decode().splitlines()


async def main() -> None:
    """Run the garden, and print it all up to the traceback."""
    for line in await told():
        if line.startswith("future:"):
            break
        print(line)


if __name__ == "__main__":
    asyncio.run(main())
