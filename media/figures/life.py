"""The sheet: the life of a task, in a line; the facts and words of `task_states`."""

from __future__ import annotations

from media.figures.task_states import ENDS, HEIGHT, WORDS, state
from media.lang import Lang
from media.marks import mark
from media.svg import Page, Printed
from media.text import MONO

TITLE: dict[Lang, str] = {
    "fr": "La vie d’une tâche",
    "en": "The life of a task",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Diagramme d’états\u00a0: create_task crée une tâche prête\u00a0; la boucle la"
        " choisit, elle est en cours\u00a0; un await la suspend, le réveil la rend"
        " prête à nouveau\u00a0; return, raise ou CancelledError la terminent, ce que"
        " lisent result(), exception() et cancelled(). cancel() la réveille\u00a0:"
        " l’exception est levée à son prochain tour."
    ),
    "en": (
        "State diagram: create_task makes a ready task; the loop picks it, and it is"
        " running; an await suspends it, and once woken it is ready again; return,"
        " raise or CancelledError ends it, which result(), exception() and"
        " cancelled() read. cancel() wakes it: the exception is raised at its next"
        " turn."
    ),
}
MORE: dict[Lang, dict[str, str]] = {
    "fr": {
        "picked": "la boucle la choisit",
        "done": "terminée",
        "cancel": "la réveille\u00a0: l’exception est levée à son prochain tour",
    },
    "en": {
        "picked": "the loop picks it",
        "done": "done",
        "cancel": "wakes it: the exception is raised at its next turn",
    },
}
"""Words that `task_states` does without."""

LINE, LOW, BOTTOM = 78.0, 168.0, 250.0
"""The lines that states stand on, and the picture's end."""

READY, RUNNING, SUSPENDED = 272.0, 652.0, 462.0
"""The middles of the states."""

SPINE, DONE, ROW = 772.0, 990.0, 46.0
"""Where the ends part, where the done task's frame begins; from an end to the next."""


def cycle(page: Page, words: dict[str, str]) -> None:
    """Draw the states of a task that is not done, and what leads to each."""
    half, side = HEIGHT / 2, 68
    page.text(24, LINE - 14, "create_task()", MONO)
    page.arrow(24, LINE, READY - side - 4, LINE)
    state(page, READY, LINE, 2 * side, words["ready"], "paper")
    page.text((READY + RUNNING) / 2, LINE - 14, words["picked"], anchor="middle")
    page.arrow(READY + side, LINE, RUNNING - side - 4, LINE)
    state(page, RUNNING, LINE, 2 * side, words["running"], "ink")
    page.text(RUNNING + 14, LOW - 30, "await", MONO)
    page.line(RUNNING, LINE + half, RUNNING, LOW + 1.5)
    page.arrow(RUNNING, LOW, SUSPENDED + 90, LOW)
    state(page, SUSPENDED, LOW, 172, words["suspended"], "paper")
    page.line(SUSPENDED - 86, LOW, READY - 1.5, LOW)
    page.arrow(READY, LOW, READY, LINE + half + 4)
    page.text(READY - 14, LOW - 30, words["woken"], anchor="end")


def ended(page: Page, word: str) -> None:
    """Draw what ends a task, and in the done task's frame what reads it."""
    bottom = LINE + ROW * (len(ENDS) - 1)
    page.line(RUNNING + 68, LINE, SPINE, LINE)
    page.line(SPINE, LINE - 1.5, SPINE, bottom + 1.5)
    page.frame(DONE, 8, 1256 - DONE, bottom + 20)
    page.text((DONE + 1256) / 2, 42, word, anchor="middle", bold=True)
    for place, end in enumerate(ENDS):
        y = LINE + ROW * place
        dashes = "8 6" if end.how == "cancelled" else ""
        page.arrow(SPINE, y, DONE - 4, y, dashes=dashes)
        page.text(SPINE + 12, y - 10, end.by, MONO)
        mark(page, DONE + 44, y, end.how)
        page.text(DONE + 76, y + 9, end.read, MONO)


def cancel(page: Page, words: str) -> None:
    """Draw the call that cancels, dashed as the end that comes of it."""
    y = BOTTOM - 14
    page.arrow(SUSPENDED, BOTTOM - 8, SUSPENDED, LOW + HEIGHT / 2 + 4, dashes="8 6")
    page.text(SUSPENDED - 14, y, "cancel()", MONO, anchor="end")
    page.text(SUSPENDED + 14, y, words)


def draw(page: Page, lang: Lang) -> None:
    """Draw the life of a task from left to right."""
    cycle(page, WORDS[lang] | MORE[lang])
    ended(page, MORE[lang]["done"])
    cancel(page, MORE[lang]["cancel"])


def picture(lang: Lang) -> Printed:
    """Return the diagram."""
    return Printed(lang, TITLE[lang], ALT[lang], BOTTOM, lambda page: draw(page, lang))
