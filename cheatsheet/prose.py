"""The sheet's prose: cells tagged `cheatsheet`, in Markdown, as nodes.

A box has a cell a language, in the deck of its chapter or, where there is none yet, in
cells.md. The cell's heading is the box's; a rule (`---`) stands for the next of the
parts that sheet.toml gives the box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from cheatsheet.entries import HERE
from cheatsheet.nodes import (
    Block,
    Break,
    Code,
    Em,
    Inline,
    Items,
    Link,
    Paragraph,
    Strong,
    Table,
    Text,
)
from slides import deck
from slides.errors import Problem
from slides.paths import SLIDES

CELLS = HERE / "cells.md"
MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Prose:
    """A box's words: its heading, and its blocks cut at each rule."""

    cell: deck.Cell
    heading: tuple[Inline, ...]
    sections: tuple[tuple[Block, ...], ...]


def decks() -> list[Path]:
    """Return the files in which the sheet's cells may stand."""
    return [*sorted(SLIDES.glob("*/[0-9]*-*.md")), CELLS]


def read(files: Sequence[Path] | None = None) -> dict[tuple[str, str], Prose]:
    """Return the prose of each box, by its id and language.

    Raises Problem for a cell that says not of which box it is, for two of the same,
    and for what the sheet cannot set: with deck, cell and line.
    """
    found: dict[tuple[str, str], Prose] = {}
    for file in decks() if files is None else files:
        for cell in deck.read(file).cells:
            if not cell.on_sheet:
                continue
            box = str(cell.node.metadata.get("box", ""))
            lang = str(cell.node.metadata.get("lang", cell.lang))
            if not box:
                raise Problem(f'{cell.place}: no "box" in its metadata.')
            if (box, lang) in found:
                other = found[box, lang].cell.place
                raise Problem(f"{cell.place}: box {box}, {lang} is at {other} already.")
            found[box, lang] = parse(cell)
    return found


def parse(cell: deck.Cell) -> Prose:
    """Return a cell's words as nodes; raises Problem as `read` does."""
    root = SyntaxTreeNode(MARKDOWN.parse(cell.source))
    if not root.children or root.children[0].type != "heading":
        raise Problem(f"{cell.place}: a box's cell starts with its heading.")
    first, *rest = root.children
    sections: list[list[Block]] = [[]]
    for node in rest:
        if node.type == "hr":
            sections.append([])
        else:
            sections[-1].append(_block(cell, node))
    return Prose(
        cell, _inline(cell, first.children[0]), tuple(tuple(each) for each in sections)
    )


def _block(cell: deck.Cell, node: SyntaxTreeNode) -> Block:
    if node.type == "paragraph":
        return Paragraph(_inline(cell, node.children[0]))
    if node.type in {"bullet_list", "ordered_list"}:
        items = tuple(_item(cell, item) for item in node.children)
        return Items(node.type == "ordered_list", items)
    if node.type == "table":
        return _table(cell, node)
    raise _unknown(cell, node)


def _item(cell: deck.Cell, item: SyntaxTreeNode) -> tuple[Inline, ...]:
    if [child.type for child in item.children] != ["paragraph"]:
        raise Problem(f"{_place(cell, item)}: an item is one paragraph.")
    return _inline(cell, item.children[0].children[0])


def _table(cell: deck.Cell, node: SyntaxTreeNode) -> Table:
    rows = [
        tuple(
            _inline(cell, td.children[0]) if td.children else () for td in tr.children
        )
        for part in node.children
        for tr in part.children
    ]
    return Table(rows[0], tuple(rows[1:]))


def _inline(cell: deck.Cell, node: SyntaxTreeNode) -> tuple[Inline, ...]:
    return tuple(_words(cell, node.children))


def _words(cell: deck.Cell, nodes: Sequence[SyntaxTreeNode]) -> Iterator[Inline]:
    for node in nodes:
        if node.type == "text" and not node.content:
            continue
        if node.type == "text":
            yield Text(node.content)
        elif node.type == "softbreak":
            yield Text(" ")
        elif node.type == "hardbreak":
            yield Break()
        elif node.type == "code_inline":
            yield Code(node.content)
        elif node.type == "strong":
            yield Strong(tuple(_words(cell, node.children)))
        elif node.type == "em":
            yield Em(tuple(_words(cell, node.children)))
        elif node.type == "link":
            yield Link(str(node.attrs["href"]), tuple(_words(cell, node.children)))
        else:
            raise _unknown(cell, node)


def _unknown(cell: deck.Cell, node: SyntaxTreeNode) -> Problem:
    return Problem(f"{_place(cell, node)}: the sheet cannot set a {node.type}.")


def _place(cell: deck.Cell, node: SyntaxTreeNode | None) -> str:
    """Name the deck, the cell and the line of a node: its own, or its block's."""
    while node is not None and node.map is None:
        node = node.parent
    line = node.map[0] + 1 if node is not None and node.map else 1
    return f"{cell.place}, line {line}"
