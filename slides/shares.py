"""A deck in several notebooks that run beside each other, each with a share of it.

A cell that runs goes with those whose names it needs, or that need its own; what is
silent, imports and definitions, is in each share, in the deck's order.
"""

from __future__ import annotations

import ast
from contextlib import suppress

import nbformat
from nbformat import NotebookNode

from slides.announced import runs
from slides.names import names, parsed
from slides.solutions import solve

WORTH = 4
"""Groups of cells that take longer than a kernel's start."""


def shares(notebook: NotebookNode, count: int) -> list[NotebookNode]:
    """Return at most `count` notebooks; what a cell does is done in one of them."""
    cells = [_solved(cell) for cell in notebook.cells if cell.cell_type == "code"]
    groups = _groups(cells)
    room = max(1, min(count, len(groups) // WORTH))
    given: list[set[int]] = [set() for _ in range(room)]
    for group in sorted(groups, key=len, reverse=True):
        min(given, key=len).update(group)
    made = []
    for share in given:
        copy = nbformat.from_dict({**notebook, "cells": []})
        for number, cell in enumerate(cells):
            source = cell.source if number in share else _silent(cell.source)
            copy.cells.append(nbformat.from_dict({**cell, "source": source}))
        made.append(copy)
    return made


def _solved(cell: NotebookNode) -> NotebookNode:
    copy: NotebookNode = nbformat.from_dict(dict(cell))
    solve(copy)
    return copy


def _groups(cells: list[NotebookNode]) -> list[set[int]]:
    """Return the numbers of the cells that run, those together that share a name."""
    needs: dict[str, set[str]] = {}
    shared: set[str] = set()
    for cell in cells:
        found = names(cell.source)
        for name in found.bound:
            needs.setdefault(name, set()).update(found.now | found.later)
        shared |= found.bound - _imported_or_defined(cell.source)
    groups: list[tuple[set[int], set[str]]] = []
    for number, cell in enumerate(cells):
        if not runs(cell.source):
            continue
        found = names(cell.source)
        touched = _closure(found.bound | found.now | found.later, needs) & shared
        joined = {number}
        for group in [each for each in groups if each[1] & touched]:
            groups.remove(group)
            joined |= group[0]
            touched |= group[1]
        groups.append((joined, touched))
    return [numbers for numbers, _ in groups]


def _closure(found: set[str], needs: dict[str, set[str]]) -> set[str]:
    """Return names, and all that what they are bound to needs."""
    known: set[str] = set()
    while found:
        known |= found
        found = set().union(*(needs.get(name, set()) for name in found)) - known
    return known


def _imported_or_defined(source: str) -> set[str]:
    """Return the names that are the same in each share."""
    return names(_silent(source, assignments=False)).bound


def _silent(source: str, *, assignments: bool = True) -> str:
    """Return what of a cell is in each share: all of it, if it does nothing.

    Of a cell that runs, its imports. Constants may be left out.
    """
    quiet: tuple[type[ast.stmt], ...] = (ast.Import, ast.ImportFrom)
    if not runs(source):
        if assignments:
            return source
        quiet += (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    with suppress(SyntaxError):
        body = parsed(source).body
        kept = [node for node in body if isinstance(node, quiet)]
        return "\n".join(map(ast.unparse, kept))
    return ""
