"""The texts of pictures: their fonts, their widths, and what can be written.

Widths are units of the viewBox, in which all text has the size SIZE.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

SIZE = 26
"""Of all text: 23 px once the picture is 1150 px wide, on a slide of 1280."""

SANS = "Inter, 'DejaVu Sans', sans-serif"
MONO = "Iosevka, 'DejaVu Sans Mono', monospace"

ADVANCE = 0.5
"""Width of a character of MONO, in its size: Iosevka's."""

WIDTHS = {
    0.3: " \u00a0ijlI!'’,.:;·",
    0.4: "()[]/\\`ft|r",
    0.5: '1{}-^_"',
    0.65: "FJLaceksvxyz?*nouhbdgpqéèêàçùô23569«»0478",
    0.75: "#$&+<=>~ABCDEHKPRSTUVXYZÉÀ×",
    0.8: "GNOQ",
    1.05: "mMw%@W→…",
}
"""Widths of SANS's characters at most, in its size: Inter's, regular and bold."""

LATIN, EMOJI = "\u0180", "\U0001f000"
"""The first characters that SANS and MONO lack, but for a few, and of the emojis."""

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold: https://www.w3.org/TR/xml/#charsets"""

WIDTH_OF = {character: width for width, found in WIDTHS.items() for character in found}


def text_width(text: str, font: str = SANS) -> float:
    """Return the width that a text takes at most, in units of the viewBox.

    Exact for Latin in MONO, whose characters are all as wide but `…`, drawn twice
    as wide; else an upper bound.
    """
    return SIZE * sum(map(_mono if font == MONO else _sans, text))


def _sans(character: str) -> float:
    other = 1.05 if character < LATIN else 1.25 if character < EMOJI else 1.4
    return WIDTH_OF.get(character, other)


def _mono(character: str) -> float:
    if character < LATIN or character == "’":
        return ADVANCE
    return 2 * ADVANCE if character in "…→" else _sans(character)


def cut(text: str, width: float, font: str = MONO) -> str:
    """Return the text, or as much of it as fits in a width, and then `…`.

    Empty where not even three characters would fit.
    """
    most = 1 + max(0, int(width / SIZE / min(WIDTHS)))
    if len(text) <= most and text_width(text, font) <= width:
        return text
    text = text[:most]
    while text and text_width(text + "…", font) > width:
        text = text[:-1]
    return text.rstrip() + "…" if len(text) >= 3 else ""


def legible(text: str) -> str:
    """Return a text as one line of characters that have a shape, or a space.

    What only joins or turns others is left out; \ufffd stands for the rest.
    """
    return "".join(map(_shape, unicodedata.normalize("NFC", text)))


def _shape(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) == "Cf" else "\ufffd"


def escaped(text: str) -> str:
    """Return a text as XML writes it; \ufffd stands for what it cannot hold."""
    return escape(FORBIDDEN.sub("\ufffd", text), quote=False)
