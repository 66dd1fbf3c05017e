"""One namespace for all cells, where each chapter finds its own names again.

Chapters that never met give one name to different things: `port`, `serve`. A
speaker who goes back runs a cell long after its chapter; the names that this
chapter bound then come back before it. All others stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from slides.names import names


class Namespaces:
    """The names that the cells share, and those of them that each chapter bound.

    A cell's id is `chapter-number`; a cell without one is of the chapter before.
    """

    def __init__(self, shared: dict[str, Any]) -> None:
        self._shared = shared
        self._chapter = ""
        self._own: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._before: dict[str, int] = {}

    def enter(self, cell: str) -> None:
        """Put the names of the chapter back that the cell stands in."""
        chapter = cell.rpartition("-")[0] or self._chapter
        if chapter != self._chapter:
            self._chapter = chapter
            self._shared.update(self._own[chapter])
        self._before = {name: id(value) for name, value in self._shared.items()}

    def leave(self, source: str, *, failed: bool) -> None:
        """Note what the cell bound: a cell that failed, only what it changed."""
        own = self._own[self._chapter]
        said = set() if failed else names(source).bound
        for name, value in self._shared.items():
            if name.startswith("_"):
                continue  # IPython's
            if name in said or self._before.get(name) != id(value):
                own[name] = value
        for name in own.keys() - self._shared.keys():
            del own[name]
