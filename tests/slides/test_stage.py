"""The stage in a real browser: what a speaker does, and what must not happen."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, Route, sync_playwright

from slides import deck, keys
from tests.peers import need
from tests.slides.decks import REAL
from tests.slides.stage import LIMIT, TALK, Show, Stage, launch

SMALL = {"width": 1280, "height": 720}

EXPECTED_ERRORS = ("widgets/notebook/js/extension",)
"""nbclassic looks for ipywidgets, which the kit doesn't have."""


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    with Show(tmp_path_factory.mktemp("home")) as show:
        yield show


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """A show in which nobody has run or written anything."""
    with Show(tmp_path_factory.mktemp("fresh")) as show:
        yield show


@pytest.fixture(scope="module")
def tulipes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """The default talk, nothing of it run."""
    with Show(tmp_path_factory.mktemp("tulipes"), talk="tulipes") as show:
        yield show


@pytest.fixture(scope="module")
def semaine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """The talk of every chapter, nothing of it run."""
    with Show(tmp_path_factory.mktemp("semaine"), talk="semaine") as show:
        yield show


@pytest.fixture(scope="module")
def page(show: Show, browser: Browser) -> Iterator[Stage]:
    """A page that the tests share: each leaves it on any slide, in any mode."""
    context = browser.new_context(viewport=SMALL)  # type: ignore[arg-type]
    stage = Stage(context.new_page())
    stage.open(show.url)
    yield stage
    context.close()


@pytest.fixture
def stage(page: Stage) -> Iterator[Stage]:
    """The show on its first slide, with nothing running."""
    page.page.bring_to_front()
    page.press("Escape")
    page.go(0)
    yield page
    for other in page.page.context.pages[1:]:
        other.close()
    page.page.bring_to_front()
    page.panic()


def slides(name: str = TALK) -> list[deck.Slide]:
    return REAL.talk(name).slides


@pytest.fixture
def cell(stage: Stage) -> Stage:
    """The stage on its last slide with code, its first code cell selected."""
    numbers = [n for n, s in enumerate(slides()) if any(c.is_code for c in s.shown)]
    stage.go(numbers[-1])
    return stage


# Open, walk, run


def test_opens_on_the_first_slide_of_a_real_talk(stage: Stage) -> None:
    assert stage.indices()["h"] == 0
    assert "Premiers pas" in stage.page.inner_text("section.present h1")
    assert stage.page.evaluate("document.documentElement.lang") == "fr"
    assert REAL.talk(TALK).title in stage.page.inner_text("#stage-title")
    assert re.fullmatch(r"1\s*/\s*\d+", stage.page.inner_text(".slide-number"))


def test_three_dots_are_seen_until_the_slides_are_there(
    show: Show, browser: Browser
) -> None:
    dots = "getComputedStyle(document.body, '::before').content"
    held: list[Route] = []
    context = browser.new_context()
    stage = Stage(context.new_page())
    context.route("**/api/contents/**", lambda route: held.append(route), times=1)
    with stage.page.expect_request("**/api/contents/**"):
        stage.page.goto(show.url)
    assert stage.page.evaluate(dots) == '"…"'
    held[0].continue_()
    stage.ready()
    assert stage.page.evaluate(dots) == "none"
    context.close()


def test_every_slide_is_reached_and_every_cell_runs_by_shift_enter(
    stage: Stage,
) -> None:
    walk(stage, slides())


