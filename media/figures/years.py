"""The sheet: what each version brought to asynchronous Python, in a line.

The facts are those of `history`. A step is a version, not a year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from media.figures.history import ERAS, MORE, Release
from media.lang import Lang, joined
from media.svg import Page, Printed, number
from media.text import MONO, SANS, SIZE, escaped, text_width

TITLE: dict[Lang, str] = {
    "fr": "Vingt-cinq ans de Python asynchrone",
    "en": "Twenty-five years of asynchronous Python",
}
RELEASES = sorted(
    (
        release
        for release in (*(each for era in ERAS for each in era.releases), *MORE)
        if release.version != "3.2"  # concurrent.futures: no coroutine, and no room
    ),
    key=lambda release: release.year,
)


def brought(release: Release, lang: Lang) -> str:
    """Return what a release brought: code, or words in a language."""
    return (
        release.brought if isinstance(release.brought, str) else release.brought[lang]
    )


def alt(lang: Lang, opening: str) -> str:
    """Return the alt text: all releases after its opening."""
    parts = (f"{brought(each, lang)} ({each.year})" for each in RELEASES)
    return opening + joined(parts, lang)


ALT: dict[Lang, str] = {
    "fr": alt("fr", "Frise de ce que Python a apporté, d’année en année\u00a0: "),
    "en": alt("en", "Timeline of what Python brought, year after year: "),
}

HEIGHT, AXIS, LINE = 276.0, 138.0, 28.0
"""How high it is, where its middle is, from a line of text to the next."""

LEFT, RIGHT = 8.0, 1272.0

BOX, TALL = 60.0, 34.0
"""Width and height of a year's box, on the axis."""

GAP, APART, PAD, ROOM = 13.0, 6.0, 10.0, 160.0
"""Between two texts, two boxes, a version and its PEPs; where lines are broken."""


@dataclass(frozen=True)
class Entry:
    """A release: its version, its PEPs in words, and the lines of what it brought."""

    version: str
    year: int
    peps: str
    brought: tuple[str, ...]
    font: str

    @property
    def width(self) -> float:
        """How wide its text is."""
        head = text_width(self.version, MONO, bold=True) + PAD + text_width(self.peps)
        return max(head, *(text_width(line, self.font) for line in self.brought))


def entry(release: Release, lang: Lang) -> Entry:
    """Return a release in words, in lines."""
    peps = ", ".join(map(str, release.peps))
    font = MONO if isinstance(release.brought, str) else SANS
    return Entry(
        release.version,
        release.year,
        f"PEP\u00a0{peps}" if peps else "",
        broken(brought(release, lang), font),
        font,
    )


def broken(text: str, font: str) -> tuple[str, ...]:
    """Return a text in lines: broken after spaces and underscores, before dots."""
    lines = [""]
    for piece in re.split(r"(?<=[ _])|(?=\.)", text):
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), font) > ROOM:
            lines.append("")
        lines[-1] += piece
    return tuple(line.rstrip() for line in lines)


def places(entries: list[Entry]) -> list[float]:
    """Return where entries begin: as evenly as their texts and boxes leave room."""
    found: list[float] = []
    for place in range(len(entries)):
        x = found[-1] + BOX + APART if found else LEFT
        if place >= 2:  # the one before is on the other side of the axis
            x = max(x, found[place - 2] + entries[place - 2].width + GAP)
        found.append(x)
    ends = (x + max(each.width, BOX) for x, each in zip(found, entries, strict=True))
    spare = (RIGHT - max(ends)) / (len(found) - 1)
    return [x + spare * place for place, x in enumerate(found)]


def text(page: Page, x: float, y: float, item: Entry) -> None:
    """Write an entry, its first line at y."""
    # One element: its lines are closer than two texts may be.
    peps = f'<tspan dx="{number(PAD)}">{item.peps}</tspan>' if item.peps else ""
    lines = "".join(
        f'<tspan x="{number(x)}" dy="{number(LINE)}" font-family="{item.font}">'
        f"{escaped(line)}</tspan>"
        for line in item.brought
    )
    page.add(
        f'<text x="{number(x)}" y="{number(y)}" font-family="{SANS}"'
        f' font-size="{SIZE}" fill="{page.colour("ink")}">'
        f'<tspan font-family="{MONO}" font-weight="700">{item.version}</tspan>'
        f"{peps}{lines}</text>"
    )


def draw(page: Page, lang: Lang) -> None:
    """Draw the axis, a box for each year on it, the texts above and below in turn."""
    entries = [entry(release, lang) for release in RELEASES]
    page.rect(LEFT, AXIS - 4, RIGHT - LEFT, 8, "ink")
    for place, (x, item) in enumerate(zip(places(entries), entries, strict=True)):
        page.rect(x, AXIS - TALL / 2, BOX, TALL, "ink", round_=6)
        year = str(item.year)
        page.text(x + BOX / 2, AXIS + 9, year, MONO, "paper", "middle", bold=True)
        above = AXIS - TALL / 2 - 10 - LINE * len(item.brought)
        text(page, x, AXIS + TALL / 2 + 28 if place % 2 else above, item)


def picture(lang: Lang) -> Printed:
    """Return the line of years."""
    return Printed(lang, TITLE[lang], ALT[lang], HEIGHT, lambda page: draw(page, lang))
