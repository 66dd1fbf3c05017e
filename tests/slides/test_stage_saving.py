"""The stage's copy in a real browser: nothing that a speaker did is lost."""

from __future__ import annotations

import json
import threading
import time

from tests.slides.stage import Show, Stage


def test_a_reload_comes_back_with_edits_and_outputs(cell: Stage) -> None:
    assert cell.run("'kept' + ' output'") == "'kept output'"
    cell.page.wait_for_function("!Jupyter.notebook.dirty")
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
