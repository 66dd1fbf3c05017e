"""The texts of pictures: fonts, widths, and the characters that can be written.

Widths are units of the viewBox, in which all text has the size SIZE.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SIZE = 26
"""Size of all text: 33 px if a picture is as wide as a slide's content, 1178 px."""

SANS = "Inter, 'DejaVu Sans', sans-serif"
MONO = "Iosevka, 'DejaVu Sans Mono', monospace"

FONTS = Path(__file__).resolve().parent.parent / "slides" / "theme" / "fonts"
"""Where the stage's fonts are; on the stage, pictures are drawn in them."""

LACKED, EMOJI = 1.25, 1.4
"""Widths at most of a character that the fonts lack, and of an emoji, in their size."""

FIRST_EMOJI = "\U0001f000"

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold: https://www.w3.org/TR/xml/#charsets"""


class Advances(dict[str, float]):
    """Widths of characters in their font's size; of one that it lacks, at most."""

    def __missing__(self, character: str) -> float:
        return EMOJI if character >= FIRST_EMOJI else LACKED


@functools.cache
def advances(font: str, bold: bool) -> Advances:
    """Return how wide each character of SANS or MONO is, in the font's size.

    Raises OSError if the font's file is not there. Sources: `hmtx` and, for the
    weight, `HVAR`, https://learn.microsoft.com/typography/opentype/spec/hvar.
    """
    # Slow to import, and not needed by a program that only records.
    from fontTools.ttLib import TTFont

    # Iosevka is as wide in bold.
    file = "Inter.woff2" if font == SANS else "Iosevka-Regular.woff2"
    with TTFont(FONTS / file, lazy=True) as opened:
        em, widths = opened["head"].unitsPerEm, opened["hmtx"].metrics
        names = opened.getBestCmap()
        added = _added(opened) if font == SANS and bold else {}
        return Advances(
            (chr(code), (widths[name][0] + added.get(name, 0)) / em)
            for code, name in names.items()
        )


def _added(opened: TTFont) -> dict[str, float]:
    """Return how much wider a variable font's glyphs are in bold, in font units."""
    from fontTools.varLib.varStore import VarStoreInstancer

    table, weight = opened["HVAR"].table, opened.normalizeLocation({"wght": 700})
    deltas = VarStoreInstancer(table.VarStore, opened["fvar"].axes, weight)
    return {name: deltas[place] for name, place in table.AdvWidthMap.mapping.items()}


def text_width(text: str, font: str = SANS, *, bold: bool = False) -> float:
    """Return how wide a text is, in units of the viewBox.

    The sum of its characters' widths: kerning adds less than 1 % to it. Characters
    that the font lacks count with an upper bound.
    """
    return SIZE * sum(map(advances(font, bold).__getitem__, text))


def measured(text: str, font: str = SANS) -> bool:
    """Tell whether a text's width is known: the font has all its characters."""
    return advances(font, False).keys() >= {*text}


def cut(text: str, width: float, font: str = MONO, *, bold: bool = False) -> str:
    """Return the text, or as many of its words as fit in a width, and then `…`.

    A first word that does not fit is cut, too. Empty if not even three characters
    would fit.
    """
    room = width - text_width("…", font, bold=bold)
    fitting, end = 0, 0.0
    for each in map(advances(font, bold).__getitem__, text):
        end += SIZE * each
        fitting += end <= room
        if end > width:
            kept = text[:fitting]
            if not text[fitting].isspace() and " " in kept.strip():
                kept = kept.rpartition(" ")[0]
            return kept.rstrip() + "…" if fitting >= 3 else ""
    return text


def bare(text: str) -> str:
    """Return a call without its arguments; what is no call, unchanged."""
    return re.sub(r"^([\w.]+)\(.+\)$", r"\1(…)", text, flags=re.DOTALL)


def fitting(text: str, width: float, font: str = MONO) -> str:
    """Return code, or without its arguments, or only its last name, if that fits.

    Else nothing: a word is never cut.
    """
    call = bare(text)
    name = call.rpartition(".")[2] if re.fullmatch(r"[\w.]+(\(…?\))?", call) else call
    fits = (each for each in (text, call, name) if text_width(each, font) <= width)
    return next(fits, "")


def legible(text: str) -> str:
    """Return a text as one line of characters that have a shape, or a space.

    Characters that only format others are left out; \ufffd replaces the rest.
    """
    return "".join(map(_shape, unicodedata.normalize("NFC", text)))


def _shape(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) == "Cf" else "\ufffd"


def escaped(text: str) -> str:
    """Return a text as XML writes it; \ufffd replaces what XML cannot hold."""
    return escape(FORBIDDEN.sub("\ufffd", text), quote=False)
