"""What a speaker has beside the slides, in a real browser: notes, JupyterLab.

None of it asks any other machine for anything.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, ViewportSize, expect

from tests.served import until
from tests.slides.decks import REAL
from tests.slides.speaker import BOXES, FRAMES, NOTES, View
from tests.slides.stage import FRAGMENT, SLIDES, SMALL, TALK, Show, Stage

FIRST_TWO = SLIDES[0].title, SLIDES[1].title

LONGEST = max(range(len(SLIDES)), key=lambda n: len(SLIDES[n].notes[0].source))
"""The slide with most to say."""


TEXTS = """number => [number, number + 1].map(n =>
  [...(document.querySelectorAll('.slides > section > section')[n] || document
    .createElement('p')).querySelectorAll('.code_cell .CodeMirror')]
    .map(node => node.CodeMirror.getValue()))"""
"""The code of a slide and of the next one, as any test has left it."""


def assert_works_offline(stage: Stage) -> None:
    """Look at all that this page, and those beside it, have done up to here."""
    asked = {urlsplit(request.url).hostname for request in stage.requests}
    assert asked <= {"127.0.0.1", None}  # None: what a page has in itself
    expected = re.compile("|".join(EXPECTED_FAILURES))
    assert [fault for fault in stage.failures if not expected.search(fault)] == []


EXPECTED_FAILURES = ("widgets/notebook/js/extension", "/lsp/status")
"""nbclassic looks for ipywidgets, JupyterLab for a language server: not in the kit."""


def test_speaker_view_has_notes_next_slide_and_clock(stage: Stage) -> None:
    view = View(stage)
    assert "Bonjour" in view.page.inner_text(NOTES)
    until(lambda: view.titles() == FIRST_TWO)
    assert view.page.inner_text("#upcoming-slide h2") == "Ensuite"
    assert view.page.inner_text("#current-slide h2") == f"À l’écran 1 / {len(SLIDES)}"
    assert re.fullmatch(r"\d\d?:\d\d", view.page.inner_text(".clock"))  # of 24 hours
    stage.press("PageDown")
    view.shows(SLIDES[1].title)
    assert "Bonjour" not in view.page.inner_text(NOTES)
    assert stage.indices()["h"] == 1
    stage.press("End")
    view.shows(SLIDES[-1].title)
    assert view.page.inner_text("#upcoming-slide h2") == "Ensuite : la fin"
    assert view.failures == []
    assert_works_offline(stage)


def test_all_code_is_seen_on_the_slide_and_before_it_comes(stage: Stage) -> None:
    """That of fragments too, though the room does not see it yet."""
    view = View(stage)
    for number, slide in enumerate(SLIDES):
        stage.go(number)
        view.shows(slide.title)
        there = stage.page.evaluate(TEXTS, number)
        assert len(there[0]) == sum(cell.is_code for cell in slide.shown)
        view.shows_code(there)


def test_what_the_room_does_not_see_yet_is_told_apart(fragment: Stage) -> None:
    view = View(fragment)
    view.shows(SLIDES[FRAGMENT].title)
    hidden = view.frame(FRAMES[0]).locator(".fragment:not(.visible)")
    count = hidden.count()
    assert count > 0
    looks = (
        "nodes => nodes.map(node => [getComputedStyle(node).visibility,"
        " getComputedStyle(node, '::after').content])"
    )
    expected = [["visible", '"pas encore montré"']] * count
    until(lambda: hidden.evaluate_all(looks) == expected)  # a copy may be replaced
    assert view.page.inner_text("#upcoming-slide h2").startswith("Ensuite, après 1")
    fragment.press(*["PageDown"] * count)
    view.page.wait_for_function(
        "document.querySelector('#upcoming-slide h2').textContent === 'Ensuite'"
    )
    expect(hidden).to_have_count(0)


def test_the_view_shows_what_the_room_sees_when_it_does(cell: Stage) -> None:
    view = View(cell)
    slide = view.frame(FRAMES[0])
    cell.write("print('grown', 6 * 7)")
    slide.locator(".CodeMirror-line", has_text="'grown', 6 * 7").wait_for()
    cell.press("Shift+Enter")
    slide.locator(".output", has_text="grown 42").wait_for()
    cell.page.evaluate("Jupyter.notebook.get_cell(0).element[0].dataset.seen = 1")
    cell.start("for n in range(60): print('line', n)")
    slide.locator(".output", has_text="line 59").wait_for()
    slide.locator("section section").evaluate(
        "(node, room) => new Promise(done => { const look = () =>"
        " node.ownerDocument.querySelector('section section').scrollTop === room"
        " ? done() : setTimeout(look, 20); look(); })",
        cell.page.evaluate("Reveal.getCurrentSlide().scrollTop"),
    )
    cell.press("F1")
    slide.locator("#stage-message.shown", has_text="Shift-Enter").wait_for()


HUE = """getComputedStyle(document.querySelector(
    '.present .present .code_cell.selected .input_area')).borderLeftColor"""
"""Of the mark beside the cell that will run."""


def test_the_cell_that_will_run_is_marked(stage: Stage) -> None:
    number = next(
        n for n, slide in enumerate(SLIDES) if sum(c.is_code for c in slide.shown) > 1
    )
    stage.go(number)
    view = View(stage)
    view.shows(SLIDES[number].title)
    marked = ".code_cell.selected"
    seen = []
    for key in "ArrowUp", "ArrowDown":
        stage.press(key)
        code = stage.page.evaluate("Jupyter.notebook.get_selected_cell().get_text()")
        line = code.splitlines()[0]
        marks = view.frame(FRAMES[0]).locator(marked, has_text=line)
        marks.wait_for()
        expect(view.frame(FRAMES[0]).locator(marked)).to_have_count(1)
        hue = stage.page.evaluate(HUE)  # of its part, as on the stage
        expect(marks.locator(".input_area")).to_have_css("border-left-color", hue)
        seen.append(line)
    assert len(set(seen)) == 2


def test_the_view_follows_leads_and_saves_nothing(cell: Stage, show: Show) -> None:
    here = cell.indices()["h"]
    view = View(cell)
    view.shows(SLIDES[here].title)
    view.page.keyboard.press("PageUp")
    view.shows(SLIDES[here - 1].title)
    assert cell.indices()["h"] == here - 1
    view.page.keyboard.press("PageDown")
    view.shows(SLIDES[here].title)
    assert cell.indices()["h"] == here
    cell.page.bring_to_front()
    cell.write("# the audience's copy")
    until(lambda: "# the audience's copy" in show.copy.read_text(encoding="utf-8"))
    asked = [urlsplit(r.url).path for r in cell.requests if r.frame in view.page.frames]
    assert "/custom/speaker/view.html" in asked
    assert [path for path in asked if path.startswith("/api/")] == []
    saving = {request.frame for request in cell.requests if request.method == "PUT"}
    assert saving == {cell.page.main_frame}


def test_keys_in_the_speaker_view_are_the_stages(cell: Stage) -> None:
    view = View(cell)
    before = cell.state()
    for key in "v", "/", ",", "Shift+Space", "n", "o":
        view.page.keyboard.press(key)
    assert cell.state() == before
    view.page.keyboard.press("b")
    assert cell.state() == {**before, "black": True}
    view.page.locator(".black", has_text="écran noir").wait_for()
    view.page.keyboard.press("b")
    assert cell.state() == before
    view.page.locator(FRAMES[0]).click(force=True)
    view.page.keyboard.press(".")
    assert cell.state() == {**before, "black": True}
    view.page.keyboard.press(".")


def test_t_again_brings_the_view_back_and_opens_no_second(stage: Stage) -> None:
    view = View(stage)
    pages = len(stage.page.context.pages)
    view.page.evaluate("window.old = true")
    stage.press("t")
    view.page.wait_for_function("!window.old")
    view.shows(SLIDES[0].title)
    assert len(stage.page.context.pages) == pages


def test_the_view_outlives_a_reload_of_the_slides(show: Show, browser: Browser) -> None:
    """They may come late; what was there stays until then."""
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    stage.open(show.url)
    stage.go(0)
    view = View(stage)
    held: list[Route] = []
    notebook = f"**/{show.copy.name}?type=notebook*"
    context.route(notebook, lambda route: held.append(route), times=1)
    stage.page.reload()
    view.page.locator(".black", has_text="rechargent").wait_for()
    until(lambda: view.titles() == FIRST_TWO)
    view.page.keyboard.press("PageDown")
    for route in held:
        route.continue_()
    stage.ready()
    view.page.locator(".black", has_text="rechargent").wait_for(state="detached")
    stage.press("PageDown")
    view.shows(SLIDES[1].title)
    assert view.failures == []
    context.close()


@pytest.mark.parametrize("size", [SMALL, {"width": 1920, "height": 1080}])
def test_nothing_covers_anything_and_type_is_large(
    stage: Stage, size: ViewportSize
) -> None:
    view = View(stage)
    view.page.set_viewport_size(size)
    stage.go(LONGEST)
    view.shows(SLIDES[LONGEST].title)
    view.page.wait_for_function("innerWidth === " + str(size["width"]))
    boxes = view.page.evaluate(BOXES)
    assert len(boxes) > 10
    for n, (one, left, top, right, bottom) in enumerate(boxes):
        assert left >= 0, one
        assert top >= 0, one
        assert right <= size["width"], one
        assert bottom <= size["height"], one
        for other, *edges in boxes[n + 1 :]:
            apart = (
                edges[0] >= right - 1,
                edges[1] >= bottom - 1,
                edges[2] <= left + 1,
                edges[3] <= top + 1,
            )
            assert any(apart), (one, other)
    width = view.page.locator(FRAMES[0]).evaluate(
        "node => node.getBoundingClientRect().width"
    )
    assert width > size["width"] / 2
    rem = size["width"] / 64
    sizes = view.page.evaluate(
        "names => names.map(name =>"
        " parseFloat(getComputedStyle(document.querySelector(name)).fontSize))",
        [NOTES, ".verdict", ".slide dd", ".slide dt", "h2"],
    )
    assert all(got >= 0.9 * rem for got in sizes)
    assert min(sizes[:3]) >= rem


def test_all_words_are_dark_on_white(stage: Stage) -> None:
    view = View(stage)
    assert view.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    for state in "waiting", "on-time", "early", "late":
        colours = view.page.evaluate(
            "state => { document.querySelector('.verdict').dataset.state = state;"
            " return [...document.querySelectorAll('h2, h2 b, .value, .value a, p, dt,"
            " dd, button')].map(node => getComputedStyle(node).color); }",
            state,
        )
        assert min(map(contrast_on_white, set(colours))) >= 7


def contrast_on_white(colour: str) -> float:
    """Return the ratio of WCAG 2 for "rgb(0, 0, 0)"."""
    channels = [int(number) / 255 for number in re.findall(r"\d+", colour)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


def test_notes_are_read_whole(stage: Stage) -> None:
    """They are as large as they can be, and scroll where that is too small."""
    view = View(stage)
    stage.go(LONGEST)
    view.shows(SLIDES[LONGEST].title)
    assert view.page.inner_text(".more") == ""
    notes = view.page.locator(NOTES)
    whole = "node => node.scrollHeight <= node.clientHeight"
    assert notes.evaluate(whole)
    stage.page.evaluate(
        "() => { const notes = Reveal.getCurrentSlide()"
        ".querySelector('aside .text_cell_render');"
        " for (let n = 0; n < 60; n++)"
        " notes.append(Object.assign(document.createElement('p'),"
        " {className: 'added', textContent: `Encore ${n}`})); }"
    )
    view.page.locator(".more", has_text="suite plus bas").wait_for()
    assert not notes.evaluate(whole)
    notes.hover()
    view.page.mouse.wheel(0, 100_000)
    view.page.wait_for_function("!document.querySelector('.more').textContent")
    last = view.page.locator(".added").last.bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= SMALL["height"]
    stage.go(0)
    view.shows(SLIDES[0].title)
    assert notes.evaluate("node => node.scrollTop") == 0
    stage.page.evaluate("document.querySelectorAll('.added').forEach(p => p.remove())")


def test_the_view_speaks_the_talks_language(stage: Stage) -> None:
    view = View(stage)
    lang = "lang => { document.documentElement.lang = lang; }"
    stage.page.evaluate(lang, "en")
    try:
        view.page.reload()
        view.shows(SLIDES[0].title)
        assert view.page.inner_text("#upcoming-slide h2") == "Next"
        assert re.fullmatch(r"\d+:\d\d.[AP]M", view.page.inner_text(".clock"))
        assert view.page.get_attribute("html", "lang") == "en"
    finally:
        stage.page.evaluate(lang, "fr")


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
    assert "premiers pas" in lab.inner_text(".jp-NotebookPanel h1")
    assert_works_offline(stage)
