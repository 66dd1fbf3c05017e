"""What a box is made of: the nodes of the tree that sheet.typ and web.py set.

Each becomes a JSON object whose `kind` is the node's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec


class Node(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """A node; its class's name, in lower case, is its kind."""


# Words.


class Text(Node, frozen=True):
    """Plain words."""

    text: str


class Code(Node, frozen=True):
    """Code in a line of prose."""

    text: str


class Badge(Node, frozen=True):
    """A release of Python, such as 3.13, beside what it brought."""

    text: str


class Break(Node, frozen=True):
    """The end of a line."""


class Strong(Node, frozen=True):
    """Important words."""

    nodes: tuple[Inline, ...]


class Em(Node, frozen=True):
    """Words in italics."""

    nodes: tuple[Inline, ...]


class Link(Node, frozen=True):
    """Words that lead somewhere."""

    url: str
    nodes: tuple[Inline, ...]


Inline = Text | Code | Badge | Break | Strong | Em | Link

# Blocks.

RunKind = Literal["plain", "keyword", "wait"]
"""`wait` is `await`, and the `async` of `async for` and `async with`, with those."""


class Run(msgspec.Struct, frozen=True):
    """Characters of a line of code that look alike."""

    kind: RunKind
    text: str


class Line(msgspec.Struct, frozen=True):
    """A line of code, and the release that it needs if not every one has it."""

    text: str
    runs: tuple[Run, ...]
    badge: str | None = None


class Listing(Node, frozen=True):
    """Lines of code, from `demo`: "tasks/group.py"."""

    demo: str
    lines: tuple[Line, ...]


class Paragraph(Node, frozen=True):
    """A paragraph."""

    nodes: tuple[Inline, ...]


class Items(Node, frozen=True):
    """A list, numbered or not, of items that are a paragraph each."""

    ordered: bool
    items: tuple[tuple[Inline, ...], ...]


Cell = tuple[Inline, ...]


class Table(Node, frozen=True):
    """A table: the cells of its head, and those of each row."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Output(Node, frozen=True):
    """What a program prints, and the Pythons on which it does: "3.11 – 3.13"."""

    pythons: str
    lines: tuple[str, ...]


class Figure(Node, frozen=True):
    """A picture, as SVG, and its text for who does not see it."""

    svg: str
    alt: str


class Address(Node, frozen=True):
    """The QR code of the kit's address, `size` mm wide, beside the box's last prose."""

    svg: str
    alt: str
    size: float
    paragraphs: tuple[tuple[Inline, ...], ...]


Block = Listing | Paragraph | Items | Table | Output | Figure | Address


class BoxNode(msgspec.Struct, frozen=True):
    """A box: `tag` is its letter and number, `script` the demo that it shows most of.

    `more` counts the others; `ran` says which Pythons ran its code, `ran_words` too.
    """

    id: str
    tag: str
    family: str
    heading: tuple[Inline, ...]
    doc: str
    script: str | None
    script_url: str | None
    more: int
    ran: tuple[bool, ...] | None
    ran_words: str
    blocks: tuple[Block, ...]
    span: float = 1


class PageNode(msgspec.Struct, frozen=True):
    """A page: boxes by columns, and at its foot."""

    title: str
    columns: tuple[tuple[BoxNode, ...], ...]
    foot: tuple[BoxNode, ...]


class FamilyNode(msgspec.Struct, frozen=True):
    """A family's name and colour."""

    name: str
    colour: str


class Tree(msgspec.Struct, frozen=True):
    """The sheet in one language; a line of code has `widest` characters at most."""

    lang: str
    name: str
    title: str
    description: str
    author: str
    keywords: tuple[str, ...]
    updated: tuple[int, int, int]
    running: tuple[Inline, ...]
    widest: int
    address: str
    url: str
    families: dict[str, FamilyNode]
    pages: tuple[PageNode, ...]

    def boxes(self) -> Iterator[BoxNode]:
        """Yield all boxes, by pages and columns."""
        for page in self.pages:
            for column in page.columns:
                yield from column
            yield from page.foot
