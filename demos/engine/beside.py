# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "trio>=0.25",
#     "uvloop>=0.19; sys_platform != 'win32'",
# ]
# ///
"""What a switch costs: our engine beside asyncio, uvloop and trio.

    $ python -m demos.engine.beside
    CPU of a million switches, on Python 3.11:
    engine   0.28 s
    asyncio  1.14 s, 4.1 times as much
    uvloop   0.61 s, 2.2 times as much
    trio     2.03 s, 7.3 times as much

A switch of the engine is cheap for what it leaves out: the docstring of
`engine.py` says what. Each takes its turns in a thread of its own, for
a thread has but one loop of asyncio's; the best of them counts.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from types import ModuleType

from demos.engine import engine

TASKS = 100


async def rest(
    sleep: Callable[[float], Awaitable[object]], times: int
) -> None:
    """Let the others have their turn, so many times."""
    for _ in range(times):
        await sleep(0)


async def together(library: ModuleType, times: int) -> None:
    """Have many rest at once; two libraries have the same words."""
    rests = [rest(library.sleep, times) for _ in range(TASKS)]
    await library.gather(*rests)


def on_engine(times: int) -> None:
    """Run them on our own engine."""
    engine.Loop().run(together(engine, times))


def on_asyncio(times: int) -> None:
    """Run them on asyncio's loop."""
    with asyncio.Runner(debug=False) as runner:
        runner.run(together(asyncio, times))


def on_uvloop(times: int) -> None:
    """Run them on another loop, in C."""
    import uvloop

    new_loop = uvloop.new_event_loop
    with asyncio.Runner(debug=False, loop_factory=new_loop) as runner:
        runner.run(together(asyncio, times))


def on_trio(times: int) -> None:
    """Run them on trio: there a nursery gathers."""
    import trio

    async def nursery() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(TASKS):
                nursery.start_soon(rest, trio.sleep, times)

    trio.run(nursery)


def cost(run: Callable[[int], None], times: int) -> float:
    """Return the seconds of CPU that a million switches take."""
    start = time.process_time()
    run(times)
    return (time.process_time() - start) / (TASKS * times) * 1e6


async def best(
    run: Callable[[int], None], times: int, rounds: int
) -> float:
    """Return the least cost of several rounds, each in a thread."""
    costs = [
        await asyncio.to_thread(cost, run, times) for _ in range(rounds)
    ]
    return min(costs)


async def main(*, times: int = 200, rounds: int = 4) -> None:
    """Measure the engine, then what is installed of the others."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    print(f"CPU of a million switches, on Python {python}:")
    least = await best(on_engine, times, rounds)
    print(f"engine  {least:5.2f} s")
    for run in on_asyncio, on_uvloop, on_trio:
        name = run.__name__.removeprefix("on_")
        try:
            took = await best(run, times, rounds)
        except ImportError:
            print(f"{name:7}  is not installed")
        else:
            more = took / least
            print(f"{name:7} {took:5.2f} s, {more:.1f} times as much")


if __name__ == "__main__":
    asyncio.run(main())
