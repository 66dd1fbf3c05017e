"""The talks: which slides of which decks they show, in which language, for how long.

A `Repertoire` reads talks.toml and the decks, each once. The `Talk` that it gives
knows all that the other rooms ask: they read no file again.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from slides import deck, entries
from slides.deck import Deck, Slide
from slides.entries import Choice, Entry
from slides.errors import Problem
from slides.paths import SLIDES, short
from slides.words import speaking_time


@dataclass(frozen=True)
class Part:
    """Slides of a deck, in the order shown, and the minutes that they take together.

    `given` has the minutes of each, where the talk chooses slides; it is empty where
    the deck is shown whole. `original` is the deck of the slides that a translation
    lacks.
    """

    deck: Deck
    slides: tuple[Slide, ...]
    minutes: float
    given: tuple[float, ...] = ()
    original: Deck | None = None

    @property
    def pace(self) -> tuple[float, ...]:
        """The minutes of each slide: its own, or its share of the part's.

        A share is what the notes take to say, and as much for the rest as the others.
        """
        if self.given:
            return self.given
        said = [speaking_time(slide) for slide in self.slides]
        rest = self.minutes - sum(said)
        if rest < 0:  # more to say than minutes: each has less
            return tuple(self.minutes * each / sum(said) for each in said)
        return tuple(each + rest / len(said) for each in said)


@dataclass(frozen=True)
class Talk:
    """A talk in the language `lang`; `minutes` is the length of its slot.

    `rest` is what its slides leave of it, for questions; `translated` tells that
    talks.toml gives it in another language.
    """

    name: str
    title: str
    lang: str
    minutes: float
    parts: tuple[Part, ...]
    translated: bool = False
    rest: float = 0

    @property
    def slides(self) -> list[Slide]:
        """Its slides, in order."""
        return [slide for part in self.parts for slide in part.slides]

    @property
    def pace(self) -> list[float]:
        """The minutes of each of its slides."""
        return [minutes for part in self.parts for minutes in part.pace]

    @property
    def decks(self) -> list[Deck]:
        """Its decks, each once, and those of the slides that a translation lacks."""
        both = [each for part in self.parts for each in (part.deck, part.original)]
        return list({each.path: each for each in both if each}.values())

    @property
    def chapters(self) -> list[str]:
        """The chapters that it shows, each once."""
        return list(dict.fromkeys(source.chapter for source in self.decks))


def alone(source: Deck) -> Talk:
    """Return a talk of one deck, whole, as long as its notes take to say."""
    name, lang = source.path.stem, source.path.parent.name
    slides = tuple(source.slides())
    minutes = sum(map(speaking_time, slides))
    return Talk(name, name, lang, minutes, (Part(source, slides, minutes),))


class Repertoire:
    """All that can be shown. Each file is read when first asked for, and once.

    `folder` holds talks.toml, and the decks in a folder a language.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or SLIDES
        self._decks: dict[Path, Deck] = {}

    @functools.cached_property
    def entries(self) -> dict[str, Entry]:
        """What talks.toml says, by the talks' names; raises as `entries.read` does."""
        return entries.read(self.folder / "talks.toml")

    def languages(self) -> list[str]:
        """Return the languages that have decks."""
        found = self.folder.glob("*/[0-9][0-9]-*.md")
        return sorted({path.parent.name for path in found})

    def paths(self, lang: str) -> dict[str, Path]:
        """Return the decks' files in a language by chapter, in the chapters' order."""
        found = sorted((self.folder / lang).glob("[0-9][0-9]-*.md"))
        return {deck.chapter(path): path for path in found}

    def chapters(self) -> list[str]:
        """Return the chapters that have a deck in any language."""
        paths = [self.paths(lang) for lang in self.languages()]
        return list(dict.fromkeys(chapter for each in paths for chapter in each))

    def all_paths(self) -> list[Path]:
        """Return every deck's file in every language."""
        return [path for lang in self.languages() for path in self.paths(lang).values()]

    def found(self, name: str, lang: str | None = None) -> list[Path]:
        """Return the decks of a chapter, in each language or in one; or a path's.

        Raises Problem (status 2) for a chapter that is not there.
        """
        if name.endswith(".md"):
            return [Path(name).resolve()]
        known = [self.paths(each) for each in ([lang] if lang else self.languages())]
        found = [paths[name] for paths in known if name in paths]
        if not found:
            there = self.paths(lang) if lang else self.chapters()
            raise unknown("chapter", name, there)
        return found

    def deck(self, path: Path) -> Deck:
        """Return the deck of a file; raises as `deck.read` does."""
        if path not in self._decks:
            self._decks[path] = deck.read(path)
        return self._decks[path]

    def talk(self, name: str | None = None, lang: str | None = None) -> Talk:
        """Return a talk, in its own language if none is given.

        Without a name it is tulipes, else the longest; `semaine-3` is the third sitting
        of a course. A course does without a sitting that is not there yet. What a
        translation lacks is shown in the talk's own language. Raises Problem (status 2)
        for what else is not there: the talk, its language, the decks of chapters, a
        slide; and as `entries` and `deck` do.
        """
        if name is None:
            longest = max(self.entries, key=lambda name: self.entries[name].minutes)
            name = "tulipes" if "tulipes" in self.entries else longest
        entry = self._entry(name)
        spoken = lang or entry.lang
        known = self.paths(spoken)
        if not known:
            there = _list(self.languages())
            raise Problem(f"No decks in «{spoken}»; known: {there}.", 2)
        own = self.paths(entry.lang)
        both = own | known
        late = [each for each in entry.parts if each.chapter not in both]
        needed = [
            f"slides/{entry.lang}/NN-{each.chapter}.md"
            for each in late
            if each.sitting is None or len(entry.sittings) == 1
        ]
        if needed:
            them = _list(dict.fromkeys(needed))
            raise Problem(f"The talk {name} needs {them}: not there.", 2)
        shown = [each for each in entry.parts if each not in late]
        decks = [(self.deck(both[p.chapter]), own.get(p.chapter)) for p in shown]
        parts = [
            _part(choice, source, self.deck(path or source.path))
            for choice, (source, path) in zip(shown, decks, strict=True)
        ]
        return Talk(
            name,
            entry.title,
            spoken,
            entry.minutes - sum(each.total for each in late),
            tuple(parts),
            translated=spoken != entry.lang,
            rest=entry.rest,
        )

    def talks(self) -> list[Talk]:
        """Return every talk in its own language; raises as `talk` does."""
        return [self.talk(name) for name in self.entries]

    def stranger(self, name: str) -> Problem:
        """Return the problem of a name that is neither a talk nor a chapter."""
        known = dict.fromkeys([*self.entries, *self.chapters()])
        return unknown("talk or chapter", name, known)

    def _entry(self, name: str) -> Entry:
        """Return what is known of a talk, or of a sitting; raises Problem."""
        if name in self.entries:
            return self.entries[name]
        course, _, number = name.rpartition("-")
        if course not in self.entries:
            raise unknown("talk", name, self.entries)
        sittings = self.entries[course].sittings
        if number not in sittings:
            has = f"the sittings {_list(sittings)}, not" if sittings else "no sitting"
            raise Problem(f"{course} has {has} {number}.", 2)
        return sittings[number]


def _part(choice: Choice, source: Deck, original: Deck) -> Part:
    """Return what is chosen of a deck; raises Problem for a slide that it lacks.

    A slide that a translation lacks is the original's, at the place that it has there.
    """
    known = {slide.id: slide for slide in source.slides() if slide.id}
    other = None if original is source else original
    if choice.minutes is not None:
        slides = tuple(known.get(slide.id, slide) for slide in original.slides())
        return Part(source, slides, choice.minutes, original=other)
    known = {slide.id: slide for slide in original.slides() if slide.id} | known
    chosen = choice.slides or {}
    for name in chosen:
        if name not in known:
            raise unknown(f"slide of {short(source.path)}", name, known)
    shown, given = (known[name] for name in chosen), tuple(chosen.values())
    return Part(source, tuple(shown), sum(given), given, other)


def unknown(kind: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem of a name that isn't one of those known."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return Problem(f"Unknown {kind} «{name}».{hint} Known: {_list(known)}.", 2)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
