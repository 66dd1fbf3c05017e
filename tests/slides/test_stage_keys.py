"""The stage's keys in a real browser: each does what the table says, no other harms."""

from __future__ import annotations

from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

import pytest
from playwright.sync_api import Browser

from slides import keys
from tests.slides.stage import FRAGMENT, LAST_CODE, SLIDES, SMALL, Show, Stage
from tests.slides.walk import walk

PLACES = (
    *("Backquote", *(f"Digit{digit}" for digit in "1234567890"), "Minus", "Equal"),
    *("BracketLeft", "BracketRight", "Backslash", "Semicolon", "Quote"),
    *("Comma", "Period", "Slash", *(f"Key{letter}" for letter in ascii_uppercase)),
)
"""The keys of an American keyboard that print a sign."""

PLAIN = "`1234567890-=[]\\;',./" + ascii_lowercase
SHIFTED = '~!@#$%^&*()_+{}|:"<>?' + ascii_uppercase
"""What they print, alone and with Shift: all of ASCII."""

NAMED = {"Space": " "} | {f"F{number}": f"F{number}" for number in range(1, 13)}

KEYS = {
    **dict(zip(PLACES, PLAIN, strict=True)),
    **{f"Shift+{key}": sign for key, sign in zip(PLACES, SHIFTED, strict=True)},
    **NAMED,
    **{f"Shift+{key}": f"Shift-{name}" for key, name in NAMED.items()},
}
"""What is pressed, and what the table calls it."""


def test_a_slide_comes_with_its_first_cell_selected(stage: Stage) -> None:
    """Before the next key, and once: else two quick keys would run it twice."""
    code = [cell["cell_type"] == "code" for cell in stage.cells()]
    stage.go(LAST_CODE)
    first = stage.cell
    assert code[first]
    stage.go(0)
    assert stage.page.evaluate(COMES, LAST_CODE) == [first, 0]


COMES = """async (slide) => {
  const selected = [];
  Reveal.slide(slide, 0);
  await null;
  selected.push(Jupyter.notebook.get_selected_index());
  Jupyter.notebook.select(0);
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  selected.push(Jupyter.notebook.get_selected_index());
  return selected;
}"""
"""Which cell is selected as a slide comes, and a moment after a key chose another."""


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
    named = {*page.always.values(), *page.reading.values()}
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


def test_only_the_keys_of_the_table_do_anything(cell: Stage) -> None:
    page = keys.page()
    bound = {*page.always, *page.reading}
    assert bound & set(KEYS.values()) >= {"b", ".", "?", " ", "F1"}
    cell.page.evaluate("document.getElementById('stage-message').textContent = ''")
    before = cell.state()
    changed = []
    for key, name in KEYS.items():
        if name in bound:
            continue
        cell.press(key)
        if cell.state() != before:
            changed.append(key)
            before = cell.state()
    assert changed == []
    cell.page.wait_for_timeout(300)
    assert cell.state() == before


@pytest.mark.parametrize("table", ["command_shortcuts", "edit_shortcuts"])
def test_the_notebook_and_rise_have_no_key_of_their_own(
    stage: Stage, table: str
) -> None:
    assert stage.page.evaluate(f"Jupyter.keyboard_manager.{table}._shortcuts") == {}


def test_reveal_heeds_no_key_that_it_is_told_of(stage: Stage) -> None:
    before = stage.state()
    for code in range(256):
        stage.page.evaluate("code => Reveal.triggerKey(code)", code)
    assert stage.state() == before


def test_no_combination_harms_the_deck(cell: Stage) -> None:
    before = cell.state()
    sources = shape(cell)
    for combination in (
        "Alt+Enter", "Control+x", "Control+v", "Control+Shift+Minus", "Control+a",
        "Alt+r", "Shift+ArrowDown", "Shift+ArrowLeft", "d", "d", "0", "0", "Delete",
        "Backspace", "Tab", "Escape",
    ):  # fmt: skip
        cell.press(combination)
    cell.page.wait_for_timeout(300)
    assert cell.state() == before
    cell.go(FRAGMENT)
    cell.press("Enter", "Alt+Enter", "Control+Shift+Minus", "Escape")
    assert shape(cell) == sources


LAYOUTS = {
    "AZERTY .": (".", "Comma", 59, True),
    "AZERTY ?": ("?", "KeyM", 188, True),
    "QWERTZ ?": ("?", "Minus", 219, True),
    "BÉPO b": ("b", "KeyQ", 66, False),
    "Dvorak .": (".", "KeyE", 190, False),
}
"""What is printed, by the key that stands where on an American keyboard, its code
number in old scripts, with Shift or not."""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_key_is_what_it_prints_on_any_layout(stage: Stage, layout: str) -> None:
    stage.page.evaluate("document.getElementById('stage-message').textContent = ''")
    before = stage.state()
    stage.type_as(*LAYOUTS[layout])
    if "?" in layout:
        assert stage.message() == keys.card()
        return
    assert stage.state() == {**before, "black": True}
    stage.type_as(*LAYOUTS[layout])
    assert stage.state() == before


def test_what_stands_at_a_key_of_ours_is_not_that_key(stage: Stage) -> None:
    before = stage.state()
    stage.type_as("ю", "Period", 190, shift=False)  # Russian
    stage.type_as(":", "Period", 191, shift=False)  # AZERTY
    stage.type_as("и", "KeyB", 66, shift=False)
    assert stage.state() == before


def test_caps_lock_is_no_other_key(stage: Stage) -> None:
    stage.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'B', modifierCapsLock: true, bubbles: true}))"
    )
    assert stage.state()["black"]
    stage.press("b")


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


def test_arrows_turn_pages(cell: Stage) -> None:
    here = cell.indices()["h"]
    cell.press("ArrowLeft")
    assert cell.indices()["h"] == here - 1
    cell.press("ArrowRight")
    assert cell.indices()["h"] == here


def test_escape_closes_the_help_on_a_word_first(cell: Stage) -> None:
    cell.write("print")
    cell.press("Shift+Tab")
    shown = cell.page.locator("#tooltip:visible")
    shown.wait_for()
    cell.press("Escape")
    shown.wait_for(state="hidden")
    assert cell.state()["mode"] == "edit"
    cell.press("Escape")
    assert cell.state()["mode"] == "command"


@pytest.mark.parametrize("key", ["b", "."])
@pytest.mark.parametrize("back", ["b", "."])
def test_black_screen_and_back(stage: Stage, key: str, back: str) -> None:
    before = stage.state()
    stage.press(key)
    assert stage.state() == {**before, "black": True}
    stage.press("Space", "/", "v", "w", "?")
    assert stage.state() == {**before, "black": True}
    stage.press(back)
    assert stage.state() == before


def shape(stage: Stage) -> list[tuple[str, str]]:
    return [(node["cell_type"], node["source"]) for node in stage.cells()]
