"""Syllabus 12.5: a program that runs is asked who awaits whom."""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from demos.practice import call_graph, pstree
from tests.pythons import ROOT, Python, pythons

every_python = pytest.mark.parametrize("python", pythons(), ids=str)
linux = pytest.mark.skipif(sys.platform != "linux", reason="about Linux's permissions")

Lines = pytest.CaptureFixture[str]
Done = subprocess.CompletedProcess[str]

GARDEN = "import asyncio, runpy; asyncio.run(runpy.run_path({!r})['garden']())"
CLOSED = "import ctypes; ctypes.CDLL(None).prctl(4, 0);"
"""PR_SET_DUMPABLE: not even its owner may look into it, but root may."""

NOBODY = 65534


@contextmanager
def garden(python: Python, *switches: str, before: str = "") -> Iterator[int]:
    """Grow the lesson's garden; give its PID when all of its tasks wait."""
    code = before + GARDEN.format(pstree.__file__)
    words = [str(python.executable), "-u", *switches, "-c", code]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "all wait\n"
            yield process.pid
        finally:
            process.kill()


def look(python: Python, command: str, pid: int, user: int | None = None) -> Done:
    words = [str(python.executable), "-m", "asyncio", command, str(pid)]
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        user=user,
        cwd="/",
    )


@functools.cache
def opens_a_console(python: Python) -> bool:
    """Tell whether a Python has no such commands: it opens asyncio's console."""
    old = "asyncio REPL" in look(python, "pstree", 0).stderr
    assert old is (python.version < (3, 14))
    return old


def refusal(python: Python, done: Done) -> str:
    """Return what the command says when it can't look: where depends on it."""
    assert done.returncode == 1
    said, silent = done.stdout, done.stderr
    if python.version >= (3, 15):
        said, silent = silent, said
    assert silent == ""
    return said


def sample(lesson: str | None) -> str:
    """Return what a docstring's first run prints."""
    assert lesson
    shown = inspect.cleandoc(lesson).split("\n\n")[1]
    return "\n".join(line[4:] for line in shown.splitlines()[1:])


# From outside.


@every_python
def test_the_command_prints_the_lesson_s_tree_with_files_and_lines(
    python: Python,
) -> None:
    if opens_a_console(python):
        return
    with garden(python) as pid:
        done = look(python, "pstree", pid)
    assert (done.returncode, done.stderr) == (0, "")
    assert pstree.without_places(done.stdout.rstrip()) == sample(pstree.__doc__)
    source = inspect.getsource(pstree).splitlines()
    (line,) = re.findall(r"drink .*pstree\.py:(\d+)", done.stdout)
    assert source[int(line) - 1].strip() == "await cloud"


@every_python
def test_the_table_says_who_waits_for_each_task(python: Python) -> None:
    if opens_a_console(python):
        return
    with garden(python) as pid:
        done = look(python, "ps", pid)
    head, _, *rows = done.stdout.splitlines()
    name, awaiter = (head.index(title) for title in ("task name", "awaiter name"))
    pairs = {(row[name:].split()[0], row[awaiter:].split()[0]) for row in rows}
    assert pairs == {
        ("Task-1", "0x0"),  # nobody
        ("tulip", "Task-1"),
        ("rose", "Task-1"),
        ("cloud", "tulip"),
    }


