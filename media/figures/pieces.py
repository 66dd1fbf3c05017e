"""2.3: two coroutines in three pieces, and who holds the thread when."""

from media.figures import STEP
from media.lanes import End, Hold, Lane, Say, Wait
from media.lang import Lang
from media.picture import Picture
from media.scales import ticks_at

FIRST, SECOND = 0.3, 0.6
"""Seconds that A waits: the defaults of demos/first_steps/pieces.py."""

TITLE: dict[Lang, str] = {
    "fr": "Qui tient le fil, et quand",
    "en": "Who holds the thread, and when",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Chronologie\u00a0: main lance A et B avec gather\u00a0; chaque morceau"
        " (start, middle, end) ne tient le fil qu’une fraction de milliseconde,"
        " le fil est libre le reste du temps, et B, deux fois plus rapide,"
        " finit à 0,45\u00a0s, A à 0,9\u00a0s\u00a0; main reçoit pourtant le résultat"
        " de A d’abord."
    ),
    "en": (
        "Timeline: main starts A and B with gather; each piece (start, middle,"
        " end) holds the thread for a fraction of a millisecond only, the thread is"
        " free the rest of the time, and B, twice as fast, ends at 0.45\u00a0s,"
        " A at 0.9\u00a0s; main still gets A’s result first."
    ),
}
THREAD: dict[Lang, str] = {"fr": "le fil", "en": "the thread"}


def pieces(name: str, start: float, first: float, second: float) -> Lane:
    """Return the lane of a coroutine that waits twice, for times in seconds."""
    middle, end = start + first, start + first + second
    return Lane(
        name,
        (
            Wait(start, middle, f"sleep({first:g})"),
            Wait(middle, end, f"sleep({second:g})"),
            *(Hold(time, time + STEP) for time in (start, middle, end)),
        ),
        End(end, "done"),
        (
            Say(start, "start"),
            Say(middle, "middle"),
            Say(end, "end", before=end > FIRST + SECOND),
        ),
        parent="main",
    )


def picture(lang: Lang) -> Picture:
    """Return the run of two `pieces` that `main` gathers."""
    total = FIRST + SECOND
    awake = total + 2 * STEP
    main = Lane(
        "main",
        (
            Wait(0, awake, "gather(A, B)"),
            Hold(0, STEP),
            Hold(awake, awake + STEP),
        ),
        End(awake, "done"),
        (Say(awake, "['A is done', 'B is done']", before=True),),
    )
    return Picture(
        lang,
        TITLE[lang],
        ALT[lang],
        total,
        ticks_at(lang, 0, FIRST, 2 * FIRST, total),
        (
            main,
            pieces("A", STEP, FIRST, SECOND),
            pieces("B", 2 * STEP, FIRST / 2, SECOND / 2),
        ),
        THREAD[lang],
    )
