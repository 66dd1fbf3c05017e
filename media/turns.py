"""Record the same three coroutines: one by one, in a group, with one that blocks.

    $ python -m media.turns >media/figures/turns.json

The group records its own tasks; a coroutine that is only awaited is no task, so
`one_by_one` asks the recorder to wrap it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from media.recorder import Recorder
from media.trace import Trace

WAIT = 0.2
"""Seconds that each of the three waits."""

Way = Callable[[Recorder, float], Coroutine[Any, Any, None]]


async def one_by_one(recorder: Recorder, seconds: float) -> None:
    """Await each in its turn."""
    await recorder.wrap(a(seconds))
    await recorder.wrap(b(seconds))
    await recorder.wrap(c(seconds))


async def together(_: Recorder, seconds: float) -> None:
    """Start all in a group, which awaits them."""
    async with asyncio.TaskGroup() as group:
        group.create_task(a(seconds))
        group.create_task(b(seconds))
        group.create_task(c(seconds))


async def blocked(_: Recorder, seconds: float) -> None:
    """Start all in a group; one of them does not let the others run."""
    async with asyncio.TaskGroup() as group:
        group.create_task(a(seconds))
        group.create_task(rude(seconds), name="b")
        group.create_task(c(seconds))


async def a(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def b(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def c(seconds: float) -> None:
    """Wait."""
    await asyncio.sleep(seconds)


async def rude(seconds: float) -> None:
    """Wait, and hold the thread meanwhile."""
    time.sleep(seconds)  # noqa: ASYNC251 (what not to do)


WAYS: tuple[Way, ...] = (one_by_one, together, blocked)


async def record(seconds: float = WAIT) -> dict[str, Trace]:
    """Run the three in each way; return the runs by the ways' names.

    A hold of more than half of `seconds` counts as too long.
    """
    runs = {}
    for way in WAYS:
        with Recorder(asyncio.get_running_loop(), slow=seconds / 2) as recorder:
            await way(recorder, seconds)
        runs[way.__name__] = recorder.trace
    return runs


def dumps(runs: Mapping[str, Trace]) -> str:
    """Return the runs as JSON, to be read by `loads`; times in microseconds."""
    lines = [
        f' "{way}": {json.dumps(json.loads(trace.dumps()))}'
        for way, trace in runs.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}"


def loads(text: str) -> dict[str, Trace]:
    """Return the runs that `dumps` wrote; raise ValueError for what is not JSON."""
    runs = json.loads(text)
    return {way: Trace.loads(json.dumps(run)) for way, run in runs.items()}


if __name__ == "__main__":
    print(dumps(asyncio.run(record())))
