"""5.4: four nested awaits; the pause is at the `yield`, not at an `await`.

Stepped for real: no clock is involved, only the order of calls.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from types import coroutine

from media.lang import Lang
from media.stack import Pyramid, stack

TITLE: dict[Lang, str] = {
    "fr": "La pile, à chaque send",
    "en": "The stack, at each send",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Trois pyramides, une par send\u00a0: w4 attend w3, qui attend w2, qui attend"
        " w1. Chaque send retraverse toute la pile jusqu’au yield de w1, seul endroit"
        " où tout s’arrête\u00a0; «\u00a0one\u00a0» puis «\u00a0two\u00a0» en"
        " remontent, et le dernier send ramène la valeur de retour,"
        " «\u00a0end\u00a0»."
    ),
    "en": (
        "Three pyramids, one for each send: w4 awaits w3, which awaits w2, which"
        " awaits w1. Each send goes down the whole stack again, to the yield in w1, the"
        " only place where everything pauses; “one” and then “two” come back up, and"
        " the last send brings the value returned, “end”."
    ),
}
SENDS = ("A", "B")
"""What is sent, after None."""


@coroutine
def w1() -> Generator[str, str, str]:
    """Pause twice."""
    yield "one"
    yield "two"
    return "end"


async def w2() -> str:
    """Await w1."""
    return await w1()


async def w3() -> str:
    """Await w2."""
    return await w2()


async def w4() -> str:
    """Await w3."""
    return await w3()


def picture(lang: Lang) -> Pyramid:
    """Return the pyramids, each row with what suspends it."""
    pyramid = stack(w4(), *SENDS, lang=lang).pyramid
    *awaiting, innermost = pyramid.names
    names = (*(f"{name} await" for name in awaiting), f"{innermost} yield")
    return replace(pyramid, names=names, title=TITLE[lang], desc=ALT[lang])
