"""What a speaker has beside the slides, in a real browser: notes, JupyterLab.

None of it asks any other machine for anything.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

from tests.served import until
from tests.slides.decks import REAL
from tests.slides.stage import SMALL, TALK, Show, Stage

FRAMES = "#current-slide iframe", "#upcoming-slide iframe"

TITLE = "section.present section.present :is(h1, h2)"


def open_view(stage: Stage) -> Page:
    """Open the speaker view by its key; its frames are still empty."""
    with stage.page.context.expect_page() as popup:
        stage.press("t")
    return popup.value


def assert_works_offline(stage: Stage) -> None:
    """Look at all that this page, and those beside it, have done up to here."""
    asked = {urlsplit(request.url).hostname for request in stage.requests}
    assert asked <= {"127.0.0.1", None}  # None: what a page has in itself
    expected = re.compile("|".join(EXPECTED_FAILURES))
    assert [fault for fault in stage.failures if not expected.search(fault)] == []


EXPECTED_FAILURES = ("widgets/notebook/js/extension", "/lsp/status")
"""nbclassic looks for ipywidgets, JupyterLab for a language server: not in the kit."""


def test_speaker_view_has_notes_next_slide_and_clock(stage: Stage) -> None:
    view = open_view(stage)
    view.wait_for_function(
        "document.querySelector('.speaker-controls-notes .value').innerText[20]",
    )
    assert "Bonjour" in view.inner_text(".speaker-controls-notes")
    assert re.search(r"\d+:\d\d", view.inner_text(".speaker-controls-time"))
    for frame in FRAMES:
        assert view.locator(frame).count() == 1
    first = view.inner_text(".speaker-controls-notes .value")
    stage.page.bring_to_front()
    stage.press("PageDown")
    view.wait_for_function(
        "old => document.querySelector('.speaker-controls-notes .value').innerText"
        " !== old",
        arg=first,
    )
    view.frame_locator(FRAMES[1]).locator(TITLE).wait_for()
    assert stage.indices()["h"] == 1
    assert_works_offline(stage)


def test_the_speaker_view_follows_leads_and_saves_nothing(
    cell: Stage, show: Show
) -> None:
    here = cell.indices()["h"]
    title = cell.page.inner_text(TITLE)
    view = open_view(cell)
    view.frame_locator(FRAMES[0]).locator(TITLE, has_text=title).wait_for()
    view.frame_locator(FRAMES[1]).locator(TITLE).wait_for()
    # Had its frames moved the audience while they started, this came after it.
    view.keyboard.press("PageUp")
    cell.page.wait_for_function("h => Reveal.getIndices().h !== h", arg=here)
    assert cell.indices()["h"] == here - 1
    view.frame_locator(FRAMES[1]).locator(TITLE, has_text=title).wait_for()
    view.keyboard.press("PageDown")
    cell.page.wait_for_function("h => Reveal.getIndices().h === h", arg=here)
    cell.page.bring_to_front()
    cell.write("# the audience's copy")
    until(lambda: "# the audience's copy" in show.copy.read_text(encoding="utf-8"))
    for frame in view.frames[1:]:
        frame.evaluate("Jupyter.notebook.save_notebook()")
    assert "# the audience's copy" in show.copy.read_text(encoding="utf-8")
    saving = {request.frame for request in cell.requests if request.method == "PUT"}
    assert saving == {cell.page.main_frame}


def test_keys_in_the_speaker_view_are_the_stages(cell: Stage) -> None:
    title = cell.page.inner_text(TITLE)
    view = open_view(cell)
    view.frame_locator(FRAMES[0]).locator(TITLE, has_text=title).wait_for()
    before = cell.state()
    for key in "v", "/", ",", "Shift+Space", "n", "o":
        view.keyboard.press(key)
    assert cell.state() == before
    view.keyboard.press("b")
    assert cell.state() == {**before, "black": True}
    view.keyboard.press("b")
    assert cell.state() == before
    view.frame_locator(FRAMES[0]).locator(TITLE).click()
    view.keyboard.press(".")
    assert cell.state() == {**before, "black": True}
    view.keyboard.press(".")


def test_the_speaker_view_starts_though_its_slides_come_late(
    show: Show, browser: Browser
) -> None:
    """RISE then starts before there is a slide."""
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    stage.open(show.url)
    held: list[Route] = []
    notebook = f"**/{show.copy.name}?type=notebook*"
    context.route(notebook, lambda route: held.append(route), times=len(FRAMES))
    view = open_view(stage)
    for frame in FRAMES:
        slides = view.frame_locator(frame)
        slides.locator("body.rise-enabled").wait_for(state="attached")
        assert slides.locator("section .cell").count() == 0
    for route in held:
        route.continue_()
    for frame in FRAMES:
        view.frame_locator(frame).locator(TITLE).wait_for()
    context.close()


def test_no_script_fails_and_nobody_is_asked_but_this_machine(stage: Stage) -> None:
    for number in range(stage.slides()):
        stage.go(number)
    assert len(stage.requests) > 50
    assert_works_offline(stage)


def test_decks_open_as_notebooks_in_jupyterlab(stage: Stage, show: Show) -> None:
    source = REAL.talk(TALK).decks[0].path
    decks = show.home / "slides" / "fr"
    decks.mkdir(parents=True, exist_ok=True)
    (decks / source.name).write_bytes(source.read_bytes())
    lab = stage.page.context.new_page()
    lab.goto(show.lab)
    for name in "slides", "fr", source.name:
        lab.locator(".jp-DirListing-item", has_text=name).dblclick()
    lab.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    assert "Premiers pas" in lab.inner_text(".jp-NotebookPanel h1")
    assert_works_offline(stage)
