"""The look in a real browser: covers, progress, code that grows, steps, night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from slides.covers import covers
from slides.deck import Slide
from tests.slides import decks
from tests.slides.decks import REAL
from tests.slides.stage import SMALL, Show, Stage
from tests.slides.test_stage_talks import MEASURE_EACH

TALK = REAL.talk("tulipes")
SLIDES = TALK.slides


def first(kind: Callable[[Slide], bool]) -> int:
    """Return the number of the first slide of a kind."""
    return next(number for number, slide in enumerate(SLIDES) if kind(slide))


DIVIDER = next(n for n, (kind, _) in enumerate(covers(SLIDES)) if kind == "divider")
COLUMNS = first(lambda slide: slide.id == "spellings")
STEPS = first(lambda slide: any(cell.lines for cell in slide.shown))
SHORT = first(
    lambda slide: any(c.source.count("\n") < 3 for c in slide.shown if c.is_code)
)


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    with Show(tmp_path_factory.mktemp("look"), talk="tulipes") as show:
        yield show


@pytest.fixture(scope="module")
def page(show: Show, browser: Browser) -> Iterator[Stage]:
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    stage.open(show.url)
    yield stage
    context.close()


def seen(stage: Stage, selector: str, what: str) -> Any:
    """Return what JavaScript tells of the first such node of the slide shown."""
    return stage.page.evaluate(
        "([selector, what]) => new Function('node', 'style', `return ${what}`)("
        "...[document.querySelector('.present .present ' + selector)]"
        ".flatMap((node) => [node, node && getComputedStyle(node)]))",
        [selector, what],
    )


def test_covers_are_dark_with_a_tulip_and_no_bar(stage: Stage) -> None:
    bar = stage.page.locator("#stage-progress")
    assert stage.page.locator(".present .present .stage-tulip").is_visible()
    assert not bar.is_visible()
    stage.go(1)
    assert bar.is_visible()
    assert not stage.page.locator(".present .present .stage-tulip").is_visible()
    stage.go(DIVIDER)
    assert stage.page.locator(".present .present .stage-tulip").is_visible()
    assert not bar.is_visible()


def test_a_divider_counts_its_part(stage: Stage) -> None:
    stage.go(DIVIDER)
    parts = max(part for _, part in covers(SLIDES))
    number = "getComputedStyle(node, '::before').content"
    assert seen(stage, "p", number) == f'"1 / {parts} · "'


def test_each_part_has_its_hue(stage: Stage) -> None:
    hues: dict[int, str] = {}
    for number, (_, part) in enumerate(covers(SLIDES)):
        stage.go(number)
        hue = seen(stage, ".cell", "style.getPropertyValue('--hue').trim()")
        assert hues.setdefault(part, hue) == hue
    assert len(set(hues.values())) == len(hues)


def test_the_bar_fills_a_segment_a_part(stage: Stage) -> None:
    parts = [part for _, part in covers(SLIDES)]
    fills = (
        "[...document.querySelectorAll('#stage-progress > div > div')]"
        ".map((node) => Math.round(parseFloat(node.style.width)))"
    )
    stage.go(DIVIDER + 1)
    got = stage.page.evaluate(fills)
    within = round(100 * 2 / parts.count(1))
    assert got == [100, within] + [0] * (len(set(parts)) - 2)
    stage.go(len(SLIDES) - 1)
    assert set(stage.page.evaluate(fills)) == {100}


SIZE = "parseFloat(style.fontSize)"


def test_code_grows_as_its_lines_allow(stage: Stage) -> None:
    stage.go(SHORT)
    assert 32 < seen(stage, ".CodeMirror", SIZE) <= 0.034 * 1280


def test_a_rerun_keeps_the_size_and_a_longer_line_fits(stage: Stage) -> None:
    stage.go(SHORT)
    before = seen(stage, ".CodeMirror", SIZE)
    stage.run("1 + 1")
    assert seen(stage, ".CodeMirror", SIZE) == before
    stage.write("x = " + "+ ".join(["11"] * 17))
    assert seen(stage, ".CodeMirror", SIZE) < before
    wide = "node.scrollWidth - node.clientWidth - 30"  # CodeMirror's own margin
    assert seen(stage, ".CodeMirror-scroll", wide) <= 0


def test_nothing_moves_once_a_slide_is_seen(stage: Stage) -> None:
    stage.page.evaluate(
        "() => { window.shifts = []; new PerformanceObserver((list) =>"
        " list.getEntries().forEach(({ value }) => window.shifts.push(value)))"
        ".observe({ type: 'layout-shift', buffered: false }); }"
    )
    for number in range(len(SLIDES)):
        stage.go(number)
        stage.page.wait_for_timeout(60)
    assert stage.page.evaluate("window.shifts") == []


def test_what_suspends_is_the_one_coloured_word(stage: Stage) -> None:
    stage.go(SHORT)
    stage.write("async def f():\n    await g('await')\n    async with h: pass  # await")
    spans = (
        "[...document.querySelectorAll('.present .present .CodeMirror-line [class]')]"
        ".map((node) => [node.textContent, getComputedStyle(node).color])"
    )
    found = stage.page.evaluate(spans)
    plain = next(color for word, color in found if word == "def")
    quiet = next(color for word, color in found if word.startswith("#"))
    coloured = [word for word, color in found if color not in {plain, quiet}]
    assert coloured == ["await", "async", "with"]


def test_a_cell_that_waits_says_so_and_how_long(stage: Stage) -> None:
    stage.go(SHORT)
    label = stage.page.locator(".present .present .stage-waits")
    stage.start("import asyncio; await asyncio.sleep(600)")
    label.wait_for()
    assert label.inner_text() == "attend…"
    stage.page.wait_for_function(
        "document.querySelector('.stage-waits').textContent === 'attend… 2 s'"
    )
    stage.press("F2")
    stage.idle()
    label.wait_for(state="detached")


def test_a_cell_asked_for_twice_says_once_that_it_waits(stage: Stage) -> None:
    stage.go(SHORT)
    stage.write("import asyncio; await asyncio.sleep(600)")
    stage.page.evaluate(
        "() => { window.waits = []; new PerformanceObserver((list) =>"
        " list.getEntries().forEach(({ sources }) => sources.forEach(({ node }) =>"
        " window.waits.push(node && node.className))))"
        ".observe({ type: 'layout-shift', buffered: false }); }"
    )
    stage.press("Control+Enter")
    stage.page.locator(".present .present .stage-waits").wait_for()
    stage.press("Control+Enter")
    stage.page.wait_for_function(
        "document.querySelector('.stage-waits').textContent === 'attend… 2 s'"
    )
    stage.page.wait_for_timeout(100)
    assert stage.page.locator(".present .present .stage-waits").count() == 1
    assert "stage-waits" not in stage.page.evaluate("window.waits")
    stage.press("F2")
    stage.idle()


def test_two_versions_stand_side_by_side(stage: Stage) -> None:
    stage.go(COLUMNS)
    boxes = stage.page.evaluate(
        "[...document.querySelectorAll('.present .present .stage-column')]"
        ".map((node) => node.getBoundingClientRect().toJSON())"
    )
    assert boxes[0]["top"] == boxes[1]["top"]
    assert boxes[0]["right"] < boxes[1]["left"]
    captions = [cell.beside for cell in SLIDES[COLUMNS].shown if cell.beside]
    found = stage.page.locator(".present .present .stage-caption").all_inner_texts()
    assert found == captions
    assert stage.page.locator(".present .present .stage-changed").count() >= 2


def test_a_reload_marks_nothing_in_a_column_that_was_edited(stage: Stage) -> None:
    stage.go(COLUMNS)
    marks = (
        "document.querySelector('.present .present .stage-column')"
        ".querySelectorAll('.stage-changed').length"
    )
    source = stage.cells()[stage.cell]["source"]
    assert stage.page.evaluate(marks) > 0
    stage.write("x = 1\nlonger_than_any = another_name")
    stage.press("Escape")
    stage.page.reload()
    stage.ready()
    assert stage.page.evaluate(marks) == 0
    stage.write("".join(source))
    stage.press("Escape")
    stage.page.reload()
    stage.ready()
    assert stage.page.evaluate(marks) > 0


def test_a_fragment_points_at_lines(stage: Stage) -> None:
    stage.go(STEPS)
    dimmed = stage.page.locator(".present .present .stage-dim")
    assert dimmed.count() == 0
    for fragment in [
        cell for cell in SLIDES[STEPS].shown if cell.slide_type == "fragment"
    ]:
        stage.page.evaluate("Reveal.nextFragment()")
        assert bool(dimmed.count()) == bool(fragment.lines)
    while stage.page.evaluate("Reveal.prevFragment()"):
        pass
    assert dimmed.count() == 0


@pytest.fixture(scope="module")
def dark(show: Show, browser: Browser) -> Iterator[Stage]:
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    stage.open(f"{show.url}&dark")
    yield stage
    context.close()


def test_a_dark_room_gets_dark_paper(dark: Stage) -> None:
    dark.go(1)
    red, green, blue = dark.page.evaluate(
        "getComputedStyle(document.getElementById('notebook'))"
        ".backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert max(red, green, blue) < 40


def test_the_largest_prose_and_a_pale_accent_are_read_and_fit(
    browser: Browser, tmp_path: Path
) -> None:
    chosen = 'name = "Ada"\nsize = 110\naccent = "#ffd43b"\n'
    (tmp_path / "speaker.toml").write_text(chosen, encoding="utf-8")
    with Show(tmp_path, talk="tulipes") as show:
        context = browser.new_context(viewport=SMALL)
        stage = Stage(context.new_page())
        stage.open(show.url)
        assert seen(stage, ".stage-flower", "style.stroke") == "rgb(255, 212, 59)"
        measured = stage.page.evaluate(MEASURE_EACH, list(range(stage.slides())))
        context.close()
    assert len(measured) == len(SLIDES)
    for found in measured:
        assert found["contrast"] >= 7, found
        assert max(found["over"], found["wide"]) <= 0, found


def test_a_slide_that_is_not_translated_says_so(
    browser: Browser, tmp_path: Path
) -> None:
    one, two = decks.slide("Un", id="one"), decks.slide("Deux", id="two")
    kit = decks.kit(tmp_path / "kit", one, two)
    decks.write(kit / "slides" / "en", decks.slide("Two", id="two"))
    home = tmp_path / "home"
    with Show(home, "--lang", "en", talk="short", folder=kit, PYTHONPATH="") as show:
        context = browser.new_context(viewport=SMALL)
        stage = Stage(context.new_page())
        stage.open(show.url)
        marks = []
        for number in range(2):
            stage.go(number)
            mark = "getComputedStyle(Reveal.getCurrentSlide(), '::after').content"
            marks.append(stage.page.evaluate(mark))
        context.close()
    assert marks == ['"fr"', "none"]
