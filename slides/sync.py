"""Write the decks' code from the demos that they name, their tables from the data."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from slides import changes, deck, lessons
from slides.errors import Problem
from slides.files import replacing
from slides.paths import short
from slides.talks import Repertoire

STYLES = {"+": "green", "-": "red", "@": "cyan"}


def sync(*, check: bool = False, paths: Iterable[Path] | None = None) -> int:
    """Bring the decks up to their sources, or show what differs; return the exit code.

    Raises Problem for an address that leads nowhere. A deck is written whole or
    not at all.
    """
    console = Console(soft_wrap=True, highlight=False)
    changed = 0
    for path in Repertoire().all_paths() if paths is None else paths:
        before = deck.read_text(path)
        after = synced(path, before)
        if after == before:
            continue
        changed += 1
        if check:
            for line in difflib.unified_diff(
                before.splitlines(),
                after.splitlines(),
                f"{short(path)} (the deck)",
                f"{short(path)} (its sources)",
                lineterm="",
            ):
                console.print(Text(line, style=STYLES.get(line[0], "")))
        else:
            with replacing(path) as file:
                file.write(after)
            console.print(f"{short(path)}: written from its sources.")
    if check and changed:
        console.print("Decks differ from their sources: run `python -m slides sync`.")
        return 1
    if not changed:
        console.print("Every deck shows its sources as they are.")
    return 0


def synced(path: Path, text: str) -> str:
    """Return a deck's text with the code of each addressed cell from its demo.

    The same for the tables of what changed. Whatever they are, the rest of the text
    stays as it is, byte for byte. Raises Problem, with file, cell and line, for a bad
    address.
    """
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    for cell in reversed(deck.parse(path, text).cells):
        if cell.shows_changes:
            start, stop = _tables(lines, cell.line - 1)
            tables = changes.tables(cell.lang).splitlines()
            if start == stop:  # none yet
                tables.insert(0, "")
            lines[start:stop] = [line + end for line in tables]
        if cell.demo is None:
            continue
        try:
            code = lessons.code(cell.demo)
        except Problem as problem:
            raise Problem(f"{cell.place}: {problem}") from None
        start, stop = _body(lines, cell.line - 1)
        lines[start:stop] = [line + end for line in code.splitlines()]
    return "".join(lines)


def _tables(lines: list[str], start: int) -> tuple[int, int]:
    """Return where the tables stand of the prose that starts at line `start`."""
    stop = start
    while stop < len(lines) and not re.match(r"\+\+\+|```\{code-cell", lines[stop]):
        stop += 1
    while not lines[stop - 1].strip():
        stop -= 1
    first, last = changes.place(lines[start:stop])
    return start + first, start + last


def _body(lines: list[str], start: int) -> tuple[int, int]:
    """Return where the code of the cell stands whose first line is `start`."""
    fence = lines[start - 1]
    closing = fence[: len(fence) - len(fence.lstrip("`~"))]
    stop = start
    while not lines[stop].startswith(closing):
        stop += 1
    if lines[start].startswith("---"):
        start += 1
        while not lines[start].startswith("---"):
            start += 1
        start += 1
    else:
        while lines[start].startswith(":"):
            start += 1
    return start, stop
