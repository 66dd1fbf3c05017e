"""The stage and its kernel in a real browser: what runs, what stays, what ends it."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser

from slides import lessons
from tests.slides.stage import LAST_CODE, SLIDES, SMALL, Show, Stage


def test_edits_run(cell: Stage) -> None:
    assert cell.run("6 * 7") == "42"
    assert cell.run("print('tulip')") == "tulip"


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


def test_what_is_edited_on_a_slide_is_what_another_one_imports(stage: Stage) -> None:
    address = "tasks/cancel.py:water"
    lesson = lessons.code(address)
    for tap in "hose", "tap":  # the second one is the lesson's own
        shows = (any(cell.demo == address for cell in each.cells) for each in SLIDES)
        stage.go(list(shows).index(True))
        stage.run(lesson.replace("the tap is", f"the {tap} is"))
        stage.go(LAST_CODE)
        said = stage.run("from demos.tasks import cancel\nawait cancel.main(delay=0.1)")
        assert f"the {tap} is open" in said


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


RUN_AND_STOP = """([n, stop, delay]) => {
    document.getElementById('stage-message').textContent = '';
    Jupyter.notebook.get_cell(n).execute();
    setTimeout(() => document.activeElement.dispatchEvent(new KeyboardEvent(
        'keydown', {code: stop, key: stop, bubbles: true})), delay);
}"""


@pytest.mark.parametrize("delay", [0, 2, 5, 20])
@pytest.mark.parametrize("key", ["F2", "F4"])
def test_a_cell_that_is_only_just_asked_for_is_stopped(
    cell: Stage, key: str, delay: int
) -> None:
    cell.write("import asyncio; await asyncio.sleep(600)")
    cell.page.evaluate(RUN_AND_STOP, [cell.cell, key, delay])
    cell.idle()
    assert re.search("KeyboardInterrupt|CancelledError", cell.output())


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
    assert (
        cell.panic() == "Stopped: the running cell, 1 server, 3 tasks, 1 child process."
    )
    done = "kept, all(t.cancelled() for t in tasks), server.is_serving()"
    assert cell.run(done) == "(42, True, False)"
    assert cell.run("await child.wait() < 0") == "True"
    again = f"s = await asyncio.start_server(print, '127.0.0.1', {port}); 'free'"
    assert cell.run(again) == "'free'"


def test_panic_on_a_quiet_kernel_says_so(cell: Stage) -> None:
    cell.panic()
    assert cell.panic() == "Stopped: nothing was running."


def test_panic_stops_the_loop_of_a_thread_and_says_what_goes_on(cell: Stage) -> None:
    cell.run(
        "import asyncio, threading\nover, up = threading.Event(), threading.Event()\n"
        "async def serve():\n"
        "    server = await asyncio.start_server(print, '127.0.0.1', 0)\n"
        "    up.set(); await asyncio.sleep(600)\n"
        "looped = threading.Thread(target=asyncio.run, args=(serve(),))\n"
        "looped.start(); up.wait()\n"
        "plain = threading.Thread(target=over.wait); plain.start()"
    )
    assert cell.panic() == (
        "Stopped: 1 server, 1 task, 1 thread. 1 thread will not end: restart."
    )
    assert cell.run("over.set(); plain.join(); looped.is_alive()") == "False"


UNUSABLE = "F4 stopped what this cell uses: F8 runs all before this slide."


def test_a_cell_that_fails_after_panic_is_explained_until_f8(cell: Stage) -> None:
    cell.panic()
    cell.run("import asyncio\nkept = asyncio.create_task(asyncio.sleep(600)); None")
    assert cell.panic() == "Stopped: 1 task."
    said = cell.message()
    cell.run("1 + 1")  # works
    assert cell.message() == said
    cell.run("tulips")  # a name that is missing is not F4's doing
    assert "F4" not in cell.message()
    assert "CancelledError" in cell.run("await kept")
    assert cell.message() == UNUSABLE
    cell.press("F8")
    cell.caught_up()
    said = cell.message()
    assert "CancelledError" in cell.run("await kept")
    assert cell.message() == said


def test_a_cell_that_f2_ends_is_not_explained(cell: Stage) -> None:
    cell.run("import asyncio\nkept = asyncio.create_task(asyncio.sleep(600)); None")
    cell.panic()
    stick(cell, "await asyncio.sleep(600)")
    cell.press("F2")
    cell.idle()
    assert cell.message() == "Interrupted."


# A cell that runs has a mark


def marks(stage: Stage) -> list[str]:
    """Return the prompts of the cells that are said to run."""
    prompts: list[str] = stage.page.evaluate(
        "Jupyter.notebook.get_cells().filter((cell) =>"
        " cell.element.hasClass('running') || cell.input_prompt_number === '*')"
        ".map((cell) => cell.element.find('.input_prompt').text())"
    )
    return prompts


def stick(stage: Stage, code: str) -> None:
    """Run a cell that never ends, and wait until it is under way."""
    stage.start(f"import asyncio, time\nprint('up')\n{code}")
    stage.page.wait_for_function(
        "n => Jupyter.notebook.get_cell(n).output_area.outputs.length",
        arg=stage.cell,
    )


KERNEL_GOES = {
    "restarted": "Jupyter.notebook.kernel.restart()",
    "dead": "require('base/js/events').trigger("
    "'kernel_dead.Kernel', {kernel: Jupyter.notebook.kernel})",
}


@pytest.mark.parametrize("how", KERNEL_GOES)
def test_a_mark_goes_with_the_kernel(cell: Stage, how: str) -> None:
    stick(cell, "time.sleep(600)")
    cell.page.evaluate(
        "() => { require('base/js/events').one('kernel_ready.Kernel',"
        f" () => {{ window.restarted = true; }}); {KERNEL_GOES[how]}; }}"
    )
    assert marks(cell) == []
    if how == "dead":  # it is not: the page was told so
        cell.page.evaluate("() => Jupyter.notebook.kernel.restart()")
    cell.page.wait_for_function("window.restarted")


def test_a_mark_goes_when_the_kernel_dies(cell: Stage) -> None:
    cell.start("import os; os._exit(1)")
    cell.page.wait_for_function(
        "document.getElementById('stage-message').textContent.includes('kernel died')",
    )
    assert marks(cell) == []
    cell.page.wait_for_function("Jupyter.notebook.kernel.is_connected()")
    cell.page.evaluate(
        "new Promise((done) => Jupyter.notebook.kernel.kernel_info(done)).then(() => 1)"
    )


def test_marks_of_cells_that_waited_go_with_an_interrupt(cell: Stage) -> None:
    stick(cell, "time.sleep(600)")
    cell.page.evaluate(
        "n => Jupyter.notebook.get_cells().slice(0, n)"
        ".filter((cell) => cell.cell_type === 'code').slice(-2)"
        ".forEach((cell) => cell.execute())",
        cell.cell,
    )
    assert len(marks(cell)) == 3
    cell.press("F2")
    cell.idle()
    assert marks(cell) == []


def test_a_mark_goes_when_a_lost_connection_comes_back(cell: Stage) -> None:
    cell.start("import time; time.sleep(0.5)")
    cell.page.wait_for_selector(".code_cell.running")
    cell.page.evaluate(
        "() => { const { kernel } = Jupyter.notebook;"
        " kernel.ws.onmessage = () => { window.missed = true; }; }"
    )
    cell.page.wait_for_function("window.missed")
    cell.page.wait_for_timeout(800)  # its reply is among what is missed
    assert len(marks(cell)) == 1
    cell.page.evaluate("() => Jupyter.notebook.kernel.ws.close()")
    cell.page.wait_for_selector(".code_cell.running", state="detached")
    assert marks(cell) == []
    assert cell.run("6 * 7") == "42"


def shown(code: str) -> int:
    """Return the number of the first slide that shows such code."""
    return next(
        number
        for number, slide in enumerate(SLIDES)
        if any(code in cell.source for cell in slide.shown)
    )


def test_one_key_runs_all_cells_before_the_slide_after_a_restart(cell: Stage) -> None:
    defined = ("async def pieces", "async def plant")
    cell.go(1 + max(map(shown, defined)))
    position = cell.indices()
    cell.press("F9", "F9")
    cell.caught_up()
    assert cell.indices() == position
    assert cell.run("pieces.__name__, plant.__name__") == "('pieces', 'plant')"
    cell.press("F8")
    cell.caught_up()
    assert cell.indices() == position


def test_a_name_that_a_jump_left_out_is_explained(show: Show, browser: Browser) -> None:
    """A typo, once all before it was run, is not."""
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    stage.open(show.url)
    stage.go(LAST_CODE)
    assert "NameError" in stage.run("border_of_no_slide")
    assert stage.message() == "F8 runs all before this slide."
    stage.press("F8")
    stage.caught_up()
    assert "NameError" in stage.run("border_of_no_slide")
    assert stage.message().startswith("Ready:")
    context.close()


def test_an_empty_cell_before_the_slide_is_left_out(
    tmp_path: Path, browser: Browser
) -> None:
    """It never runs; F8 must not wait for it."""
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    with Show(tmp_path) as show:
        stage.open(show.url)
        stage.page.evaluate(
            "Jupyter.notebook.get_cells().find((c) => c.cell_type === 'code')"
            ".set_text('')"
        )
        stage.go(6)
        stage.press("F8")
        stage.caught_up()
        context.close()


def test_f9_once_restarts_nothing(cell: Stage) -> None:
    assert cell.run("kept = 1; kept") == "1"
    cell.press("F9")
    assert "F9 again" in cell.message()
    cell.page.evaluate("const now = Date.now; Date.now = () => now() + 3200")
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
