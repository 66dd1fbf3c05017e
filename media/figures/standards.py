"""3.2: loops proliferate, each on its island; the answer is one interface."""

# Facts: PEP 3153 (libraries are tied to one framework), PEP 3156 (an event loop that
# others wrap, or replace by theirs); the notes of Tornado 5.0 (2018: its IOLoop always
# wraps asyncio's) and of Twisted 16.5 (2016: asyncioreactor); uvloop's documentation;
# Trollius on PyPI (asyncio for Python 2); gevent.monkey's page (it replaces functions
# of the standard library); PEP 594 (asyncore is gone from Python 3.12).

from __future__ import annotations

import math
from dataclasses import dataclass

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch, number
from media.text import MONO, text_width

TITLE: dict[Lang, str] = {
    "fr": "À chacun sa boucle, puis une interface pour toutes",
    "en": "A loop for each, then one interface for all",
}
ALT: dict[Lang, str] = {
    "fr": (
        "À gauche, avant\u00a0: quatre îles, asyncore, Twisted, Tornado et gevent,"
        " chacune avec sa boucle et son palmier\u00a0; entre elles, des bouteilles à"
        " la mer\u00a0; en pointillé, l’idée naïve, une île de plus. À droite, après"
        " la PEP 3156\u00a0: au milieu asyncio et sa boucle, où mènent deux ponts,"
        " depuis Twisted (2016) et Tornado (2018), qui n’ont plus besoin de la"
        " leur\u00a0; uvloop peut la remplacer\u00a0; Trollius, une barque, l’a"
        " portée à Python 2\u00a0; asyncore a coulé. gevent reste à part, avec sa"
        " boucle."
    ),
    "en": (
        "On the left, before: four islands, asyncore, Twisted, Tornado and gevent,"
        " each with its loop and its palm tree; between them, messages in bottles;"
        " dashed, the naive idea, one more island. On the right, after PEP 3156: in"
        " the middle asyncio and its loop, where two bridges lead, from Twisted"
        " (2016) and Tornado (2018), which no longer need their own; uvloop can"
        " replace it; Trollius, a boat, brought it to Python 2; asyncore has sunk."
        " gevent stays apart, with its loop."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "before": "À chacun sa boucle",
        "more": "une de plus\u00a0?",
        "after": "Une interface pour toutes",
    },
    "en": {
        "before": "A loop for each",
        "more": "one more?",
        "after": "One interface for all",
    },
}

COLOURS = {
    "asyncore": 5,
    "Twisted": 4,
    "Tornado": 0,
    "gevent": 3,
    "asyncio": 2,
    "uvloop": 1,
    "Trollius": 2,
}
"""The lanes whose colours they have, before and after: Trollius is a copy."""

SINCE = {"Twisted": "16.5", "Tornado": "5.0"}
"""The first version that runs on asyncio's loop."""

TOP, LOW, LEFT, RIGHT = 44.0, 430.0, 388.0, 408.0
"""The top and bottom of the seas; where the first ends, and the second begins."""


@dataclass(frozen=True)
class Place:
    """An island: the middle of its shore, half its width, its height."""

    name: str
    x: float
    y: float
    half: float = 56
    height: float = 50


BEFORE = (
    Place("asyncore", 66, 206),
    Place("Twisted", 194, 186),
    Place("Tornado", 318, 210),
    Place("gevent", 96, 388),
)
MORE = Place("", 276, 388)

CENTRE = Place("asyncio", 664, 234, 84, 64)
GUESTS = (Place("Twisted", 498, 234, 48), Place("Tornado", 830, 234, 48))
APART = Place("gevent", 838, 388)
SUNK = Place("asyncore", 484, 388)
BOAT = Place("Trollius", 660, 388)

RING = 27.0
"""Radius of a loop; asyncio's own is larger."""


def island(page: Page, place: Place, ring: float = RING) -> None:
    """Draw an island, its palm tree, and its loop, unless its radius is zero."""
    colour = page.lane(COLOURS[place.name])
    x, y, half, height = place.x, place.y, place.half, place.height
    across = half * (0.5 if ring else -0.1)
    palm(page, x + across, y - height * 0.7, colour)
    page.path(land(place), colour, 4, "paper")
    if ring:
        loop(page, x - half * 0.28, y - height * 0.86 - ring, ring, colour)
    shore(page, x, y, half + 8)


def land(place: Place) -> str:
    """Return the path of an island: a hill."""
    half, height = place.half, place.height
    control = number(half * 0.35)
    return (
        f"M{number(place.x - half)} {number(place.y)}"
        f"c{control} {number(-height * 1.2)} {number(2 * half - half * 0.35)}"
        f" {number(-height * 1.2)} {number(2 * half)} 0z"
    )


def shore(page: Page, x: float, y: float, half: float) -> None:
    """Draw the water's edge, in small waves."""
    count = round(half / 12)
    page.path(
        f"M{number(x - 12 * count)} {number(y)}" + "q6 -7 12 0t12 0" * count, "ink", 3
    )


def loop(page: Page, x: float, y: float, radius: float, colour: str) -> None:
    """Draw an arrow that goes around (x, y), almost to where it started."""

    def at(degrees: float, away: float = radius) -> str:
        angle = math.radians(degrees)
        return (
            f"{number(x + away * math.cos(angle))} {number(y + away * math.sin(angle))}"
        )

    size = number(radius)
    page.path(f"M{at(-35)}A{size} {size} 0 1 1 {at(248)}", colour, 7)
    page.path(
        f"M{at(244, radius * 0.62)}L{at(290)}L{at(244, radius * 1.38)}z",
        colour,
        1,
        colour,
    )


