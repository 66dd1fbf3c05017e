"""The stage in a real browser, as the audience sees it: all there, and legible."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, ViewportSize

from tests.slides.decks import REAL
from tests.slides.stage import FRAGMENT, SMALL, TALK, Show, Stage


def test_opens_on_the_first_slide_of_a_real_talk(stage: Stage) -> None:
    assert stage.indices()["h"] == 0
    assert "Premiers pas" in stage.page.inner_text("section.present h1")
    assert stage.page.evaluate("document.documentElement.lang") == "fr"
    assert REAL.talk(TALK).title in stage.page.inner_text("#stage-title")
    assert re.fullmatch(r"1\s*/\s*\d+", stage.page.inner_text(".slide-number"))


def test_three_dots_are_seen_until_the_slides_are_there(
    show: Show, browser: Browser
) -> None:
    dots = "getComputedStyle(document.body, '::before').content"
    held: list[Route] = []
    context = browser.new_context()
    stage = Stage(context.new_page())
    context.route("**/api/contents/**", lambda route: held.append(route), times=1)
    with stage.page.expect_request("**/api/contents/**"):
        stage.page.goto(show.url)
    assert stage.page.evaluate(dots) == '"…"'
    held[0].continue_()
    stage.ready()
    assert stage.page.evaluate(dots) == "none"
    context.close()


def test_a_busy_machine_may_take_its_time(show: Show, browser: Browser) -> None:
    """A minute passes while the stage loads what it is made of."""
    held: list[Route] = []
    context = browser.new_context()
    stage = Stage(context.new_page())
    context.route("**/custom/table.js", lambda route: held.append(route))
    with stage.page.expect_request("**/custom/table.js"):
        stage.page.goto(show.url, wait_until="commit")
    stage.page.evaluate(
        "() => { const real = Date.prototype.getTime;"
        " Date.prototype.getTime = function () { return real.call(this) + 60000; }; }"
    )
    stage.page.wait_for_timeout(500)  # RequireJS looks ten times
    held[0].continue_()
    stage.ready()
    context.close()


def test_growing_output_stays_in_view(cell: Stage) -> None:
    cell.start(
        "import asyncio\nfor n in range(60):\n"
        "    print('line', n)\n    await asyncio.sleep(0.02)"
    )
    growing = (
        "[...document.querySelectorAll('.present .output_wrapper')]"
        ".filter((e) => e.offsetHeight > 20)"
    )
    cell.page.wait_for_function(f"{growing}.length")
    for _ in range(6):
        cell.page.wait_for_timeout(200)
        bottom, shown = cell.page.evaluate(
            f"{growing}.map((e) => [e.getBoundingClientRect().bottom, innerHeight])[0]"
        )
        assert bottom <= shown + 2
    cell.idle()
    assert "line 59" in cell.output()


# Legible


@pytest.mark.parametrize("name", ["tulipes", "semaine"])
def test_type_is_large_and_no_slide_overflows(
    tmp_path: Path, browser: Browser, name: str
) -> None:
    """Before anything ran, on every slide that the talk of all chapters lacks."""
    shared = set(REAL.talk("semaine").chapters) if name != "semaine" else set()
    numbers = [
        number
        for number, slide in enumerate(REAL.talk(name).slides)
        if slide.chapter not in shared
    ]
    assert numbers
    context = browser.new_context()
    stage = Stage(context.new_page())
    with Show(tmp_path, talk=name) as show:
        stage.open(show.url)
        for size in SIZES:
            stage.page.set_viewport_size(size)
            measured: list[dict[str, Any]] = stage.page.evaluate(MEASURE, numbers)
            for found in measured:
                check_measures(found, **size)
        context.close()


LARGE: ViewportSize = {"width": 1920, "height": 1080}

SIZES: list[ViewportSize] = [SMALL, LARGE, {"width": 1024, "height": 768}]


def check_measures(found: dict[str, Any], width: int, height: int) -> None:
    least = 32 * min(width / 1280, height / 720)
    assert found["screen"] == [width, height]
    assert found["smallest"] >= least - 0.1, found
    assert found["wide"] <= 0, found
    assert found["contrast"] >= 7, found
    assert found["title"] <= 0.25 * height, found
    assert found["code"] <= 2 / 3 * height, found
    assert found["bottom"] <= height, found


MEASURE = """async (numbers) => {
  const measure = (number) => {
    Reveal.slide(number, 0);
    const slide = document.querySelector('section.present section.present');
    const channel = (v) => { v /= 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    const luminance = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1])
      + 0.0722 * channel(c[2]);
    const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
    const background = (node) => {
      for (; node; node = node.parentElement) {
        const c = rgb(getComputedStyle(node).backgroundColor);
        if (c.length === 3 || c[3] > 0) return c;
      }
      return [255, 255, 255];
    };
    let smallest = 1e9, wide = 0, contrast = 21, at = '';
    const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      const parent = node.parentElement;
      if (!node.textContent.trim() || parent.closest('aside.notes, .anchor-link')
          || !parent.getClientRects().length
          || parent.closest('.CodeMirror-measure')) continue;
      const style = getComputedStyle(parent);
      const range = document.createRange(); range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (!box.width || style.visibility === 'hidden') continue;
      if (parseFloat(style.fontSize) < smallest) {
        smallest = parseFloat(style.fontSize); at = node.textContent; }
      wide = Math.max(wide, box.right - innerWidth + 1);
      const [a, b] = [luminance(rgb(style.color)), luminance(background(parent))];
      contrast = Math.min(contrast, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
    }
    const code = [...slide.querySelectorAll('.CodeMirror-scroll')];
    code.forEach((c) => { wide = Math.max(wide, c.scrollWidth - c.clientWidth - 30); });
    const title = slide.querySelector('h2');
    const bottom = (s) => Math.max(0, ...[...slide.querySelectorAll(s)]
      .filter((e) => e.getClientRects().length && !e.closest('aside.notes'))
      .map((e) => e.getBoundingClientRect().bottom));
    return { number, screen: [innerWidth, innerHeight], smallest, wide, contrast, at,
      code: bottom('.input_area'), bottom: bottom('.cell'),
      title: title ? title.getBoundingClientRect().bottom : 0 };
  };
  await new Promise(requestAnimationFrame);  // by then, the page heeds its new size
  return numbers.map(measure);
}"""


def test_same_layout_at_both_sizes(
    fragment: Stage, show: Show, browser: Browser
) -> None:
    context = browser.new_context(viewport=LARGE)
    large = Stage(context.new_page())
    large.open(show.url)
    large.go(FRAGMENT)
    boxes = large.page.evaluate(BOXES)
    assert len(boxes) > 1
    for small, same in zip(fragment.page.evaluate(BOXES), boxes, strict=True):
        assert small == pytest.approx(same, abs=0.004)
    context.close()


BOXES = """[...document.querySelectorAll('.present :is(h2, .input_area)')]
    .filter((e) => e.getClientRects().length)
    .map((e) => e.getBoundingClientRect())
    .map((b) => [b.left, b.top, b.right, b.bottom].map((side) => side / innerWidth))"""
"""Sides of the title and of the code on this slide, in widths of the screen."""