@pytest.mark.parametrize(
    ("name", "chapter", "programs", "stopped"),
    [
        ("tulipes", "tulipes", {"nc"}, r", \d+ connections?"),
        (
            "semaine",
            "streams",
            {"curl", "nc", "openssl", "ssh"},
            r", \d+ connections?",
        ),
    ],
)
def test_servers_stay_for_a_second_terminal_until_panic(
    tmp_path: Path,
    browser: Browser,
    name: str,
    chapter: str,
    programs: set[str],
    stopped: str,
) -> None:
    with Show(tmp_path, "--chapter", chapter, talk=name) as show:
        context = browser.new_context(viewport=SMALL)  # type: ignore[arg-type]
        stage = Stage(context.new_page())
        stage.open(show.url)
        walk(stage, slides(name))
        commands = printed_commands(stage)
        assert {line.split()[0] for line in commands} == programs
        for line in commands:
            assert second_terminal(line), f"nobody answers: {line}"
        assert re.search(rf"\d+ servers?(?:, \d+ tasks?)?{stopped}", stage.panic())
        for line in commands:
            assert not second_terminal(line), f"still there: {line}"
        context.close()


def printed_commands(stage: Stage) -> list[str]:
    """Return what the slides tell the speaker to type in a second terminal."""
    outputs = [output for cell in stage.cells() for output in cell.get("outputs", [])]
    printed = "\n".join("".join(output.get("text", [])) for output in outputs)
    return re.findall(r"(?m)^(?:nc|curl|openssl|ssh) .+$", printed)


def second_terminal(line: str) -> str:
    """Type a command, then a flower; return the first line that comes back."""
    command = shlex.split(line)
    need(shutil.which(command[0]), f"{command[0]} (see .ci/run)")
    with subprocess.Popen(
        command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True
    ) as process:
        stop = threading.Timer(20, process.kill)
        stop.start()
        assert process.stdin
        assert process.stdout
        with suppress(BrokenPipeError):
            process.stdin.write("tulip\n")
            process.stdin.flush()
        first = process.stdout.readline()
        stop.cancel()
        process.kill()
        with suppress(BrokenPipeError):
            process.stdin.close()
    return first


def walk(stage: Stage, expected: list[deck.Slide]) -> None:
    """Go from where the show stands to its end, and run every cell by its key."""
    assert stage.slides() == len(expected)
    first = stage.indices()["h"]
    errors, pictures, drawn, ran = [], [], 0, 0
    for number, slide in enumerate(expected[first:], first):
        assert stage.indices()["h"] == number
        heading = stage.page.inner_text("section.present section.present :is(h1,h2)")
        assert heading.strip()[:12] == slide.title.replace("`", "")[:12]
        code = [cell for cell in slide.shown if cell.is_code]
        for cell in code:
            stage.press("Shift+Enter")
            ran += 1
            stage.page.wait_for_function(RAN, arg=ran)
            stage.idle()
            drawn += "timeline(" in cell.source
        pictures += stage.page.evaluate(PICTURES)
        fragments = sum(c.slide_type == "fragment" for c in slide.shown)
        for _ in range(fragments + 1):
            stage.press("PageDown")
        stage.page.wait_for_timeout(60)
    # Drawn live, in the talk's language, legible, whole on the screen.
    assert len(pictures) == drawn
    for picture in pictures:
        assert picture["lang"] == "fr"
        assert picture["smallest"] >= 23
        assert picture["top"] > 0
        assert picture["bottom"] < SMALL["height"]
    cells = [node for node in stage.cells() if node["cell_type"] == "code"][-ran:]
    for node in cells:
        assert node["execution_count"], f"never run: {node['source']}"
        if "raises-exception" not in node["metadata"].get("tags", []):
            errors += [o for o in node["outputs"] if o["output_type"] == "error"]
    assert errors == []


RAN = """n => Jupyter.notebook.get_cells()
    .filter(cell => cell.input_prompt_number > 0).length >= n"""
"""Whether that many cells have run to their end."""

PICTURES = """() => [...document.querySelectorAll('.present .present .output_html svg')]
    .map(svg => {
  const box = svg.getBoundingClientRect();
  const scale = box.width / svg.viewBox.baseVal.width;
  const sizes = [...svg.querySelectorAll('text')].map(text =>
      parseFloat(text.getAttribute('font-size')) * scale);
  const heading = svg.closest('section').querySelector('h2').getBoundingClientRect();
  return {lang: svg.getAttribute('lang'), smallest: Math.min(...sizes),
          top: heading.top, bottom: box.bottom};
})"""
"""Live pictures on this slide: language, smallest text and place, in pixels."""


