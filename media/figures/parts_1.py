"""3.4: the parts of asyncio, step 1: a coroutine and its task."""

from __future__ import annotations

from media.figures.parts import ALTS, built
from media.lang import Lang
from media.svg import Sketch

ALT: dict[Lang, str] = {lang: alts[0] for lang, alts in ALTS.items()}


def picture(lang: Lang) -> Sketch:
    """Return the first parts."""
    return built(lang, 2)
