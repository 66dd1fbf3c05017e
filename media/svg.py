"""Write SVG: a page, its colours in light and dark, its few shapes.

Sizes are units of the viewBox, WIDTH of them across a slide's content. The same
calls give the same bytes.
"""

from __future__ import annotations

import keyword
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Protocol

from media.lang import Lang
from media.outlines import outlined
from media.text import MONO, SANS, SIZE, escaped, measured, text_width

WIDTH = 920
"""Of a picture for slides, in units of the viewBox: text has a slide's size then."""

PIXELS, PAPER = 1280, 1280
"""A picture's own width on a page; that of one for paper, in units of the viewBox."""

KEYWORDS = "|".join(word for word in keyword.kwlist if word.islower())
PYTHON = re.compile(
    r"(?P<literal>'[^']*')"
    r"|(?P<waits>\bawait\b|\basync (?:for|with)\b)"
    rf"|(?<=\bdef )\w+|(?<=\bclass )\w+|\b(?:{KEYWORDS})\b"
)
"""What is coloured in code, and what is bold: as in the cells of a slide."""


@dataclass(frozen=True)
class Palette:
    """The colours of a picture, as #rrggbb; lanes take those of `lanes` in turn.

    The contrast of lines with `paper` is at least 4.5:1, that of text 7:1 (WCAG
    2.2), so that a picture printed in grey is still legible. `paper` and `accent`,
    the colour of `await`, are those of the slides.
    """

    ink: str
    paper: str
    grid: str
    free: str
    red: str
    band: str
    accent: str
    lanes: tuple[str, ...]


LIGHT = Palette(
    ink="#1b2230",
    paper="#fffefb",
    grid="#d5dae3",
    free="#e3e8ef",
    red="#940f08",
    band="#fbe8e6",
    accent="#7a3a00",
    lanes=("#0b5cad", "#8a5a00", "#6a35a8", "#00695c", "#a8326b", "#4a5263"),
)
DARK = Palette(
    ink="#edf0f6",
    paper="#12161f",
    grid="#3a4356",
    free="#2b3343",
    red="#ffa79d",
    band="#3d1a1a",
    accent="#ffb86b",
    lanes=("#86bdf7", "#e3b352", "#c9abf3", "#5dcdb9", "#f4a3c6", "#b3bdce"),
)


PRINT = replace(LIGHT, paper="#ffffff")


def night(scope: str = "") -> str:
    """Return a style sheet that shows, in DARK, pictures drawn in LIGHT or PRINT.

    `scope` goes before each rule: a selector of what they stand in.
    """
    dark = dict(zip(_colours(LIGHT), _colours(DARK), strict=True))
    dark[PRINT.paper] = DARK.paper
    return "".join(
        f'{scope}[{what}="{old}"]{{{what}:{new}}}'
        for old, new in dark.items()
        for what in ("fill", "stroke")
    )


def _colours(palette: Palette) -> list[str]:
    """Return all colours of a palette."""
    *named, lanes = (getattr(palette, field.name) for field in fields(palette))
    return [*named, *lanes]


class Drawing(Protocol):
    """What a figure returns: a picture of lanes, of frames, of free shapes."""

    def svg(self, palette: Palette = LIGHT) -> str:
        """Return the text of an SVG file."""
        ...