def first_fragment() -> int:
    return next(
        number
        for number, slide in enumerate(slides())
        if any(c.slide_type == "fragment" for c in slide.shown)
    )


def test_fragments_come_one_by_one(stage: Stage) -> None:
    number = first_fragment()
    stage.go(number)
    visible = ".present .fragment.visible"
    assert stage.page.locator(visible).count() == 0
    stage.press("Space")
    assert stage.page.locator(visible).count() == 1
    assert stage.indices()["h"] == number


def test_edits_run(cell: Stage) -> None:
    assert cell.run("6 * 7") == "42"
    assert cell.run("print('tulip')") == "tulip"


def test_a_clicker_turns_the_page_out_of_an_editor(cell: Stage) -> None:
    before = cell.indices()["h"]
    cell.press("Enter")
    assert cell.page.evaluate("Jupyter.notebook.mode") == "edit"
    cell.press("PageUp")
    assert cell.indices()["h"] == before - 1
    cell.press("Enter", "PageDown")
    assert cell.indices()["h"] == before
    assert cell.page.evaluate("Jupyter.notebook.mode") == "command"


# Never stuck


@pytest.mark.parametrize(
    "stuck",
    [
        "import asyncio; await asyncio.sleep(60)",
        "import time; time.sleep(60)",
        "import asyncio, time; await asyncio.sleep(0); time.sleep(60)",
        "import asyncio\nwhile True: await asyncio.sleep(0)",
        "while True: pass",
        "import asyncio, time\nasync def rude(): time.sleep(60)\n"
        "await asyncio.gather(rude(), asyncio.sleep(60))",
    ],
    ids=["await", "block", "block-in-task", "busy-await", "busy", "other-task"],
)
def test_interrupt_ends_whatever_runs(cell: Stage, stuck: str) -> None:
    cell.start(stuck)
    cell.page.wait_for_selector(".code_cell.running")
    cell.page.wait_for_timeout(200)
    cell.press("F2")
    cell.idle()
    assert re.search("KeyboardInterrupt|CancelledError", cell.output())
    assert cell.run("1 + 1") == "2"


LEFT_BEHIND = r"""
import asyncio, sys
kept = 42
async def forever():
    while True: await asyncio.sleep(60)
tasks = [asyncio.create_task(forever()) for _ in range(3)]
server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
child = await asyncio.create_subprocess_exec(
    sys.executable, "-c", "import signal, time\n"
    "signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)")
await asyncio.sleep(0.5)
print(server.sockets[0].getsockname()[1], child.pid)
await forever()
"""


def test_panic_stops_everything_and_keeps_variables(cell: Stage) -> None:
    cell.start(LEFT_BEHIND)
    cell.page.wait_for_function(
        "/\\d+ \\d+/.test([...document.querySelectorAll('.output_stdout')].map("
        "(e) => e.textContent).join())"
    )
    port, child = map(int, cell.output().split()[:2])
    assert psutil.pid_exists(child)
    assert cell.panic() == "Stopped: 1 server, 3 tasks, 1 child process."
    done = "kept, all(t.cancelled() for t in tasks), server.is_serving()"
    assert cell.run(done) == "(42, True, False)"
    assert cell.run("await child.wait() < 0") == "True"
    again = f"s = await asyncio.start_server(print, '127.0.0.1', {port}); 'free'"
    assert cell.run(again) == "'free'"


def test_panic_on_a_quiet_kernel_says_so(cell: Stage) -> None:
    cell.panic()
    assert cell.panic() == "Stopped: nothing was running."


def test_a_server_cell_runs_twice(cell: Stage) -> None:
    port = int(
        cell.run(
            "import socket; s = socket.create_server(('127.0.0.1', 0));"
            "p = s.getsockname()[1]; s.close(); p"
        )
    )
    serve = f"import asyncio; await asyncio.start_server(print, '127.0.0.1', {port})"
    for _ in range(3):
        output = cell.run(serve)
        assert "Server" in output
        assert "OSError" not in output