@every_python
def test_two_that_await_each_other_are_a_table_but_no_tree(python: Python) -> None:
    if opens_a_console(python):
        return
    code = (
        "import asyncio\n"
        "async def wait(): await others.pop()\n"
        "async def main():\n"
        "  global others\n"
        "  tasks = [asyncio.create_task(wait(), name=n) for n in ('tulip', 'rose')]\n"
        "  others = list(tasks)\n"
        "  asyncio.get_running_loop().call_soon(print, 'all wait')\n"
        "  await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    words = [str(python.executable), "-u", "-c", code]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "all wait\n"
        tree, table = (look(python, each, process.pid) for each in ("pstree", "ps"))
        process.kill()
    assert (tree.returncode, tree.stdout) == (1, "")
    assert "cannot print a tree" in tree.stderr
    assert table.returncode == 0
    assert {"tulip", "rose"} < set(table.stdout.split())


@every_python
def test_only_the_same_minor_version_looks(python: Python) -> None:
    if opens_a_console(python):
        return
    for other in pythons():
        if other.version[:2] == python.version[:2]:
            continue
        with garden(other) as pid:
            done = look(python, "pstree", pid)
        words = f"Can't attach from a Python {python} process to a Python {other}"
        if other.version < (3, 13):
            words = "Failed to find the PyRuntime section"  # it came with 3.13
        assert refusal(python, done).startswith(f"Error retrieving tasks: {words}")


@linux
@every_python
def test_without_permission_it_says_so(python: Python) -> None:
    if opens_a_console(python):
        return
    user = NOBODY if os.geteuid() == 0 else None
    with garden(python, before=CLOSED) as pid:
        done = look(python, "pstree", pid, user)
    assert "insufficient permissions" in refusal(python, done).splitlines()[0]


@every_python
def test_the_switch_against_remote_code_does_not_hide_the_tree(python: Python) -> None:
    """It shuts what runs code in another process; the commands only read."""
    if opens_a_console(python):
        return
    with garden(python, "-X", "disable-remote-debug") as pid:
        done = look(python, "pstree", pid)
        code = f"import sys; sys.remote_exec({pid}, {pstree.__file__!r})"
        words = [str(python.executable), "-c", code]
        remote = subprocess.run(words, capture_output=True, text=True, check=False)
        words = [str(python.executable), "-m", "pdb", "-p", str(pid)]
        pdb = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (remote.returncode, pdb.returncode) == (1, 1)
        assert "Remote debugging is not enabled" in remote.stderr
    assert pstree.without_places(done.stdout.rstrip()) == sample(pstree.__doc__)


@every_python
def test_a_lesson_in_another_terminal_is_two_trees(python: Python) -> None:
    if opens_a_console(python):
        return
    words = [str(python.executable), "-u", "-m", "demos", "tasks.cancel"]
    with subprocess.Popen(
        [*words, "--delay", "60"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "water: the tap is open\n"
        done = look(python, "pstree", process.pid)
        process.kill()
    assert pstree.without_places(done.stdout).split() == [
        *("└──", "(T)", "Task-1", "└──", "main", "└──", "sleep"),
        *("└──", "(T)", "Task-2", "└──", "water", "└──", "sleep"),
    ]


# The lesson.


def test_the_parent_itself_looks_and_leaves_no_child(
    monkeypatch: pytest.MonkeyPatch, capsys: Lines
) -> None:
    if sys.version_info < (3, 14):
        asyncio.run(pstree.main())
        assert capsys.readouterr().out == "pstree: needs Python 3.14 or newer\n"
        return
    tools = importlib.import_module("asyncio.tools")
    read = tools.get_all_awaited_by
    parents = []

    def watched(pid: int) -> object:
        parents.append(psutil.Process(pid).ppid())
        return read(pid)

    monkeypatch.setattr(tools, "get_all_awaited_by", watched)
    before = psutil.Process().children()
    asyncio.run(pstree.main())
    assert parents == [os.getpid()]
    assert capsys.readouterr().out.rstrip() == sample(pstree.__doc__)
    assert psutil.Process().children() == before


def test_the_parent_that_may_not_look_says_what_the_command_says(
    monkeypatch: pytest.MonkeyPatch, capsys: Lines
) -> None:
    if sys.version_info < (3, 14):
        with pytest.raises(ImportError):
            pstree.look(os.getpid())
        return

    def refused(pid: int) -> object:
        raise PermissionError

    tools = importlib.import_module("asyncio.tools")
    monkeypatch.setattr(tools, "get_all_awaited_by", refused)
    before = psutil.Process().children()
    asyncio.run(pstree.main())
    printed, errors = capsys.readouterr()
    assert "insufficient permissions" in printed.splitlines()[0]
    assert "remote_debugging.html" in printed
    assert errors == ""
    assert psutil.Process().children() == before


def test_a_path_with_spaces_is_left_out_whole() -> None:
    tree = (
        "└──  garden /my garden/a.py:9\n    └── (T) Task-1\n    └──  rest C:\\a b.py:1"
    )
    assert pstree.without_places(tree) == (
        "└──  garden\n    └── (T) Task-1\n    └──  rest"
    )


# From inside.


def test_the_graph_names_tasks_where_a_traceback_names_one(capsys: Lines) -> None:
    if sys.version_info < (3, 14):
        assert not hasattr(asyncio, "format_call_graph")
        asyncio.run(call_graph.main())
        assert capsys.readouterr().out == "call_graph: needs Python 3.14 or newer\n"
        return
    seen: list[list[str]] = []

    async def rain() -> None:
        await asyncio.sleep(0)
        seen.append([each.name for each in traceback.extract_stack()])
        seen.append(re.findall(r"(\w+)\(\)", asyncio.format_call_graph()))

    async def garden() -> None:
        cloud = asyncio.create_task(rain())
        await asyncio.create_task(call_graph.drink(cloud))

    asyncio.run(garden())
    stack, graph = seen
    assert "rain" in stack
    assert not {"drink", "garden"} & set(stack)
    assert graph == ["rain", "drink", "garden"]


def test_the_three_functions_say_the_same(capsys: Lines) -> None:
    if sys.version_info < (3, 14):
        assert not hasattr(asyncio, "capture_call_graph")
        return

    async def session() -> None:
        cloud = asyncio.create_task(asyncio.sleep(60), name="cloud")
        tulip = asyncio.create_task(call_graph.drink(cloud), name="tulip")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asyncio.print_call_graph(cloud)
        assert capsys.readouterr().out == asyncio.format_call_graph(cloud) + "\n"
        graph = asyncio.capture_call_graph(cloud)
        assert graph.future is cloud
        assert [each.future for each in graph.awaited_by] == [tulip]
        tulip.cancel()

    asyncio.run(session())


def test_the_graph_goes_on_with_whoever_awaits(capsys: Lines) -> None:
    """So `main` keeps from awaiting until it is printed."""
    if sys.version_info < (3, 14):
        assert not hasattr(asyncio, "print_call_graph")
        return
    asyncio.run(call_graph.main(delay=0.01))
    assert capsys.readouterr().out.rstrip() == sample(call_graph.__doc__)

    async def hasty() -> None:
        await asyncio.create_task(call_graph.garden(0.01), name="garden")

    asyncio.run(hasty())
    longer = capsys.readouterr().out
    assert longer.startswith(sample(call_graph.__doc__))
    assert longer.rstrip().endswith("hasty()")
