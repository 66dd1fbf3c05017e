"""12.1: a call in eight ways: from and to def or async def, awaited or not.

The words are Python's, cut at `…` to what 3.11 to 3.15 all say: 3.14 reworded the
TypeError (https://github.com/python/cpython/issues/114091).
"""

from dataclasses import dataclass
from typing import Literal

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch
from media.text import MONO

Def = Literal["def", "async def"]
Verdict = Literal["legal", "error", "suspicious"]


@dataclass(frozen=True)
class Reply:
    """What Python says to a call: our verdict, Python's word and its reason."""

    verdict: Verdict
    says: str
    reason: str = ""


@dataclass(frozen=True)
class Case:
    """A call of `ask` from `main`, and how each of them is defined."""

    caller: Def
    called: Def
    awaited: bool
    reply: Reply


ANSWER = 42
"""What `ask` returns."""

FINE = Reply("legal", str(ANSWER))
FORGOTTEN = Reply("suspicious", "RuntimeWarning", "'ask' was never awaited")
OUTSIDE = Reply("error", "SyntaxError", "'await' outside async function")
REFUSED = Reply("error", "TypeError", "int … can't be … await")

CASES = (
    Case("def", "def", False, FINE),
    Case("def", "def", True, OUTSIDE),
    Case("def", "async def", False, FORGOTTEN),
    Case("def", "async def", True, OUTSIDE),
    Case("async def", "def", False, FINE),
    Case("async def", "def", True, REFUSED),
    Case("async def", "async def", False, FORGOTTEN),
    Case("async def", "async def", True, FINE),
)

TITLE: dict[Lang, str] = {
    "fr": "Huit façons d’appeler",
    "en": "Eight ways to call",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Tableau\u00a0: sans await, appeler une fonction def est permis, appeler une"
        " async def est suspect (RuntimeWarning\u00a0: jamais attendue)\u00a0; avec"
        " await, tout est SyntaxError dans un def, et dans un async def attendre un"
        " entier est une TypeError, attendre une async def est permis."
    ),
    "en": (
        "Table: without await, calling a def function is legal, calling an async def"
        " is suspicious (RuntimeWarning: never awaited); with await, every call is a"
        " SyntaxError in a def, and in an async def awaiting an int is a TypeError,"
        " awaiting an async def is legal."
    ),
}
HEADS: dict[Lang, tuple[str, str]] = {
    "fr": ("depuis", "appeler"),
    "en": ("from", "call"),
}

CALLER, CALLED, PLAIN, AWAITED = 0, 146, 284, 556
"""Where the columns start."""

TOP, ROW, GAP = 42, 82, 10
"""Where the rows start, their height, the gap between two; twice, for callers."""

MARKS = {
    "legal": ("M-20 0a20 20 0 1 1 40 0a20 20 0 1 1-40 0z", "M-9 0l7 8l11-14"),
    "error": ("M-20 0a20 20 0 1 1 40 0a20 20 0 1 1-40 0z", "M-7-7l14 14m0-14l-14 14"),
    "suspicious": ("M0-22l24 41h-48z", "M0-8v13m0 8v.1"),
}
"""A check mark and a cross in a circle, an exclamation mark in a triangle."""


def picture(lang: Lang) -> Sketch:
    """Return the table: a row for each caller and what it calls."""

    def draw(page: Page) -> None:
        for x, head in zip((CALLER, CALLED), HEADS[lang], strict=True):
            page.text(x, 26, head)
        page.text(PLAIN, 26, "ask()", MONO)
        page.code(AWAITED, 26, "await ask()")
        for number in (0, 2):
            caller(page, top(number), CASES[2 * number].caller)
        for number, cases in enumerate(zip(CASES[::2], CASES[1::2], strict=True)):
            row(page, top(number), *cases)

    return Sketch(lang, TITLE[lang], ALT[lang], top(3) + ROW + 1.5, draw)


def top(number: int) -> int:
    """Return where a row starts; two rows have the same caller."""
    return TOP + (ROW + GAP) * number + GAP * (number // 2)


def caller(page: Page, y: int, name: Def) -> None:
    """Draw the caller of both rows that start at y."""
    width, height = CALLED - CALLER - 16, 2 * ROW + GAP
    page.rect(CALLER, y, width, height, "ink", round_=6)
    x, y = CALLER + width // 2, y + height // 2
    page.text(x, y + 9, name, MONO, "paper", "middle", bold=True)


def row(page: Page, y: int, plain: Case, awaited: Case) -> None:
    """Draw what is called, and Python's replies without and with await."""
    page.text(CALLED, y + ROW / 2 + 9, plain.called, MONO)
    cell(page, PLAIN, y, AWAITED - GAP - PLAIN, plain.reply)
    cell(page, AWAITED, y, WIDTH - 1.5 - AWAITED, awaited.reply)


def cell(page: Page, x: int, y: int, width: float, reply: Reply) -> None:
    """Draw a reply: its mark, and Python's word."""
    fill = {"legal": "paper", "error": "band", "suspicious": "free"}[reply.verdict]
    page.frame(x, y, width, ROW, "grid", fill)
    mark(page, x + 34, y + ROW // 2, reply.verdict)
    page.text(x + 68, y + ROW // 2 + 9, reply.says, MONO, bold=True)


def mark(page: Page, x: int, y: int, verdict: Verdict) -> None:
    """Draw a verdict: by its shape, not only by its colour."""
    shape, sign = MARKS[verdict]
    colours = {"legal": page.lane(3), "error": page.palette.red}
    page.add(
        f'<g transform="translate({x} {y})" stroke-width="4" stroke-linecap="round"'
        f' stroke="{page.palette.paper}" fill="none">'
        f'<path d="{shape}" fill="{colours.get(verdict, page.palette.ink)}"'
        f' stroke="none"/><path d="{sign}"/></g>'
    )
