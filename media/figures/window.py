"""11.2: a queue of four slots is a window: it limits how many jobs run at once.

Computed from the durations and the number of slots, not measured.
"""

# Facts: asyncio.Queue's page: put waits on a full queue until a slot is free.

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch
from media.text import MONO, SANS, text_width

SLOTS = 4
SECONDS = (1, 2, 3) * 3
"""How long each job takes."""

WINDOW = f"window = asyncio.Queue(maxsize={SLOTS})"
JOB = """\
async def job(number, seconds):
    await window.put(number)
    await asyncio.sleep(seconds)
    window.get_nowait()
"""

TITLE: dict[Lang, str] = {
    "fr": "Une fenêtre de quatre places",
    "en": "A window of four slots",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Neuf tâches de 1, 2 et 3 secondes, tour à tour\u00a0; put les fait"
        " attendre qu’une des quatre places de la file se libère. Quatre avancent à"
        " la fois, la dernière commence à 3 s, et tout est fini en 6 s, au lieu de"
        " 18 s l’une après l’autre."
    ),
    "en": (
        "Nine tasks of 1, 2 and 3 seconds by turns; put makes them wait until one"
        " of the queue’s four slots is free. Four run at a time, the last starts"
        " at 3 s, and all is done in 6 s, instead of 18 s one after the other."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {"slot": "place", "wait": "attendent", "turns": "une à une"},
    "en": {"slot": "slot", "wait": "waiting", "turns": "one by one"},
}


@dataclass(frozen=True)
class Run:
    """A job, by its number from 1, in its slot; times are in seconds."""

    number: int
    slot: int
    start: int
    end: int


def schedule(seconds: Sequence[int], slots: int) -> list[Run]:
    """Return when jobs run, in their order, each in the first slot that is free."""
    free = [(0, slot) for slot in range(slots)]
    runs = []
    for number, duration in enumerate(seconds, 1):
        start, slot = heapq.heappop(free)
        runs.append(Run(number, slot, start, start + duration))
        heapq.heappush(free, (start + duration, slot))
    return runs


RUNS = schedule(SECONDS, SLOTS)
TURNS = [
    Run(number, 0, end - seconds, end)
    for number, (seconds, end) in enumerate(
        zip(SECONDS, accumulate(SECONDS), strict=True), 1
    )
]
"""The same, one after the other."""

LEFT, SECOND = 150.0, 42.7
"""Where time starts, and how wide a second is."""

TOP, SLOT, QUEUE, LINE = 4.0, 54.0, 236.0, 13.0
"""Where the slots start and their height; the same of those who wait for one."""

CHAIN, AXIS, CODE = 348.0, 378.0, 476.0
"""Where the jobs one by one are, the times, and the code."""


def x(time: float) -> float:
    """Return where a time is."""
    return LEFT + SECOND * time


def label(page: Page, y: float, text: str) -> None:
    """Name a row."""
    page.text(0, y + 9, text, bold=True)


def bar(page: Page, run: Run, y: float) -> None:
    """Draw a job that runs; its seconds are marked."""
    width = SECOND * (run.end - run.start)
    page.rect(x(run.start) + 1.5, y - 19, width - 3, 38, "ink", round_=3)
    for second in range(run.start + 1, run.end):
        page.line(x(second), y + 13, x(second), y + 19, "paper", 3)
    middle = x(run.start) + width / 2
    page.text(middle, y + 9, str(run.number), SANS, "paper", "middle", bold=True)


def window(page: Page, words: dict[str, str]) -> None:
    """Draw the slots, and below them who waits for one."""
    end = max(run.end for run in RUNS)
    for slot in range(SLOTS):
        y = TOP + SLOT * (slot + 0.5)
        label(page, y, f"{words['slot']} {slot + 1}")
        page.rect(LEFT, y - 23, x(end) - LEFT, 46, "free", round_=3)
    for run in RUNS:
        bar(page, run, TOP + SLOT * (run.slot + 0.5))
    late = [run for run in RUNS if run.start]
    for place, run in enumerate(late):
        y = QUEUE + LINE * (place + 0.5)
        page.line(LEFT, y, x(run.start) - 4, y, "ink", 4)
    label(page, QUEUE + LINE * len(late) / 2, words["wait"])


def legend(page: Page) -> None:
    """Write the code, and beside its lines the shapes that show what they do."""
    y = TOP + SLOT / 2
    page.code(CODE, y + 9, WINDOW)
    y += 22
    for line in JOB.splitlines():
        y += 48
        text = line.lstrip()
        page.code(CODE + text_width(line, MONO) - text_width(text, MONO), y + 9, text)
        if "put" in text:
            page.line(CODE - 36, y, CODE + 28, y, "ink", 4)
        if "sleep" in text:
            page.rect(CODE - 36, y - 15, 64, 30, "ink", round_=3)


def draw(page: Page, lang: Lang) -> None:
    """Draw both schedules to the same scale of time, the window's above."""
    words = WORDS[lang]
    ends = (max(run.end for run in RUNS), max(run.end for run in TURNS))
    for time in (0, *ends):
        top = CHAIN - 27 if time == ends[1] else TOP - 4
        page.line(x(time), top, x(time), AXIS + 4, "grid")
        text = f"{time}\u00a0s" if time else "0"
        page.text(
            min(x(time), WIDTH - 30),
            AXIS + 34,
            text,
            SANS,
            "ink",
            "middle",
            bold=bool(time),
        )
    window(page, words)
    legend(page)
    label(page, CHAIN, words["turns"])
    for run in TURNS:
        bar(page, run, CHAIN)


def picture(lang: Lang) -> Sketch:
    """Return the schedule."""
    return Sketch(
        lang, TITLE[lang], ALT[lang], AXIS + 42, lambda page: draw(page, lang)
    )
