"""The sheets as they are printed, and what they were made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cheatsheet.nodes import Tree
from tests.cheatsheet.printed import Printed


@dataclass(frozen=True)
class Built:
    """What the command wrote, its exit code, and what it said."""

    folder: Path
    code: int
    said: str


@dataclass(frozen=True)
class Sheet:
    """A sheet on a paper, and the tree that it was made of."""

    printed: Printed
    tree: Tree
    paper: str
