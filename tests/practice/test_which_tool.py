"""Syllabus 12.5: each way of the chart `which_tool`, tried on a program of ours."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from demos.practice import (
    blocking_broken,
    left_running_broken,
    lost_error_broken,
    lost_error_fixed,
    never_awaited_broken,
)
from media.figures import which_tool
from tests.practice.test_looking import every_python, garden, opens_a_console
from tests.practice.test_pairs import told
from tests.pythons import Python

DEV = ("-X", "dev")
RUN = "import asyncio, runpy; asyncio.run(runpy.run_path({!r})[{!r}]())"


def errors(lesson: ModuleType, function: str, *switches: str) -> str:
    """Run a lesson's coroutine as a program; return what it complains of."""
    code = RUN.format(lesson.__file__, function)
    words = [sys.executable, *switches, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    return done.stderr


def says(call: str) -> str:
    (tool,) = (tool for tool in which_tool.TOOLS if tool.call == call)
    return " ".join(tool.says)


def test_each_step_has_its_tool() -> None:
    assert sum(tool.steps for tool in which_tool.TOOLS) == len(which_tool.STEPS)
    assert all(
        len(tool.says) < tool.steps or not tool.says for tool in which_tool.TOOLS
    )


@every_python
def test_pstree_names_who_waits_for_ever(python: Python) -> None:
    if opens_a_console(python):
        return
    words = which_tool.TOOLS[0].call.split()
    with garden(python) as pid:
        command = [str(python.executable), *words[1:], str(pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert words[0] == "python"
    assert "Event.wait" in done.stdout


def test_dev_names_who_is_slow() -> None:
    assert errors(blocking_broken, "main") == ""
    told_slow = errors(blocking_broken, "main", *DEV)
    assert re.search(r"Executing <Task .*gauge.*> took 0\.\d+ seconds", told_slow)
    assert "took …" in says("python -X dev")


def test_dev_names_where_a_forgotten_coroutine_was_made() -> None:
    assert "Coroutine created at" not in errors(never_awaited_broken, "garden")
    forgotten = errors(never_awaited_broken, "garden", *DEV)
    assert "was never awaited\nCoroutine created at" in forgotten
    assert ", in garden\n" in forgotten
    assert "created at …" in says("python -X dev")


def test_all_tasks_has_the_one_that_still_runs() -> None:
    async def session() -> list[Any]:
        await left_running_broken.garden(60)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        return [task.get_coro() for task in left]

    (coro,) = asyncio.run(session())
    assert coro.__name__ == "soak"


def test_what_was_never_retrieved_comes_out_of_a_group() -> None:
    _, lost = told(lost_error_broken)
    assert lost.startswith("Task exception was never retrieved")
    output, silent = told(lost_error_fixed)
    assert ("no bulb" in output, silent) == (True, "")


SPINS = """
import asyncio
async def spin():
    print("spins", flush=True)
    while True: pass
asyncio.run(spin())
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="its Ctrl-C goes to a whole console"
)
def test_the_second_ctrl_c_shows_the_line_that_spins() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SPINS], stdout=-1, stderr=-1, text=True
    ) as child:
        try:
            assert child.stdout
            assert child.stdout.readline() == "spins\n"
            child.send_signal(signal.SIGINT)
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(0.5)  # the first one asks `main`, which does not hear
            child.send_signal(signal.SIGINT)
            _, trace = child.communicate(timeout=60)
        finally:
            child.kill()
    assert re.search(r"line 5, in spin\n", trace)
    assert trace.endswith("KeyboardInterrupt\n")
