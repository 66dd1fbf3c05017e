"""Decks: MyST Markdown notebooks, read with the line each cell stands on.

The format is jupytext's: https://jupytext.readthedocs.io/en/latest/formats-markdown.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import nbformat
from jupytext.myst import get_parser, myst_to_notebook
from nbformat import NotebookNode

from slides import options
from slides.errors import Problem
from slides.paths import short

OPENING = re.compile(r"(`{3,}|~{3,})\{(code|raw)-cell\}")
"""The line before a cell of code."""

STRANGE = re.compile("[\0\v\f\x1c-\x1e\x85\u2028\u2029]|\r(?!\n)")
"""What ends a line for one part of jupytext and not for another, or is replaced."""


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
    def start(self) -> str | None:
        """The address of the code that a cell of live coding starts with."""
        start = self.node.metadata.get("from")
        return None if start is None else str(start)

    @property
    def beside(self) -> str | None:
        """The caption of a cell of code that stands beside others, in columns."""
        beside = self.node.metadata.get("beside")
        return None if beside is None else str(beside)

    @property
    def lines(self) -> str | None:
        """The pattern of the lines that a fragment points at, in the cell `demo`."""
        lines = self.node.metadata.get("lines")
        return None if lines is None else str(lines)

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
    def lang(self) -> str:
        """The language of its deck, the folder's name."""
        return self.cells[0].deck.parent.name

    @property
    def title(self) -> str:
        """The slide's heading, or ""."""
        return self._heading.lstrip("#").strip()

    @property
    def rank(self) -> int:
        """The rank of its heading: 1 for a dark slide, 0 if it has none."""
        return len(self._heading) - len(self._heading.lstrip("#"))

    @property
    def is_end(self) -> bool:
        """Whether it is the talk's last word, with the kit's address."""
        return bool(self.cells[0].node.metadata.get("end", False))

    @property
    def file(self) -> str:
        """The file of the kit whose address it shows, from the root, or ""."""
        return str(self.cells[0].node.metadata.get("file", ""))

    @property
    def _heading(self) -> str:
        prose = [cell for cell in self.shown if not cell.is_code]
        lines = (line for cell in prose for line in cell.source.splitlines())
        return next((line for line in lines if line.startswith("#")), "")


@dataclass(frozen=True)
class Deck:
    """A deck: its file and its text, its chapter, its cells."""

    path: Path
    text: str
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
    if strange := STRANGE.search(text):
        line = text[: strange.start()].count("\n") + 1
        raise Problem(f"{short(path)}:{line}: no text holds {strange.group()!r}.")
    lines = text.splitlines()
    if fault := _unclosed(text, lines):
        raise Problem(f"{short(path)}:{fault}")
    try:
        notebook = myst_to_notebook(text, add_source_map=True)
    except Exception as error:  # its own, YAML's, nbformat's
        raise _unread(path, lines, error) from None
    starts = notebook.metadata.pop("source_map")
    cells = tuple(
        Cell(path, number, start + 1, node)
        for number, (start, node) in enumerate(
            zip(starts, notebook.cells, strict=True), start=1
        )
    )
    if not cells:
        raise Problem(f"{short(path)}: an empty deck.")
    for cell in cells:
        try:
            cell.node.metadata = nbformat.from_dict(_options(cell, lines))
        except ValueError as error:
            raise Problem(f"{cell.place}: options: {error}") from None
    return Deck(path, text, cells)


def _unclosed(text: str, lines: Sequence[str]) -> str:
    """Say which fence takes in what follows its cell, from its line on: "" if none."""
    for token in get_parser().parse(text + "\n"):
        if token.type != "fence" or token.level or not token.map:
            continue
        start, end = token.map
        inside = lines[start + 1 : end]
        last = inside[-1].strip() if inside else ""
        closed = last.startswith(token.markup) and len({*last}) == 1
        opened = any(
            found[1].startswith(token.markup)
            for found in map(OPENING.match, inside)
            if found
        )
        if opened or not closed:
            return f"{start + 1}: an open fence: end its cell with {token.markup}."
    return ""


def _options(cell: Cell, lines: Sequence[str]) -> options.Options:
    """Return a cell's options as they are typed; raises ValueError."""
    if cell.node.cell_type != "markdown":
        return options.of_code(_block(lines, cell.line - 1))
    if not cell.node.metadata:
        return {}
    marker = lines[cell.line - 2]
    return options.of_prose(marker[marker.index("{") :])


def _block(lines: Sequence[str], start: int) -> str:
    """Return the options above the code of the cell whose first line is `start`."""
    rest = lines[start:]
    if rest and rest[0].startswith("---"):
        ends = ("---", "```", "~~~")
        return "\n".join(takewhile(lambda line: not line.startswith(ends), rest[1:]))
    typed = takewhile(lambda line: line.lstrip().startswith(":"), rest)
    return "\n".join(line.lstrip()[1:] for line in typed)


def _unread(path: Path, lines: Sequence[str], error: Exception) -> Problem:
    """Say why jupytext cannot read a deck: of options, it may not say where."""
    for line, opening in enumerate(lines, start=2):
        fault = OPENING.match(opening) and options.fault(_block(lines, line - 1))
        if fault:
            return Problem(f"{short(path)}:{line}: options: {fault}")
    return Problem(f"{short(path)}: {' '.join(str(error).split())}")
