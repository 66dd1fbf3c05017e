"""3.5: half belongs to Python; asyncio and the others stand on it."""

# Facts: PEP 492, 525 and 530; the modules of asyncio; uvloop’s documentation.

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.svg import Page, Sketch
from media.text import MONO, SANS, text_width

TITLE: dict[Lang, str] = {
    "fr": "Ce qui est au langage, ce qui est à asyncio",
    "en": "What belongs to the language, what to asyncio",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Un socle, le langage Python\u00a0: async def, await, async for, async"
        " with, générateurs et compréhensions asynchrones. Dessus, côte à côte,"
        " les bibliothèques\u00a0: asyncio, avec sa boucle d’événements, ses"
        " tâches, ses flux, ses verrous et le reste, puis trio et curio\u00a0;"
        " uvloop ne remplace que la boucle d’asyncio."
    ),
    "en": (
        "A base, the Python language: async def, await, async for, async with,"
        " asynchronous generators and comprehensions. On it, side by side, the"
        " libraries: asyncio, with its event loop, tasks, streams, locks and the"
        " rest, then trio and curio; uvloop replaces asyncio’s loop only."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "language": "le langage",
        "library": "une bibliothèque",
        "replaces": "remplace",
        "loop": "boucle d’événements",
    },
    "en": {
        "language": "the language",
        "library": "a library",
        "replaces": "replaces",
        "loop": "event loop",
    },
}

LANGUAGE: tuple[tuple[int, tuple[str, ...]], ...] = (
    (492, ("async def", "await", "async for", "async with")),
    (525, ("async def … yield",)),
    (530, ("[x async for x in xs]",)),
)
"""PEPs, and the syntax that each brought to coroutine functions."""


@dataclass(frozen=True)
class Brick:
    """Modules of asyncio, which stand on the bricks below them."""

    modules: tuple[str, ...]
    x: float
    y: float
    width: float


BRICKS = (
    Brick(("streams",), 48, 84, 190),
    Brick(("subprocess",), 250, 84, 190),
    Brick(("locks",), 452, 84, 146),
    Brick(("queues",), 610, 84, 146),
    Brick(("transports", "protocols"), 48, 154, 392),
    Brick(("tasks", "futures"), 452, 154, 304),
)
LOOP = Brick(("events",), 48, 224, 708)
OTHERS = ("trio", "curio")
REPLACES = "uvloop"
BRICK, BASE = 58.0, 306.0
"""Height of a brick, and where the language’s block begins."""


def block(
    page: Page,
    box: tuple[float, float, float, float],
    text: str,
    font: str,
    stroke: str = "ink",
) -> None:
    """Draw a box (x, y, width, height) with a word in its middle."""
    x, y, width, height = box
    page.frame(x, y, width, height, stroke)
    page.text(x + width / 2, y + height / 2 + 9, text, font, "ink", "middle")


def libraries(page: Page, words: dict[str, str]) -> None:
    """Draw asyncio, what may replace its loop, and what may replace asyncio."""
    page.frame(24, 24, 756, BASE - 24, "ink", "free")
    page.text(48, 62, "asyncio", MONO, bold=True)
    page.text(48 + text_width("asyncio ", MONO), 62, words["library"])
    for brick in BRICKS:
        box = (brick.x, brick.y, brick.width, BRICK)
        block(page, box, ", ".join(brick.modules), MONO)
    y = LOOP.y + BRICK / 2
    blue, end = page.lane(0), LOOP.x + LOOP.width
    block(page, (LOOP.x, LOOP.y, LOOP.width, BRICK), words["loop"], SANS, blue)
    block(page, (830, LOOP.y, 120, BRICK), REPLACES, MONO, blue)
    page.text(890, LOOP.y - 16, words["replaces"], SANS, "ink", "middle")
    page.arrow(830, y, end + 4, y, blue)
    for place, name in enumerate(OTHERS):
        x = 990 + 139 * place
        page.frame(x, 24, 127, BASE - 24, "ink", "free")
        page.text(x + 63.5, 62, name, MONO, "ink", "middle", bold=True)


def language(page: Page, words: dict[str, str]) -> None:
    """Draw the base: the syntax, and the PEP that brought each part of it."""
    page.rect(24, BASE, 1232, 182, "ink", round_=6)
    page.text(48, BASE + 42, "Python", MONO, "paper", bold=True)
    page.text(
        48 + text_width("Python ", MONO), BASE + 42, words["language"], SANS, "paper"
    )
    x = 48.0
    for pep, pieces in LANGUAGE:
        start, y = x, BASE + 66
        for piece in pieces:
            width = text_width(piece, MONO) + 24
            page.rect(x, y, width, 48, "paper", round_=6)
            page.text(x + width / 2, y + 33, piece, MONO, "ink", "middle")
            x += width + 12
        end = x - 12
        middle = (start + end) / 2
        page.text(middle, y + 88, f"PEP {pep}", SANS, "paper", "middle")
        x += 22


def draw(page: Page, lang: Lang) -> None:
    """Draw the libraries on the language."""
    libraries(page, WORDS[lang])
    language(page, WORDS[lang])


def picture(lang: Lang) -> Sketch:
    """Return the wall and its base."""
    return Sketch(lang, TITLE[lang], ALT[lang], 512, lambda page: draw(page, lang))
