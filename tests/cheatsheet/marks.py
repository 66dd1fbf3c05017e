"""What a page of a PDF paints, in the order of painting, as pdfminer reads it.

All lengths are in points, from the page's lower left corner.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from fontTools.ttLib import TTFont
from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTCurve, LTFigure, LTItem
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage

from cheatsheet.pdf import FONTS

MM = 72 / 25.4

Colour = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """Sides of an upright rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box, by: float = 0) -> bool:
        """Tell whether both have a part in common, more than `by` wide and high."""
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.top, other.top) - max(self.bottom, other.bottom)
        return across > by and along > by

    def holds(self, other: Box) -> bool:
        """Tell whether another is wholly inside."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.bottom <= other.bottom and other.top <= self.top

    def has(self, point: Point) -> bool:
        """Tell whether a point is inside."""
        x, y = point
        return self.left <= x <= self.right and self.bottom <= y <= self.top


def around(points: Iterable[Point]) -> Box:
    """Return the smallest box that holds some points."""
    across, along = zip(*points, strict=True)
    return Box(min(across), min(along), max(across), max(along))


@dataclass(frozen=True)
class Glyph:
    """A letter: `ink` is what it blackens (None: a space), `end` where the next starts.

    `colour` is None where it is no plain colour; `after` counts the shapes painted
    before it.
    """

    text: str
    font: str
    size: float
    colour: Colour | None
    ink: Box | None
    start: float
    end: float
    baseline: float
    after: int


@dataclass(frozen=True)
class Shape:
    """A path: its corners, and what it is filled and stroked with, if it is."""

    points: tuple[Point, ...]
    box: Box
    is_filled: bool
    is_stroked: bool
    fill: Colour | None
    width: float

    def covers(self, point: Point) -> bool:
        """Tell whether a point is inside, by how many sides stand right of it."""
        x, y = point
        inside = False
        for (x1, y1), (x2, y2) in self.sides():
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                inside = not inside
        return inside

    def sides(self) -> Iterator[tuple[Point, Point]]:
        """Yield the ends of each side."""
        return itertools.pairwise((*self.points, self.points[0]))


@dataclass(frozen=True)
class Line:
    """Glyphs on one baseline, and their text: a space where there is a gap."""

    glyphs: tuple[Glyph, ...]
    text: str

    def words(self) -> Iterator[Word]:
        """Yield what stands between spaces and gaps."""
        word: list[Glyph] = []
        for glyph in self.glyphs:
            if word and (not glyph.text.strip() or gap(word[-1], glyph)):
                yield Word(tuple(word))
                word = []
            if glyph.text.strip():
                word.append(glyph)
        if word:
            yield Word(tuple(word))


@dataclass(frozen=True)
class Word:
    """Glyphs without a space."""

    glyphs: tuple[Glyph, ...]

    def __str__(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)


@dataclass(frozen=True)
class Page:
    """A page: its number from 1, its size, what is on it."""

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    shapes: tuple[Shape, ...]

    def words(self) -> Iterator[Word]:
        """Yield all words."""
        for line in lines(self.glyphs):
            yield from line.words()


def gap(before: Glyph, after: Glyph) -> bool:
    """Tell whether a reader sees a space between two glyphs of a line."""
    return after.start - before.end > before.size / 2


def lines(glyphs: Iterable[Glyph]) -> Iterator[Line]:
    """Yield glyphs by lines: those that follow one another on a baseline."""
    line: list[Glyph] = []
    text = ""
    for glyph in glyphs:
        if line and _is_new_line(line[-1], glyph):
            yield Line(tuple(line), text)
            line, text = [], ""
        if line and gap(line[-1], glyph):
            text += " "
        line.append(glyph)
        text += glyph.text
    if line:
        yield Line(tuple(line), text)


def _is_new_line(before: Glyph, after: Glyph) -> bool:
    return abs(after.baseline - before.baseline) > 0.2 or after.start < before.start


def pages(data: bytes) -> list[Page]:
    """Return the pages of a PDF."""
    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=None)
    interpreter = PDFPageInterpreter(resources, device)
    made = []
    for number, page in enumerate(PDFPage.get_pages(BytesIO(data)), start=1):
        interpreter.process_page(page)
        layout = device.get_result()
        made.append(_page(number, layout.width, layout.height, _painted(layout)))
    return made


def _painted(items: Iterable[LTItem]) -> Iterator[LTItem]:
    for item in items:
        if isinstance(item, LTFigure):
            yield from _painted(item)
        else:
            yield item


def _page(number: int, width: float, height: float, items: Iterable[LTItem]) -> Page:
    glyphs: list[Glyph] = []
    shapes: list[Shape] = []
    for item in items:
        if isinstance(item, LTChar):
            glyphs.append(_glyph(item, after=len(shapes)))
        elif isinstance(item, LTCurve):
            shapes.append(_shape(item))
        else:
            raise TypeError(f"a {type(item).__name__}, which no check knows")
    return Page(number, width, height, tuple(glyphs), tuple(shapes))


def _shape(item: LTCurve) -> Shape:
    points = tuple(item.pts)
    return Shape(
        points,
        around(points),
        bool(item.fill),
        bool(item.stroke),
        _colour(item.non_stroking_color),
        item.linewidth,
    )


def _glyph(item: LTChar, after: int) -> Glyph:
    a, b, c, d, left, baseline = item.matrix
    size = item.width if b else item.height  # of a line that stands, the width
    scale = size / math.hypot(c, d)
    drawn = drawn_box(item.fontname.partition("+")[2], item.get_text())
    ink = None
    if drawn:
        corners = itertools.product(
            (drawn.left, drawn.right), (drawn.bottom, drawn.top)
        )
        ink = around(
            (left + scale * (a * x + c * y), baseline + scale * (b * x + d * y))
            for x, y in corners
        )
    return Glyph(
        text=item.get_text(),
        font=item.fontname,
        size=size,
        colour=_colour(item.graphicstate.ncolor),
        ink=ink,
        start=item.x0,
        end=item.x1,
        baseline=baseline,
        after=after,
    )


def _colour(said: object) -> Colour | None:
    """Return a colour of grey or of red, green and blue; None for another."""
    if isinstance(said, int | float):
        return (said, said, said)
    if isinstance(said, tuple) and len(said) == 3:
        red, green, blue = said
        return (float(red), float(green), float(blue))
    return None


@functools.cache
def our_fonts() -> dict[str, TTFont]:
    """Return the sheet's fonts, by their PostScript names."""
    fonts = [TTFont(path) for path in sorted(FONTS.glob("*.ttf"))]
    return {font["name"].getDebugName(6): font for font in fonts}


@functools.cache
def drawn_box(font: str, text: str) -> Box | None:
    """Return what a letter blackens, in parts of its size; None for a space.

    Of a font that is not ours, or of letters drawn as one, it is a guess.
    """
    if not text.strip():
        return None
    ours = our_fonts().get(font)
    if ours is None or len(text) > 1 or ord(text) not in ours.getBestCmap():
        return Box(0.05, 0, 0.45, 0.6)
    glyph = ours["glyf"][ours.getBestCmap()[ord(text)]]
    sides = glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax
    return Box(*(side / ours["head"].unitsPerEm for side in sides))
