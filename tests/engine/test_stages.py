"""Each stage is the one before, and little more; the waste is real, then it ends."""

from __future__ import annotations

import ast
import difflib
import io
import re
import tokenize
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

from demos.__main__ import called
from demos.catalogue import sources
from tests.pythons import ROOT

FOLDER = ROOT / "demos" / "engine"
FILES = sorted(FOLDER.glob("stage_*.py"))
CHANGED = {6: 100, 10: 60}
"""Lines that a stage changes at most: sockets, and the language, bring classes."""


def code(path: Path) -> list[str]:
    """Return the lines of code: no docstring, comment, empty line."""
    text = path.read_text(encoding="utf-8")
    words: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        kinds = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        if isinstance(node, kinds) and ast.get_docstring(node):
            words |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}
    layout |= {tokenize.INDENT, tokenize.DEDENT}
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in layout:
            found |= set(range(token.start[0], token.end[0] + 1))
    lines = text.splitlines()
    return [lines[number - 1] for number in sorted(found - words)]


def test_the_whole_engine_is_220_lines_of_code_at_most() -> None:
    assert len(code(FOLDER / "engine.py")) <= 220


def test_stages_are_numbered() -> None:
    assert [int(path.stem.split("_")[1]) for path in FILES] == list(range(1, 11))


@pytest.mark.parametrize(
    ("before", "after"), [*pairwise(FILES)], ids=lambda path: path.stem
)
def test_a_stage_is_close_to_the_one_before(before: Path, after: Path) -> None:
    number = int(after.stem.split("_")[1])
    changes = [
        line
        for line in difflib.ndiff(code(before), code(after))
        if line.startswith(("+ ", "- "))
    ]
    assert 0 < len(changes) <= CHANGED.get(number, 45)
    taken = sum(line.startswith("- ") for line in changes)
    assert taken <= 20


def test_nothing_imports_asyncio() -> None:
    """But what stands beside it, to be measured."""
    for path in set(FOLDER.glob("*.py")) - {FOLDER / "beside.py"}:
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
        assert not {name for name in names if name.split(".")[0] == "asyncio"}


@pytest.mark.parametrize("typed", ["engine.04", "engine.4", "04", "demos/engine/04"])
def test_a_number_names_a_stage(typed: str) -> None:
    assert called(typed, sources()) == "engine.stage_04_loop"


def test_a_number_names_nothing_else() -> None:
    assert called("engine.11", sources()) == "engine.11"
    assert called("history.2014", sources()) == "history.2014"


def share(number: int, capsys: pytest.CaptureFixture[str]) -> float:
    """Run a stage; return its CPU time, a second of it."""
    (path,) = FOLDER.glob(f"stage_{number:02}_*.py")
    main: Callable[..., None] = import_module(f"demos.engine.{path.stem}").main
    main(delay=0.1)
    found = re.search(r"took (\S+) s, of which CPU (\S+) s", capsys.readouterr().out)
    assert found
    return float(found[2]) / float(found[1])


def test_run_task_steps_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    stage = import_module("demos.engine.stage_01_run_task")
    stage.run_task(stage.grow("iris", 4))
    days = [f"iris: day {day}" for day in range(4)]
    assert capsys.readouterr().out.splitlines() == days


def test_run_tasks_steps_each_in_its_turn(capsys: pytest.CaptureFixture[str]) -> None:
    stage = import_module("demos.engine.stage_02_run_tasks")
    lives = {"tulip": 3, "iris": 1, "rose": 2}
    stage.run_tasks(*(stage.grow(name, days) for name, days in lives.items()))
    assert capsys.readouterr().out.splitlines() == [
        f"{name}: day {day}"
        for day in range(3)
        for name, days in lives.items()
        if day < days
    ]


def test_the_waste_is_confessed_then_cured(capsys: pytest.CaptureFixture[str]) -> None:
    """Busy loops take what CPU there is; the last ones take next to none."""
    busy = {number: share(number, capsys) for number in (3, 5, 7)}
    partly, idle = share(8, capsys), share(9, capsys)
    assert min(busy.values()) > 2 * partly
    assert partly > idle
    assert idle < 0.1


def test_a_loop_in_a_loop_sets_the_current_one_back() -> None:
    stage = import_module("demos.engine.stage_04_loop")
    seen = []

    async def inner() -> None:
        seen.append(stage.Loop.current)

    async def outer() -> None:
        before = stage.Loop.current
        stage.Loop().run_task(inner())
        seen.extend([stage.Loop.current is before, seen[0] is not before])

    stage.Loop().run_task(outer())
    assert seen[1:] == [True, True]
