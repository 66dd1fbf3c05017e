"""Invent runs that a program could have had, from a seed: the same each time.

One task at a time holds the thread, whoever is born is so while its parent runs,
and nothing is drawn well by luck: names, texts and times are as odd as they come.
"""

from __future__ import annotations

import functools
import json
from random import Random
from typing import Any

from media.trace import Trace

HOUR = 3_600_000_000
"""In microseconds, as all times here."""

NAMES = (
    "fetch",
    "polite 1",
    "W" * 60,
    "a task whose name says all that it does, and why",
    "Task-1",
    "x",
    "",
    " ",
    "étê «\u00a0là\u00a0»",
    "<b>&amp;\"'</b>",
    "漢字の長い名前のタスクです",
    "🌷🌷🌷 tulipes",
    "مهمة",
    "two\nlines\tand\ttabs",
    "bell\a and \x1b[31mred\x1b[0m",
    "lone \ud800 surrogate",
    "e\u0301" * 20,
    "…" * 9,
    "🏳️‍🌈👩‍👩‍👧‍👦",
    "Ж" * 9,
)
AWAITED = (
    "sleep(0.1)",
    "sleep(0.1)",
    "queue.get()",
    "",
    "x",
    "gather(polite(1), polite(2), rude(), bad(), polite(3), polite(4), polite(5))",
    "session.get('https://example.org/a/very/long/path?with=arguments', timeout=30)",
    "漢字(🌷, '…')",
    "reader.readuntil(b'\\r\\n\\r\\n')",
    "lock.acquire()\nand(more)",
)
CULPRITS = (
    "time.sleep(0.3)",
    "sum(range(10 ** 8))",
    "漢字を数える()",
    "json.loads(open('a very long name of a file.json', encoding='utf-8').read())",
)
OUTCOMES = {
    "done": ("", "", "42", "'one line, as long as results may be told'", "'🌷'"),
    "failed": (
        "ValueError()",
        "ValueError('" + "no " * 200 + "')",
        "ExceptionGroup('unhandled errors in a TaskGroup', [OSError(), KeyError()])",
        "UnicodeDecodeError('utf-8', b'\\xff', 0, 1, 'invalid start byte')",
        "E\n\u0000\ufffe漢字",
    ),
    "cancelled": ("",),
    "pending": ("",),
}
LINES = (
    "got 1",
    "a line that goes on and on, as logs do " * 4,
    "漢字 🌷",
    "\x1b[1m!",
    "",
)


@functools.cache
def story(seed: int) -> Trace:
    """Return a run: seeds that differ by less than 12 differ in kind too."""
    return _Story(Random(seed), seed % 12).told()


class _Story:
    def __init__(self, random: Random, kind: int) -> None:
        self.random = random
        self.kind = kind
        self.total = round(10 ** random.uniform(1, 9.55))
        tasks = {0: 1, 1: 45, 2: 2, 3: 41}.get(kind) or random.randint(2, 12)
        runs = {0: random.randint(1, 5), 1: 120, 3: 300}.get(kind)
        self.tasks: list[dict[str, Any]] = []
        self.count = tasks
        self.runs = runs or random.choice((tasks, 3 * tasks, 10 * tasks))
        if kind == 4:  # the longest: an hour
            self.total = HOUR
        self.total = max(self.total, 3 * self.runs)

    def told(self) -> Trace:
        """Return the trace: one run after the other, and who is born in each."""
        times = self._times()
        for number, (start, end) in enumerate(times):
            task = self._turn(number, start, end)
            task["runs"].append([start, end, self.random.choice(AWAITED)])
        for task in self.tasks:
            self._end(task)
        lengths = sorted(end - start for start, end in times)
        slow = self.random.choice(
            (lengths[-1], lengths[-1] - 1, lengths[len(times) // 2])
        )
        for task in self.tasks:
            for run, (start, end, _) in enumerate(task["runs"]):
                if end - start > slow:
                    seen = self.random.randint(0, 3)
                    texts = self.random.sample(CULPRITS, seen)
                    task["blocked"] |= {str(run): texts} if texts else {}
        told = {"microseconds": self.total, "slow": slow, "tasks": self.tasks}
        return Trace.loads(json.dumps(told))

    def _times(self) -> list[tuple[int, int]]:
        """Return who long each run is and when: 1 µs, or a share of the time."""
        longs = self.random.randint(0, 3)
        weights = []
        for number in range(self.runs):
            edge = number in (0, self.runs - 1)
            is_long = (
                self.kind == 5 and edge
            ) or self.random.random() < longs / self.runs
            gap = self.random.choice((0, 0, self.random.random()))
            hold = (
                self.random.uniform(1, 4) if is_long else self.random.choice((0, 0.01))
            )
            weights += [gap, hold]
        # A block at the very start, and one at the very end.
        weights[0] = 0 if self.kind == 5 else weights[0]
        weights.append(0 if self.kind == 5 else self.random.choice((0, 1.0)))
        room = self.total - 2 * self.runs
        scale = room / max(1.0, sum(weights))
        times, at = [], 0
        for gap, hold in zip(weights[:-1:2], weights[1::2], strict=True):
            start = at + int(gap * scale)
            at = start + 1 + int(hold * scale)
            times.append((start, at))
        if self.kind == 5:
            self.total = at
        return times

    def _turn(self, number: int, start: int, end: int) -> dict[str, Any]:
        """Return whose run this is: main's first, then anybody's who is born."""
        left = self.runs - number
        ready = [task for task in self.tasks if not task["runs"]]
        if not self.tasks:
            task = self._born(None, start)
        elif ready and len(ready) >= left:
            task = ready[0]
        else:
            task = self.random.choice(self.tasks)
        unborn = self.count - len(self.tasks)
        births = unborn if self.kind in (1, 3) else self.random.randint(0, unborn)
        for _ in range(min(births, left - 1 - len(ready))):
            self._born(task["place"], self.random.randint(start, end))
        if self.random.random() < 0.3:
            for _ in range(self.random.randint(1, 3)):
                at = self.random.randint(start, end)
                task["says"].append([at, self.random.choice(LINES)])
            task["says"].sort()
        return task

    def _born(self, parent: int | None, at: int) -> dict[str, Any]:
        name = "main" if parent is None else self.random.choice(NAMES)
        if self.kind in (1, 3) and parent is not None:
            name = self.random.choice(("fetch", "polite", "W" * 30))
        task: dict[str, Any] = {"name": name, "place": len(self.tasks)}
        task |= {"parent": parent, "born": at, "runs": [], "blocked": {}, "says": []}
        self.tasks.append(task)
        return task

    def _end(self, task: dict[str, Any]) -> None:
        how = self.random.choice(list(OUTCOMES)) if task["runs"] else "pending"
        task["how"] = how
        task["outcome"] = self.random.choice(OUTCOMES[how])
