"""What a printed sheet says, held against the tree that it was made of.

Each check yields findings, a line each; of a sound sheet, none. A box is found by its
frame: the outermost strokes of a page, in the order of painting, are the boxes'.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from cheatsheet.nodes import BoxNode, Inline, Listing, PageNode, Tree
from tests.cheatsheet import marks
from tests.cheatsheet.marks import MM, Box, Page, lines
from tests.cheatsheet.printed import Printed

SMALLEST_CODE = 7.5
FLUSH = 0.5
"""Points by which the ends of columns may differ."""

MONO = "Iosevka"
LONELY = re.compile(
    r"(?<![\u00a0?!])[;?!»]"
    r"|(?<!\u00a0):(?=\s|$)"  # not the one of https://, or of 12:30
    r"|«(?!\u00a0)"
)
"""Signs of French without their non-breaking space."""

Check = Callable[[Printed, Tree], Iterator[str]]


@dataclass(frozen=True)
class Placed:
    """A box, where it stands, and the lines in it."""

    node: BoxNode
    page: int
    frame: Box
    lines: tuple[marks.Line, ...]

    def listings(self) -> Iterator[tuple[Listing, list[marks.Line]]]:
        """Yield each listing with its lines as printed: none if they are not there."""
        for block in self.node.blocks:
            if isinstance(block, Listing):
                yield block, _printed_lines(block, self.lines)


def _printed_lines(listing: Listing, given: Sequence[marks.Line]) -> list[marks.Line]:
    wanted = [line.text for line in listing.lines if line.text]
    for start in range(len(given) - len(wanted) + 1):
        run = list(given[start : start + len(wanted)])
        pairs = zip(run, wanted, strict=True)
        if all(line.text.startswith(text) for line, text in pairs):
            return run
    return []


def nodes(page: PageNode) -> list[BoxNode]:
    """Return a page's boxes, in reading order."""
    return [*(box for column in page.columns for box in column), *page.foot]


def frames(page: Page) -> list[Box]:
    """Return the boxes' frames, in the order of painting."""
    large = [
        shape.box
        for shape in page.shapes
        if shape.is_stroked
        and not shape.is_filled
        and shape.box.right - shape.box.left > 30 * MM
        and shape.box.top - shape.box.bottom > 8 * MM
    ]
    return [box for box in large if not any(o.holds(box) for o in large if o != box)]


def placed(printed: Printed, tree: Tree) -> Iterator[Placed]:
    """Yield each box that has a frame."""
    for page, node in zip(printed.pages, tree.pages, strict=False):
        for box, frame in zip(nodes(node), frames(page), strict=False):
            inside = [
                glyph
                for glyph in page.glyphs
                if frame.left < glyph.start < frame.right
                and frame.bottom < glyph.baseline < frame.top
            ]
            yield Placed(box, page.number, frame, tuple(lines(inside)))


def headings(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check that each box has its frame, and in it its tag and its heading."""
    for page, node in zip(printed.pages, tree.pages, strict=False):
        if len(frames(page)) != len(nodes(node)):
            yield (
                f"page {page.number} has {len(frames(page))} frames"
                f" for {len(nodes(node))} boxes"
            )
    for box in placed(printed, tree):
        text = "".join(line.text for line in box.lines)
        for words in (box.node.tag, plain(box.node.heading)):
            if words.replace(" ", "") not in text.replace(" ", ""):
                yield f"page {box.page}: no “{words}” in the frame of {box.node.id}"


def columns_end_flush(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check that the last boxes of a page's columns end on a line, and its foot's."""
    for page, node in zip(printed.pages, tree.pages, strict=False):
        left = iter(frames(page))
        rows = [list(itertools.islice(left, len(c))) for c in node.columns]
        ends = [boxes[-1].bottom for boxes in rows if boxes]
        starts = [boxes[0].top for boxes in rows if boxes]
        foot = list(left)
        for what, sides in {
            "columns start": starts,
            "columns end": ends,
            "foot boxes start": [box.top for box in foot],
            "foot boxes end": [box.bottom for box in foot],
        }.items():
            apart = max(sides, default=0) - min(sides, default=0)
            if apart > FLUSH:
                yield f"page {page.number}: {what} {apart:.1f} pt apart"


def code(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check that code which is copied is the tree's, and that Python reads it."""
    for box in placed(printed, tree):
        for listing, found in box.listings():
            text = "\n".join(line.text for line in listing.lines)
            first = f"page {box.page}, {box.node.id}: “{listing.lines[0].text}” …"
            wanted = _parsed(text)
            if wanted is None:
                yield f"{first} is no Python"
            elif not found:
                yield f"{first} is not copied as it is"
            elif _parsed("\n".join(line.text for line in found)) != wanted:
                yield f"{first} is copied with something else"


def _parsed(text: str) -> str | None:
    """Return what Python understands, `await` at the top too; None if nothing."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        return ast.dump(compile(text, "listing", "exec", flags=flags))
    except SyntaxError:
        return None


def small_code(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check the size of the code in listings."""
    for box in placed(printed, tree):
        for _, found in box.listings():
            for line in found:
                size = min(glyph.size for glyph in line.glyphs)
                if size < SMALLEST_CODE - 0.01:
                    where = f"page {box.page}, {box.node.id}"
                    yield f"{where}: “{line.text}” in {size:.2f} pt"


def broken_words(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check that code among words is cut at its spaces only, where a line ends."""
    for box in placed(printed, tree):
        whole = {word for line in box.lines for word in line.text.split()}
        for word in " ".join(texts(box.node.blocks, "code")).split():
            if not any(word in each for each in whole):
                yield f"page {box.page}, {box.node.id}: “{word}” is cut"


def french(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check that words, but not code, have the spaces of French, if they are French."""
    for page in printed.pages if tree.lang == "fr" else ():
        for line in lines(page.glyphs):
            words = "".join(
                "x" if MONO in glyph.font and glyph.text.strip() else glyph.text
                for glyph in line.glyphs
            )
            for wrong in wrong_spaces(words):
                yield f"page {page.number}: “{wrong}” in “{line.text}”"


def wrong_spaces(text: str) -> list[str]:
    """Return the signs of a French text that lack U+00A0, each with its neighbours."""
    return [text[max(0, m.start() - 1) : m.end() + 1] for m in LONELY.finditer(text)]


def plain(words: Sequence[Inline]) -> str:
    """Return words without their looks."""
    return "".join(texts(words, "text", "code"))


def texts(node: object, *kinds: str) -> Iterator[str]:
    """Yield the texts of all nodes of some kinds."""
    if isinstance(node, msgspec.Struct):
        node = msgspec.to_builtins(node)
    if isinstance(node, dict):
        if node.get("kind") in kinds:
            yield node["text"]
        node = list(node.values())
    if isinstance(node, list | tuple):
        for child in node:
            yield from texts(child, *kinds)


CHECKS: tuple[Check, ...] = (
    headings,
    columns_end_flush,
    code,
    small_code,
    broken_words,
    french,
)
