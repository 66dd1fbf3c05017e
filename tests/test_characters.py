"""Every character that is shown is in the shipped fonts: none comes from elsewhere.

Prose is set in Inter, code in Iosevka; what a program's strings are set in is not
known here: one of both.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from media.text import FONTS, MONO, SANS, advances
from slides.paths import ROOT

SVG = "{http://www.w3.org/2000/svg}"
PROSE, CODE = advances(SANS, False).keys(), advances(MONO, False).keys()
EITHER = PROSE | CODE

DECKS = [*(ROOT / "slides").glob("??/*.md"), ROOT / "cheatsheet" / "cells.md"]
PICTURES = list((ROOT / "media").glob("*.svg"))
WORDS = [
    *(ROOT / "cheatsheet").glob("*.toml"),
    *(ROOT / "cheatsheet").glob("*.py"),
    *(ROOT / "cheatsheet").glob("*.css"),
    *(ROOT / "media").glob("*.py"),
    *(ROOT / "slides").glob("*.py"),
    *(ROOT / "slides").glob("*.toml"),
    *(path for path in (ROOT / "slides" / "theme").rglob("*.*s") if path.is_file()),
    *(ROOT / "slides" / "theme").rglob("*.html"),
]

Runs = Iterable[tuple[int, str, bool]]
"""Texts of a file: each with its line, from 1, and whether it is code."""

FENCE = re.compile(r"(`{3,})")
META = re.compile(r"\+\+\+|:[\w-]+:|---$")
UNSEEN = re.compile(r"!\[[^\]]*\]\([^)]*\)|(?<=\])\([^)]*\)|<!--.*?-->")
"""What is not shown of a line: pictures, addresses of links, comments."""


def deck(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the texts of a deck: prose, and code in cells and between backquotes."""
    fence, front = "", text.startswith("---\n")
    for number, line in enumerate(text.splitlines(), 1):
        if front:
            front = number == 1 or line != "---"
            continue
        found = FENCE.match(line)
        if found and (not fence or found[1] == fence):
            fence = "" if fence else found[1]
        elif META.match(line):
            continue
        elif fence:
            yield number, line, True
        else:
            pieces = re.split(r"(`+)(.+?)\1", UNSEEN.sub("", line))
            for place in range(0, len(pieces), 3):
                yield number, pieces[place], False
            for place in range(2, len(pieces), 3):
                yield number, pieces[place], True


def drawn(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the texts of a picture, a line for each shape."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("<text"):
            root = ET.fromstring(line)
            for part in root.iter():
                family = part.get("font-family", root.get("font-family"))
                yield number, part.text or "", family == MONO
                yield number, part.tail or "", root.get("font-family") == MONO


def missing(runs: Runs) -> Iterator[tuple[int, str]]:
    """Yield characters that their font lacks: line and U+XXXX, once a line."""
    seen = set()
    for number, text, code in runs:
        for character in text:
            if character not in (CODE if code else PROSE) and character != "\t":
                found = number, f"U+{ord(character):04X} {character}"
                if found not in seen:
                    seen.add(found)
                    yield found


def told(path: Path, found: Iterable[tuple[int, str]]) -> list[str]:
    """Return what is missing, each with its file and line."""
    name = path.relative_to(ROOT)
    return [f"{name}:{number}: {character}" for number, character in found]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DECKS, ids=short)
def test_a_deck_is_written_in_the_fonts(path: Path) -> None:
    assert told(path, missing(deck(path.read_text("utf-8")))) == []


@pytest.mark.parametrize("path", PICTURES, ids=short)
def test_a_picture_is_written_in_the_fonts(path: Path) -> None:
    assert told(path, missing(drawn(path.read_text("utf-8")))) == []


@pytest.mark.parametrize("path", WORDS, ids=short)
def test_words_of_the_programs_are_in_the_fonts(path: Path) -> None:
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    found = (
        (number, f"U+{ord(character):04X} {character}")
        for number, line in lines
        for character in line
        if character not in EITHER and character != "\t"
    )
    assert told(path, found) == []


DECK = """\
---
title: 漢
---

+++ {"id": "漢"}

## À l\N{FIGURE DASH}heure ☂

`✓ ⚠` ![漢](漢.svg) [ici](漢) █

```{code-cell} ipython3
:demo: 漢

print('✓ 漢')
```
"""


def test_what_is_missing_is_told_with_its_line() -> None:
    assert [*missing(deck(DECK))] == [
        (7, "U+2012 \N{FIGURE DASH}"),
        (7, "U+2602 ☂"),
        (9, "U+2588 █"),
        (9, "U+26A0 ⚠"),
        (14, "U+6F22 漢"),
    ]
    picture = '<svg>\n<text font-family="Inter, x">漢<tspan>█</tspan>■</text>\n</svg>'
    picture = picture.replace("Inter, x", SANS)
    assert [*missing(drawn(picture))] == [
        (2, "U+6F22 漢"),
        (2, "U+2588 █"),
        (2, "U+25A0 ■"),
    ]


def test_what_is_emphasised_has_a_font_of_its_own() -> None:
    """Upright in any weight, and a true italic with the same characters."""
    with TTFont(FONTS / "Inter-Italic.woff2", lazy=True) as italic:
        assert {*map(chr, italic.getBestCmap())} == PROSE
        assert italic["post"].italicAngle < 0
    css = (ROOT / "slides" / "theme" / "custom" / "custom.css").read_text("utf-8")
    faces = re.findall(r"@font-face \{(.+?)\}", css, re.DOTALL)
    (face,) = (face for face in faces if "Inter-Italic.woff2" in face)
    assert "font-style: italic;" in face
