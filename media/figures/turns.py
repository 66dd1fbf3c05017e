"""The sheet: the same three coroutines one by one, in a group, with one that blocks.

Recorded by `python -m media.turns >media/figures/turns.json`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media import turns
from media.lang import Lang, seconds
from media.svg import Page, Printed, number
from media.text import MONO, text_width
from media.trace import Life, Trace

RUNS = turns.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))

TITLE: dict[Lang, str] = {
    "fr": "Qui s’exécute, et quand\u00a0?",
    "en": "Who runs, and when?",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Trois exécutions des mêmes coroutines a, b et c, à la même échelle. Un await"
        " après l’autre, chacune attend à son tour\u00a0: 0,6\u00a0s. Dans un"
        " TaskGroup, elles attendent ensemble\u00a0: 0,2\u00a0s. Dans un TaskGroup où"
        " b appelle time.sleep, b bloque toute la boucle, et c, prête, ne commence"
        " qu’après\u00a0: 0,4\u00a0s."
    ),
    "en": (
        "Three runs of the same coroutines a, b and c, on the same scale. With one"
        " await after the other, each waits in its turn: 0.6\u00a0s. In a TaskGroup,"
        " they wait together: 0.2\u00a0s. In a TaskGroup where b calls time.sleep,"
        " b blocks the whole loop, and c, ready, only starts afterwards: 0.4\u00a0s."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "runs": "s’exécute",
        "waits": "attend, laisse la boucle libre",
        "blocks": "bloque toute la boucle",
        "ready": "prête",
    },
    "en": {
        "runs": "runs",
        "waits": "waits, leaves the loop free",
        "blocks": "blocks the whole loop",
        "ready": "ready",
    },
}


@dataclass(frozen=True)
class Panel:
    """A run: its name in RUNS, the code that makes it, where its time starts."""

    way: str
    code: str
    left: float


PANELS = (
    Panel("one_by_one", "await a(); await b(); await c()", 60),
    Panel("together", "TaskGroup", 658),
    Panel("blocked", "TaskGroup", 918),
)
CALL = "time.sleep"
"""What holds the thread, written after its bar."""

SECOND = 840.0
"""The width of a second, in units of the viewBox."""

HOLD = 10.0
"""Width of a hold too short to be drawn to scale: 1 mm on paper."""

CODE, TOP, LANE, TOTAL, LEGEND, HEIGHT = 28.0, 62.0, 42.0, 187.0, 232.0, 250.0
"""How far down: code, first lane, from a lane to the next, total, legend, all."""

BAR = 30.0
"""Height of a lane's bar."""


def outline(page: Page, x: float, y: float, end: float) -> None:
    """Draw an empty bar, its middle at y."""
    path = f"M{number(x)} {number(y - BAR / 2)}H{number(end)}v{number(BAR)}"
    page.path(f"{path}H{number(x)}z", width=3, fill="paper")


def hatched(page: Page, x: float, y: float, end: float) -> None:
    """Fill a bar with oblique lines, its middle at y."""
    width, top, strokes = end - x, y - BAR / 2, ""
    for along in range(10, int(width + BAR), 10):
        # From the upper or right side down to the left or lower one.
        right, down = min(along, width), max(along - width, 0)
        left, low = max(along - BAR, 0), min(along, BAR)
        strokes += f"M{number(x + right)} {number(top + down)}"
        strokes += f"L{number(x + left)} {number(top + low)}"
    page.path(strokes, width=3)


def late(page: Page, x: float, y: float, end: float, word: str) -> None:
    """Draw a dotted line where a life is ready and cannot run, the word in it."""
    middle, half = (x + end) / 2, text_width(word) / 2 + 10
    page.line(x, y, middle - half, y, dashes="3 7")
    page.line(middle + half, y, end, y, dashes="3 7")
    page.text(middle, y + 9, word, anchor="middle")


def lane(
    page: Page,
    x: Callable[[float], float],
    y: float,
    life: Life,
    slow: float,
    word: str,
) -> None:
    """Draw a life: an outline from its first run to its last, and what it holds."""
    runs = [(start, end) for start, end, _ in life]
    first, last = x(runs[0][0]), x(runs[-1][1])
    if runs[0][0] - life.born > slow:
        late(page, x(life.born), y, first, word)
    outline(page, first, y, last)
    for run, (start, end) in enumerate(runs):
        if life.long(run, slow):
            hatched(page, x(start), y, x(end))
            page.text(x(end) + 14, y + 9, CALL, MONO)
        else:
            # The last one grows to the left: the outline ends when the life does.
            at = min(x(start), last - HOLD)
            page.rect(at, y - BAR / 2, max(HOLD, x(end) - at), BAR, "ink")


def total(page: Page, left: float, right: float, text: str) -> None:
    """Draw how long a run was: an arrow to both sides, the text in it."""
    middle, half = (left + right) / 2, text_width(text, bold=True) / 2 + 12
    page.arrow(middle - half, TOTAL, left, TOTAL)
    page.arrow(middle + half, TOTAL, right, TOTAL)
    page.text(middle, TOTAL + 9, text, anchor="middle", bold=True)


def panel(page: Page, lang: Lang, drawn: Panel, trace: Trace) -> None:
    """Draw a run: its code, a lane for each of the three, how long it was."""

    def x(time: float) -> float:
        return drawn.left + SECOND * time

    bottom = TOTAL + 14
    for time in (0, trace.seconds):
        page.line(x(time), TOP - BAR / 2 - 6, x(time), bottom, width=2, dashes="2 6")
    page.text(drawn.left, CODE, drawn.code, MONO, bold=True)
    for place, life in enumerate(trace.lives):
        y = TOP + LANE * place
        page.text(drawn.left - 16, y + 9, life.name, MONO, anchor="end", bold=True)
        lane(page, x, y, life, trace.slow, WORDS[lang]["ready"])
    total(page, drawn.left, x(trace.seconds), seconds(trace.seconds, lang))


def legend(page: Page, words: dict[str, str]) -> None:
    """Write what black, white and hatched bars mean."""
    at = PANELS[0].left
    for kind in ("runs", "waits", "blocks"):
        if kind == "runs":
            page.rect(at, LEGEND - BAR / 2, HOLD, BAR, "ink")
            width = HOLD
        else:
            width = 52
            outline(page, at, LEGEND, at + width)
        if kind == "blocks":
            hatched(page, at, LEGEND, at + width)
        page.text(at + width + 14, LEGEND + 9, words[kind])
        at += width + 14 + text_width(words[kind]) + 56


def draw(page: Page, lang: Lang) -> None:
    """Draw the three runs side by side, on the same scale of time."""
    for each in PANELS:
        panel(page, lang, each, RUNS[each.way])
    legend(page, WORDS[lang])


def picture(lang: Lang) -> Printed:
    """Return the three runs."""
    return Printed(lang, TITLE[lang], ALT[lang], HEIGHT, lambda page: draw(page, lang))