def palm(page: Page, x: float, y: float, colour: str) -> None:
    """Draw a palm tree, its foot at (x, y)."""
    page.path(f"M{number(x)} {number(y)}q2 -32 12 -52", colour, 5)
    leaves(page, x + 12, y - 52, colour)


def leaves(page: Page, x: float, y: float, colour: str) -> None:
    """Draw a palm tree's leaves, from (x, y)."""
    for leaf in ("q-16 -16 -32 2", "q-10 -24 -28 -20", "q6 -24 26 -20", "q18 -14 28 6"):
        page.path(f"M{number(x)} {number(y)}{leaf}", colour, 5)


def bottle(page: Page, x: float, y: float, lean: int) -> None:
    """Draw a message in a bottle, afloat at (x, y); it leans by `lean` degrees."""
    page.add(f'<g transform="translate({number(x)} {number(y)}) rotate({lean})">')
    page.path(
        "M-11 10v-26q0-8 6-12v-14h10v14q6 4 6 12v26q0 4-4 4h-14q-4 0-4-4z", "ink", 3
    )
    page.path("M-4 5v-20h8v20z", "ink", 2, "paper")
    page.add("</g>")
    shore(page, x, y + 17, 36)


def boat(page: Page, x: float, y: float, colour: str) -> None:
    """Draw a boat that carries a loop."""
    loop(page, x, y - 60, 24, colour)
    page.path(f"M{number(x)} {number(y - 20)}v-16", colour, 5)
    page.path(f"M{number(x - 56)} {number(y - 22)}h112l-20 22h-72z", colour, 4, "paper")
    shore(page, x, y, 72)


def bridge(page: Page, x: float, x2: float, y: float) -> None:
    """Draw a bridge on two piles, from shore to shore."""
    third = (x2 - x) / 3
    for pile in (x + third, x2 - third):
        page.line(pile, y - 20, pile, y + 6, "ink", 4)
    bend = f"Q{number((x + x2) / 2)} {number(y - 34)} {number(x2)} {number(y - 8)}"
    page.path(f"M{number(x)} {number(y - 8)}{bend}", "ink", 7)


def named(page: Page, place: Place, version: str = "") -> None:
    """Write an island's name under it, and after it a version."""
    name = text_width(place.name, bold=True)
    gap = text_width(" ") if version else 0
    x = place.x - (name + gap + text_width(version, MONO)) / 2
    page.text(x, place.y + 34, place.name, bold=True)
    page.text(x + name + gap, place.y + 34, version, MONO)


def before(page: Page, words: dict[str, str]) -> None:
    """Draw an island for each, and the one that might be added."""
    page.text(0, 26, words["before"], bold=True)
    page.rect(0, TOP, LEFT, LOW - TOP, "free", round_=6)
    for place in BEFORE:
        island(page, place)
        named(page, place)
    page.add('<g stroke-dasharray="9 7">')
    page.path(land(MORE), "ink", 4)
    across = MORE.half * 0.28
    loop(page, MORE.x - across, MORE.y - MORE.height * 0.86 - RING, RING, "ink")
    page.add("</g>")
    page.text(MORE.x, MORE.y + 34, words["more"], anchor="middle", bold=True)
    bottle(page, 200, 280, -62)
    bottle(page, 350, 300, 58)


def after(page: Page, words: dict[str, str]) -> None:
    """Draw the loop that others plug into, and what stays apart."""
    page.text(RIGHT, 26, words["after"], bold=True)
    page.text(WIDTH, 26, "PEP 3156", anchor="end")
    page.rect(RIGHT, TOP, WIDTH - RIGHT, LOW - TOP, "free", round_=6)
    left, right = GUESTS
    bridge(page, left.x + left.half - 8, CENTRE.x - CENTRE.half + 8, CENTRE.y)
    bridge(page, CENTRE.x + CENTRE.half - 8, right.x - right.half + 8, CENTRE.y)
    island(page, CENTRE, 38)
    named(page, CENTRE)
    for place in GUESTS:
        island(page, place, 0)
        named(page, place, SINCE[place.name])
    spare(page)
    x, y = SUNK.x, SUNK.y
    leaves(page, x, y - 14, page.lane(COLOURS[SUNK.name]))
    page.line(x, y, x, y - 14, page.lane(COLOURS[SUNK.name]), 5)
    shore(page, x, y, 60)
    named(page, SUNK)
    boat(page, BOAT.x, BOAT.y, page.lane(COLOURS[BOAT.name]))
    named(page, BOAT)
    island(page, APART)
    named(page, APART)


def spare(page: Page) -> None:
    """Draw the loop that can take the place of asyncio's."""
    colour = page.lane(COLOURS["uvloop"])
    page.text(424, 98, "uvloop", bold=True)
    loop(page, 548, 92, 22, colour)
    page.arrow(578, 92, 606, 92, colour)


def draw(page: Page, lang: Lang) -> None:
    """Draw both seas."""
    before(page, WORDS[lang])
    after(page, WORDS[lang])


def picture(lang: Lang) -> Sketch:
    """Return the islands, before and after."""
    return Sketch(lang, TITLE[lang], ALT[lang], LOW, lambda page: draw(page, lang))
