"""How much less CPU the same program takes on the other loop."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator
from importlib.util import find_spec

from rich.console import Console

from demos.history.event_loops import cpu_time
from tests.bench import Number

TIMES = 10
"""Runs on each loop, in turn, for a median."""


def loops(console: Console) -> Iterator[Number]:
    """Run the demo's program on asyncio's loop and on uvloop's."""
    if not find_spec("uvloop"):
        console.print("uvloop's loop is not measured: not installed.")
        return
    import uvloop

    factories = asyncio.new_event_loop, uvloop.new_event_loop
    turns = [tuple(map(cpu_time, factories)) for _ in range(TIMES)]
    slow, fast = map(statistics.median, zip(*turns, strict=True))
    yield Number(
        "CPU of a program, on uvloop",
        fast / slow,
        "× asyncio",
        1.0,
        f"{fast:.3f} s, asyncio {slow:.3f} s",
    )
