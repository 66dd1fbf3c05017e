"""What one asserts of a recorded run: who blocked, for how long; who ended how."""

from __future__ import annotations

from dataclasses import dataclass

from media.trace import How, Trace
from media.words import lane_names, public


@dataclass(frozen=True)
class Blocked:
    """A task that held the thread too long: its lane's name, since when, how long.

    `start` and `seconds` are in seconds, `start` from the start of the recording;
    `calls` are the source texts that were seen to hold it: `time.sleep(0.4)`. There
    may be none, of code without its source.
    """

    task: str
    start: float
    seconds: float
    calls: tuple[str, ...]


def blocked(trace: Trace) -> tuple[Blocked, ...]:
    """Return each hold of more than `trace.slow` seconds, the earliest first."""
    names = lane_names(trace)
    holds = (
        Blocked(names[life.place], start, end - start, life.blocked.get(run, ()))
        for life in trace.lives
        for run, (start, end, _) in enumerate(life)
        if life.long(run, trace.slow)
    )
    return tuple(sorted(holds, key=lambda hold: hold.start))


def ends(trace: Trace) -> dict[str, How]:
    """Return how each task that has a lane ended, by the lane's name."""
    names = lane_names(trace)
    return {names[life.place]: life.how for life in public(trace)}
