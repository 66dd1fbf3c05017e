"""Texts are as wide as a browser draws them, and cut where they must be."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from media.svg import Page
from media.text import MONO, SANS, advances, cut, legible, text_width
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
    show(browser, page.svg("", "", "en", 30))
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
            assert width == pytest.approx(ours, abs=0.1), text
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
            more = text[: len(shown) + 2].rstrip() + "…"
            assert text_width(more, font, bold=bold) > width
        else:
            assert text_width(text[:3] + "…", font, bold=bold) > width


def test_fonts_are_read_when_something_is_drawn() -> None:
    look = "import sys, media.timeline, media.stack; print('fontTools' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.split() == [b"False"]
