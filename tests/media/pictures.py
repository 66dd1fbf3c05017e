"""Draw pictures in a browser, in the stage's fonts, and say what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Page, sync_playwright

from media.svg import PIXELS
from slides.build import with_fonts
from slides.driver import launch

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"

T = TypeVar("T")

FACES = with_fonts("<svg>").removeprefix("<svg>")
BLANK = f"<head>{FACES}</head><body style='margin: 0'></body>"
"""A page without a picture, that has the stage's fonts."""

SHOW = """async svg => {
    document.body.innerHTML = svg;
    const drawn = document.querySelector('svg');
    drawn.setAttribute('width', drawn.viewBox.baseVal.width);
    drawn.setAttribute('height', drawn.viewBox.baseVal.height);
    await Promise.all([...document.fonts].map(face => face.load()));
    await document.fonts.ready;
    return [...document.querySelectorAll('text, rect, circle')].map(node => {
        const box = node.getBoundingClientRect();
        return [node.tagName, node.textContent, node.getAttribute('fill'),
                box.left, box.top, box.right, box.bottom];
    });
}"""


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
        page = shapes[0]
        page = replace(page, left=page.left - 1, right=page.right + 1)  # rounding
        if not page.holds(text):
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


class Browser:
    """A page of a browser, in a thread of its own: there, Playwright's loop runs.

    Use it as a context manager; it opens, and closes, with nothing of its own to
    ask of the network.
    """

    def __init__(self, chromium: str) -> None:
        self._chromium = chromium
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Browser:
        self._thread.submit(self._open).result()
        return self

    def _open(self) -> None:
        self._playwright = sync_playwright().start()
        browser = launch(self._playwright, self._chromium)
        self._page = browser.new_page(viewport={"width": PIXELS, "height": 720})
        self._page.set_content(BLANK)

    def __exit__(self, *_: object) -> None:
        self._thread.submit(self._close).result()
        self._thread.shutdown()

    def _close(self) -> None:
        assert self._page.context.browser
        self._page.context.browser.close()
        self._playwright.stop()

    def do(self, act: Callable[[Page], T]) -> T:
        """Return what comes of doing something with the page."""
        return self._thread.submit(act, self._page).result()


def show(browser: Browser, drawing: str) -> list[Shape]:
    """Draw in the stage's fonts; return the shapes, in units of the viewBox."""
    measured = browser.do(lambda page: page.evaluate(SHOW, drawing))
    return [Shape(*each) for each in measured]
