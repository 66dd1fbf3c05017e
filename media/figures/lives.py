"""8.4: three tasks end, and each keeps how until somebody reads it."""

from media.figures import STEP
from media.lanes import End, Heads, Hold, Kept, Lane, Say, Wait
from media.lang import Lang
from media.picture import Picture
from media.scales import ticks_at
from media.trace import How

DELAY = 0.5
"""Seconds that each task lives: the default of demos/tasks/lives.py."""

TITLE: dict[Lang, str] = {
    "fr": "La vie de trois tâches",
    "en": "The lives of three tasks",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Chronologie\u00a0: main lance trois tâches\u00a0; à 0,5\u00a0s, returns"
        " se termine par un résultat, catches attrape son exception et se termine"
        " par un résultat aussi, fails se termine par ValueError\u00a0; chaque"
        " tâche garde son résultat ou son exception jusqu’à ce que main les lise"
        " avec result() ou exception()."
    ),
    "en": (
        "Timeline: main starts three tasks; at 0.5\u00a0s, returns ends with a"
        " result, catches catches its exception and ends with a result too, fails"
        " ends with ValueError; each task keeps its result or its exception until"
        " main reads it with result() or exception()."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "kept": "la tâche garde",
        "read": "main lit",
    },
    "en": {
        "kept": "the task keeps",
        "read": "main reads",
    },
}


def life(name: str, wait: str, last: str, how: How, kept: Kept) -> Lane:
    """Return the lane of a task that waits once, then ends."""
    return Lane(
        name,
        (Wait(0, DELAY, wait), Hold(0, STEP), Hold(DELAY, DELAY + STEP)),
        End(DELAY, how),
        (Say(DELAY, last, before=True),),
        kept,
        parent="main",
    )


def picture(lang: Lang) -> Picture:
    """Return the run of the three tasks, and what each keeps."""
    words = WORDS[lang]
    sleep, fails = f"sleep({DELAY:g})", f"fails({DELAY:g})"
    main = Lane(
        "main", (Wait(0, DELAY, "wait(tasks)"), Hold(0, STEP), Hold(DELAY, DELAY))
    )
    flower = Kept("'in flower'", "result()")
    caught = Kept("'caught no water'", "result()")
    error = Kept("ValueError('no water')", "exception()")
    return Picture(
        lang,
        TITLE[lang],
        ALT[lang],
        DELAY,
        ticks_at(lang, 0, DELAY),
        (
            main,
            Heads(words["kept"], words["read"]),
            life("returns", sleep, "return 'in flower'", "done", flower),
            life("catches", fails, "except ValueError", "done", caught),
            life("fails", sleep, "raise ValueError", "failed", error),
        ),
        left=127,
        right=384,
    )