def test_one_key_runs_all_cells_before_the_slide_after_a_restart(cell: Stage) -> None:
    cell.go(6)
    position = cell.indices()
    cell.press("F9", "F9")
    cell.page.wait_for_function(
        "document.getElementById('stage-message').textContent.startsWith('Ready:')",
    )
    assert cell.indices() == position
    assert cell.run("pieces.__name__, plant.__name__") == "('pieces', 'plant')"
    cell.press("F8")
    cell.page.wait_for_function(
        "document.getElementById('stage-message').textContent.startsWith('Ready:')",
    )
    assert cell.indices() == position


def test_f9_once_restarts_nothing(cell: Stage) -> None:
    assert cell.run("kept = 1; kept") == "1"
    cell.press("F9")
    assert "F9 again" in cell.message()
    cell.page.wait_for_timeout(3200)
    cell.press("F9")
    assert cell.run("kept") == "1"


def test_a_dead_kernel_opens_no_dialog(cell: Stage) -> None:
    cell.start("import os; os._exit(1)")
    cell.page.wait_for_function(
        "document.getElementById('stage-message').textContent.includes('kernel died')",
    )
    assert cell.page.locator(".modal.in").count() == 0
    answers: list[str] = []
    while len(answers) < 20 and "2" not in answers:  # the new kernel takes a second
        cell.page.wait_for_timeout(500)
        answers.append(cell.run("1 + 1"))
    assert answers[-1] == "2"


# Never lost


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


def test_a_reload_comes_back_to_the_fragment(stage: Stage) -> None:
    stage.go(first_fragment())
    stage.press("Space")
    position = stage.indices()
    assert position["f"] == 0
    stage.page.reload()
    stage.ready()
    assert stage.indices() == position


def test_edits_are_on_disk_within_ten_seconds(cell: Stage, show: Show) -> None:
    cell.write("# written on stage")
    cell.page.wait_for_timeout(9_000)
    assert "# written on stage" in show.copy.read_text(encoding="utf-8")


def test_whoever_reads_the_copy_while_it_is_saved_reads_all_of_it(
    cell: Stage, show: Show
) -> None:
    """The speaker view's frames do, at any time; and so would a crash."""
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
        for number in range(30):
            cell.page.evaluate(
                "n => { Jupyter.notebook.get_selected_cell().set_text('# ' + n);"
                " return Jupyter.notebook.save_notebook() }",
                number,
            )
    finally:
        saved.set()
        reader.join()
    assert "# 29" in show.copy.read_text(encoding="utf-8")
    assert broken == []


# Never a wrong key


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
    cell.go(first_fragment())
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


# Legible


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 720), (1920, 1080), (1024, 768)], ids=str
)
@pytest.mark.parametrize("name", ["tulipes", "semaine"])
def test_type_is_large_and_no_slide_overflows(
    name: str,
    request: pytest.FixtureRequest,
    browser: Browser,
    width: int,
    height: int,
) -> None:
    show: Show = request.getfixturevalue(name)
    context = browser.new_context(viewport={"width": width, "height": height})
    stage = Stage(context.new_page())
    stage.open(show.url)
    least = 32 * min(width / 1280, height / 720)
    shared = set(REAL.talk("semaine").chapters) if name != "semaine" else set()
    assert not shared.issuperset(REAL.talk(name).chapters)
    for number, slide in enumerate(slides(name)):
        if slide.chapter in shared:
            continue  # looked at in the talk of all chapters
        stage.go(number)
        found: dict[str, Any] = stage.page.evaluate(MEASURE)
        assert found["smallest"] >= least - 0.1, (number, found)
        assert found["wide"] <= 0, (number, found)
        assert found["contrast"] >= 7, (number, found)
        assert found["title"] <= 0.25 * height, (number, found)
        assert found["code"] <= 2 / 3 * height, (number, found)
        assert found["bottom"] <= height, (number, found)
    context.close()


