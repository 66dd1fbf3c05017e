"""The stage's keys in a real browser: each does what the table says, no other harms."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from slides import keys
from tests.slides.stage import FRAGMENT, SLIDES, SMALL, Show, Stage
from tests.slides.walk import walk


def test_every_slide_is_reached_and_every_cell_runs_by_shift_enter(
    tmp_path: Path, browser: Browser
) -> None:
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    with Show(tmp_path) as show:
        stage.open(show.url)
        walk(stage, SLIDES)
        context.close()


def test_fragments_come_one_by_one(fragment: Stage) -> None:
    number = fragment.indices()["h"]
    visible = ".present .fragment.visible"
    assert fragment.page.locator(visible).count() == 0
    fragment.press("Space")
    assert fragment.page.locator(visible).count() == 1
    assert fragment.indices()["h"] == number


def test_a_clicker_turns_the_page_out_of_an_editor(cell: Stage) -> None:
    before = cell.indices()["h"]
    cell.press("Enter")
    assert cell.page.evaluate("Jupyter.notebook.mode") == "edit"
    cell.press("PageUp")
    assert cell.indices()["h"] == before - 1
    cell.press("Enter", "PageDown")
    assert cell.indices()["h"] == before
    assert cell.page.evaluate("Jupyter.notebook.mode") == "command"


def test_every_key_of_the_table_is_bound_to_something_that_is_there(
    stage: Stage,
) -> None:
    page = keys.page()
    named = {*page.always.values(), *page.reading.values()} - {"reveal"}
    own = {name for name in named if ":" not in name}
    assert (
        set(stage.page.evaluate("Object.keys(require('custom/keys').actions)")) == own
    )
    for name in named - own:
        exists = "name => Jupyter.keyboard_manager.actions.exists(name)"
        assert stage.page.evaluate(exists, name), name


@pytest.mark.parametrize("key", ["F1", "?"])
def test_help_shows_the_table_with_its_lines_whole(stage: Stage, key: str) -> None:
    stage.press(key)
    assert stage.message() == keys.card()
    height, font = stage.page.evaluate(
        "(() => { const box = document.getElementById('stage-message');"
        " const range = document.createRange(); range.selectNodeContents(box);"
        " return [range.getBoundingClientRect().height,"
        " parseFloat(getComputedStyle(box).lineHeight)]; })()"
    )
    assert height == pytest.approx(font * len(keys.card().splitlines()), rel=0.1)


def test_no_key_harms_the_deck(cell: Stage) -> None:
    before = shape(cell)
    letters = "abcdefghijklmnopqrsuvxyz0123456789,;:!-=[]"
    for key in (*letters, *letters.upper(), "Delete", "Backspace", "Tab", "Escape"):
        cell.press(key)
        if key in "bB":
            cell.press(key)
    for combination in (
        "Alt+Enter", "Control+x", "Control+v", "Control+Shift+Minus", "Shift+m",
        "Control+a", "Shift+v", "Alt+r", "Shift+ArrowDown", "d", "d", "0", "0",
    ):  # fmt: skip
        cell.press(combination)
    cell.page.wait_for_timeout(300)
    assert shape(cell) == before
    assert cell.page.locator(".modal.in").count() == 0
    assert cell.page.locator("body.rise-enabled").count() == 1
    cell.go(FRAGMENT)
    cell.press("Enter", "Alt+Enter", "Control+Shift+Minus", "Escape")
    assert len(cell.cells()) == len(before)


def test_prose_cannot_be_opened(stage: Stage) -> None:
    stage.page.locator("section.present h1").dblclick()
    stage.press("Enter")
    assert stage.page.locator(".text_cell.rendered").count() == sum(
        node["cell_type"] == "markdown" for node in stage.cells()
    )


def test_the_notebooks_own_keys_are_bound_too(cell: Stage) -> None:
    here = cell.indices()["h"]
    cell.press("Home")
    assert cell.indices()["h"] == 0
    cell.press("End")
    assert cell.indices()["h"] == cell.slides() - 1
    cell.press("w")
    assert cell.page.evaluate("Reveal.isOverview()")
    cell.press("w")
    assert not cell.page.evaluate("Reveal.isOverview()")
    cell.go(here)
    cell.write("'ran' + ' where it is'")
    cell.press("Control+Enter")
    # It need not be running yet.
    told = "n => Jupyter.notebook.get_cell(n).output_area.outputs.length"
    cell.page.wait_for_function(told, arg=cell.cell)
    assert cell.output() == "'ran where it is'"
    assert cell.page.evaluate("Jupyter.notebook.get_selected_index()") == cell.cell
    cell.write("# to save")
    cell.press("Control+s")
    cell.page.wait_for_function("!Jupyter.notebook.dirty")


@pytest.mark.parametrize("key", ["b", "."])
def test_black_screen_and_back(stage: Stage, key: str) -> None:
    stage.press(key)
    assert stage.page.evaluate("Reveal.isPaused()")
    before = stage.indices()
    stage.press("Space", key)
    assert not stage.page.evaluate("Reveal.isPaused()")
    assert stage.indices() == before


def shape(stage: Stage) -> list[tuple[str, str]]:
    return [(node["cell_type"], node["source"]) for node in stage.cells()]
