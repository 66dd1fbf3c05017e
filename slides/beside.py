"""Two versions side by side: which words differ, and where one has fewer lines.

A code cell stands beside the one before it if both have the option `beside`, their
caption.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from slides.deck import Cell

WORD = re.compile(r"\w+|\s|[^\w\s]")

ALIKE = 0.5
"""The share of letters from which on two lines are one, changed."""

SAME = 0.5
"""The share of words from which on two versions are two spellings of one program."""

Mark = tuple[int, int, int]
"""A line, from 0, and the columns where what differs starts and ends."""


def columns(cells: Iterable[Cell]) -> list[list[Cell]]:
    """Return the groups of cells that stand side by side, each of two or more."""
    groups: list[list[Cell]] = [[]]
    for cell in cells:
        if cell.beside is None:
            groups.append([])
        else:
            groups[-1].append(cell)
    return [group for group in groups if len(group) > 1]


def facts(cells: Iterable[Cell]) -> dict[int, dict[str, Any]]:
    """Return what the page must know of a slide's columns, by the cells' numbers.

    `differs` has marks; `gaps`, of two versions, the empty lines by the line.
    """
    found: dict[int, dict[str, Any]] = {}
    for group in columns(cells):
        sources = [cell.source for cell in group]
        for cell, differs in zip(group, marks(sources), strict=True):
            found[cell.number] = {"differs": [list(mark) for mark in differs]}
        if len(group) == 2:
            for cell, each in zip(group, gaps(*sources), strict=True):
                found[cell.number]["gaps"] = {str(at): n for at, n in each.items()}
    return found


def marks(versions: Sequence[str]) -> list[list[Mark]]:
    """Return of each version what differs from those beside it, in order.

    Where hardly a word is the same, nothing is marked: all of it differs.
    """
    found: list[set[Mark]] = [set() for _ in versions]
    for number, (left, right) in enumerate(pairwise(versions)):
        if _is_other(left, right):
            continue
        for kind, ours, theirs in _compared(left, right):
            if kind != "equal":
                found[number].update(word.place for word in ours if word.text.strip())
                found[number + 1].update(w.place for w in theirs if w.text.strip())
    return [
        list(_joined(sorted(each), text.split("\n")))
        for each, text in zip(found, versions, strict=True)
    ]


def gaps(left: str, right: str) -> tuple[dict[int, int], dict[int, int]]:
    """Return where each of two versions needs empty lines to stand level.

    By the line, from 0, that they come before: how many. Lines are level that have
    words in common, and most of their letters.
    """
    lines = left.split("\n"), right.split("\n")
    found: tuple[dict[int, int], dict[int, int]] = ({}, {})
    if _is_other(left, right):
        return found
    for kind, ours, theirs in _compared(left, right):
        if kind != "equal":
            continue
        for one, other in zip(ours, theirs, strict=True):
            at, there = one.place[0], other.place[0]
            if not one.text.strip() or not _alike(lines[0][at], lines[1][there]):
                continue
            ahead = at + _before(found[0], at) - there - _before(found[1], there)
            if ahead > 0:
                found[1][there] = found[1].get(there, 0) + ahead
            elif ahead < 0:
                found[0][at] = found[0].get(at, 0) - ahead
    return found


@dataclass(frozen=True)
class _Word:
    text: str
    place: Mark


def _words(text: str) -> list[_Word]:
    return [
        _Word(word.group(), (number, *word.span()))
        for number, line in enumerate(text.split("\n"))
        for word in WORD.finditer(line)
    ]


def _compared(
    left: str, right: str
) -> Iterator[tuple[str, Sequence[_Word], Sequence[_Word]]]:
    """Yield the steps from one version to the other, as `difflib` names them."""
    ours, theirs = _words(left), _words(right)
    same = SequenceMatcher(
        None, [w.text for w in ours], [w.text for w in theirs], autojunk=False
    )
    for kind, i, j, k, m in same.get_opcodes():
        yield kind, ours[i:j], theirs[k:m]


def _joined(marks: Iterable[Mark], lines: Sequence[str]) -> Iterator[Mark]:
    """Yield marks with those made one that only spaces part."""
    last: Mark | None = None
    for line, start, end in marks:
        if last and last[0] == line and not lines[line][last[2] : start].strip():
            last = line, last[1], end
            continue
        if last:
            yield last
        last = line, start, end
    if last:
        yield last


def _is_other(left: str, right: str) -> bool:
    """Tell whether it is another program, and no other spelling of the same."""
    same = SequenceMatcher(None, left.split(), right.split(), autojunk=False)
    return same.ratio() < SAME


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.strip(), other.strip()).ratio() > ALIKE


def _before(gaps: dict[int, int], line: int) -> int:
    """Return how many empty lines come before a line, those at it among them."""
    return sum(count for at, count in gaps.items() if at <= line)
