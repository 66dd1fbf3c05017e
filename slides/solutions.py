"""Cells of live coding: they start as an earlier stage has it; a key solves them.

Such a cell has the address of its stage's code, the solution, in the option `demo`, and
that of the code which it starts from in the option `from`.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from nbformat import NotebookNode

from slides import beside, lessons
from slides.deck import Cell

ROOM = 9
"""Lines of code that fit on a slide, struck ones among them."""


def start(cell: Cell) -> str:
    """Return the code of a cell with an address, as the deck shows it first.

    Raises Problem for an address that leads nowhere.
    """
    return lessons.code(cell.start or cell.demo or "")


def facts(cell: Cell) -> dict[str, Any]:
    """Return what the page must know of a cell's solution; nothing, if it has none.

    `from` and `code` are what the cell starts with and the solution, `differs` has
    marks in it, and `gone`, by the line that they would come before, the lines that are
    left out, if there is room. Raises Problem for an address that leads nowhere.
    """
    if cell.start is None or cell.demo is None:
        return {}
    before, after = cell.source, lessons.code(cell.demo)
    _, marks = beside.marks([before, after])
    marks = marks or _new_lines(before, after)
    struck = gone(before, after)
    if len(after.split("\n")) + sum(map(len, struck.values())) > ROOM:
        struck = {}
    solution = {
        "from": before,
        "code": after,
        "differs": [list(mark) for mark in marks],
        "gone": struck,
    }
    return {"solution": solution}


def _new_lines(before: str, after: str) -> list[beside.Mark]:
    """Return marks of whole lines that are new: two versions may hardly agree."""
    old = {line.strip() for line in before.split("\n")}
    return [
        (number, len(line) - len(line.lstrip()), len(line))
        for number, line in enumerate(after.split("\n"))
        if line.strip() not in old
    ]


def gone(before: str, after: str) -> dict[str, list[str]]:
    """Return the lines of one version that another has not, or has changed.

    By the line of the other, from 0, that they would come before. A line is not gone
    whose words are still there, but for an `await`, in one line: it moved, or grew.
    """
    old, new = before.split("\n"), after.split("\n")
    same = SequenceMatcher(None, old, new, autojunk=False)
    found = {}
    for kind, i, j, at, to in same.get_opcodes():
        lines = [
            line
            for line in old[i:j]
            if line.strip() and not any(_is_in(line, other) for other in new[at:to])
        ]
        if kind != "equal" and lines:
            found[str(at)] = lines
    return found


def _is_in(line: str, other: str) -> bool:
    """Tell whether the words of a line are in another, in their order."""
    words = iter(beside.WORD.findall(other))
    return all(
        word in words
        for word in beside.WORD.findall(line)
        if word.strip() and word != "await"
    )


def unsolved(cells: list[NotebookNode]) -> bool:
    """Take back solutions of cells that nobody else touched; tell whether there were.

    A rehearsal solves them, by F7 or F8: the next show starts live again.
    """
    found = False
    for cell in cells:
        solution = _known(cell)
        typed = cell.metadata.get("typed", solution.get("from"))
        if solution and typed == solution["from"] and cell.source == solution["code"]:
            cell.source, cell.outputs, cell.execution_count = typed, [], None
            cell.metadata.pop("typed", None)
            found = True
    return found


def solve(node: NotebookNode) -> None:
    """Give a cell of the stage's notebook its solution, if it has one."""
    if solution := _known(node):
        node.source = solution["code"]


def _known(node: NotebookNode) -> dict[str, Any]:
    """Return the solution that `facts` told of, in a cell of a notebook."""
    known: dict[str, Any] = node.metadata.get("tulipes", {}).get("solution", {})
    return known
