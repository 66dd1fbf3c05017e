"""A recorded run: its tasks, and when each held the thread.

Times are seconds from the start of the trace, unless said otherwise.
"""

from __future__ import annotations

import ast
import asyncio
import functools
import json
import linecache
import operator
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import Any, Literal

How = Literal["done", "failed", "cancelled", "pending"]
"""How a task ended, or that it did not."""

PLUMBING = (str(Path(asyncio.__file__).parent), str(Path(__file__).parent))
"""Folders of asyncio's code and of ours, which no picture shows."""

HEADER = r"async (?:with|for .+? in) (.+?)(?: as [^:\n]+)?:(?:\n|$)"
"""The head of a statement that awaits without `await`; its group, what it awaits."""

STRIDE = 3
"""Numbers of a run in `Life.runs`: start, end, where it then waits."""


NOTHING: Mapping[Any, Any] = MappingProxyType({})


def _nothing() -> Mapping[Any, Any]:
    return NOTHING


class Source(dict[int, str]):
    """What a code object awaits or calls, by the offset of the instruction.

    A text is read when it is first asked for: the expression, on one line, without
    `await` and `asyncio.`; in code of asyncio or ours, the function's name; empty if
    unknown. Source:
    https://docs.python.org/3/reference/datamodel.html#codeobject.co_positions
    """

    def __init__(self, code: CodeType | None) -> None:
        self._code = code

    def __missing__(self, offset: int) -> str:
        self[offset] = text = _text(self._code, offset) if self._code else ""
        return text


