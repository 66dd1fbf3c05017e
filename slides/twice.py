"""A name that a deck binds to two things: each slide that uses it says which."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import suppress

from slides.deck import Cell, Deck
from slides.names import Names, names, parsed

Owners = dict[str, dict[str, Cell]]
"""Names, the things that each is bound to, and the first cell that binds it so."""


def faults(source: Deck) -> Iterator[str]:
    """Find slides that use a name of two things and don't say which of the two.

    A speaker may go back: a slide then runs what was bound last, unless it binds the
    name itself, by the lesson that it shows, an import, an assignment. One that only
    shows lessons runs nothing of them yet.
    """
    owners: Owners = {}
    for cell in source.cells:
        for name, owner in _owned(cell):
            owners.setdefault(name, {}).setdefault(owner, cell)
    twice = {name for name, things in owners.items() if len(things) > 1}
    for slide in source.slides():
        said: set[str] = set()
        later: set[str] = set()
        for cell in slide.shown:
            found = names(cell.source) if cell.is_code else Names()
            said |= found.bound
            yield from _unsaid(cell.place, twice & found.now - said, owners)
            later |= found.later
        if any(cell.is_code and cell.demo is None for cell in slide.shown):
            yield from _unsaid(slide.place, twice & later - said, owners)


def _owned(cell: Cell) -> Iterator[tuple[str, str]]:
    """Yield the names that a cell binds, and whose each is: a file's, or a line's."""
    if not cell.is_code:
        return
    file, _, shown = (cell.demo or "").partition(":")
    if file:
        yield from ((name.rpartition(".")[2], file) for name in shown.split(","))
        return
    owners = dict.fromkeys(names(cell.source).bound, _where(cell))
    with suppress(SyntaxError):  # told of elsewhere
        for node in parsed(cell.source).body:
            if isinstance(node, ast.ImportFrom):
                for each in node.names:
                    owners[each.asname or each.name] = _home(
                        f"{node.module}", each.name
                    )
            elif isinstance(node, ast.Import):
                owners |= {each.asname or each.name: each.name for each in node.names}
    yield from owners.items()


def _home(module: str, name: str) -> str:
    """Return whose a name is that a module has: a demo's file, or a module's."""
    if not module.startswith("demos."):
        return module
    if name in sys.stdlib_module_names:
        return name  # the demo imports it
    return module.removeprefix("demos.").replace(".", "/") + ".py"


def _where(cell: Cell) -> str:
    return f"cell {cell.number}, line {cell.line}"


def _unsaid(place: str, found: set[str], owners: Owners) -> Iterator[str]:
    for name in sorted(found):
        them = " and ".join(
            owner if owner == _where(cell) else f"{owner} ({_where(cell)})"
            for owner, cell in sorted(owners[name].items(), key=lambda each: each[0])
        )
        yield (
            f"{place}: which {name}? {them} bind it: import here the one that is meant,"
            " or give one of them another name."
        )
