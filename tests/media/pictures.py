"""Draw pictures in a browser, in the stage's fonts, and say what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from media.svg import WIDTH
from slides.build import with_fonts
from tests.slides.stage import launch

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"

MEASURE = """() => [...document.querySelectorAll('text, rect, circle')].map(node => {
    const box = node.getBoundingClientRect();
    return [node.tagName, node.textContent, node.getAttribute('fill'),
            box.left, box.top, box.right, box.bottom];
})"""


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True)
class Shape:
    """What Chromium drew: its box in units of the viewBox."""

    tag: str
    text: str
    fill: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Shape) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Shape) -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


def defects(shapes: list[Shape]) -> Iterator[str]:
    """Say which texts leave the page, meet something, or are hard to read.

    The first shape is the page itself, of whatever colour it is.
    """
    for place, text in enumerate(shapes):
        if text.tag != "text":
            continue
        if not shapes[0].holds(text):
            yield f"{text.text!r} leaves the picture"
        for later in shapes[place + 1 :]:
            if text.meets(later):
                yield f"{text.text!r} is met by {later.tag} {later.text!r}"
        for under in reversed(shapes[:place]):
            if under.tag == "circle" and text.meets(under):
                yield f"{text.text!r} crosses a mark"
            if under.tag == "rect" and text.meets(under):
                if contrast(text.fill, under.fill) < 7:
                    yield f"{text.text!r} is pale on {under.fill}"
                if under.holds(text):
                    break


@contextmanager
def browser_page(chromium: str) -> Iterator[Page]:
    """Open a page in a browser that has nothing of its own to ask."""
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser.new_page(viewport={"width": WIDTH, "height": 720})
        browser.close()


def show(page: Page, drawing: str) -> list[Shape]:
    """Draw at its own size, in the stage's fonts; return the shapes as measured."""
    page.set_content(f"<style>body {{ margin: 0 }}</style>{with_fonts(drawing)}")
    page.evaluate(
        "() => Promise.all([...document.fonts].map(face => face.load()))"
        ".then(() => document.fonts.ready).then(() => null)"
    )
    return [Shape(*measured) for measured in page.evaluate(MEASURE)]
