"""What is wrong with a printed page: paper, margins, sizes, overlaps, contrast.

Each check yields findings, a line each; of a sound sheet, none. They know nothing of
what the sheet says.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pypdfium2
from PIL import Image, ImageOps
from pypdf import PdfReader

from tests.cheatsheet import marks
from tests.cheatsheet.marks import MM, Box, Colour, Glyph, Page, Shape, Word

PAPERS = {"a4": (297.0, 210.0), "us-letter": (279.4, 215.9)}
"""Width and height in mm."""

MARGIN = 5 * MM
"""What a printer leaves white, at most."""

SMALLEST = 6.5
CONTRAST = 7
"""WCAG 2.2, level AAA."""

DPI = 400
WHITE: Colour = (1, 1, 1)

Check = Callable[["Printed"], Iterator[str]]


@dataclass(frozen=True)
class Printed:
    """A PDF, its pages read once, and drawn once."""

    data: bytes

    @functools.cached_property
    def pages(self) -> list[Page]:
        """What each page paints."""
        return marks.pages(self.data)

    @functools.cached_property
    def reader(self) -> PdfReader:
        """What the file holds besides."""
        return PdfReader(BytesIO(self.data))

    @functools.cached_property
    def pictures(self) -> list[Image.Image]:
        """The pages in grey, as a printer draws them."""
        return draw(self.data, DPI)


def draw(data: bytes, dpi: int) -> list[Image.Image]:
    """Return the pages in grey."""
    document = pypdfium2.PdfDocument(data)
    drawn = [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    document.close()
    return drawn


def paper(printed: Printed, size: tuple[float, float]) -> Iterator[str]:
    """Check that there are two pages of a size in mm."""
    if len(printed.pages) != 2:
        yield f"{len(printed.pages)} pages, not two"
    width, height = size
    for page in printed.pages:
        across, along = page.width / MM, page.height / MM
        if abs(across - width) > 0.1 or abs(along - height) > 0.1:
            yield (
                f"page {page.number} is {across:.1f} × {along:.1f} mm,"
                f" not {width} × {height}"
            )


def margins(printed: Printed) -> Iterator[str]:
    """Check that all round nothing is drawn, where printers cannot."""
    for page, picture in zip(printed.pages, printed.pictures, strict=True):
        drawn = ImageOps.invert(picture).getbbox()
        if drawn is None:
            yield f"page {page.number} is white"
            continue
        left, top, right, bottom = (side / DPI * 72 for side in drawn)
        room = {
            "left": left,
            "top": top,
            "right": page.width - right,
            "bottom": page.height - bottom,
        }
        for side, white in room.items():
            if white < MARGIN - 0.5:  # half a point: what a pixel may be off
                yield f"page {page.number}: {side} margin of {white / MM:.1f} mm"


def small_print(printed: Printed) -> Iterator[str]:
    """Check that the smallest letters can be read."""
    for page in printed.pages:
        small = defaultdict(list)
        for word in page.words():
            for glyph in word.glyphs:
                if glyph.size < SMALLEST - 0.01:
                    font = glyph.font.partition("+")[2]
                    small[font, round(glyph.size, 2)].append(word)
        for (font, size), words in small.items():
            yield (
                f"page {page.number}: {len(words)} letters in {font} of {size:g} pt,"
                f" the first in “{words[0]}”"
            )


def overlaps(printed: Printed) -> Iterator[str]:
    """Check that no two words share more than a hair of paper."""
    for page in printed.pages:
        drawn = sorted(
            (
                (glyph.ink, number, word)
                for number, word in enumerate(page.words())
                for glyph in word.glyphs
                if glyph.ink
            ),
            key=lambda each: each[0].left,
        )
        found = {}
        for place, (ink, number, word) in enumerate(drawn):
            for other, its_number, its_word in drawn[place + 1 :]:
                if other.left > ink.right:
                    break
                if number != its_number and ink.meets(other, by=0.4):
                    found[number, its_number] = f"“{word}” meets “{its_word}”"
        yield from (f"page {page.number}: {each}" for each in found.values())


def crossings(printed: Printed) -> Iterator[str]:
    """Check that no letter leaves the page, or stands on a line or an edge."""
    for page in printed.pages:
        whole = Box(0, 0, page.width, page.height)
        edges = defaultdict(list)
        for edge in _edges(page.shapes):
            for band in _bands(edge):
                edges[band].append(edge)
        for word in page.words():
            inks = [glyph.ink for glyph in word.glyphs if glyph.ink]
            if not all(map(whole.holds, inks)):
                yield f"page {page.number}: “{word}” leaves the page"
            near = {
                edge for ink in inks for band in _bands(ink) for edge in edges[band]
            }
            if any(ink.meets(edge, by=0.2) for ink in inks for edge in near):
                yield f"page {page.number}: “{word}” stands on a line"


def _bands(box: Box) -> range:
    """Return the numbers of the bands of a page, each of 20 pt, that a box is in."""
    return range(int(box.bottom // 20), int(box.top // 20) + 1)


def _edges(shapes: tuple[Shape, ...]) -> Iterator[Box]:
    """Yield what is drawn by each side, upright or level, of stroked shapes."""
    for shape in shapes:
        half = max(shape.width, 0.5) / 2
        for one, other in shape.sides() if shape.is_stroked else ():
            side = marks.around((one, other))
            if min(side.right - side.left, side.top - side.bottom) < 0.1:
                yield Box(
                    side.left - half,
                    side.bottom - half,
                    side.right + half,
                    side.top + half,
                )


def pale(printed: Printed) -> Iterator[str]:
    """Check the contrast of each letter with what it stands on, at its corners."""
    for page in printed.pages:
        for word in page.words():
            found = [(_contrast(page, g), g.text) for g in word.glyphs if g.ink]
            if not found:
                continue
            least, letter = min(found)
            if least < CONTRAST - 0.01:
                what = f"a contrast of {least:.1f}" if least else "no plain colours"
                yield f"page {page.number}: {letter} of “{word}” has {what}"


def _contrast(page: Page, glyph: Glyph) -> float:
    """Return the least contrast of a letter; 0 where a colour is not known."""
    assert glyph.ink
    under = page.shapes[: glyph.after]
    below = [s for s in under if s.is_filled and s.box.meets(glyph.ink)]
    hair = 0.2  # round letters go that much below their line
    corners = itertools.product(
        (glyph.ink.left + hair, glyph.ink.right - hair),
        (glyph.ink.bottom + hair, glyph.ink.top - hair),
    )
    grounds = {
        next((s.fill for s in reversed(below) if s.covers(corner)), WHITE)
        for corner in corners
    }
    return min(_between(glyph.colour, ground) for ground in grounds)


def _between(one: Colour | None, other: Colour | None) -> float:
    if one is None or other is None:
        return 0
    return contrast(luminance(one), luminance(other))


def pale_in_grey(printed: Printed) -> Iterator[str]:
    """Check, on grey paper copies, that each letter stands out as much."""
    for number, word, glyph, picture in _drawn(printed):
        greys = picture.crop(_pixels(glyph, picture, around=1)).tobytes()
        dark, light = (luminance(3 * (v / 255,)) for v in (min(greys), max(greys)))
        got = contrast(dark, light)
        if got < CONTRAST - 0.1:
            yield f"page {number}: {glyph.text} of “{word}” has a contrast of {got:.1f}"


def cut(printed: Printed) -> Iterator[str]:
    """Check that each letter is drawn to its four sides: not clipped, not covered."""
    halves = [picture.point(lambda v: 255 * (v < 128)) for picture in printed.pictures]
    others = [ImageOps.invert(half) for half in halves]
    for number, word, glyph, picture in _drawn(printed):
        if glyph.colour is None:
            continue
        is_dark = luminance(glyph.colour) < 0.2
        half = (halves if is_dark else others)[number - 1]
        place = _pixels(glyph, picture, around=0)
        wide, high = place[2] - place[0], place[3] - place[1]
        left, top, right, bottom = half.crop(place).getbbox() or (wide, high, 0, 0)
        if max(left, top, wide - right, high - bottom) > 4:
            yield f"page {number}: {glyph.text} of “{word}” is not drawn whole"


def _drawn(printed: Printed) -> Iterator[tuple[int, Word, Glyph, Image.Image]]:
    """Yield each letter that stands on its page, with the page's picture."""
    for page, picture in zip(printed.pages, printed.pictures, strict=True):
        whole = Box(0, 0, page.width, page.height)
        for word in page.words():
            for glyph in word.glyphs:
                if glyph.ink and whole.holds(glyph.ink):
                    yield page.number, word, glyph, picture


def _pixels(
    glyph: Glyph, picture: Image.Image, around: int
) -> tuple[int, int, int, int]:
    """Return a letter's place on a picture, and so many pixels more."""
    assert glyph.ink
    scale = DPI / 72
    return (
        round(glyph.ink.left * scale) - around,
        round(picture.height - glyph.ink.top * scale) - around,
        round(glyph.ink.right * scale) + around,
        round(picture.height - glyph.ink.bottom * scale) + around,
    )


def luminance(colour: Colour) -> float:
    """Return the relative luminance, from 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    """Return the contrast of two luminances, from 1 to 21."""
    dark, light = sorted((one, other))
    return (light + 0.05) / (dark + 0.05)


CHECKS: tuple[Check, ...] = (
    margins,
    small_print,
    overlaps,
    crossings,
    pale,
    pale_in_grey,
    cut,
)
"""Those that need nothing but the file."""
