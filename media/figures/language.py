"""3.5: half belongs to Python; asyncio and the others stand on it."""

# Facts: PEP 492, 525 and 530; the modules of asyncio; uvloop’s documentation.

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch
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
        " tâches, ses flux, ses verrous et le reste, puis trio\u00a0; uvloop ne"
        " remplace que la boucle d’asyncio."
    ),
    "en": (
        "A base, the Python language: async def, await, async for, async with,"
        " asynchronous generators and comprehensions. On it, side by side, the"
        " libraries: asyncio, with its event loop, tasks, streams, locks and the"
        " rest, then trio; uvloop replaces asyncio’s loop only."
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
    Brick(("streams",), 20, 48, 124),
    Brick(("subprocess",), 154, 48, 162),
    Brick(("locks",), 326, 48, 104),
    Brick(("queues",), 440, 48, 112),
    Brick(("transports", "protocols"), 20, 112, 296),
    Brick(("tasks", "futures"), 326, 112, 226),
)
LOOP = Brick(("events",), 20, 176, 532)
OTHERS = ("trio",)
REPLACES = "uvloop"
WALL, BRICK, BASE = 572.0, 52.0, 244.0
"""Width of asyncio’s wall, height of a brick, where the language’s block begins."""


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
    page.frame(1.5, 1.5, WALL - 3, BASE - 1.5, "ink", "free")
    page.text(20, 34, "asyncio", MONO, bold=True)
    page.text(20 + text_width("asyncio ", MONO), 34, words["library"])
    for brick in BRICKS:
        box = (brick.x, brick.y, brick.width, BRICK)
        block(page, box, ", ".join(brick.modules), MONO)
    y = LOOP.y + BRICK / 2
    blue, end = page.lane(0), LOOP.x + LOOP.width
    block(page, (LOOP.x, LOOP.y, LOOP.width, BRICK), words["loop"], SANS, blue)
    block(page, (620, LOOP.y, 116, BRICK), REPLACES, MONO, blue)
    page.text(678, LOOP.y - 16, words["replaces"], SANS, "ink", "middle")
    page.arrow(620, y, end + 4, y, blue)
    for place, name in enumerate(OTHERS):
        x = 778 + 139 * place
        page.frame(x, 1.5, WIDTH - 1.5 - x, BASE - 1.5, "ink", "free")
        page.text((x + WIDTH) / 2, 34, name, MONO, "ink", "middle", bold=True)


def language(page: Page, words: dict[str, str]) -> None:
    """Draw the base: the syntax, and the PEPs that brought it."""
    page.rect(0, BASE, WIDTH, 184, "ink", round_=6)
    page.text(20, BASE + 38, "Python", MONO, "paper", bold=True)
    page.text(
        20 + text_width("Python ", MONO), BASE + 38, words["language"], SANS, "paper"
    )
    for row, group in enumerate((LANGUAGE[:1], LANGUAGE[1:])):
        x, y = 20.0, BASE + 56 + 60 * row
        for piece in (piece for _, pieces in group for piece in pieces):
            width = text_width(piece, MONO) + 24
            page.rect(x, y, width, 48, "paper", round_=6)
            page.code(x + width / 2, y + 33, piece, "middle")
            x += width + 12
        peps = ", ".join(str(pep) for pep, _ in group)
        page.text(WIDTH - 20, y + 33, f"PEP {peps}", SANS, "paper", "end")


def draw(page: Page, lang: Lang) -> None:
    """Draw the libraries on the language."""
    libraries(page, WORDS[lang])
    language(page, WORDS[lang])


def picture(lang: Lang) -> Sketch:
    """Return the wall and its base."""
    height = BASE + 184
    return Sketch(lang, TITLE[lang], ALT[lang], height, lambda page: draw(page, lang))
