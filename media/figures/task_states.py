"""8: the states of a task, what moves it, and what reads how it ended."""

# Facts: the page Coroutines and Tasks of asyncio’s documentation.

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.marks import mark
from media.svg import WIDTH, Page, Sketch
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
        "ready": "prête",
        "running": "en cours",
        "suspended": "suspendue",
        "woken": "réveil",
        "next": "au tour suivant",
    },
    "en": {
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

TURN, WAIT, HEIGHT = 120.0, 272.0, 56.0
"""The lines that states stand on, and how high they are."""

READY, RUNNING, INSIDE, SPINE, DONE = 262.0, 452.0, 184.0, 538.0, 730.0
"""The middles of states; where frames of unfinished and finished tasks begin, and
what links them."""


def state(page: Page, x: float, y: float, width: float, name: str, fill: str) -> None:
    """Draw a state, its middle at (x, y); `running` is filled with ink."""
    page.frame(x - width / 2, y - HEIGHT / 2, width, HEIGHT, "ink", fill)
    text = "paper" if fill == "ink" else "ink"
    page.text(x, y + 9, name, SANS, text, "middle", bold=True)


def unfinished(page: Page, words: dict[str, str]) -> None:
    """Draw where a task comes from, and its cycle until it is done."""
    page.code(INSIDE, 26, "not task.done()")
    page.rect(INSIDE, 42, 346, 278, "free", round_=6)
    suspended = (READY + RUNNING) / 2
    page.text(0, TURN - 14, "create_task()", MONO)
    page.arrow(0, TURN, READY - 62, TURN)
    state(page, READY, TURN, 116, words["ready"], "paper")
    state(page, RUNNING, TURN, 130, words["running"], "ink")
    state(page, suspended, WAIT, 156, words["suspended"], "paper")
    page.arrow(READY + 58, TURN, RUNNING - 69, TURN)
    page.line(RUNNING, TURN + HEIGHT / 2, RUNNING, WAIT + 1.5)
    page.arrow(RUNNING, WAIT, suspended + 82, WAIT)
    page.code(RUNNING - 12, 206, "await", "end")
    page.line(suspended - 78, WAIT, READY - 1.5, WAIT)
    page.arrow(READY, WAIT, READY, TURN + HEIGHT / 2 + 4)
    page.text(READY + 12, 206, words["woken"])


def ended(page: Page, words: dict[str, str]) -> None:
    """Draw how a task ends, and what reads it afterwards."""
    page.text(DONE, 26, "task.done()", MONO)
    page.rect(DONE, 42, WIDTH - DONE, 278, "free", round_=6)
    low = TURN + 76 * (len(ENDS) - 1)
    page.line(RUNNING + 65, TURN, SPINE, TURN)
    page.line(SPINE, TURN - 1.5, SPINE, low)
    for place, end in enumerate(ENDS):
        y = TURN + 76 * place
        colour, dashes = ("red", "8 6") if end.by == "CancelledError" else ("ink", "")
        page.arrow(SPINE, y, DONE + 6, y, colour, dashes)
        if end.by == "CancelledError":
            page.text(SPINE + 8, y - 14, end.by, MONO, colour)
        else:
            page.code(SPINE + 8, y - 14, end.by)
        mark(page, DONE + 23, y, end.how)
        page.text(DONE + 43, y + 9, end.read, MONO)
    page.text(SPINE + 8, low + 34, words["next"], SANS, "red")


def cancel(page: Page) -> None:
    """Draw the call that cancels: it only wakes the task."""
    x = (READY + RUNNING) / 2
    page.text(x, 392, "task.cancel()", MONO, "red", "middle")
    page.arrow(x, 364, x, WAIT + HEIGHT / 2 + 4, "red", "8 6")


def draw(page: Page, lang: Lang) -> None:
    """Draw the life of a task from left to right."""
    unfinished(page, WORDS[lang])
    ended(page, WORDS[lang])
    cancel(page)


def picture(lang: Lang) -> Sketch:
    """Return the diagram."""
    return Sketch(lang, TITLE[lang], ALT[lang], 400, lambda page: draw(page, lang))
