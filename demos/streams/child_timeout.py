"""A child that takes too long is asked to stop, then killed.

    $ python child_timeout.py
    hyacinth: too long, asked to stop
    hyacinth: does not listen, killed
    hyacinth: exit code -9
    narcissus: too long, asked to stop
    narcissus: exit code -15
    tulip: exit code 0
    crocus: nobody waits, exit code None
    crocus: exit code -9

To cancel a wait ends the wait, not the child: without `finally` the
crocus would live on after Ctrl-C, an orphan. To wait after `kill` is
to bury it: no zombie stays. On Windows `terminate` is `kill`, and both
give the exit code 1.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


async def in_time(child: Process, limit: float) -> bool:
    """Tell whether a child ends within so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(limit):
            await child.communicate()  # or a full pipe would hold it
    return child.returncode is not None


async def tend(name: str, child: Process, limit: float) -> None:
    """Wait; too long: ask the child to stop; still there: kill it."""
    if not await in_time(child, limit):
        print(f"{name}: too long, asked to stop")
        child.terminate()
        if not await in_time(child, limit):
            print(f"{name}: does not listen, killed")
            child.kill()
            await child.communicate()
    print(f"{name}: exit code {child.returncode}")


@asynccontextmanager
async def planted(*words: str) -> AsyncIterator[Process]:
    """Start a child that says when it is ready; leave none behind."""
    child = await asyncio.create_subprocess_exec(
        *words, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )
    try:
        assert child.stdout
        await child.stdout.readline()
        yield child
    finally:
        if child.returncode is None:  # an error, a cancellation
            child.kill()
            await child.communicate()


async def abandon(name: str, child: Process, limit: float) -> None:
    """Cancel the one who waits: the child does not even notice."""
    waiting = asyncio.create_task(child.communicate())
    await asyncio.sleep(limit)
    waiting.cancel()
    await asyncio.wait([waiting])
    print(f"{name}: nobody waits, exit code {child.returncode}")


def bulb(prepare: str, work: str) -> list[str]:
    """Give the command of a child that says when it is ready."""
    ready = "print('ready', flush=True)"
    code = "\n".join(["import signal, time", prepare, ready, work])
    return [sys.executable, "-c", code]


async def main(*, limit: float = 0.3) -> None:
    """Tend a deaf one, a slow one, a quick one; abandon the last."""
    sleep = "time.sleep(20)"
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    async with planted(*bulb(deaf, sleep)) as child:
        await tend("hyacinth", child, limit)
    async with planted(*bulb("", sleep)) as child:
        await tend("narcissus", child, limit)
    async with planted(*bulb("", "")) as child:
        await tend("tulip", child, 20)  # it needs much less
    async with planted(*bulb("", sleep)) as child:
        await abandon("crocus", child, limit)
    print(f"crocus: exit code {child.returncode}")


if __name__ == "__main__":
    asyncio.run(main())
