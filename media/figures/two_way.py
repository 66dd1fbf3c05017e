"""5.5: two-way traffic: what `send` passes in is what `yield` returns."""

# Facts: PEP 342 for send and yield, PEP 380 for StopIteration.value.

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch
from media.text import MONO, SANS, text_width

SOURCE = """\
def chat():
    a = yield 'one'
    b = yield 'two'
    return a + b
"""
START = "g = chat()"


@dataclass(frozen=True)
class Crossing:
    """A value that crosses: what you see or type, and the generator's side.

    `inward` goes from you to the generator. Where its side ends with the value,
    that is what leaves it, or what `yield` returned.
    """

    value: str
    yours: str
    its: str
    inward: bool


CROSSINGS = (
    Crossing("None", "g.send(None)", "def chat():", True),
    Crossing("'one'", "'one'", "a = yield 'one'", False),
    Crossing("'A'", "g.send('A')", "a = 'A'", True),
    Crossing("'two'", "'two'", "b = yield 'two'", False),
    Crossing("'B'", "g.send('B')", "b = 'B'", True),
    Crossing("'AB'", "StopIteration: AB", "return a + b", False),
)

TITLE: dict[Lang, str] = {
    "fr": "send et yield, dans les deux sens",
    "en": "send and yield, both ways",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Une échelle entre vous et un générateur, qui avancent à tour de rôle\u00a0:"
        " send(None) le lance, yield vous rend «\u00a0one\u00a0» et le met en"
        " pause\u00a0; send(A) le reprend, et ce yield vaut A\u00a0; de même"
        " «\u00a0two\u00a0» sort et B entre\u00a0; return a + b lève StopIteration,"
        " dont la valeur est AB."
    ),
    "en": (
        "A ladder between you and a generator, which take turns: send(None) starts"
        " it, yield hands you “one” and pauses it; send(A) resumes it, and that yield"
        " returns A; likewise “two” comes out and B goes in; return a + b raises"
        " StopIteration, whose value is AB."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {"you": "vous", "it": "le générateur", "paused": "en pause"},
    "en": {"you": "you", "it": "the generator", "paused": "paused"},
}

YOURS, ITS, CODE = 284.0, 540.0, 576.0
"""The ladder's sides, and where the generator's code is."""

PAD = 14.0
"""Before your code."""

FIRST, STEP, BAR = 106.0, 58.0, 8.0
"""Where the first value crosses, how far below it the next; a side's width."""


def row(place: int) -> float:
    """Return how far down a crossing is."""
    return FIRST + STEP * place


def runs(page: Page, x: float, top: float, bottom: float) -> None:
    """Draw when a side runs: a bar."""
    page.rect(x - BAR / 2, top - BAR / 2, BAR, bottom - top + BAR, "ink")


def waits(page: Page, place: int, paused: str) -> None:
    """Shade the side that waits between two crossings: they take turns."""
    top, height, gap = row(place) - 22, STEP + 44, 14
    if CROSSINGS[place].inward:
        page.rect(0, top, YOURS - gap, height, "free", round_=6)
    else:
        page.rect(ITS + gap, top, WIDTH - ITS - gap, height, "free", round_=6)
        page.text(WIDTH - 14, row(place + 1) + 9, paused, SANS, "ink", "end")


def card(page: Page, x: float, y: float, crossing: Crossing, pad: int) -> None:
    """Draw a value, its text from x: dark on its way out, light on its way in."""
    width = text_width(crossing.value, MONO)
    fill, text = ("paper", "ink") if crossing.inward else ("ink", "paper")
    page.frame(x - pad, y - 14 - pad / 2, width + 2 * pad, 28 + pad, "ink", fill)
    page.text(x, y + 9, crossing.value, MONO, text, bold=True)


def crosses(page: Page, place: int) -> None:
    """Draw a value on its way; then who runs."""
    crossing, y = CROSSINGS[place], row(place)
    start, end = (YOURS, ITS) if crossing.inward else (ITS, YOURS)
    page.arrow(start, y, end + (-BAR if crossing.inward else BAR) / 2, y)
    runs(page, end, y, y + (24 if crossing is CROSSINGS[-1] else STEP))
    card(page, (YOURS + ITS - text_width(crossing.value, MONO)) / 2, y, crossing, 14)


def says(page: Page, place: int) -> None:
    """Write what you type or see, and what the generator executes."""
    crossing, y = CROSSINGS[place], row(place)
    prompt = ">>> " if crossing.inward else ""
    page.code(PAD, y + 9, prompt + crossing.yours)
    x = CODE if crossing.its.startswith("def") else CODE + text_width("    ", MONO)
    if not crossing.its.endswith(crossing.value):
        page.code(x, y + 9, crossing.its)
        return
    before = crossing.its.removesuffix(crossing.value)
    page.code(x, y + 9, before.rstrip())
    card(page, x + text_width(before, MONO) + 8, y, crossing, 8)


def draw(page: Page, lang: Lang) -> None:
    """Draw the ladder, from top to bottom."""
    words = WORDS[lang]
    page.text(0, 26, words["you"], bold=True)
    page.text(CODE, 26, words["it"], bold=True)
    page.code(PAD, row(-1) + 15, f">>> {START}")
    runs(page, YOURS, row(-1) - 12, row(0))
    for place in range(len(CROSSINGS)):
        if place < len(CROSSINGS) - 1:
            waits(page, place, words["paused"])
        crosses(page, place)
        says(page, place)


def picture(lang: Lang) -> Sketch:
    """Return the ladder."""
    height = row(len(CROSSINGS) - 1) + 32
    return Sketch(lang, TITLE[lang], ALT[lang], height, lambda page: draw(page, lang))
