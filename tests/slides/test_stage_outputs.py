"""What cells print, on stage: a cell that runs again keeps its place on the slide."""

from __future__ import annotations

import pytest

from tests.slides.stage import Stage

WATCH = """n => {
  const wrapper = Jupyter.notebook.get_cell(n).element.find('.output_wrapper')[0];
  const seen = window.seen = [];
  const look = () => {
    seen.push([wrapper.getBoundingClientRect().height, wrapper.innerText.trim()]);
    if (seen === window.seen) requestAnimationFrame(look);
  };
  look();
}"""
"""Notes, frame by frame, how high an output is, and what it is."""


def run_watched(stage: Stage, code: str) -> list[tuple[float, str]]:
    """Run code; return what was seen of its output, from before it ran until after."""
    stage.page.evaluate(WATCH, stage.cell)
    stage.run(code)
    stage.page.evaluate(  # a frame more, whatever the machine does
        "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
    )
    seen = stage.page.evaluate(
        "(() => { const { seen } = window; seen.push([0, '']);"
        " window.seen = 0; return seen.slice(0, -1); })()"
    )
    return [(height, text) for height, text in seen]


LINES = "import time\ntime.sleep(0.3)\nfor n in range(5):\n    print('line', n)"


def test_a_second_run_that_prints_the_same_moves_nothing(cell: Stage) -> None:
    first = cell.run(LINES)
    seen = run_watched(cell, LINES)
    heights = [height for height, _ in seen]
    assert min(heights) > 0
    assert max(heights) - min(heights) < 1
    assert cell.output() == first


def test_the_old_output_stays_until_the_new_one_comes(cell: Stage) -> None:
    cell.run("print('old')\nprint('old')\nprint('old')")
    seen = run_watched(cell, "import time\ntime.sleep(0.3)\nprint('new')")
    texts = [text for _, text in seen]
    assert {text.replace("\n", " ") for text in texts} == {"old old old", "new"}
    assert texts == sorted(texts, reverse=True)  # old ones, then new ones
    heights = [height for height, text in seen if "old" in text]
    assert max(heights) - min(heights) < 1
    cell.page.wait_for_function(
        "([n, height]) => Jupyter.notebook.get_cell(n).element.find('.output_wrapper')"
        ".height() < height",
        arg=[cell.cell, heights[0]],
    )


@pytest.mark.parametrize("code", ["pass", "", "# nothing"])
def test_a_second_run_that_prints_nothing_leaves_nothing(
    cell: Stage, code: str
) -> None:
    assert cell.run("print('old')") == "old"
    assert cell.run(code) == ""
    wrapper = cell.page.locator(".selected .output_wrapper")
    assert wrapper.inner_text().strip() == ""
    assert wrapper.evaluate("each => each.offsetHeight") == 0


def test_what_is_saved_while_a_cell_runs_is_not_of_its_last_run(cell: Stage) -> None:
    assert cell.run("print('old')") == "old"
    cell.start("input('name? ')")
    prompt = cell.page.locator(".selected .raw_input")
    prompt.wait_for()
    assert cell.cells()[cell.cell]["outputs"] == []
    assert cell.page.locator(".selected .stage-older").count() == 0
    prompt.press("Enter")
    cell.idle()


def test_an_interrupt_and_a_restart_leave_nothing_of_the_last_run(cell: Stage) -> None:
    cell.run("print('old')")
    for keys in ["F2"], ["F9", "F9"]:
        cell.start("import time\ntime.sleep(600)")
        cell.page.wait_for_function("Jupyter.notebook.kernel_busy")
        cell.press(*keys)
        cell.page.wait_for_selector(".stage-older", state="detached")
        assert "old" not in cell.output()
        cell.page.wait_for_function(
            "/^(Interrupted|Ready)/.test("
            "document.getElementById('stage-message').textContent)"
        )
        assert cell.run("print('old')") == "old"


def test_clear_output_clears(cell: Stage) -> None:
    cell.run("print('old')")
    code = "from IPython.display import clear_output\nprint('x')\nclear_output()"
    assert cell.run(code) == ""
    assert cell.run(f"{code}\nprint('y')\nclear_output(wait=True)\nprint('z')") == "z"


def test_a_short_output_after_a_long_one_is_seen_below_its_title(cell: Stage) -> None:
    cell.run("for n in range(40): print('long', n)")
    cell.start("import asyncio\nprint('short')\nawait asyncio.sleep(600)")
    cell.page.wait_for_function(
        "n => Jupyter.notebook.get_cell(n).output_area.outputs"
        ".some(({text}) => text === 'short\\n')",
        arg=cell.cell,
    )
    cell.page.wait_for_function("Reveal.getCurrentSlide().scrollTop === 0")
    cell.press("F2")
    cell.idle()
