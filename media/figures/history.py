"""3.1: twenty years of asynchronous Python, in three eras."""

# Facts: the PEPs named, and the What’s New page of each version.

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch, number
from media.text import MONO, SANS, text_width

TITLE: dict[Lang, str] = {
    "fr": "De send à TaskGroup\u00a0: trois époques",
    "en": "From send to TaskGroup: three eras",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Frise de 2006 à 2026, en trois époques de huit ans au plus\u00a0: les"
        " générateurs, de send (2006) à yield from (2012)\u00a0; asyncio, depuis"
        " 2014, avec async def et await en 2015\u00a0; la programmation structurée,"
        " depuis TaskGroup en 2022."
    ),
    "en": (
        "Timeline from 2006 to 2026, in three eras of eight years at most:"
        " generators, from send (2006) to yield from (2012); asyncio, since 2014,"
        " with async def and await in 2015; structured programming, since"
        " TaskGroup in 2022."
    ),
}


@dataclass(frozen=True)
class Release:
    """A version of Python, the year it came out, what it brought, and by which PEPs.

    `brought` is code, or words by language where there is no name to write.
    """

    version: str
    year: int
    brought: str | dict[Lang, str]
    peps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Era:
    """Releases that share one idea."""

    name: dict[Lang, str]
    releases: tuple[Release, ...]


ERAS = (
    Era(
        {"fr": "générateurs", "en": "generators"},
        (
            Release("2.5", 2006, "generator.send", (342,)),
            Release("3.2", 2011, "concurrent.futures", (3148,)),
            Release("3.3", 2012, "yield from", (380,)),
        ),
    ),
    Era(
        {"fr": "asyncio", "en": "asyncio"},
        (
            Release("3.4", 2014, "import asyncio", (3156,)),
            Release("3.5", 2015, "async def, await", (492,)),
            Release("3.7", 2018, "asyncio.run, contextvars", (567,)),
        ),
    ),
    Era(
        {"fr": "structuré", "en": "structured"},
        (
            Release("3.11", 2022, "TaskGroup, timeout, except*", (654,)),
            Release("3.12", 2023, "eager_task_factory"),
            Release("3.13", 2024, "Queue.shutdown"),
            Release("3.14", 2025, "python -m asyncio pstree"),
            Release("3.15", 2026, "TaskGroup.cancel"),
        ),
    ),
)
MORE = (
    Release("2.2", 2001, "yield", (255,)),
    Release(
        "3.6",
        2016,
        {
            "fr": "générateurs, compréhensions async",
            "en": "async generators, comprehensions",
        },
        (525, 530),
    ),
    Release(
        "3.8",
        2019,
        {
            "fr": "CancelledError devient une BaseException",
            "en": "CancelledError becomes a BaseException",
        },
    ),
    Release("3.9", 2020, "to_thread"),
)
"""Releases that have no room here; `years` shows them, too."""

FIRST, LAST = 2006, 2026

LEFT, YEAR = 188.0, 17.2
"""Where the first year is, and the width of a year."""

ROW, PAD, GAP = 33.0, 2.0, 4.0


def x(year: int) -> float:
    """Return where a year is."""
    return LEFT + YEAR * (year - FIRST)


def release(page: Page, lang: Lang, item: Release, y: float, colour: str) -> None:
    """Draw a dot at the year, and on its right what the release brought."""
    at = x(item.year)
    page.add(f'<circle cx="{number(at)}" cy="{number(y)}" r="9" fill="{colour}"/>')
    page.text(at + 20, y + 9, item.version, MONO, bold=True)
    after = at + 20 + text_width(item.version, MONO) + 14
    if isinstance(item.brought, str):
        page.code(after, y + 9, item.brought)
    else:
        page.text(after, y + 9, item.brought[lang])


def draw(page: Page, lang: Lang) -> None:
    """Draw the eras one under the other, each a step further right."""
    rows = sum(len(era.releases) for era in ERAS)
    axis = rows * ROW + len(ERAS) * (2 * PAD + GAP)
    y = 0.0
    for place, era in enumerate(ERAS):
        height = len(era.releases) * ROW + 2 * PAD
        page.rect(0, y, WIDTH, height, "free", round_=6)
        page.rect(0, y, 8, height, page.lane(place))
        page.text(18, y + 28, era.name[lang], bold=True)
        y += height + GAP
    y = 0.0
    for place, era in enumerate(ERAS):
        for line, item in enumerate(era.releases):
            middle = y + PAD + ROW * (line + 0.5)
            colour = page.lane(place)
            page.line(x(item.year), middle, x(item.year), axis, colour, 2)
            release(page, lang, item, middle, colour)
        y += len(era.releases) * ROW + 2 * PAD + GAP
    page.line(x(FIRST) - 12, axis, x(LAST) + 12, axis)
    for year in range(FIRST, LAST + 1, 4):
        page.text(x(year), axis + 32, str(year), SANS, "ink", "middle")


def picture(lang: Lang) -> Sketch:
    """Return the timeline."""
    return Sketch(lang, TITLE[lang], ALT[lang], 428, lambda page: draw(page, lang))
