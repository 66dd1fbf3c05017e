"""Draw a picture's texts as shapes: it needs no font, whatever shows it.

A browser would draw a font that the picture carries, and squeeze another into the
width that a text reserves; librsvg, Inkscape and what builds on them do neither.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any

from media.text import FONTS, MONO, SANS, SIZE, advances, measured

TEXT = re.compile(r"<text ([^>]*)>(.*?)</text>", re.DOTALL)
SPAN = re.compile(r"<tspan ([^>]*)>(.*?)</tspan>|([^<]+)", re.DOTALL)
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')

FILES = {
    (SANS, False): ("Inter.woff2", 400),
    (SANS, True): ("Inter.woff2", 700),
    (MONO, False): ("Iosevka-Regular.woff2", 400),
    (MONO, True): ("Iosevka-Bold.woff2", 700),
}
"""The file of each font, plain and bold, and the weight that it is asked for."""

Style = dict[str, str]
"""Attributes of a text, or of a part of it."""


def outlined(svg: str) -> str:
    """Return a picture of ours in which each text is shapes, and a label.

    A text that has a character that the stage's fonts lack stays one. Raises
    OSError if a font's file is not there.
    """
    shapes: dict[str, str] = {}
    drawn = TEXT.sub(lambda found: _text(found, shapes), svg)
    if not shapes:
        return drawn
    paths = "".join(f'<path id="{name}" d="{path}"/>' for name, path in shapes.items())
    head, desc, rest = drawn.partition("</desc>\n")
    return f"{head}{desc}<defs>{paths}</defs>\n{rest}"


def _text(found: re.Match[str], shapes: dict[str, str]) -> str:
    """Return a text as shapes; add what they are made of to `shapes`."""
    style = dict(ATTRIBUTE.findall(found[1]))
    font = style["font-family"]
    runs = list(_runs(found[2], style))
    words = "".join(text for text, _ in runs)
    if (font, False) not in FILES or not measured(words, font):
        return found[0]
    widths = [
        SIZE * sum(map(advances(font, _bold(each)).__getitem__, text))
        for text, each in runs
    ]
    back = {"start": 0.0, "middle": 0.5, "end": 1.0}[style["text-anchor"]]
    x = float(style["x"]) - back * sum(widths)
    uses = []
    for (text, each), width in zip(runs, widths, strict=True):
        glyphs = "".join(_glyphs(text, font, _bold(each), x, style["y"], shapes))
        uses.append(f'<g fill="{each["fill"]}">{glyphs}</g>')
        x += width
    kept = {key: style[key] for key in style if key.startswith("stroke")}
    halo = ""
    if kept:
        # Under all of its letters: that of one would cover the one before.
        strokes = "".join(f' {key}="{value}"' for key, value in kept.items())
        halo = f"<g{strokes}>{''.join(uses)}</g>"
    return f'<g aria-label="{escape(words)}">{halo}{"".join(uses)}</g>'


def _runs(inside: str, style: Style) -> Iterator[tuple[str, Style]]:
    """Yield the parts of a text, each with its style."""
    for attributes, styled, plain in SPAN.findall(inside):
        yield unescape(styled or plain), style | dict(ATTRIBUTE.findall(attributes))


def _bold(style: Style) -> bool:
    return style.get("font-weight") == "700"


def _glyphs(
    text: str, font: str, bold: bool, x: float, y: str, shapes: dict[str, str]
) -> Iterator[str]:
    """Yield where each letter's shape is used; add the shape to `shapes`."""
    family = f"{'mono' if font == MONO else 'sans'}{'-bold' if bold else ''}"
    for character in text:
        if path := _path(font, bold, character):
            name = f"{family}-{ord(character):x}"
            shapes[name] = path
            yield f'<use href="#{name}" x="{x:.1f}" y="{y}"/>'
        x += SIZE * advances(font, bold)[character]


@functools.cache
def _path(font: str, bold: bool, character: str) -> str:
    """Return the shape of a character in the size SIZE, as SVG's path data."""
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen

    glyphs, names, em = _face(font, bold)
    pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:.2f}".rstrip("0").rstrip("."))
    scale = SIZE / em
    glyphs[names[ord(character)]].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))
    return str(pen.getCommands())


@functools.cache
def _face(font: str, bold: bool) -> tuple[Any, dict[int, str], int]:
    """Return a font's glyphs, their names by character, and its size in units."""
    from fontTools.ttLib import TTFont

    file, weight = FILES[font, bold]
    opened = TTFont(FONTS / file)
    at = {"wght": weight} if "fvar" in opened else None
    return (
        opened.getGlyphSet(location=at),
        opened.getBestCmap(),
        opened["head"].unitsPerEm,
    )
