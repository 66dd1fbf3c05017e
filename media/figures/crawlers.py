"""1.3: the same crawler as processes, threads, coroutines: one real run of each.

Recorded by `python -m media chronogram --data media/figures/crawlers.json`.
"""

from __future__ import annotations

from pathlib import Path

from media import chronogram
from media.lang import Lang
from media.picture import Picture

CRAWLS = chronogram.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))

ALT: dict[Lang, str] = {
    "fr": (
        "Chronologie d’un robot qui demande trois pages en même temps\u00a0: chaque"
        " processus travaille plus de 50\u00a0ms avant d’envoyer sa demande, chaque"
        " fil et chaque coroutine moins de 5\u00a0ms\u00a0; ensuite, tous attendent"
        " la réponse aussi longtemps."
    ),
    "en": (
        "Timeline of a crawler that asks for three pages at once: each process works"
        " for more than 50\u00a0ms before it sends its request, each thread and each"
        " coroutine less than 5\u00a0ms; then all wait equally long for the answer."
    ),
}


def picture(lang: Lang) -> Picture:
    """Return the three runs, one under the other, on the same scale."""
    title = chronogram.WORDS[lang]["title"]
    return chronogram.picture(CRAWLS, lang, title, ALT[lang])
