"""The talks: what talks.toml says, and which slides a talk is made of."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slides import deck
from slides.deck import Slide
from slides.errors import Problem
from slides.paths import SLIDES, TALKS, short


@dataclass(frozen=True)
class Part:
    """What a talk shows of a chapter, and the minutes that it takes.

    `slides` gives the minutes of each chosen slide by its id, in the order shown;
    without it, the chapter is shown whole.
    """

    chapter: str
    minutes: float
    slides: Mapping[str, float] | None = None

    def pace(self, slides: list[Slide]) -> list[float]:
        """Return the minutes of each slide: its own, or its share of the part's."""
        if self.slides is None:
            return [self.minutes / len(slides)] * len(slides)
        return [self.slides[slide.id] for slide in slides]

    def choose(self, source: deck.Deck) -> list[Slide]:
        """Return the part's slides from its deck.

        Raises Problem (status 2) for an id that no slide of the deck has.
        """
        if self.slides is None:
            return list(source.slides())
        known = {slide.id: slide for slide in source.slides() if slide.id}
        for name in self.slides:
            if name not in known:
                raise unknown(f"slide of {short(source.path)}", name, known)
        return [known[name] for name in self.slides]


@dataclass(frozen=True)
class Talk:
    """A talk as talks.toml gives it: `minutes` is the length of its slot."""

    name: str
    title: str
    lang: str
    minutes: float
    parts: tuple[Part, ...]

    @property
    def chapters(self) -> tuple[str, ...]:
        """The chapters that it shows, each once."""
        return tuple(dict.fromkeys(part.chapter for part in self.parts))

    def decks(self, lang: str | None = None) -> list[Path]:
        """Return the talk's decks, each once; `lang` defaults to the talk's own.

        Raises Problem (status 2) for a language or a chapter without a deck.
        """
        lang = lang or self.lang
        known = decks(lang)
        if not known:
            raise Problem(f"No decks in «{lang}»; known: {_list(languages())}.", 2)
        for chapter in self.chapters:
            if chapter not in known:
                where = f"slides/{lang}/NN-{chapter}.md"
                raise Problem(f"The talk {self.name} needs {where}: not there.", 2)
        return [known[chapter] for chapter in self.chapters]

    def shown(self, lang: str | None = None) -> list[tuple[Part, list[Slide]]]:
        """Return each part with its slides, in the order of the talk.

        Raises Problem as `decks`, `Part.choose` and `deck.read` do.
        """
        sources = [deck.read(path) for path in self.decks(lang)]
        known = {source.chapter: source for source in sources}
        return [(part, part.choose(known[part.chapter])) for part in self.parts]

    def slides(self, lang: str | None = None) -> list[Slide]:
        """Return the slides in the order of the talk; raises as `shown` does."""
        return [slide for _, slides in self.shown(lang) for slide in slides]


def talks(path: Path = TALKS) -> dict[str, Talk]:
    """Return all talks by name, in the file's order.

    Raises Problem for a file that isn't TOML or a talk that lacks a key.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {
            name: Talk(
                name,
                table["title"],
                table["lang"],
                table["minutes"],
                tuple(map(_part, table["parts"])),
            )
            for name, table in tables.items()
        }
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"{short(path)}: {error}") from None
    except KeyError as error:
        raise Problem(f"{short(path)}: a talk lacks {error}.") from None
    except (AttributeError, TypeError) as error:
        raise Problem(f"{short(path)}: not what a talk is made of: {error}.") from None


def _part(table: Mapping[str, Any]) -> Part:
    slides = table.get("slides")
    minutes = table["minutes"] if slides is None else sum(slides.values())
    return Part(table["chapter"], minutes, slides)


def talk(name: str | None = None) -> Talk:
    """Return the talk of that name; by default tulipes, else the longest.

    Raises Problem (status 2) for a name that talks.toml doesn't have.
    """
    known = talks()
    if name is None:
        longest = max(known.values(), key=lambda talk: talk.minutes)
        return known.get("tulipes", longest)
    if name not in known:
        raise unknown("talk", name, known)
    return known[name]


def languages() -> list[str]:
    """Return the languages that have decks: names of folders in slides/."""
    return sorted({path.parent.name for path in SLIDES.glob("*/[0-9][0-9]-*.md")})


def decks(lang: str) -> dict[str, Path]:
    """Return the decks in a language by chapter, in the chapters' order."""
    found = sorted((SLIDES / lang).glob("[0-9][0-9]-*.md"))
    return {deck.chapter(path): path for path in found}


def unknown(kind: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem of a name that isn't one of those known."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return Problem(f"Unknown {kind} «{name}».{hint} Known: {_list(known)}.", 2)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
