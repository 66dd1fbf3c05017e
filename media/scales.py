"""The scales of pictures: seconds, or a column for each run; and their ticks.

Times are seconds; widths are units of the viewBox.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from media.lang import UNITS, Lang, decimal, seconds
from media.text import text_width
from media.trace import STRIDE, Trace

STEPS = 100
"""Columns drawn at most on the scale of steps: the first."""

CLOSE = 2
"""Units between two holds that are drawn as one, on the scale of time."""

Ticks = tuple[tuple[float, str], ...]
"""Places on a scale, and what is written below each."""


class TimeScale:
    """Seconds, to scale: a place is a time.

    `close` is how far apart holds are that are drawn as one, in units of the
    viewBox; `hidden` counts the runs that are not drawn.
    """

    hidden, close = 0, CLOSE

    def __init__(self, trace: Trace) -> None:
        self.end = trace.seconds

    def at(self, time: float) -> float:
        """Return the place of a time, moved to the nearest end if it is outside."""
        return min(max(time, 0), self.end)

    def run(self, start: float, end: float) -> tuple[float, float] | None:
        """Return where a run starts and ends."""
        return self.at(start), self.at(end)

    def ticks(self, lang: Lang, width: float) -> Ticks:
        """Return round times, as many as fit in a width."""
        return round_ticks(self.end, lang, width)


class StepScale:
    """A column for each run, in order of time: places are columns, from 0.

    `close` and `hidden` are as on the scale of time.
    """

    close = 0

    def __init__(self, trace: Trace) -> None:
        starts = sorted(
            start - life.origin
            for life in trace.lives
            for start in life.runs[0::STRIDE]
        )
        self._starts = starts[:STEPS]
        self._last = starts[STEPS] if len(starts) > STEPS else math.inf
        self.hidden = max(0, len(starts) - STEPS)
        self.end = max(1, len(self._starts))

    def at(self, time: float) -> float:
        """Return the place of a time: in the column of the last run before it."""
        return max(0, bisect_right(self._starts, time) - 0.08)

    def run(self, start: float, end: float) -> tuple[float, float] | None:
        """Return where a run's column starts and ends; None if it has none."""
        if start >= self._last:
            return None
        column = bisect_left(self._starts, start)
        return column + 0.08, column + 0.92

    def ticks(self, lang: Lang, width: float) -> Ticks:
        """Return the numbers of columns, from 1, as many as fit in a width."""
        step = max(1, int(_step(self.end, width, "{:g}".format)))
        numbers = [1, *range(step, len(self._starts) + 1, step)]
        return tuple((n - 0.5, str(n)) for n in dict.fromkeys(numbers))


Scale = TimeScale | StepScale


def ticks_at(lang: Lang, *times: float) -> Ticks:
    """Return ticks at given times in seconds."""
    return tuple((time, seconds(time, lang) if time else "0") for time in times)


def round_ticks(end: float, lang: Lang, width: float) -> Ticks:
    """Return round times up to `end` seconds, as many as fit in a width."""
    size, unit = next(
        (size, unit) for size, unit in UNITS if end >= size or unit == "µs"
    )
    step = _step(end / size, width, lambda value: f"{value:g} {unit}")
    found = []
    for i in range(int(end / size / step + 1e-9) + 1):
        text = f"{decimal(f'{i * step:g}', lang)}\u00a0{unit}" if i else "0"
        found.append((i * step * size, text))
    return tuple(found)


def _step(span: float, width: float, write: Callable[[float], str]) -> float:
    """Return the least of 1, 2, 5, 10 … whose multiples fit when written."""
    power = 10.0 ** math.floor(math.log10(span) - 1.5)
    while True:
        for step in (power, 2 * power, 5 * power):
            texts = write(step), write(math.floor(span / step) * step)
            widest = max(map(text_width, texts))
            if width * step / span > 1.3 * widest:
                return step
        power *= 10
