"""The form of a deck: the one in which JupyterLab saves it.

A save there without an edit then changes nothing. The format is jupytext's:
https://jupytext.readthedocs.io/en/latest/formats-markdown.html
"""

from __future__ import annotations

import warnings

import jupytext
import nbformat
from jupytext.config import JupytextConfiguration
from nbformat import NotebookNode

from slides import deck
from slides.deck import Cell, Deck
from slides.errors import Problem

FORMAT = {"extension": ".md", "format_name": "myst"}

FILTER = (
    "-jupytext.text_representation.format_version",
    "-jupytext.text_representation.jupytext_version",
    "-jupytext.notebook_metadata_filter",
)
"""What a deck's header does not say: a newer jupytext would change it."""

SETTINGS = JupytextConfiguration(notebook_metadata_filter=",".join(FILTER))


def formed(source: Deck) -> str:
    """Return a deck's text in its form, with the line ends that it has.

    Raises Problem, with file, line and cell, for what JupyterLab would not keep.
    """
    notebook = jupytext.reads(source.text, FORMAT, config=SETTINGS)
    nodes = [_trimmed(cell) for cell in source.cells]
    notebook.cells[-len(nodes) :] = nodes  # a cell before them is of the header
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it drops an option: see below
        text = str(jupytext.writes(notebook, FORMAT, config=SETTINGS))
    kept = [cell.node for cell in deck.parse(source.path, text).cells]
    for number, (cell, node) in enumerate(zip(source.cells, nodes, strict=True)):
        if number >= len(kept) or _content(node) != _content(kept[number]):
            raise _lost(cell, kept[number : number + 1])
    return text.replace("\n", "\r\n") if "\r\n" in source.text else text


def _trimmed(cell: Cell) -> NotebookNode:
    """Return a cell without the empty lines around its code."""
    node: NotebookNode = nbformat.from_dict(dict(cell.node))
    node.source = node.source.strip("\n")
    return node


def _content(node: NotebookNode) -> tuple[str, str, NotebookNode]:
    return node.cell_type, node.source, node.metadata


def _lost(cell: Cell, kept: list[NotebookNode]) -> Problem:
    left = kept[0].metadata if kept else {}
    names = [
        name for name, value in cell.node.metadata.items() if left.get(name) != value
    ]
    what = ", ".join(map(repr, names)) or "this cell"
    return Problem(f"{cell.place}: JupyterLab would not keep {what}.")
