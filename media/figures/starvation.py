"""2.4: one coroutine holds the thread, and all the others are late."""

from media.figures import STEP
from media.lanes import Block, End, Hold, Lane, Late, Say, Wait
from media.lang import Lang, seconds
from media.picture import Picture
from media.scales import ticks_at

FIRST, SECOND = 0.3, 0.6
"""Seconds of the two sleeps: the defaults of demos/first_steps/starvation.py."""

TITLE: dict[Lang, str] = {
    "fr": "Un time.sleep affame tout le monde",
    "en": "One time.sleep starves everybody",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Chronologie\u00a0: de 0 à 0,9\u00a0s, rude\u00a0B garde le fil avec"
        " time.sleep\u00a0; polite\u00a0A, qui devait reprendre à 0,3\u00a0s,"
        " reprend avec 0,6\u00a0s de retard, et polite\u00a0C ne peut même pas"
        " démarrer avant 0,9\u00a0s."
    ),
    "en": (
        "Timeline: from 0 to 0.9\u00a0s, rude\u00a0B holds the thread with"
        " time.sleep; polite\u00a0A, due at 0.3\u00a0s, resumes 0.6\u00a0s late,"
        " and polite\u00a0C cannot even start before 0.9\u00a0s."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "thread": "le fil",
        "over": "seule B avance",
        "late": "{} de retard",
        "start": "ne peut pas démarrer",
    },
    "en": {
        "thread": "the thread",
        "over": "only B runs",
        "late": "{} late",
        "start": "cannot start",
    },
}


def picture(lang: Lang) -> Picture:
    """Return the run of a rude coroutine between two polite ones."""
    words = WORDS[lang]
    held = FIRST + SECOND
    late = words["late"].format(seconds(held - FIRST, lang))
    first, second = f"sleep({FIRST:g})", f"sleep({SECOND:g})"
    a_middle, a_end = held + STEP, held + SECOND
    c_middle, c_end = held + FIRST, held + FIRST + SECOND
    polite_a = Lane(
        "polite A",
        (
            Wait(0, FIRST, first),
            Late(FIRST, held, late),
            Wait(a_middle, a_end, second),
            *(Hold(time, time + STEP) for time in (0, a_middle, a_end)),
        ),
        End(a_end, "done"),
        (Say(0, "start"), Say(a_middle, "middle"), Say(a_end, "end")),
        short="A",
    )
    rude_b = Lane(
        "rude B",
        (Block(0, held, "time.sleep, time.sleep", words["over"]),),
        End(held, "done"),
        (Say(0, "start"), Say(FIRST, "middle"), Say(held, "end")),
        short="B",
    )
    polite_c = Lane(
        "polite C",
        (
            Late(0, held, words["start"]),
            Wait(held, c_middle, first),
            Wait(c_middle, c_end, second),
            *(Hold(time, time + STEP) for time in (held, c_middle, c_end)),
        ),
        End(c_end, "done"),
        (Say(held, "start"), Say(c_middle, "middle"), Say(c_end, "end", True)),
        short="C",
    )
    return Picture(
        lang,
        TITLE[lang],
        ALT[lang],
        c_end,
        ticks_at(lang, *(FIRST * step for step in range(7))),
        (polite_a, rude_b, polite_c),
        words["thread"],
    )
