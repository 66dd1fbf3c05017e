"""What changed in asyncio, release by release: what changes.toml says, as tables.

The file is data for all: deck 3's notes show it, the sheet's badges may, the tests
run each row on every Python that they find.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slides.errors import Problem
from slides.paths import SLIDES, short

CHANGES = SLIDES / "changes.toml"

Version = tuple[int, ...]
"""A release: (3, 14), or (3, 10, 10)."""

Words = str | Mapping[str, str]
"""Markdown, the same in all languages, or one text a language."""

OK = "ok"
"""How what raises nothing and warns of nothing ends."""

LEAVES = {
    "fr": "| parti en | ce qui part, ou doit partir |",
    "en": "| gone in | what leaves |",
}
CAME = {"fr": "| Python | ce qui arrive |", "en": "| Python | what comes |"}
REFUSED = {"fr": "\u00a0: `{}`", "en": ": `{}`"}
PLANNED = {"fr": "prévu en {}", "en": "planned in {}"}
AVOIDED = {"fr": "à éviter depuis {}", "en": "advised against since {}"}
WARNED = {"fr": "avertissement depuis {}", "en": "warning since {}"}
SILENT = {"fr": "sans avertissement", "en": "no warning"}

SINCE = (3, 7)
"""The first release whose arrivals the second table tells of: `asyncio.run`'s."""


@dataclass(frozen=True)
class Change:
    """A row: what came or left, as documented, and as seen.

    `came`, `deprecated` and `removed` are documented; `seen` tells from which
    release on each of the programs in `code` ends how: `OK`, or the name of a
    warning or of an exception. `inside` says that they need a running loop.
    """

    name: Words
    came: Version
    code: tuple[str, ...]
    seen: Mapping[Version, str]
    source: str
    deprecated: Version | None = None
    removed: Version | None = None
    instead: Words = ""
    inside: bool = False

    def outcome(self, version: Version) -> str:
        """Return how the programs end on a Python."""
        return self.seen[max(first for first in self.seen if first <= version)]

    @property
    def warned(self) -> Version | None:
        """The release since which it has warned, whatever it did before."""
        since = None
        for first, outcome in self.seen.items():
            if not outcome.endswith("Warning"):
                since = since if outcome != OK else None
            elif since is None:
                since = first
        return since

    @property
    def refused(self) -> str:
        """The exception with which it ends since it left, or "" if it is there."""
        last = list(self.seen.values())[-1]
        return "" if last == OK or last.endswith("Warning") else last


def changes(path: Path = CHANGES) -> list[Change]:
    """Return all changes, in the file's order.

    Raises Problem for a file that is not TOML, or a row that is not what it should.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["changes"]
        return [_change(row) for row in rows]
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"{short(path)}: {error}") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Problem(f"{short(path)}: not what a change is made of: {error}") from None


def named() -> dict[str, Change]:
    """Return all changes by their English names; raises as `changes` does."""
    return {words(change.name, "en"): change for change in changes()}


def dotted(version: Version) -> str:
    """Return a release as one writes it: "3.14"."""
    return ".".join(map(str, version))


def tables(lang: str) -> str:
    """Return what left or leaves, and what came when: two tables, in Markdown.

    The newest is first, for that is asked; they are narrow, as the speaker view is.
    """
    known, line = changes(), "|---|---|"
    left = [LEAVES[lang], line, *_departures(known, lang)]
    return "\n".join([*left, "", CAME[lang], line, *_arrivals(known, lang)])


def words(text: Words, lang: str) -> str:
    """Return a text in a language."""
    return text if isinstance(text, str) else text[lang]


def place(lines: Sequence[str]) -> tuple[int, int]:
    """Return where the tables stand in a cell's lines: at its end, if nowhere yet."""
    rows = [number for number, line in enumerate(lines) if line.startswith("|")]
    return (rows[0], rows[-1] + 1) if rows else (len(lines), len(lines))


def _departures(known: list[Change], lang: str) -> Iterator[str]:
    left = [change for change in known if change.deprecated]
    left.sort(key=lambda each: each.removed or each.deprecated or (), reverse=True)
    for change in left:
        when = dotted(change.removed) if change.removed else ""
        what = words(change.name, lang)
        if change.refused:
            what += REFUSED[lang].format(change.refused)
        elif change.removed:
            when = PLANNED[lang].format(when)
        instead = words(change.instead, lang)
        yield f"| {when} | {what} ({_announced(change, lang)}) → {instead} |"


def _announced(change: Change, lang: str) -> str:
    """Say since when it is to be avoided, and since when Python says so."""
    assert change.deprecated
    avoided = AVOIDED[lang].format(dotted(change.deprecated))
    if change.warned is None:
        return f"{avoided}, {SILENT[lang]}"
    warned = WARNED[lang].format(dotted(change.warned))
    return warned if change.warned == change.deprecated else f"{avoided}, {warned}"


def _arrivals(known: list[Change], lang: str) -> Iterator[str]:
    versions = {change.came for change in known if change.came >= SINCE}
    for version in sorted(versions, reverse=True):
        came = [c for c in known if c.came == version and not c.deprecated]
        if came:
            names = ", ".join(words(change.name, lang) for change in came)
            yield f"| {dotted(version)} | {names} |"


def _change(row: Mapping[str, Any]) -> Change:
    made = dict(row)
    for name in "came", "deprecated", "removed":
        if name in made:
            made[name] = _version(made[name])
    made["code"] = tuple(made["code"])
    made["seen"] = {_version(first): how for first, how in made["seen"].items()}
    return Change(**made)


def _version(text: str) -> Version:
    return tuple(map(int, text.split(".")))
