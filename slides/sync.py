"""Write the decks' code from the demos that they name, their tables from the data.

The rest is written as JupyterLab would save it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from slides import changes, deck, form, options, solutions
from slides.deck import Cell, Deck
from slides.errors import Problem
from slides.files import replacing
from slides.paths import short
from slides.talks import Repertoire

STYLES = {"+": "green", "-": "red", "@": "cyan"}


def sync(what: Iterable[str] = (), *, check: bool = False) -> int:
    """Bring decks (all, if none is named) up to their sources, or show what differs.

    A deck is named by its file or its chapter. Returns the exit code. Raises Problem
    for a name and for an address that lead nowhere, and for an unknown option. A deck
    is written whole or not at all.
    """
    console = Console(soft_wrap=True, highlight=False)
    changed = 0
    repertoire = Repertoire()
    named = [path for name in what for path in repertoire.found(name)]
    for path in named or repertoire.all_paths():
        before = deck.read_text(path)
        source = deck.parse(path, before)
        _refuse_stray(source.cells)
        after = _from_sources(source)
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
    """Return a deck's text in its form, each addressed cell with its demo's code.

    The same for the tables of what changed. Raises Problem, with file, cell and line,
    for a bad address, and for what JupyterLab would not keep.
    """
    return _from_sources(deck.parse(path, text))


def _refuse_stray(cells: Iterable[Cell]) -> None:
    """Raise Problem for an option that nobody reads: a mistyped `demo`."""
    for cell in cells:
        for fault in options.stray(cell.node.metadata, code=cell.is_code):
            raise Problem(f"{cell.place}: {fault}")


def _from_sources(source: Deck) -> str:
    for cell in source.cells:
        if cell.shows_changes:
            cell.node.source = _with_tables(cell)
        if cell.is_code and cell.demo is not None:
            try:
                cell.node.source = solutions.start(cell)
            except Problem as problem:
                raise Problem(f"{cell.place}: {problem}") from None
    return form.formed(source)


def _with_tables(cell: Cell) -> str:
    """Return a cell's prose with today's tables in the place of its own."""
    lines = cell.source.splitlines()
    start, stop = changes.place(lines)
    tables = changes.tables(cell.lang).splitlines()
    if start == stop:  # none yet
        tables.insert(0, "")
    return "\n".join([*lines[:start], *tables, *lines[stop:]])
