"""The stage in a real browser, as the audience sees it: all there, and legible."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Route, ViewportSize, expect

from tests.slides.decks import REAL
from tests.slides.stage import FRAGMENT, TALK, Show, Stage


def test_opens_on_the_first_slide_of_a_real_talk(stage: Stage) -> None:
    assert stage.indices()["h"] == 0
    assert "premiers pas" in stage.page.inner_text("section.present h1")
    assert stage.page.evaluate("document.documentElement.lang") == "fr"
    assert stage.page.title() == REAL.talk(TALK).title
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


def test_a_notebook_loads_fast_though_it_comes_before_the_stages_files(
    show: Show, browser: Browser
) -> None:
    held: list[Route] = []
    context = browser.new_context()
    page = context.new_page()
    context.route("**/custom/custom.js", lambda route: held.append(route))
    page.goto(show.url)
    page.wait_for_function("window.Jupyter?.notebook?._fully_loaded")
    kept = "Object.getPrototypeOf(Jupyter.notebook), 'get_cell_elements'"
    assert page.evaluate(f"'get' in Object.getOwnPropertyDescriptor({kept})")
    context.close()


def test_only_a_talk_with_formulas_waits_for_mathjax(
    tmp_path: Path, browser: Browser
) -> None:
    formula = "ln(2) / n, that is $\\frac{\\ln 2}{n}$ and `$HOME`"
    for added, found in ("only `$HOME` and\n\n```sh\n$ ls\n```", 0), (formula, 1):
        with Show(tmp_path) as first:
            pass
        notebook = nbformat.read(first.copy, as_version=4)
        notebook.cells[0].source = f"# Maths\n\n{added}"
        nbformat.write(notebook, first.copy)
        with Show(tmp_path) as show:
            context = browser.new_context()
            stage = Stage(context.new_page())
            stage.open(show.url)
            assert stage.page.evaluate("'MathJax' in window") == bool(found)
            formulas = stage.page.locator(".present .present .MathJax")
            expect(formulas).to_have_count(found)
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


LARGE: ViewportSize = {"width": 1920, "height": 1080}


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
