"""A saved picture is the same where the stage's fonts are not installed."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from media.outlines import outlined
from media.svg import Page
from slides.paths import MEDIA
from tests.media.pictures import SVG, Browser, show

NAMES = ("starvation.en", "nested.fr", "lives.fr")
"""A timeline; bold words and colours in code; accents."""

BOXES = """svg => {
    document.body.innerHTML = svg;
    const drawn = document.querySelector('svg');
    drawn.setAttribute('width', drawn.viewBox.baseVal.width);
    drawn.setAttribute('height', drawn.viewBox.baseVal.height);
    return [...document.querySelectorAll('g[aria-label]')].map(node => {
        const box = node.getBoundingClientRect();
        return [node.getAttribute('aria-label'), box.left, box.top, box.right,
                box.bottom];
    });
}"""


def committed(name: str) -> str:
    return (MEDIA / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_each_text_is_shapes_and_says_what_it_is(name: str) -> None:
    texts = [
        "".join(text.itertext())
        for text in ET.fromstring(committed(name)).iter(f"{SVG}text")
    ]
    root = ET.fromstring(outlined(committed(name)))
    assert not [*root.iter(f"{SVG}text")]
    labels = [group.get("aria-label") for group in root.iter(f"{SVG}g")]
    assert [label for label in labels if label] == texts
    shapes = {
        f"#{path.get('id')}" for path in root.iter(f"{SVG}path") if path.get("id")
    }
    assert {use.get("href") for use in root.iter(f"{SVG}use")} == shapes
    assert (root[0].tag, root[1].tag) == (f"{SVG}title", f"{SVG}desc")


@pytest.mark.parametrize("name", NAMES)
def test_shapes_are_where_a_browser_writes(browser: Browser, name: str) -> None:
    written = [shape for shape in show(browser, committed(name)) if shape.tag == "text"]
    svg = outlined(committed(name))
    drawn = browser.do(lambda page: page.evaluate(BOXES, svg))
    assert len(drawn) == len(written)
    for (label, left, top, right, bottom), text in zip(drawn, written, strict=True):
        assert text.left - 4 < left < right < text.right + 4, label
        assert text.top - 4 < top < bottom < text.bottom + 4, label
        assert right - left > 0.8 * (text.right - text.left) - 8, label


def test_what_the_fonts_lack_stays_a_text() -> None:
    page = Page()
    page.text(0, 20, "é & <b>")
    page.text(0, 60, "fleur 🌷")
    drawn = outlined(page.svg("", "", "fr", 80))
    assert drawn.count("<text") == 1
    assert ">fleur 🌷</text>" in drawn
    assert 'aria-label="é &amp; &lt;b&gt;"' in drawn


def test_a_halo_is_under_all_letters() -> None:
    page = Page()
    page.text(0, 20, "ab", halo=True)
    halo, letters = ET.fromstring(outlined(page.svg("", "", "en", 30)))[-1]
    assert (halo.get("stroke"), letters.get("stroke")) == ("#fffefb", None)
    assert len([*halo.iter(f"{SVG}use")]) == len([*letters.iter(f"{SVG}use")]) == 2


def test_bold_is_bold() -> None:
    page = Page()
    page.text(0, 20, "a", bold=True)
    page.text(0, 20, "a")
    page.code(0, 40, "await a")
    root = ET.fromstring(outlined(page.svg("", "", "en", 50)))
    paths = {path.get("id"): path.get("d") for path in root.iter(f"{SVG}path")}
    assert paths["sans-bold-61"] != paths["sans-61"]
    assert paths["mono-bold-61"] != paths["mono-61"]
    fills = [group.get("fill") for group in root[-1]]
    assert fills == [page.palette.accent, page.palette.ink]
