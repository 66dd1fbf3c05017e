"""1.1: a program asks others, and waits: nearly all its time goes there."""

# Fact: nothing here is measured; the picture says that it is not to scale.

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from media.lang import Lang
from media.svg import Page, Sketch, number
from media.text import MONO

TITLE: dict[Lang, str] = {
    "fr": "Un programme passe son temps à attendre",
    "en": "A program spends its time waiting",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Un programme interroge, l’un après l’autre, une base de données, une socket,"
        " un autre processus et un service de données. Chaque question part en un"
        " instant, puis le programme attend longtemps la réponse. Mis bout à bout, son"
        " temps est presque tout entier de l’attente. Les durées ne sont pas à"
        " l’échelle."
    ),
    "en": (
        "A program asks, one after the other, a database, a socket, another process"
        " and a data service. Each question leaves in an instant, then the program"
        " waits a long time for the answer. Laid end to end, its time is nearly all"
        " waiting."
        " Durations are not to scale."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "program": "le programme",
        "waits": "attend",
        "works": "travaille",
        "scale": "pas à l’échelle",
    },
    "en": {
        "program": "the program",
        "waits": "waits",
        "works": "works",
        "scale": "not to scale",
    },
}


def database(page: Page, x: float, y: float, colour: str) -> None:
    """Draw a cylinder of three disks, its middle at (x, y)."""
    left, right = number(x - 34), number(x + 34)
    top, low = number(y - 26), number(y + 28)
    arc = f"A34 11 0 0 0 {right}"
    page.path(f"M{left} {top}V{low}{arc} {low}V{top}", colour, 4, "paper")
    page.path(f"M{left} {top}{arc} {top}A34 11 0 0 0 {left} {top}", colour, 4)
    for down in (y - 8, y + 10):
        page.path(f"M{left} {number(down)}{arc} {number(down)}", colour, 4)


def client(page: Page, x: float, y: float, colour: str) -> None:
    """Draw a laptop, its middle at (x, y)."""
    page.path(
        f"M{number(x - 40)} {number(y + 20)}v-52q0-6 6-6h68q6 0 6 6v52z",
        colour,
        4,
        "paper",
    )
    page.path(f"M{number(x - 58)} {number(y + 24)}h116l-8 14h-100z", colour, 4, "paper")
    page.path(f"M{number(x - 24)} {number(y - 20)}l10 10l-10 10m18 0h18", colour, 4)


def worker(page: Page, x: float, y: float, colour: str) -> None:
    """Draw a cogwheel, its middle at (x, y)."""
    tooth = "M-8-25l3-14h10l3 14"
    page.add(f'<g transform="translate({number(x)} {number(y)})">')
    for turn in range(0, 360, 45):
        page.add(f'<g transform="rotate({turn})">')
        page.path(tooth, colour, 4, colour)
        page.add("</g>")
    page.path("M-26 0a26 26 0 1 1 52 0a26 26 0 1 1-52 0", colour, 4, "paper")
    page.path("M-9 0a9 9 0 1 1 18 0a9 9 0 1 1-18 0", colour, 4)
    page.add("</g>")


def service(page: Page, x: float, y: float, colour: str) -> None:
    """Draw a cloud, its middle at (x, y)."""
    page.path(
        f"M{number(x - 38)} {number(y + 36)}a22 22 0 0 1-3-44a28 28 0 0 1 52-14"
        "a25 25 0 0 1 34 22a18 18 0 0 1-5 36z",
        colour,
        4,
        "paper",
    )
    page.text(x, y + 22, "{}", MONO, anchor="middle", bold=True)


@dataclass(frozen=True)
class Peer:
    """Whom the program asks, and how long it waits, in units of the viewBox."""

    draw: Callable[[Page, float, float, str], None]
    name: dict[Lang, str]
    wait: float


PEERS = (
    Peer(database, {"fr": "base de données", "en": "database"}, 220),
    Peer(client, {"fr": "socket", "en": "socket"}, 160),
    Peer(worker, {"fr": "autre processus", "en": "another process"}, 220),
    Peer(service, {"fr": "service de données", "en": "data service"}, 260),
)
WORK = 12.0
"""How long the program works before, between and after, in units of the viewBox."""

PEER, LINE, SUM = 130.0, 244.0, 338.0
"""How far down the peers, the program and its sum are."""


def draw(page: Page, lang: Lang) -> None:
    """Draw the program's line under its peers, then the sum of its pieces."""
    words = WORDS[lang]
    end = sum(peer.wait + WORK for peer in PEERS) + WORK
    x = 0.0
    for place, peer in enumerate(PEERS):
        ask(page, lang, peer, x + WORK, page.lane(place))
        x += WORK + peer.wait
    page.line(0, LINE, end, LINE, "ink", 4)
    x = 0.0
    for wait in (*(peer.wait for peer in PEERS), 0):
        page.rect(x, LINE - 26, WORK, 52, "ink")
        x += WORK + wait
    page.text(0, LINE + 62, words["program"], bold=True)
    works = WORK * (len(PEERS) + 1)
    page.rect(0, SUM, works, 52, "ink")
    page.rect(works, SUM, end - works, 52, "free")
    middle = (works + end) / 2
    page.text(middle, SUM + 35, words["waits"], anchor="middle", bold=True)
    page.text(0, SUM + 86, words["works"], bold=True)
    page.text(end, SUM + 86, words["scale"], anchor="end")


def ask(page: Page, lang: Lang, peer: Peer, x: float, colour: str) -> None:
    """Draw a question that goes up at x, the wait, and the answer that comes back."""
    end, middle = x + peer.wait, x + peer.wait / 2
    page.rect(x, PEER, peer.wait, LINE - PEER, "free")
    peer.draw(page, middle, 42, colour)
    page.text(middle, 116, peer.name[lang], anchor="middle", bold=True)
    page.line(x, PEER, end, PEER, colour, 8)
    page.arrow(x + 9, LINE, x + 9, PEER + 4, colour)
    page.arrow(end - 9, PEER, end - 9, LINE - 2, colour)
    y = (PEER + LINE) / 2 + 9
    page.text(middle, y, WORDS[lang]["waits"], anchor="middle")


def picture(lang: Lang) -> Sketch:
    """Return the program, its peers, and its time."""
    return Sketch(lang, TITLE[lang], ALT[lang], 432, lambda page: draw(page, lang))
