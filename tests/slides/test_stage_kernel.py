"""The stage and its kernel in a real browser: what runs, what stays, what ends it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser

from slides import lessons
from tests.peers import need
from tests.slides.decks import REAL
from tests.slides.stage import LAST_CODE, SLIDES, SMALL, Show, Stage
from tests.slides.walk import walk


def test_edits_run(cell: Stage) -> None:
    assert cell.run("6 * 7") == "42"
    assert cell.run("print('tulip')") == "tulip"


@pytest.mark.parametrize(
    ("name", "chapter", "programs"),
    [
        ("tulipes", "tulipes", {"nc"}),
        ("semaine", "streams", {"curl", "nc", "openssl", "ssh"}),
    ],
)
def test_servers_stay_for_a_second_terminal_until_panic(
    tmp_path: Path,
    browser: Browser,
    name: str,
    chapter: str,
    programs: set[str],
) -> None:
    with Show(tmp_path, "--chapter", chapter, talk=name) as show:
        context = browser.new_context(viewport=SMALL)
        stage = Stage(context.new_page())
        stage.open(show.url)
        walk(stage, REAL.talk(name).slides)
        commands = printed_commands(stage)
        assert {line.split()[0] for line in commands} == programs
        for line in commands:
            assert second_terminal(line), f"nobody answers: {line}"
        assert re.search(STOPPED, stage.panic())
        for line in commands:
            assert not second_terminal(line), f"still there: {line}"
        context.close()


STOPPED = r"\d+ servers?(?:, \d+ tasks?)?, \d+ connections?"


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
