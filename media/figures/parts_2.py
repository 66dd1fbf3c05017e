"""3.4: the parts of asyncio, step 2: these, and a future."""

from __future__ import annotations

from media.figures.parts import ALTS, built
from media.lang import Lang
from media.svg import Sketch

ALT: dict[Lang, str] = {lang: alts[1] for lang, alts in ALTS.items()}


def picture(lang: Lang) -> Sketch:
    """Return the first parts."""
    return built(lang, 3)
