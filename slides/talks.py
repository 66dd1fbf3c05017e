"""The talks: what talks.toml says, and which decks a talk is made of."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from slides.errors import Problem
from slides.paths import SLIDES, TALKS, short


@dataclass(frozen=True)
class Talk:
    """A talk as talks.toml gives it: `minutes` is the length of its slot."""

    name: str
    title: str
    lang: str
    minutes: int
    chapters: tuple[str, ...]

    def decks(self, lang: str | None = None) -> list[Path]:
        """Return the talk's decks, in order; `lang` defaults to the talk's own.

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
                tuple(table["chapters"]),
            )
            for name, table in tables.items()
        }
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"{short(path)}: {error}") from None
    except (KeyError, TypeError) as error:
        raise Problem(f"{short(path)}: a talk lacks {error}.") from None


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
    return sorted({deck.parent.name for deck in SLIDES.glob("*/[0-9][0-9]-*.md")})


def decks(lang: str) -> dict[str, Path]:
    """Return the decks in a language by chapter, in the chapters' order."""
    found = sorted((SLIDES / lang).glob("[0-9][0-9]-*.md"))
    return {deck.stem.partition("-")[2]: deck for deck in found}


def unknown(kind: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem of a name that isn't one of those known."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return Problem(f"Unknown {kind} «{name}».{hint} Known: {_list(known)}.", 2)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