MEASURE = """() => {
  const slide = document.querySelector('section.present section.present');
  const channel = (v) => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1])
    + 0.0722 * channel(c[2]);
  const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
  const background = (node) => {
    for (; node; node = node.parentElement) {
      const c = rgb(getComputedStyle(node).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  let smallest = 1e9, wide = 0, contrast = 21, at = '';
  const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const parent = node.parentElement;
    if (!node.textContent.trim() || parent.closest('aside.notes, .anchor-link')
        || !parent.getClientRects().length
        || parent.closest('.CodeMirror-measure')) continue;
    const style = getComputedStyle(parent);
    const range = document.createRange(); range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width || style.visibility === 'hidden') continue;
    if (parseFloat(style.fontSize) < smallest) {
      smallest = parseFloat(style.fontSize); at = node.textContent; }
    wide = Math.max(wide, box.right - innerWidth + 1);
    const [a, b] = [luminance(rgb(style.color)), luminance(background(parent))];
    contrast = Math.min(contrast, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  const code = [...slide.querySelectorAll('.CodeMirror-scroll')];
  code.forEach((c) => { wide = Math.max(wide, c.scrollWidth - c.clientWidth - 30); });
  const title = slide.querySelector('h2');
  const bottom = (s) => Math.max(0, ...[...slide.querySelectorAll(s)]
    .filter((e) => e.getClientRects().length && !e.closest('aside.notes'))
    .map((e) => e.getBoundingClientRect().bottom));
  return { smallest, wide, contrast, at,
    code: bottom('.input_area'), bottom: bottom('.cell'),
    title: title ? title.getBoundingClientRect().bottom : 0 };
}"""


def test_same_layout_at_both_sizes(fresh: Show, browser: Browser) -> None:
    boxes = []
    for width, height in ((1280, 720), (1920, 1080)):
        context = browser.new_context(viewport={"width": width, "height": height})
        stage = Stage(context.new_page())
        stage.open(fresh.url)
        stage.go(first_fragment())
        boxes.append(
            [
                [round(side / width, 3) for side in box]
                for box in stage.page.evaluate(
                    "[...document.querySelectorAll('.present :is(h2, .input_area)')]"
                    ".filter((e) => e.getClientRects().length)"
                    ".map((e) => { const b = e.getBoundingClientRect();"
                    " return [b.left, b.top, b.right, b.bottom]; })"
                )
            ]
        )
        context.close()
    assert boxes[0]
    for small, large in zip(*boxes, strict=True):
        assert small == pytest.approx(large, abs=0.004)


def test_growing_output_stays_in_view(cell: Stage) -> None:
    cell.start(
        "import asyncio\nfor n in range(60):\n"
        "    print('line', n)\n    await asyncio.sleep(0.02)"
    )
    growing = (
        "[...document.querySelectorAll('.present .output_wrapper')]"
        ".filter((e) => e.offsetHeight > 20)"
    )
    cell.page.wait_for_function(f"{growing}.length")
    for _ in range(6):
        cell.page.wait_for_timeout(200)
        bottom, shown = cell.page.evaluate(
            f"{growing}.map((e) => [e.getBoundingClientRect().bottom, innerHeight])[0]"
        )
        assert bottom <= shown + 2
    cell.idle()
    assert "line 59" in cell.output()


# Speaker view, editing, offline


def test_speaker_view_has_notes_next_slide_and_clock(stage: Stage) -> None:
    with stage.page.context.expect_page() as popup:
        stage.press("t")
    notes = popup.value
    notes.wait_for_function(
        "document.querySelector('.speaker-controls-notes .value').innerText[20]",
    )
    assert "Bonjour" in notes.inner_text(".speaker-controls-notes")
    assert re.search(r"\d+:\d\d", notes.inner_text(".speaker-controls-time"))
    assert notes.locator("#current-slide iframe").count() == 1
    assert notes.locator("#upcoming-slide iframe").count() == 1
    first = notes.inner_text(".speaker-controls-notes .value")
    stage.page.bring_to_front()
    stage.press("PageDown")
    notes.wait_for_function(
        "old => document.querySelector('.speaker-controls-notes .value').innerText"
        " !== old",
        arg=first,
    )
    upcoming = notes.frame_locator("#upcoming-slide iframe")
    upcoming.locator("section.present section.present h2").wait_for()
    assert stage.indices()["h"] == 1


