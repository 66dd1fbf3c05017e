"""Syllabus 12.2, 12.3, 12.5: switches that make a program talk."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from demos.practice import debug_mode, hush
from tests.pythons import Python, pythons

every_python = pytest.mark.parametrize("python", pythons(), ids=str)

GARDEN = "import asyncio, runpy; asyncio.run(runpy.run_path({!r})['garden']())"
LOST = r"(\S+): RuntimeWarning: coroutine 'dig' was never awaited\n"
MADE = rf'File "{re.escape(debug_mode.__file__)}", line (\d+), in orders\n'
HELD = r"Executing <Task .*garden\(\).*> took (\d+\.\d+) seconds\n"


def run(
    python: Python, code: str, *switches: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run code on a Python, without the switches of who tests."""
    ours = {"PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONWARNINGS"}
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [str(python.executable), *switches, "-c", code],
        env={**clean, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def told(python: Python, lesson: str, *switches: str, **variables: str) -> str:
    done = run(python, GARDEN.format(lesson), *switches, **variables)
    assert done.returncode == 0
    return done.stderr


# -X dev


@every_python
def test_without_a_switch_python_accuses_asyncio(python: Python) -> None:
    said = told(python, debug_mode.__file__)
    (place,) = re.findall(LOST, said)
    assert re.search(r"asyncio.events\.py:\d+$", place)
    assert "debug_mode.py" not in said
    assert not re.search(HELD, said)


@every_python
@pytest.mark.parametrize("how", ["-X dev", "PYTHONASYNCIODEBUG=1"])
def test_in_debug_mode_it_names_who_made_and_who_held(python: Python, how: str) -> None:
    if how.startswith("-X"):
        said = told(python, debug_mode.__file__, "-X", "dev")
    else:
        said = told(python, debug_mode.__file__, PYTHONASYNCIODEBUG="1")
    assert len(re.findall(LOST, said)) == 1
    (line,) = re.findall(MADE, said)
    with open(debug_mode.__file__, encoding="utf-8") as source:
        assert 'dig("tulip")' in source.readlines()[int(line) - 1]
    (seconds,) = re.findall(HELD, said)
    assert float(seconds) >= 0.2


@every_python
def test_only_x_dev_tells_of_what_nobody_closed(python: Python) -> None:
    code = "import socket; socket.socket(); open(__import__('os').devnull)"
    said = run(python, code, "-X", "dev").stderr
    assert said.count("ResourceWarning: unclosed") == 2
    assert run(python, code, PYTHONASYNCIODEBUG="1").stderr == ""


@every_python
def test_warnings_as_errors_do_not_stop_it(python: Python) -> None:
    said = told(python, debug_mode.__file__, "-W", "error")
    assert said.startswith("Exception ignored")
    assert said.endswith("RuntimeWarning: coroutine 'dig' was never awaited\n")


@every_python
def test_a_notebook_turns_it_on_by_hand(python: Python) -> None:
    code = (
        "import asyncio, time\n"
        "async def main():\n"
        "  loop = asyncio.get_running_loop()\n"
        "  print(loop.slow_callback_duration)\n"
        "  loop.set_debug(True)\n"
        "  await asyncio.sleep(0)\n"
        "  time.sleep(0.15)\n"
        "asyncio.run(main())"
    )
    done = run(python, code)
    assert done.stdout == "0.1\n"
    assert re.search(r"Executing <Task .*main\(\).* took 0\.\d+ seconds\n", done.stderr)


# 3.14's


@every_python
def test_filters_are_the_program_s_or_each_task_s(python: Python) -> None:
    """On an older Python the switch is unknown: it changes nothing."""
    assert told(python, hush.__file__) == ""
    said = told(python, hush.__file__, "-X", "context_aware_warnings=1")
    assert ("UserWarning: no water" in said) is (python.version >= (3, 14))
    again = told(python, hush.__file__, PYTHON_CONTEXT_AWARE_WARNINGS="1")
    assert again == said


THREADS = """
import asyncio, threading
from contextvars import ContextVar
flower = ContextVar("flower", default="nobody")
def tell(): print(flower.get(), end=" ")
async def work(name, in_pool):
    flower.set(name)
    await in_pool(tell)
async def main():
    flower.set("tulip")
    thread = threading.Thread(target=tell)
    thread.start()
    thread.join()
    loop = asyncio.get_running_loop()
    for in_pool in (lambda f: loop.run_in_executor(None, f)), asyncio.to_thread:
        for name in "iris", "rose":
            await asyncio.create_task(work(name, in_pool))
asyncio.run(main())
"""


@every_python
def test_a_new_thread_inherits_a_pool_s_keeps_to_thread_copies(python: Python) -> None:
    without = run(python, THREADS).stdout.split()
    assert without == ["nobody", "nobody", "nobody", "iris", "rose"]
    inherited = run(python, THREADS, "-X", "thread_inherit_context=1").stdout.split()
    if python.version < (3, 14):
        assert inherited == without
    else:
        assert inherited == ["tulip", "iris", "iris", "iris", "rose"]
