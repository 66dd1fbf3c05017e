"""3.4: the parts of asyncio, on the path of an await to the loop and back.

`parts_1` and `parts_2` are the same picture with fewer parts: steps, for three slides
in a row.
"""

# Facts: asyncio's pages "Coroutines and Tasks", "Futures" and "Event Loop"; PEP 3156;
# and CPython's asyncio/tasks.py, whose task sends to its coroutine, and asks the
# future that it is given to call it back.

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch

TITLE: dict[Lang, str] = {
    "fr": "Les pièces d’asyncio, et le trajet d’un await",
    "en": "The parts of asyncio, and the path of an await",
}
ALTS: dict[Lang, tuple[str, ...]] = {
    "fr": (
        "Deux pièces, l’une sous l’autre\u00a0: la coroutine, ce qu’on écrit, et sa"
        " tâche, qui la fait avancer. De l’une à l’autre, await\u00a0; en retour,"
        " send().",
        "Trois pièces, l’une sous l’autre\u00a0: la coroutine, sa tâche, et la future,"
        " un résultat à venir. La tâche s’y inscrit avec add_done_callback()\u00a0; la"
        " future la réveille.",
        "Quatre pièces, l’une sous l’autre\u00a0: la coroutine attend une future, sa"
        " tâche s’y inscrit et rend la main à la boucle. En retour, la boucle pose le"
        " résultat dans la future avec set_result(), qui réveille la tâche, qui"
        " relance la coroutine avec send().",
    ),
    "en": (
        "Two parts, one under the other: the coroutine, which you write, and its task,"
        " which drives it. From one to the other, await; on the way back, send().",
        "Three parts, one under the other: the coroutine, its task, and the future, a"
        " result to come. The task asks it to call back with add_done_callback(); the"
        " future wakes it.",
        "Four parts, one under the other: the coroutine awaits a future, its task asks"
        " it to call back, and hands over to the loop. On the way back, the loop sets"
        " the future’s result with set_result(), which wakes the task, which resumes"
        " the coroutine with send().",
    ),
}
ALT: dict[Lang, str] = {lang: alts[-1] for lang, alts in ALTS.items()}


@dataclass(frozen=True)
class Part:
    """A part: its name, and what it does."""

    name: dict[Lang, str]
    role: dict[Lang, str]


@dataclass(frozen=True)
class Leg:
    """A leg of the path, there and back: code, or words by language."""

    there: str | dict[Lang, str]
    back: str | dict[Lang, str]


PARTS = (
    Part(
        {"fr": "coroutine", "en": "coroutine"},
        {"fr": "ce qu’on écrit", "en": "what you write"},
    ),
    Part(
        {"fr": "tâche", "en": "task"},
        {"fr": "la fait avancer", "en": "drives it"},
    ),
    Part(
        {"fr": "future", "en": "future"},
        {"fr": "un résultat à venir", "en": "a result to come"},
    ),
    Part(
        {"fr": "boucle", "en": "loop"},
        {"fr": "à qui le tour\u00a0?", "en": "whose turn is it?"},
    ),
)
LEGS = (
    Leg("await", "send()"),
    Leg("add_done_callback()", {"fr": "réveille", "en": "wakes"}),
    Leg({"fr": "rend la main", "en": "hands over"}, "set_result()"),
)
"""From each part to the next."""

BOX, GAP, THERE, BACK = 62.0, 58.0, 40.0, 520.0
"""The height of a box, that of a leg; where a leg goes there, and where back."""


def top(row: int) -> float:
    """Return where a box starts."""
    return 1.5 + row * (BOX + GAP)


def part(page: Page, row: int, lang: Lang) -> None:
    """Draw a part; the loop, on which all stands, is dark."""
    name, role, last = PARTS[row].name[lang], PARTS[row].role[lang], row == len(LEGS)
    fill, text = ("ink", "paper") if last else ("paper", "ink")
    page.frame(1.5, top(row), WIDTH - 3, BOX, "ink", fill)
    page.text(24, top(row) + 40, name, fill=text, bold=True)
    page.text(WIDTH - 24, top(row) + 40, role, fill=text, anchor="end")


def leg(page: Page, row: int, lang: Lang) -> None:
    """Draw the leg below a row with its labels."""
    high, low = top(row) + BOX + 4, top(row + 1) - 4
    page.arrow(THERE, high, THERE, low, page.lane(0))
    page.arrow(BACK, low, BACK, high, page.lane(4))
    for x, label in ((THERE, LEGS[row].there), (BACK, LEGS[row].back)):
        if isinstance(label, str):
            page.code(x + 20, low - 16, label)
        else:
            page.text(x + 20, low - 16, label[lang])


def built(lang: Lang, count: int) -> Sketch:
    """Return the first parts; the others' room is left empty."""

    def draw(page: Page) -> None:
        for row in range(count):
            part(page, row, lang)
        for row in range(count - 1):
            leg(page, row, lang)

    height = top(len(LEGS)) + BOX + 1.5
    return Sketch(lang, TITLE[lang], ALTS[lang][count - 2], height, draw)


def picture(lang: Lang) -> Sketch:
    """Return all parts, one under the other."""
    return built(lang, len(PARTS))
