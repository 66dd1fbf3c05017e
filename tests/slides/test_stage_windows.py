"""The show in several windows, of any browser: each saves only what it changed."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser

from tests.served import until
from tests.slides.stage import LAST_CODE, SLIDES, SMALL, Show, Stage

OTHER_CODE = next(
    number
    for number, slide in enumerate(SLIDES)
    if any(cell.is_code for cell in slide.shown)
)
"""The first slide with code."""


@pytest.fixture(scope="module")
def others(show: Show, browser: Browser) -> Iterator[Stage]:
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    stage.open(show.url)
    yield stage
    context.close()


@pytest.fixture
def other(others: Stage) -> Stage:
    """A window of another browser, where the first one's cell is selected."""
    others.page.bring_to_front()
    others.press("Escape")
    others.go(LAST_CODE)
    return others


def write_and_save(stage: Stage, show: Show, code: str) -> None:
    stage.page.bring_to_front()
    stage.write(code)
    until(lambda: has(show, code))


def has(show: Show, code: str) -> bool:
    return code in show.copy.read_text(encoding="utf-8")


def aside(show: Show) -> str:
    """Return all that was put aside."""
    copies = sorted(show.copy.parent.glob(f"{show.talk}.*-*.ipynb"))
    return "\n".join(copy.read_text(encoding="utf-8") for copy in copies)


def test_a_window_writes_over_nothing_that_another_saved(
    cell: Stage, other: Stage, show: Show
) -> None:
    write_and_save(cell, show, "# by the first")
    other.page.bring_to_front()
    other.go(OTHER_CODE)
    assert other.run("'by the ' + 'second'") == "'by the second'"
    until(lambda: has(show, "'by the second'"))
    assert has(show, "# by the first")
    write_and_save(cell, show, "# by the first again")
    assert has(show, "'by the second'")
    assert "Two windows" not in cell.message() + other.message()
    assert "window" not in nbformat.read(show.copy, as_version=4).metadata


def test_of_two_texts_of_one_cell_the_older_is_put_aside(
    cell: Stage, other: Stage, show: Show
) -> None:
    write_and_save(cell, show, "# the older")
    write_and_save(other, show, "# the newer")
    until(lambda: "Two windows changed the same cell" in other.message())
    assert not has(show, "# the older")
    assert "# the older" in aside(show)
    put_aside = other.message().split("/")[-1].removesuffix(".")
    assert (show.copy.parent / put_aside).is_file()


def test_what_a_window_could_not_save_in_time_writes_over_nothing(
    cell: Stage, other: Stage, show: Show
) -> None:
    """It was asleep, or its network was gone."""
    cell.page.bring_to_front()
    cell.page.evaluate("window.kept = fetch; window.fetch = () => Promise.reject(); 0")
    cell.write("# typed before it slept")
    until(lambda: "Not saved: the server does not answer" in cell.message())
    write_and_save(other, show, "# typed while it slept")
    cell.page.bring_to_front()
    cell.page.evaluate(
        "const now = Date.now; Date.now = () => now() + 60000; window.fetch = kept; 0"
    )
    until(lambda: "Two windows changed the same cell: this" in cell.message())
    assert has(show, "# typed while it slept")
    assert "# typed before it slept" in aside(show)


def test_a_reload_writes_over_nothing_that_another_window_saved_since(
    cell: Stage, other: Stage, show: Show
) -> None:
    cell.page.bring_to_front()
    cell.page.evaluate("window.fetch = () => new Promise(() => {}); 0")
    cell.write("# typed before the reload")
    write_and_save(other, show, "# typed since")
    cell.page.bring_to_front()
    cell.page.reload()
    cell.ready()
    until(lambda: "Two windows changed the same cell: this" in cell.message())
    assert cell.cells()[cell.cell]["source"] == "# typed since"
    assert has(show, "# typed since")
    assert "# typed before the reload" in aside(show)


def test_what_is_typed_just_before_a_window_is_closed_is_saved(
    cell: Stage, show: Show
) -> None:
    window = Stage(cell.page.context.new_page())
    window.open(show.url)
    window.go(LAST_CODE)
    window.write("# typed and closed")
    window.page.close()
    until(lambda: has(show, "# typed and closed"))


def test_what_jupyterlab_saved_stays(cell: Stage, show: Show) -> None:
    """It saves the whole notebook."""
    cell.page.evaluate(
        "async n => { const nb = Jupyter.notebook, path = nb.notebook_path;"
        " const model = await nb.contents.get(path, { type: 'notebook' });"
        " model.content.cells[n].source = '# by JupyterLab';"
        " await nb.contents.save(path, model); }",
        next(i for i, c in enumerate(cell.cells()) if c["cell_type"] == "code"),
    )
    assert has(show, "# by JupyterLab")
    write_and_save(cell, show, "# on stage")
    assert has(show, "# by JupyterLab")
