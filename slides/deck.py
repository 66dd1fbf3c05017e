"""Decks: MyST Markdown notebooks, read with the line each cell stands on.

The format is jupytext's: https://jupytext.readthedocs.io/en/latest/formats-markdown.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jupytext.myst import MystMetadataParsingError, myst_to_notebook
from nbformat import NotebookNode

from slides.errors import Problem
from slides.paths import short


@dataclass(frozen=True)
class Cell:
    """A cell of a deck; `line` is where it starts in the file, from 1."""

    deck: Path
    number: int
    line: int
    node: NotebookNode

    @property
    def source(self) -> str:
        """The cell's text."""
        return str(self.node.source)

    @property
    def is_code(self) -> bool:
        """Whether the cell runs."""
        return bool(self.node.cell_type == "code")

    @property
    def slide_type(self) -> str:
        """RISE's word for the cell: slide, subslide, fragment, notes, skip, or ""."""
        kind = self.node.metadata.get("slideshow", {}).get("slide_type", "")
        return "" if kind == "-" else str(kind)

    @property
    def demo(self) -> str | None:
        """The address of the lesson that the cell shows: "tasks/cancel.py:main"."""
        demo = self.node.metadata.get("demo")
        return None if demo is None else str(demo)

    @property
    def shows_changes(self) -> bool:
        """Whether it carries the tables of what changed in asyncio."""
        return bool(self.node.metadata.get("changes", False))

    @property
    def on_sheet(self) -> bool:
        """Whether it is words of the printed sheet, and on no slide."""
        return "cheatsheet" in self.node.metadata.get("tags", [])

    @property
    def lang(self) -> str:
        """The language of its words: its own, else its deck's, the folder's name."""
        return str(self.node.metadata.get("lang", self.deck.parent.name))

    @property
    def place(self) -> str:
        """File, line and cell, as a message shows them."""
        return f"{short(self.deck)}:{self.line}: cell {self.number}"


@dataclass(frozen=True)
class Slide:
    """The cells from one slide or subslide to the next."""

    cells: tuple[Cell, ...]

    @property
    def shown(self) -> list[Cell]:
        """What the audience sees: all but notes and skipped cells."""
        return [c for c in self.cells if c.slide_type not in {"notes", "skip"}]

    @property
    def notes(self) -> list[Cell]:
        """What the speaker says."""
        return [cell for cell in self.cells if cell.slide_type == "notes"]

    @property
    def id(self) -> str:
        """What talks.toml calls it: the first cell's `id` metadata, or ""."""
        return str(self.cells[0].node.metadata.get("id", ""))

    @property
    def place(self) -> str:
        """File, line and cell of its start."""
        return self.cells[0].place

    @property
    def chapter(self) -> str:
        """The chapter of the deck that it stands in."""
        return chapter(self.cells[0].deck)

    @property
    def title(self) -> str:
        """The slide's heading, or ""."""
        for cell in self.shown:
            for line in "" if cell.is_code else cell.source.splitlines():
                if line.startswith("#"):
                    return line.lstrip("#").strip()
        return ""


@dataclass(frozen=True)
class Deck:
    """A deck: its file, its chapter, its cells."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def chapter(self) -> str:
        """The chapter that it teaches."""
        return chapter(self.path)

    def slides(self) -> Iterator[Slide]:
        """Yield the slides in order."""
        cells: list[Cell] = []
        for cell in self.cells:
            if cell.on_sheet:
                continue
            if cell.slide_type in {"slide", "subslide"} and cells:
                yield Slide(tuple(cells))
                cells = []
            cells.append(cell)
        if cells:
            yield Slide(tuple(cells))


def chapter(path: Path) -> str:
    """Return a deck's chapter: what follows the number in the file's name."""
    return path.stem.partition("-")[2]


def read(path: Path) -> Deck:
    """Read a deck.

    Raises Problem, with file, cell and line, for one that cannot be read.
    """
    return parse(path, read_text(path))


def read_text(path: Path) -> str:
    """Return a deck's text, with its line ends as they are; raises as `read` does."""
    try:
        raw = path.read_bytes()
        return raw.decode()
    except OSError as error:
        raise Problem(f"{short(path)}: {error.strerror}.", 2) from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Problem(f"{short(path)}:{line}: not UTF-8.") from None


def parse(path: Path, text: str) -> Deck:
    """Return the deck that stands in `path` with this text; raises as `read` does."""
    try:
        notebook = myst_to_notebook(text, add_source_map=True)
    except MystMetadataParsingError as error:
        reason = " ".join(str(error).split())
        raise Problem(f"{short(path)}: {reason}") from None
    lines = notebook.metadata.pop("source_map")
    cells = tuple(
        Cell(path, number, line + 1, node)
        for number, (line, node) in enumerate(
            zip(lines, notebook.cells, strict=True), start=1
        )
    )
    if not cells:
        raise Problem(f"{short(path)}: an empty deck.")
    return Deck(path, cells)