@dataclass(slots=True, eq=False)
class Life:
    """A task: its name, its place and its parent's in the trace, its runs, its end.

    `runs` has STRIDE numbers for each run: start and end, in seconds of the clock
    that showed `origin` at the start, and the key in `texts` of what it waits for
    afterwards (-1: nothing). `blocked` are source texts, by the number of the run
    that held the thread too long; `says` are times and printed lines; `outcome` is
    the repr of its exception, or of a plain result.
    """

    name: str
    place: int
    parent: int | None
    born: float
    texts: Mapping[int, str]
    runs: array[float]
    blocked: Mapping[int, tuple[str, ...]] = field(default_factory=_nothing)
    says: tuple[tuple[float, str], ...] = ()
    how: How = "pending"
    outcome: str = ""
    origin: float = 0.0

    def __iter__(self) -> Iterator[tuple[float, float, str]]:
        """Yield its runs: start, end, and what it waits for afterwards."""
        numbers, origin = iter(self.runs), self.origin
        for start, end, offset in zip(numbers, numbers, numbers, strict=False):
            text = self.texts[int(offset)] if offset >= 0 else ""
            yield start - origin, end - origin, text

    def at(self, time: float) -> int:
        """Return the last run's number that began by a time of the clock, or -1."""
        runs = range(len(self.runs) // STRIDE)
        return bisect_right(runs, time, key=lambda run: self.runs[run * STRIDE]) - 1

    def long(self, run: int, slow: float) -> bool:
        """Tell whether a run held the thread for more than `slow` seconds."""
        return self.runs[run * STRIDE + 1] - self.runs[run * STRIDE] > slow

    @property
    def holds(self) -> Iterator[float]:
        """How long each of its runs held the thread, in seconds."""
        return map(operator.sub, self.runs[1::STRIDE], self.runs[0::STRIDE])


@dataclass(frozen=True)
class Trace:
    """A recorded run: its length, the length from which a hold is too long, its tasks.

    `seconds` and `slow` are in seconds. Tasks of libraries themselves, `helpers`, are
    recorded, but get no lane unless they are asked for.
    """

    seconds: float
    slow: float
    lives: tuple[Life, ...]
    helpers: bool = False

    @functools.cached_property
    def busy(self) -> float:
        """The share of the time in which a task held the thread, from 0 to 1."""
        return min(1.0, sum(sum(life.holds) for life in self.lives) / self.seconds)

    def dumps(self) -> str:
        """Return the trace as JSON, to be read by `loads`; times in microseconds."""
        return json.dumps(
            {
                "microseconds": _micro(self.seconds),
                "slow": _micro(self.slow),
                "tasks": [_dumped(life) for life in self.lives],
            },
            indent=1,
        )

    @classmethod
    def loads(cls, text: str) -> Trace:
        """Return the trace that `dumps` wrote.

        Raises ValueError, KeyError or TypeError for another text.
        """
        data = json.loads(text)
        lives = tuple(_loaded(place, task) for place, task in enumerate(data["tasks"]))
        return cls(data["microseconds"] / 1e6, data["slow"] / 1e6, lives)


def uncover(lives: list[Life]) -> None:
    """Cut each run where another lies within it: that of a task started eagerly."""
    pieces: list[list[list[tuple[float, float, float]]]] = [
        [[] for _ in range(len(life.runs) // STRIDE)] for life in lives
    ]
    runs = sorted(
        (life.runs[i], -life.runs[i + 1], life.place, i // STRIDE)
        for life in lives
        for i in range(0, len(life.runs), STRIDE)
    )
    under: list[tuple[float, int, int]] = []
    since: list[float] = []

    def close(end: float, place: int, run: int, offset: float) -> None:
        if end > since[-1]:
            pieces[place][run].append((since[-1], end, offset))

    def pop() -> None:
        end, place, run = under.pop()
        close(end, place, run, lives[place].runs[run * STRIDE + 2])
        since.pop()
        if since:
            since[-1] = end

    for start, minus_end, place, run in runs:
        while under and under[-1][0] <= start:
            pop()
        if under:
            close(start, under[-1][1], under[-1][2], -1)
        under.append((-minus_end, place, run))
        since.append(start)
    while under:
        pop()
    for life, cut in zip(lives, pieces, strict=True):
        life.runs = array("d", chain.from_iterable(chain.from_iterable(cut)))


def _micro(time: float) -> int:
    return round(time * 1e6)


def _dumped(life: Life) -> dict[str, Any]:
    return {
        "name": life.name,
        "parent": life.parent,
        "born": _micro(life.born),
        "how": life.how,
        "outcome": life.outcome,
        "runs": [[_micro(start), _micro(end), text] for start, end, text in life],
        "blocked": {str(run): texts for run, texts in life.blocked.items()},
        "says": [[_micro(at), text] for at, text in life.says],
    }


def _loaded(place: int, data: dict[str, Any]) -> Life:
    texts = dict(enumerate(dict.fromkeys(text for _, _, text in data["runs"])))
    keys = {text: key for key, text in texts.items()}
    runs = array("d")
    for start, end, text in data["runs"]:
        runs.extend((start / 1e6, end / 1e6, keys[text]))
    return Life(
        data["name"],
        place,
        data["parent"],
        data["born"] / 1e6,
        texts,
        runs,
        {int(run): tuple(texts) for run, texts in data["blocked"].items()},
        tuple((at / 1e6, text) for at, text in data["says"]),
        data["how"],
        data["outcome"],
    )


def _text(code: CodeType, offset: int) -> str:
    """Return the source of the instruction at an offset, as a label."""
    if code.co_filename.startswith(PLUMBING):
        return f"{code.co_name}()"
    positions = _positions(code)
    if not 0 <= offset // 2 < len(positions):
        return ""
    first, last, start, end = positions[offset // 2]
    if first is None or last is None or start is None or end is None:
        return ""
    lines = [linecache.getline(code.co_filename, n) for n in range(first, last + 1)]
    if not all(lines):
        return ""
    # Columns count bytes of UTF-8.
    parts = [line.encode() for line in lines]
    parts[-1] = parts[-1][:end]
    parts[0] = parts[0][start:]
    return brief(b"".join(parts).decode(errors="replace"))


def brief(text: str) -> str:
    """Return an expression as a label: one line, no `await`, no `asyncio.`."""
    text = text.strip().removeprefix("await").strip()
    if header := re.match(HEADER, text, re.DOTALL):
        text = header[1]
    try:
        text = ast.unparse(ast.parse(text, mode="eval"))
    except SyntaxError:  # a statement, or a part of one
        text = " ".join(text.split())
    return text.replace("asyncio.", "")


@functools.lru_cache(maxsize=1024)
def _positions(
    code: CodeType,
) -> list[tuple[int | None, int | None, int | None, int | None]]:
    return list(code.co_positions())
