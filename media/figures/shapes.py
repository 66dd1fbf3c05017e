"""The drawing words, each beside what it draws: to look at before drawing a figure."""

from __future__ import annotations

from collections.abc import Callable

from media.lang import Lang
from media.marks import mark
from media.svg import Page, Sketch, number
from media.text import MONO

TITLE: dict[Lang, str] = {
    "fr": "Les mots du dessin",
    "en": "The drawing words",
}
ALT: dict[Lang, str] = {
    "fr": "Chaque mot du dessin, à côté de ce qu’il dessine.",
    "en": "Each drawing word, beside what it draws.",
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {"text": "des mots"},
    "en": {"text": "words"},
}

COLUMN, ROW, SAMPLE = 312.0, 82.0, 128.0
"""How wide and how high each word's place is; where in it its sample begins."""

LANES, FILLS = 6, ("ink", "red", "accent", "grid", "free", "band")
"""How many colours lanes have; the colours that have a name."""


def draw(page: Page, lang: Lang) -> None:
    """Draw each word's name, then what the word draws at (x, y)."""
    words = WORDS[lang]
    samples: dict[str, Callable[[float, float], None]] = {
        "text": lambda x, y: page.text(x, y + 9, words["text"]),
        "code": lambda x, y: page.code(x, y + 9, "await f()"),
        "marked": lambda x, y: page.marked(x, y + 9, "a 1.0", "a"),
        "frame": lambda x, y: page.frame(x, y - 22, 130, 44, page.lane(0)),
        "rect": lambda x, y: page.rect(x, y - 22, 130, 44, "free", round_=6),
        "line": lambda x, y: page.line(x, y, x + 130, y, dashes="8 6"),
        "arrow": lambda x, y: page.arrow(x, y, x + 130, y, "red"),
        "head": lambda x, y: page.head(x + 24, y, turn=90),
        "path": lambda x, y: page.path(
            f"M{number(x)} {number(y)}h65v-20h65", page.lane(1), 3
        ),
        "mark": lambda x, y: marks(page, x, y),
        "lane": lambda x, y: fills(page, x, y, list(map(page.lane, range(LANES)))),
        "colour": lambda x, y: fills(page, x, y, list(map(page.colour, FILLS))),
    }
    for place, (name, sample) in enumerate(samples.items()):
        row, column = divmod(place, 3)
        x, y = COLUMN * column, 40 + ROW * row
        page.text(x, y + 9, name, MONO, bold=True)
        sample(x + SAMPLE, y)


def marks(page: Page, x: float, y: float) -> None:
    """Draw how a task may end: it returned, it failed, it was cancelled."""
    mark(page, x + 14, y, "done")
    mark(page, x + 58, y, "failed", "red")
    mark(page, x + 102, y, "cancelled")


def fills(page: Page, x: float, y: float, colours: list[str]) -> None:
    """Draw a small square of each colour."""
    for place, colour in enumerate(colours):
        page.rect(x + 28 * place, y - 12, 24, 24, colour)


def picture(lang: Lang) -> Sketch:
    """Return all the words, three in a row."""
    return Sketch(lang, TITLE[lang], ALT[lang], 330, lambda page: draw(page, lang))
