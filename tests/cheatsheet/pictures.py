"""Pictures of the sheet that somebody has looked at, and what differs from them now.

    $ python -m tests.cheatsheet.accept

takes today's in their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops

from cheatsheet.nodes import Tree
from tests.cheatsheet.marks import Box, Page
from tests.cheatsheet.printed import Printed, draw
from tests.cheatsheet.said import frames, placed

FOLDER = Path(__file__).parent / "accepted"
PAPER = "a4"
DPI = 60

FAR = 80
"""Greys, of 255, that letters drawn a little otherwise do not differ by."""

FEW = 20
"""Pixels that may differ that far in a box: less than a word."""


def pictures(printed: Printed) -> list[Image.Image]:
    """Return the pages, small, in 16 greys."""
    return [page.point(lambda v: v // 17 * 17) for page in draw(printed.data, DPI)]


def file(lang: str, page: int) -> Path:
    """Return where a page's picture is."""
    return FOLDER / f"{lang}-{PAPER}-{page}.png"


def accept(printed: Printed, lang: str) -> Iterator[Path]:
    """Take the pages' pictures for those to compare with; yield the files."""
    FOLDER.mkdir(exist_ok=True)
    for number, picture in enumerate(pictures(printed), start=1):
        picture.save(file(lang, number), optimize=True)
        yield file(lang, number)


def differences(printed: Printed, tree: Tree) -> Iterator[str]:
    """Yield the boxes that differ from the accepted pictures, and by how much."""
    boxes = list(placed(printed, tree))
    for page, drawn in zip(printed.pages, pictures(printed), strict=True):
        with Image.open(file(tree.lang, page.number)) as accepted:
            if accepted.size != drawn.size:
                yield f"page {page.number} has another size"
                continue
            differing = ImageChops.difference(accepted, drawn)
        far = differing.point(lambda v: 255 * (v > FAR))
        places = {
            f"{box.node.tag}, {box.node.id}": box.frame
            for box in boxes
            if box.page == page.number
        }
        for name, frame in places.items():
            count = far.crop(_pixels(frame, page)).histogram()[255]
            if count > FEW:
                yield f"page {page.number}, {name}: {count} pixels differ"
        for frame in frames(page):
            far.paste(0, _pixels(frame, page))
        if far.histogram()[255] > FEW:
            outside = far.histogram()[255]
            yield f"page {page.number}, outside of boxes: {outside} pixels differ"


def _pixels(frame: Box, page: Page) -> tuple[int, int, int, int]:
    scale = DPI / 72
    sides = frame.left, page.height - frame.top, frame.right, page.height - frame.bottom
    left, top, right, bottom = (round(side * scale) for side in sides)
    return left - 1, top - 1, right + 1, bottom + 1
