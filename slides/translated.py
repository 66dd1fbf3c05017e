"""How far a translation is: which slides of the talks it has, and which it lacks."""

from __future__ import annotations

from collections.abc import Iterator

from slides.deck import Deck
from slides.paths import short
from slides.talks import Repertoire


def progress(repertoire: Repertoire, lang: str) -> Iterator[str]:
    """Yield a line a deck that is not done, and a last one; none of the talks' own."""
    done = total = 0
    for chapter, original, translation in _pairs(repertoire, lang):
        ids = [slide.id for slide in original.slides()]
        there = {slide.id for slide in translation.slides()} if translation else set()
        lacks = [name for name in ids if name not in there]
        done, total = done + len(ids) - len(lacks), total + len(ids)
        if translation is None:
            path = f"slides/{lang}/{original.path.name}"
            yield f"{chapter}: none of {len(ids)} slides: there is no {path}."
        elif lacks:
            has = f"{len(ids) - len(lacks)} of {len(ids)} slides"
            yield f"{chapter}: {has}; it lacks {', '.join(lacks)}."
    if total:
        yield f"{lang}: {done} of {total} slides translated."


def strangers(repertoire: Repertoire, lang: str) -> Iterator[str]:
    """Yield the slides of a translation that the original has not: none shows them."""
    for _, original, translation in _pairs(repertoire, lang):
        known = {slide.id for slide in original.slides()}
        for slide in translation.slides() if translation else ():
            if slide.id not in known:
                where = short(original.path)
                yield f"{slide.place}: no slide of {where} has the id «{slide.id}»."


def _pairs(
    repertoire: Repertoire, lang: str
) -> Iterator[tuple[str, Deck, Deck | None]]:
    """Yield the chapters of talks in other languages: their decks, and this one's."""
    others = [entry for entry in repertoire.entries.values() if entry.lang != lang]
    originals = {
        part.chapter: repertoire.paths(entry.lang).get(part.chapter)
        for entry in others
        for part in entry.parts
    }
    there = repertoire.paths(lang)
    for chapter, path in originals.items():
        if path:
            has = repertoire.deck(there[chapter]) if chapter in there else None
            yield chapter, repertoire.deck(path), has
