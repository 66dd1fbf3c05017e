"""What asks for words on stage has the keys while it has the focus, and no longer."""

from __future__ import annotations

import re

import pytest

from tests.slides.stage import Stage

PROMPT = ".raw_input"


def ask(stage: Stage, code: str) -> None:
    """Run a cell that asks for words, and wait for its prompt."""
    stage.start(code)
    wait(stage)


def wait(stage: Stage) -> None:
    """Wait until a prompt is on the screen; it has the focus."""
    stage.page.wait_for_selector(f"{PROMPT}:focus")


def assert_keys_are_the_stages(stage: Stage) -> None:
    """Press two keys that mean something to the stage and would write words."""
    assert stage.page.locator(PROMPT).count() == 0
    stage.press("b")
    assert stage.state()["black"]
    stage.press("b", "Enter")
    assert stage.state()["mode"] == "edit"
    stage.press("Escape")
    assert stage.state()["mode"] == "command"


def test_what_is_typed_is_what_input_returns(cell: Stage) -> None:
    ask(cell, "print(input())")
    cell.press("a", "b", "Enter")
    cell.idle()
    assert cell.output() == "ab\nab"
    assert_keys_are_the_stages(cell)


def test_a_prompt_has_every_key_that_the_stage_knows(cell: Stage) -> None:
    ask(cell, "print(repr(input()))")
    before = cell.state()
    cell.press("b", "Home", "a", "End", "?", "Space", ".", "t", "w", "/", "v")
    cell.press("PageDown", "PageUp", "ArrowUp", "ArrowDown", "Escape", "Shift+Space")
    cell.press("ArrowLeft", "ArrowLeft", "ArrowRight", "x", "Tab", "Shift+Tab")
    assert cell.state() == before
    cell.press("Enter")
    cell.idle()
    assert cell.output().splitlines()[-1] == "'ab? .tw/vx '"


def test_a_password_is_words_too(cell: Stage) -> None:
    ask(cell, "import getpass\ngetpass.getpass() == 'b ?'")
    cell.press("b", "Space", "?", "Enter")
    cell.idle()
    assert cell.output().endswith("True")
    assert "b ?" not in cell.output()
    assert_keys_are_the_stages(cell)


DEBUGGED = {
    "breakpoint": "b = 3\nbreakpoint()\npass",
    "set_trace": "import pdb\nb = 3\npdb.set_trace()\npass",
    "post_mortem": "try:\n    b = 3\n    1 / 0\nexcept ZeroDivisionError:\n"
    "    import pdb, sys\n    pdb.post_mortem(sys.exc_info()[2])",
}


@pytest.mark.parametrize("name", DEBUGGED)
def test_a_debugger_asks_again_and_again(cell: Stage, name: str) -> None:
    ask(cell, DEBUGGED[name])
    for command in "p b * 111", "p b * 222":
        cell.page.keyboard.type(command)
        cell.press("Enter")
        wait(cell)
    cell.press("q", "Enter")
    cell.idle()
    assert "333" in cell.output()
    assert "666" in cell.output()
    assert_keys_are_the_stages(cell)


BREAKPOINTS = {
    "cell": "b = 3\nbreakpoint()\nprint('on')",
    "coroutine": "async def plant():\n    b = 3\n    breakpoint()\n    print('on')\n"
    "await plant()",
    "task": "import asyncio\nasync def plant():\n    b = 3\n    breakpoint()\n"
    "    print('on')\nawait asyncio.create_task(plant())",
}


@pytest.mark.parametrize("place", BREAKPOINTS)
def test_a_breakpoint_goes_on_with_c(cell: Stage, place: str) -> None:
    ask(cell, BREAKPOINTS[place])
    cell.press("c", "Enter")
    cell.idle()
    assert cell.output().endswith("on")
    assert_keys_are_the_stages(cell)


def test_f2_ends_a_breakpoint(cell: Stage) -> None:
    ask(cell, "breakpoint()\npass")
    cell.press("F2")
    cell.page.wait_for_selector(PROMPT, state="detached")
    cell.idle()
    assert cell.run("6 * 7") == "42"


def test_the_debug_magic_asks_too(cell: Stage) -> None:
    cell.run("b = 3\n1 / 0")
    ask(cell, "%debug")
    cell.page.keyboard.type("p b * 111")
    cell.press("Enter")
    wait(cell)
    cell.press("q", "Enter")
    cell.idle()
    assert "333" in cell.output()
    assert_keys_are_the_stages(cell)


def test_a_click_elsewhere_takes_the_keys_a_click_or_the_slide_gives_them_back(
    cell: Stage,
) -> None:
    ask(cell, "print(input())")
    here = cell.indices()["h"]
    cell.page.locator("section.present section.present :is(h1, h2)").click()
    cell.press("b")
    assert cell.state()["black"]
    cell.press("b", "PageUp")
    assert cell.indices()["h"] == here - 1
    cell.press("PageDown")
    wait(cell)
    cell.press("a")
    cell.page.locator("section.present section.present :is(h1, h2)").click()
    cell.page.locator(PROMPT).click()
    cell.press("b", "Enter")
    cell.idle()
    assert cell.output() == "ab\nab"