def test_the_speaker_view_follows_and_saves_nothing(cell: Stage, show: Show) -> None:
    position = cell.indices()
    with cell.page.context.expect_page() as popup:
        cell.press("t")
    title = cell.page.inner_text("section.present section.present h2")
    current = popup.value.frame_locator("#current-slide iframe")
    current.locator("section.present section.present h2", has_text=title).wait_for()
    upcoming = popup.value.frame_locator("#upcoming-slide iframe")
    upcoming.locator("section.present section.present h2").wait_for()
    cell.page.wait_for_timeout(2000)
    cell.page.bring_to_front()
    assert cell.indices() == position
    cell.write("# the audience's copy")
    cell.page.wait_for_timeout(6000)
    assert "# the audience's copy" in show.copy.read_text(encoding="utf-8")


def test_the_speaker_view_starts_though_its_slides_come_late(
    show: Show, browser: Browser
) -> None:
    """RISE then starts before there is a slide."""

    def late(route: Route) -> None:
        sleep(1)
        route.continue_()

    context = browser.new_context(viewport=SMALL)  # type: ignore[arg-type]
    stage = Stage(context.new_page())
    stage.open(show.url)
    context.route("**/api/contents/**", late)
    with context.expect_page() as popup:
        stage.press("t")
    for frame in "#current-slide iframe", "#upcoming-slide iframe":
        slides = popup.value.frame_locator(frame)
        slides.locator("section.present section.present :is(h1, h2)").wait_for()
    context.close()


def test_no_script_fails_and_nobody_is_asked_but_this_machine(
    show: Show, browser: Browser
) -> None:
    context = browser.new_context(viewport=SMALL)  # type: ignore[arg-type]
    stage = Stage(context.new_page())
    faults: list[str] = []
    stage.page.on("pageerror", lambda error: faults.append(str(error)))
    stage.page.on(
        "response", lambda r: faults.append(r.url) if r.status >= 400 else None
    )
    stage.open(show.url)
    for number in range(stage.slides()):
        stage.go(number)
    with context.expect_page() as popup:
        stage.press("t")
    popup.value.wait_for_timeout(3000)
    lab = context.new_page()
    lab.goto(next(line for line in show.lines if "/lab" in line).split()[-1])
    lab.wait_for_selector("#jp-main-dock-panel")
    lab.wait_for_timeout(2000)
    asked = {urlsplit(url).hostname for url in stage.requests if "://" in url}
    assert len(stage.requests) > 50
    assert asked <= {"127.0.0.1", None}
    assert [url for url in faults if not any(e in url for e in EXPECTED_ERRORS)] == []
    context.close()


def test_decks_open_as_notebooks_in_jupyterlab(
    tmp_path: Path, browser: Browser
) -> None:
    source = REAL.talk(TALK).decks[0].path
    decks = tmp_path / "slides" / "fr"
    decks.mkdir(parents=True)
    (decks / source.name).write_bytes(source.read_bytes())
    with Show(tmp_path) as show:
        lab = next(line for line in show.lines if "/lab" in line).split()[-1]
        page = browser.new_page()
        page.set_default_timeout(LIMIT)
        page.goto(lab)
        page.wait_for_selector("#jp-main-dock-panel")
        page.goto(re.sub(r"/lab[^?]*", f"/lab/tree/slides/fr/{source.name}", lab))
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        assert "Premiers pas" in page.inner_text(".jp-NotebookPanel h1")
        page.close()
