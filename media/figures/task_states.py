"""8: the states of a task, what moves it, and what reads how it ended."""

# Facts: the page Coroutines and Tasks of asyncio’s documentation.

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.marks import mark
from media.svg import Page, Sketch, number
from media.text import MONO, SANS
from media.trace import How

TITLE: dict[Lang, str] = {
    "fr": "Les états d’une tâche",
    "en": "The states of a task",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Diagramme d’états\u00a0: create_task fait d’une coroutine une tâche"
        " prête\u00a0; tant que done() est faux, elle passe de prête à en cours,"
        " puis se suspend à un await et redevient prête au réveil\u00a0; return,"
        " raise ou CancelledError la terminent, ce que lisent result(),"
        " exception() et cancelled(). cancel() la réveille\u00a0: au tour"
        " suivant, CancelledError est levée en elle."
    ),
    "en": (
        "State diagram: create_task makes a coroutine a ready task; as long as"
        " done() is false, it goes from ready to running, then suspends at an"
        " await and is ready again when woken; return, raise or CancelledError"
        " ends it, which result(), exception() and cancelled() read. cancel()"
        " wakes it: at its next turn, CancelledError is raised inside it."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "coroutine": "coroutine",
        "ready": "prête",
        "running": "en cours",
        "suspended": "suspendue",
        "woken": "réveil",
        "next": "au tour suivant",
    },
    "en": {
        "coroutine": "coroutine",
        "ready": "ready",
        "running": "running",
        "suspended": "suspended",
        "woken": "woken",
        "next": "at its next turn",
    },
}


@dataclass(frozen=True)
class Ending:
    """What ends a task, the mark for it, and the method that reads it."""

    by: str
    how: How
    read: str


ENDS = (
    Ending("return", "done", "result()"),
    Ending("raise", "failed", "exception()"),
    Ending("CancelledError", "cancelled", "cancelled()"),
)

TURN, WAIT, HEIGHT = 142.0, 306.0, 56.0
"""The lines that states stand on, and how high they are."""

INSIDE, SPINE, DONE = 372.0, 812.0, 1020.0
"""Where the frames of unfinished and finished tasks begin, and what links them."""


def state(page: Page, x: float, y: float, width: float, name: str, fill: str) -> None:
    """Draw a state, its middle at (x, y); `running` is filled with ink."""
    page.frame(x - width / 2, y - HEIGHT / 2, width, HEIGHT, "ink", fill)
    text = "paper" if fill == "ink" else "ink"
    page.text(x, y + 9, name, SANS, text, "middle", bold=True)


def unfinished(page: Page, words: dict[str, str]) -> None:
    """Draw the cycle of a task that is not done."""
    page.text(INSIDE, 44, "not task.done()", MONO, bold=True)
    page.rect(INSIDE, 62, 408, 312, "free", round_=6)
    ready, running, suspended = INSIDE + 88, INSIDE + 316, INSIDE + 204
    state(page, ready, TURN, 128, words["ready"], "paper")
    state(page, running, TURN, 136, words["running"], "ink")
    state(page, suspended, WAIT, 172, words["suspended"], "paper")
    page.arrow(ready + 64, TURN, running - 70, TURN)
    page.line(running, TURN + HEIGHT / 2, running, WAIT + 1.5)
    page.arrow(running, WAIT, suspended + 90, WAIT)
    page.text(running - 14, 236, "await", MONO, "ink", "end")
    page.line(suspended - 86, WAIT, ready - 1.5, WAIT)
    page.arrow(ready, WAIT, ready, TURN + HEIGHT / 2 + 4)
    page.text(ready + 14, 236, words["woken"])


def created(page: Page, words: dict[str, str]) -> None:
    """Draw where a task comes from: a coroutine, which is not one yet."""
    page.path(f"M24 {number(TURN - HEIGHT / 2)}h148v{number(HEIGHT)}h-148z", width=3)
    page.text(98, TURN + 9, words["coroutine"], SANS, "ink", "middle")
    page.arrow(172, TURN, INSIDE + 20, TURN)
    page.text(181, TURN - 16, "create_task()", MONO)


def ended(page: Page, words: dict[str, str]) -> None:
    """Draw how a task ends, and what reads it afterwards."""
    page.text(DONE, 44, "task.done()", MONO, bold=True)
    page.rect(DONE, 62, 236, 312, "free", round_=6)
    running = INSIDE + 316
    low = TURN + 82 * (len(ENDS) - 1)
    page.line(running + 68, TURN, SPINE, TURN)
    page.line(SPINE, TURN, SPINE, low)
    for place, end in enumerate(ENDS):
        y = TURN + 82 * place
        colour, dashes = ("red", "8 6") if end.by == "CancelledError" else ("ink", "")
        page.arrow(SPINE, y, DONE + 14, y, colour, dashes)
        page.text(SPINE + 12, y - 14, end.by, MONO, colour)
        mark(page, DONE + 36, y, end.how)
        page.text(DONE + 66, y + 9, end.read, MONO)
    page.text(SPINE + 12, low + 38, words["next"], SANS, "red")


def cancel(page: Page) -> None:
    """Draw the call that cancels: it only wakes the task."""
    x = INSIDE + 204
    page.text(x, 450, "task.cancel()", MONO, "red", "middle")
    page.arrow(x, 420, x, WAIT + HEIGHT / 2 + 4, "red", "8 6")


def draw(page: Page, lang: Lang) -> None:
    """Draw the life of a task from left to right."""
    unfinished(page, WORDS[lang])
    created(page, WORDS[lang])
    ended(page, WORDS[lang])
    cancel(page)


def picture(lang: Lang) -> Sketch:
    """Return the diagram."""
    return Sketch(lang, TITLE[lang], ALT[lang], 476, lambda page: draw(page, lang))