def test_a_black_screen_hides_no_words(cell: Stage) -> None:
    cell.write("import time\ntime.sleep(0.5)\nprint(input())")
    cell.press("Shift+Enter", "b")
    wait(cell)
    cell.press("a", "Space", "b")
    assert not cell.state()["black"]
    cell.press("c", "Enter")
    cell.idle()
    assert cell.output() == "c\nc"


@pytest.mark.parametrize("key", ["F2", "F4"])
def test_a_prompt_that_is_interrupted_goes(cell: Stage, key: str) -> None:
    ask(cell, "print(input())")
    cell.press("a", key)
    cell.page.wait_for_selector(PROMPT, state="detached")
    cell.idle()
    assert_keys_are_the_stages(cell)


def test_a_prompt_goes_with_its_kernel(cell: Stage) -> None:
    ask(cell, "print(input())")
    cell.page.evaluate(
        "() => { require('base/js/events').one("
        "'kernel_ready.Kernel', () => { window.restarted = true; });"
        " Jupyter.notebook.kernel.restart(); }"
    )
    cell.page.wait_for_selector(PROMPT, state="detached")
    cell.page.wait_for_function("window.restarted")
    assert_keys_are_the_stages(cell)
    assert cell.run("6 * 7") == "42"


def test_a_prompt_on_another_slide_is_told_of_and_takes_no_key(cell: Stage) -> None:
    cell.write("import time\ntime.sleep(0.5)\nprint(input())")
    cell.press("Shift+Enter", "PageUp")
    here = cell.indices()
    cell.page.wait_for_selector(PROMPT, state="attached")
    assert "waits for words" in cell.message()
    cell.press("b", "b", "PageUp")
    assert cell.indices() != here
    cell.press("PageDown", "PageDown")
    wait(cell)
    cell.press("F2")
    cell.page.wait_for_selector(PROMPT, state="detached")


def test_a_cell_before_the_slide_that_waits_for_words_is_named(cell: Stage) -> None:
    here, earlier = cell.cell, "Jupyter.notebook.get_cell(n)"
    before = next(
        number
        for number, each in reversed(list(enumerate(cell.cells()[:here])))
        if each["cell_type"] == "code"
        and not cell.page.evaluate(
            f"n => Reveal.getCurrentSlide().contains({earlier}.element[0])",
            number,
        )
    )
    source = cell.cells()[before]["source"]
    change = f"([n, text]) => {earlier}.set_text(text)"
    try:
        cell.page.evaluate(change, [before, "input()"])
        cell.press("F8")
        cell.page.wait_for_selector(PROMPT, state="attached")
        said = re.fullmatch(
            r"Cell (\d+) of (\d+) waits for words: F2 interrupts it\.", cell.message()
        )
        assert said
        assert said[1] == said[2]  # the last one before the slide
        cell.press("F2")
        cell.page.wait_for_selector(PROMPT, state="detached")
        cell.page.wait_for_selector("#stage-message:not(.shown)", state="attached")
    finally:
        cell.page.evaluate(change, [before, source])


FIELDS = {
    "input": "<input id=asked>",
    "textarea": "<textarea id=asked></textarea>",
    "editable": "<p id=asked contenteditable></p>",
}


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_in_an_output_has_the_keys(cell: Stage, kind: str) -> None:
    cell.run(f"from IPython.display import HTML\nHTML('{FIELDS[kind]}')")
    asked = cell.page.locator("#asked")
    asked.click()
    before = cell.state()
    cell.press("b", "Home", "a", "End", "?", "t", "w", "PageDown", "Escape")
    assert cell.state() == before
    written = asked.evaluate("field => field.value || field.textContent")
    assert written.strip() == "ab?tw"
    asked.evaluate("field => field.blur()")
    assert_keys_are_the_stages(cell)


def test_a_list_in_an_output_has_the_keys(cell: Stage) -> None:
    options = "<option>ask<option>bear<option>wait"
    cell.run(
        f"from IPython.display import HTML\nHTML('<select id=asked>{options}</select>')"
    )
    asked = cell.page.locator("#asked")
    asked.focus()
    before = cell.state()
    cell.press("b")
    assert asked.input_value() == "bear"
    cell.press("ArrowDown")
    assert asked.input_value() == "wait"
    assert cell.state() == before


def test_a_dialog_has_the_keys(cell: Stage) -> None:
    cell.page.evaluate(
        "require('base/js/dialog').modal({title: 'Asked',"
        " body: $('<input id=asked>'), buttons: {OK: {}},"
        " notebook: Jupyter.notebook, keyboard_manager: Jupyter.keyboard_manager})"
    )
    asked = cell.page.locator(".modal #asked")
    cell.page.wait_for_selector(".modal.in .btn:focus")  # it focuses its button first
    asked.focus()
    before = cell.state()
    cell.press("b", "?", "Space", "t", "PageDown", "ArrowUp")
    assert cell.state() == before
    assert asked.input_value() == "b? t"
    cell.press("Escape")
    cell.page.wait_for_selector(".modal", state="detached")
    assert_keys_are_the_stages(cell)
