"""The stage's copy in a real browser: nothing that a speaker did is lost."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import nbformat
import pytest

from tests.served import until
from tests.slides.stage import Show, Stage

PICTURE = """from base64 import b64decode
from IPython.display import Image
Image(b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAIBAQC4vH8A"
    "AAAASUVORK5CYII="
))"""


def on_disk(stage: Stage, show: Show) -> dict[str, Any]:
    """Return the cell as it is saved."""
    return dict(nbformat.read(show.copy, as_version=4).cells[stage.cell])


def saved(stage: Stage) -> None:
    stage.page.wait_for_function("!Jupyter.notebook.dirty")


def test_a_reload_comes_back_with_edits_and_outputs(cell: Stage) -> None:
    assert cell.run("'kept' + ' output'") == "'kept output'"
    saved(cell)
    cell.write("unsaved = 'typed just before the reload'")
    position = cell.indices()
    cell.page.reload()
    cell.ready()
    assert cell.indices() == position
    sources = "\n".join(node["source"] for node in cell.cells())
    outputs = json.dumps([node.get("outputs") for node in cell.cells()])
    assert "typed just before the reload" in sources
    assert "kept output" in outputs


def test_a_reload_comes_back_to_the_fragment(fragment: Stage) -> None:
    fragment.press("Space")
    position = fragment.indices()
    assert position["f"] == 0
    fragment.page.reload()
    fragment.ready()
    assert fragment.indices() == position


def test_edits_are_on_disk_within_ten_seconds(cell: Stage, show: Show) -> None:
    cell.write("# written on stage")
    written = time.monotonic()
    while "# written on stage" not in show.copy.read_text(encoding="utf-8"):
        assert time.monotonic() < written + 10
        cell.page.wait_for_timeout(100)


def test_whoever_reads_the_copy_while_it_is_saved_reads_all_of_it(
    cell: Stage, show: Show
) -> None:
    """A backup or an editor does, at any time; and so would a crash."""
    broken: list[str] = []
    saved = threading.Event()

    def read() -> None:
        while not saved.is_set():
            text = show.copy.read_text(encoding="utf-8")
            if not text.endswith("}\n"):
                broken.append(text[-40:])

    reader = threading.Thread(target=read)
    reader.start()
    try:
        cell.page.evaluate(
            "async () => { for (let n = 0; n < 30; n++) {"
            " Jupyter.notebook.get_selected_cell().set_text('# ' + n);"
            " await Jupyter.notebook.save_notebook(); } }"
        )
    finally:
        saved.set()
        reader.join()
    assert "# 29" in show.copy.read_text(encoding="utf-8")
    assert broken == []


def test_what_cannot_be_saved_is_said_kept_and_tried_again(
    cell: Stage, show: Show
) -> None:
    saved(cell)
    stage, away = show.copy.parent, show.copy.parent.with_name("away")
    stage.rename(away)
    try:
        cell.write("# typed on a full disk")
        until(lambda: cell.message().startswith("Not saved: "))
        assert "tried again" in cell.message()
    finally:
        away.rename(stage)
    until(lambda: cell.message() == "Saved.")
    assert on_disk(cell, show)["source"] == "# typed on a full disk"


def test_what_is_typed_while_it_saves_is_saved_too(cell: Stage, show: Show) -> None:
    to_be_saved = cell.page.evaluate(
        "async () => { const cell = Jupyter.notebook.get_selected_cell();"
        " cell.set_text('# saved'); const saving = Jupyter.notebook.save_notebook();"
        " await new Promise(setTimeout); cell.set_text('# typed since');"
        " await saving; return Jupyter.notebook.dirty; }"
    )
    assert to_be_saved
    until(lambda: on_disk(cell, show)["source"] == "# typed since")


@pytest.mark.parametrize("sent", [True, False], ids=["sent", "kept"])
@pytest.mark.parametrize("code", ["print('two')", "1 / 0", PICTURE])
def test_a_reload_shows_what_was_printed_once(
    cell: Stage, show: Show, code: str, sent: bool
) -> None:
    """The server got it as the page was left, or the browser alone has it."""
    assert cell.run("print('one')") == "one"
    saved(cell)
    cell.run(code)
    before = cell.cells()[cell.cell]
    assert len(before["outputs"]) == 1
    if not sent:
        cell.page.evaluate("window.fetch = () => new Promise(() => {}); 0")
    cell.page.reload(wait_until="domcontentloaded")
    cell.page.reload()
    cell.ready()
    assert cell.cells()[cell.cell] == before
    assert cell.page.locator(".selected .output_area").count() == 1
    saved(cell)
    disk = on_disk(cell, show)
    assert len(disk["outputs"]) == 1
    assert "one" not in json.dumps(disk["outputs"])
    assert disk["execution_count"] == before["execution_count"]


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("print('before')\nimport time\ntime.sleep(600)", "before"),
        ("import time\ntime.sleep(600)", ""),
        ("print('before')\ninput('name? ')", "before"),
    ],
)
def test_a_reload_while_a_cell_runs_keeps_what_it_printed_once(
    cell: Stage, show: Show, code: str, printed: str
) -> None:
    cell.run("print('of an earlier run')")
    saved(cell)
    cell.start(code)
    cell.page.wait_for_function("Jupyter.notebook.kernel_busy")
    if printed:
        cell.page.locator(".selected .output", has_text=printed).wait_for()
    if "input" in code:
        cell.page.wait_for_selector(".raw_input")
    cell.page.reload()
    cell.page.wait_for_selector("body.stage-ready", state="attached")
    until(lambda: "F2 interrupts it" in cell.message())
    assert cell.output() == printed
    assert cell.page.locator(".running, .raw_input").count() == 0
    cell.press("F2")
    cell.idle()
    assert cell.run("print('after')") == "after"
    saved(cell)
    texts = [output["text"] for output in on_disk(cell, show)["outputs"]]
    assert texts == ["after\n"]


def test_a_reload_in_a_restart_beside_the_speaker_view_changes_no_output(
    cell: Stage, show: Show
) -> None:
    with cell.page.context.expect_page():
        cell.press("t")
    cell.page.bring_to_front()
    assert cell.run("print('one')") == "one"
    cell.press("F9", "F9")
    cell.page.reload()
    cell.ready()
    assert cell.output() == "one"
    saved(cell)
    assert len(on_disk(cell, show)["outputs"]) == 1
    assert cell.run("print('two')") == "two"
