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
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from cheatsheet.entries import HERE, LANGS
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
from slides.check import french
from slides.errors import Problem
from slides.paths import SLIDES

CELLS = HERE / "cells.md"

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
for plugin in (
    colon_fence_plugin,
    deflist_plugin,
    dollarmath_plugin,
    footnote_plugin,
    myst_block_plugin,
    myst_role_plugin,
    tasklists_plugin,
):
    # The sheet sets none of these; but unknown, they would be printed as they stand.
    MARKDOWN.use(plugin)

HEADING = "h3"
"""What the heading of a box is in Markdown: ###."""


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
            lang = cell.lang
            if not box:
                raise Problem(f'{cell.place}: no "box" in its metadata.')
            if lang not in LANGS:
                known = ", ".join(LANGS)
                raise Problem(f'{cell.place}: "lang" is one of {known}, not {lang}.')
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
    if first.tag != HEADING:
        raise Problem(f"{_place(cell, first)}: a box's heading is ###, no other.")
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
        if node.attrs.get("start", 1) != 1:
            raise Problem(f"{_place(cell, node)}: a numbered list starts at 1.")
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
    if len(rows) == 1:
        raise Problem(f"{_place(cell, node)}: a table has a row below its head.")
    return Table(rows[0], tuple(rows[1:]))


def _inline(cell: deck.Cell, node: SyntaxTreeNode) -> tuple[Inline, ...]:
    return tuple(_words(cell, node.children))


def _words(cell: deck.Cell, nodes: Sequence[SyntaxTreeNode]) -> Iterator[Inline]:
    for node in nodes:
        if node.type == "text" and not node.content:
            continue
        if node.type == "text":
            if cell.lang == "fr":
                for fault in french(node.content):
                    raise Problem(f"{_place(cell, node)}: {fault}")
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
            yield _link(cell, node)
        else:
            raise _unknown(cell, node)


def _link(cell: deck.Cell, node: SyntaxTreeNode) -> Link:
    url = str(node.attrs["href"])
    if not url.startswith("https://"):
        raise Problem(f"{_place(cell, node)}: a link starts with https://, not {url}.")
    return Link(url, tuple(_words(cell, node.children)))


def _unknown(cell: deck.Cell, node: SyntaxTreeNode) -> Problem:
    return Problem(f"{_place(cell, node)}: the sheet cannot set a {node.type}.")


def _place(cell: deck.Cell, node: SyntaxTreeNode | None) -> str:
    """Name the deck, the cell and the line of a node: its own, or its block's."""
    while node is not None and node.map is None:
        node = node.parent
    line = node.map[0] + 1 if node is not None and node.map else 1
    return f"{cell.place}, line {line}"
