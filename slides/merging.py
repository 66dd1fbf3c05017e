"""One notebook open in several windows: what each changed comes together, by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Cell = dict[str, Any]
"""A cell of a notebook, as JSON: its id, its source, its outputs…"""


@dataclass(frozen=True)
class Change:
    """What a window changed in a cell since it last loaded or saved it.

    `parts` are the changed keys of `cell`; `after` is the id of the cell before it,
    if any; `known` are the sources that the window loaded or tried to save.
    """

    cell: Cell
    parts: Sequence[str]
    after: str | None
    known: Sequence[str]

    @property
    def id(self) -> str:
        """The id of the cell."""
        return str(self.cell["id"])

    def onto(self, kept: Cell) -> Cell:
        """Return what to change in the cell on the disk.

        What a window printed of an older source does not go under a newer one.
        """
        parts = set(self.parts)
        if "source" not in parts and kept["source"] != self.cell["source"]:
            parts -= {"outputs", "execution_count"}
        return {key: self.cell[key] for key in parts}

    def clashes(self, kept: Sequence[Cell]) -> bool:
        """Tell whether another window, too, changed the source."""
        mine = {*self.known, self.cell["source"]} if "source" in self.parts else None
        return mine is not None and any(
            cell["id"] == self.id and cell["source"] not in mine for cell in kept
        )


def merged(kept: Sequence[Cell], changes: Sequence[Change]) -> list[Cell]:
    """Return the cells `kept` on the disk with the changes in them.

    A cell that is not there comes after the one that it came after, or at the end.
    """
    cells = list(kept)
    for change in changes:
        ids = [cell["id"] for cell in cells]
        if change.id in ids:
            place = ids.index(change.id)
            cells[place] = cells[place] | change.onto(cells[place])
        else:
            place = ids.index(change.after) + 1 if change.after in ids else len(cells)
            cells.insert(place, change.cell)
    return cells


def settled(
    kept: Sequence[Cell], changes: Sequence[Change], late: bool
) -> tuple[list[Cell], list[Cell] | None]:
    """Return the cells to keep from now on, and those to put aside, if any.

    Where two windows changed a source, that of `changes` is kept, as it comes later;
    if they come `late`, it is put aside.
    """
    clashes = [change for change in changes if change.clashes(kept)]
    both = merged(kept, changes)
    if not clashes:
        return both, None
    if not late:
        return both, list(kept)
    return merged(kept, [each for each in changes if each not in clashes]), both
