"""PDFs with a fault in them, and trees that a PDF was not made of."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from msgspec.structs import replace

from cheatsheet import entries, prose
from cheatsheet.nodes import Block, BoxNode, PageNode, Text, Tree
from cheatsheet.pdf import FONTS, pdf
from cheatsheet.tree import Maker
from tests.cheatsheet.printed import Printed
from tests.cheatsheet.small import cells, toml, write

HEAD = """
#set page(width: 297mm, height: 210mm, margin: 10mm)
#set text(font: "IBM Plex Sans", stretch: 75%, size: 8pt)
#show raw: set text(font: "Iosevka", size: 1em / 0.8)
"""


def typeset(*pages: str) -> Printed:
    """Return pages written in typst, with its own fonts beside ours."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    source = HEAD + "\n#pagebreak()\n".join(pages)
    made = typst.compile(source.encode(), format="pdf", font_paths=fonts)
    assert isinstance(made, bytes)
    return Printed(made)


def framed(content: str, height: str = "40mm") -> str:
    """Return typst's words for a box as the sheet's are."""
    return f"block(width: 60mm, height: {height}, stroke: 1pt, inset: 2mm)[{content}]"


@functools.cache
def small_tree() -> Tree:
    """Return the small sheet, in French."""
    with TemporaryDirectory() as folder:
        sheet = entries.read(write(Path(folder), toml(), "sheet.toml"))
        words = prose.read([write(Path(folder), cells(), "d.md")])
    return Maker(sheet, "fr", words).tree()


@functools.cache
def small() -> Printed:
    """Return the small sheet, printed."""
    return Printed(pdf(small_tree(), "a4"))


def with_box(name: str, change: Callable[[BoxNode], BoxNode]) -> Tree:
    """Return the small sheet with another box."""

    def changed(boxes: tuple[BoxNode, ...]) -> tuple[BoxNode, ...]:
        return tuple(change(box) if box.id == name else box for box in boxes)

    pages = tuple(
        replace(
            page, columns=tuple(map(changed, page.columns)), foot=changed(page.foot)
        )
        for page in small_tree().pages
    )
    return replace(small_tree(), pages=pages)


def tree_of(*blocks: Block, columns: int = 1) -> Tree:
    """Return a page with a box in each column, all with some blocks."""
    box = BoxNode("box", "A1", "A", (Text("Box"),), "", None, None, 0, None, "", blocks)
    page = PageNode("page", columns * ((box,),), ())
    return replace(small_tree(), pages=(page,))


def edited(printed: Printed, old: str, new: str) -> Printed:
    """Return a sheet with other bytes, as many, in its file."""
    assert len(old) == len(new)
    assert old.encode() in printed.data
    return Printed(printed.data.replace(old.encode(), new.encode()))
