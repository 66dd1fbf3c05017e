"""Texts are as wide as a browser draws them, and cut where they must be."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import accumulate

import pytest

from media.svg import Page
from media.text import MONO, SANS, advances, cut, fitting, legible, text_width
from tests.media.pictures import ROOT, SVG, Browser, show
from tests.media.stories import AWAITED, CULPRITS, LINES, NAMES

STYLES = [(font, bold) for font in (SANS, MONO) for bold in (False, True)]


def committed(font: str, bold: bool) -> set[str]:
    """Return the texts of the committed pictures that are in a font."""
    return {
        text.text
        for file in (ROOT / "media").glob("*.svg")
        for text in ET.parse(file).iter(f"{SVG}text")
        if (text.get("font-family"), text.get("font-weight") == "700") == (font, bold)
        if text.text and not len(text)
    }


def drawn(browser: Browser, texts: list[str], font: str, bold: bool) -> list[float]:
    """Return how wide a browser draws texts."""
    page = Page()
    for text in texts:
        page.text(0, 0, text, font, bold=bold)
    bare = re.sub(r' textLength="[^"]*"', "", page.svg("", "", "en", 30))
    show(browser, bare)
    script = "text => text.map(each => each.getComputedTextLength())"
    widths: list[float] = browser.do(
        lambda shown: shown.eval_on_selector_all("text", script)
    )
    return widths


@pytest.mark.parametrize(("font", "bold"), STYLES)
def test_a_text_is_as_wide_as_it_is_drawn(
    browser: Browser, font: str, bold: bool
) -> None:
    texts = sorted(committed(font, bold))
    assert len(texts) > 40
    for text, width in zip(texts, drawn(browser, texts, font, bold), strict=True):
        ours = text_width(text, font, bold=bold)
        if font == MONO:
            assert width == pytest.approx(ours, rel=1e-3, abs=0.1), text
        else:  # kerning
            assert 0.9 * ours < width < 1.01 * ours, text


@pytest.mark.parametrize(("font", "bold"), STYLES)
def test_what_the_font_lacks_is_not_wider(
    browser: Browser, font: str, bold: bool
) -> None:
    known = advances(font, bold).keys()
    odd = map(legible, (*NAMES, *AWAITED, *CULPRITS, *LINES))
    texts = sorted(text for text in odd if set(text) - known)
    assert len(texts) > 8
    for text, width in zip(texts, drawn(browser, texts, font, bold), strict=True):
        assert 0 < width <= text_width(text, font, bold=bold), text


@pytest.mark.parametrize(("font", "bold"), STYLES)
@pytest.mark.parametrize("text", ["Who holds the thread", "漢字の長い名前", "W" * 9])
def test_as_much_as_fits_is_kept(text: str, font: str, bold: bool) -> None:
    whole = text_width(text, font, bold=bold)
    assert cut(text, whole, font, bold=bold) == text
    for width in range(int(whole)):
        kept = cut(text, width, font, bold=bold)
        assert text_width(kept, font, bold=bold) <= width
        if kept:
            shown = kept.removesuffix("…")
            assert text.startswith(shown)
            rest = text[len(shown) :]
            word = " " + rest[1:].partition(" ")[0]
            more = shown + (word if rest[0] == " " else rest[:2])
            assert text_width(more.rstrip() + "…", font, bold=bold) > width
        else:
            assert text_width(text[:3] + "…", font, bold=bold) > width


def test_no_word_is_cut_but_a_first_one() -> None:
    text = "Who holds the thread"
    words = [*accumulate(text.split(), "{} {}".format)]
    whole = {"Who…", *(f"{shown}…" for shown in words[:-1])}
    kept = {cut(text, width) for width in range(int(text_width(text, MONO)))}
    assert kept - {""} == whole


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("sleep(0.3)", ["sleep(…)"]),
        ("self.reader.readexactly(12)", ["readexactly(…)"]),
        ("queue.get()", ["get()"]),
        ("ValueError('no', 'water')", ["ValueError(…)"]),
        ("a or b(c)", []),
        ("'in flower'", []),
    ],
)
def test_code_is_shortened_where_it_may_be(text: str, shorter: list[str]) -> None:
    widths = range(int(text_width(text, MONO)), 0, -1)
    assert [*dict.fromkeys(fitting(text, width) for width in widths)] == [
        text,
        *shorter,
        "",
    ]


def test_fonts_are_read_when_something_is_drawn() -> None:
    look = "import sys, media.timeline, media.stack; print('fontTools' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.split() == [b"False"]