class Page:
    """A page on which shapes are drawn, one over the other.

    A colour is a name in the palette (`ink`, `red` …), or #rrggbb. A text is given
    the width that it has in the stage's fonts (`reserve`), so that it is right in
    others, where these are not installed.
    """

    def __init__(
        self, palette: Palette = LIGHT, width: float = WIDTH, *, reserve: bool = True
    ) -> None:
        self.palette, self.width, self.reserve = palette, width, reserve
        self._shapes: list[str] = []

    def lane(self, number: int) -> str:
        """Return the colour of a lane, by its number from 0."""
        return self.palette.lanes[number % len(self.palette.lanes)]

    def colour(self, name: str) -> str:
        """Return a colour as SVG writes it: #rrggbb."""
        return name if name[0] == "#" else str(getattr(self.palette, name))

    def add(self, shape: str) -> None:
        """Draw a shape that is given in SVG."""
        self._shapes.append(shape)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        font: str = SANS,
        fill: str = "ink",
        anchor: str = "start",
        *,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Write a line of text, its baseline at y; write nothing if it is empty.

        `anchor` is where x is in it: start, middle or end. A `halo` of paper
        sets it off from what it crosses.
        """
        style = ' font-weight="700"' if bold else ""
        if halo:
            style += (
                f' stroke="{self.palette.paper}" stroke-width="6"'
                ' stroke-linejoin="round" paint-order="stroke"'
            )
        # SVG draws several spaces as one.
        text = text.replace("  ", " \u00a0")
        width = text_width(text, font, bold=bold) if measured(text, font) else 0
        self._text(x, y, escaped(text), width, font, fill, anchor, style)

    def code(self, x: float, y: float, line: str, anchor: str = "start") -> None:
        """Write a line of Python, coloured as in the cells of a slide."""

        def styled(found: re.Match[str]) -> str:
            if found["literal"]:
                return found[0]
            colour = self.palette.accent if found["waits"] else self.palette.ink
            return f'<tspan font-weight="700" fill="{colour}">{found[0]}</tspan>'

        runs = PYTHON.sub(styled, escaped(line))
        self._text(x, y, runs, text_width(line, MONO), MONO, "ink", anchor)

    def marked(self, x: float, y: float, line: str, bold: str) -> None:
        """Write what is no Python in code's font; what matches a pattern is bold."""
        runs = re.sub(
            bold,
            lambda found: f'<tspan font-weight="700">{found[0]}</tspan>',
            escaped(line),
        )
        self._text(x, y, runs, text_width(line, MONO), MONO)

    def _text(
        self,
        x: float,
        y: float,
        runs: str,
        width: float,
        font: str,
        fill: str = "ink",
        anchor: str = "start",
        style: str = "",
    ) -> None:
        """Write a text that is given in SVG, unless it is empty, in its width."""
        if not runs:
            return
        if self.reserve and width:
            style += f' textLength="{number(width)}" lengthAdjust="spacingAndGlyphs"'
        self.add(
            f'<text x="{number(x)}" y="{number(y)}" font-family="{font}"'
            f' font-size="{SIZE}"{style} fill="{self.colour(fill)}"'
            f' text-anchor="{anchor}">{runs}</text>'
        )

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        round_: int = 0,
    ) -> None:
        """Fill a rectangle."""
        corner = f' rx="{round_}"' if round_ else ""
        self.add(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}"'
            f' height="{number(height)}"{corner} fill="{self.colour(fill)}"/>'
        )

    def frame(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        stroke: str = "ink",
        fill: str = "paper",
    ) -> None:
        """Draw a box with round corners."""
        self.add(
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}"'
            f' height="{number(height)}" rx="6" fill="{self.colour(fill)}"'
            f' stroke="{self.colour(stroke)}" stroke-width="3"/>'
        )

    def line(
        self,
        x: float,
        y: float,
        x2: float,
        y2: float,
        stroke: str = "ink",
        width: int = 3,
        dashes: str = "",
    ) -> None:
        """Draw a straight line."""
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.add(
            f'<line x1="{number(x)}" y1="{number(y)}" x2="{number(x2)}"'
            f' y2="{number(y2)}" stroke="{self.colour(stroke)}"'
            f' stroke-width="{width}"{dash}/>'
        )

    def path(
        self, path: str, stroke: str = "ink", width: int = 2, fill: str = "none"
    ) -> None:
        """Draw a path: SVG's path data, with coordinates from `number`."""
        inside = fill if fill == "none" else self.colour(fill)
        self.add(
            f'<path d="{path}" fill="{inside}" stroke="{self.colour(stroke)}"'
            f' stroke-width="{width}"/>'
        )

    def head(self, x: float, y: float, fill: str = "ink", turn: int = 0) -> None:
        """Draw an arrow's head, its tip at (x, y).

        It points to the right, turned clockwise by `turn` degrees: by 90, down.
        """
        turned = f' transform="rotate({turn} {number(x)} {number(y)})"' if turn else ""
        path = f"M{number(x)} {number(y)}l-12-7v14z"
        self.add(f'<path d="{path}" fill="{self.colour(fill)}"{turned}/>')

    def arrow(
        self,
        x: float,
        y: float,
        x2: float,
        y2: float,
        stroke: str = "ink",
        dashes: str = "",
    ) -> None:
        """Draw an arrow, level or upright, from the first point to the second."""
        turn = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}
        across, down = (x2 > x) - (x2 < x), (y2 > y) - (y2 < y)
        self.line(x, y, x2 - 10 * across, y2 - 10 * down, stroke, 3, dashes)
        self.head(x2, y2, stroke, turn[across, down])

    def svg(self, title: str, desc: str, lang: Lang, height: float) -> str:
        """Return the page as the text of an SVG file, with its description.

        `title` names it in a few words, `desc` is its alt text.
        """
        head = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{lang}"'
            f' viewBox="0 0 {number(self.width)} {number(height)}"'
            f' width="{PIXELS}" height="{number(height * PIXELS / self.width)}">',
            f"<title>{escaped(title)}</title>",
            f"<desc>{escaped(desc)}</desc>",
            f'<rect x="0" y="0" width="{number(self.width)}" height="{number(height)}"'
            f' fill="{self.palette.paper}"/>',
        ]
        return "\n".join([*head, *self._shapes, "</svg>"]) + "\n"


@dataclass(frozen=True)
class Sketch:
    """A picture of free shapes: `draw` puts them on the page.

    `title` names it in a few words, `desc` is its alt text; `height` is in units
    of the viewBox.
    """

    lang: Lang
    title: str
    desc: str
    height: float
    draw: Callable[[Page], None]

    def svg(self, palette: Palette = LIGHT) -> str:
        """Return the text of an SVG file."""
        page = Page(palette)
        self.draw(page)
        return page.svg(self.title, self.desc, self.lang, self.height)


class Printed(Sketch):
    """A picture of the printed sheet: PAPER wide, on white, in the sheet's own letters.

    No width is reserved for a text: the sheet's letters are narrower.
    """

    def svg(self, palette: Palette = PRINT) -> str:
        """Return the text of an SVG file."""
        page = Page(palette, PAPER, reserve=False)
        self.draw(page)
        return page.svg(self.title, self.desc, self.lang, self.height)


class Shown:
    """A picture that shows itself in a notebook, and can be saved."""

    def svg(self) -> str:
        """Return the picture as the text of an SVG file."""
        raise NotImplementedError

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture as an SVG file; raise OSError if that fails.

        Its texts are shapes: it is the same where the stage's fonts are missing.
        """
        drawn = outlined(self.svg())
        Path(path).write_text(drawn, encoding="utf-8", newline="\n")

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        # Inline, it is drawn in the notebook's fonts, and is never too wide.
        style = "max-width: 100%; height: auto"
        return self.svg().replace("<svg ", f'<svg style="{style}" ', 1)


def number(value: float) -> str:
    """Return a coordinate as SVG writes it: to a tenth, no trailing zero, no -0."""
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")
