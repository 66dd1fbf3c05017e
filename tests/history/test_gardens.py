"""Syllabus 3.6: one program in six eras, and what each year brought."""

from __future__ import annotations

import ast
import asyncio
import gc
import inspect
import os
import re
import selectors
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.history import (
    garden_2006,
    garden_2012,
    garden_2014,
    garden_2015,
    garden_2018,
    garden_2022,
)
from tests.pythons import ROOT, Python, pythons
from tests.served import without_reports

GARDENS: dict[int, ModuleType] = {
    2006: garden_2006,
    2012: garden_2012,
    2014: garden_2014,
    2015: garden_2015,
    2018: garden_2018,
    2022: garden_2022,
}
OUTPUT = "iris drinks water\ntulip drinks water\nin flower: tulip, iris\n"
NEW_HERE = {"main"}
"""What the year did not have: it serves who awaits it today."""

every_year = pytest.mark.parametrize("year", GARDENS)


def text(year: int) -> str:
    return (ROOT / f"demos/history/garden_{year}.py").read_text(encoding="utf-8")


def functions(year: int) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return what the year had to write, by name."""
    return {
        node.name: node
        for node in ast.parse(text(year)).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name not in NEW_HERE
    }


def source(year: int, name: str) -> str:
    """Return a function as it is written, without its docstring."""
    node = functions(year)[name]
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    lines = text(year).splitlines()[first - 1 : node.end_lineno]
    del lines[node.body[0].lineno - first]
    return "\n".join(lines)


def length(year: int, *names: str) -> int:
    """Count the lines of functions on a slide: one blank line between two."""
    return len("\n\n".join(source(year, name) for name in names).splitlines())


# The same output.

ALL = """
import asyncio, importlib, sys
for year in sys.argv[1:]:
    print(year, flush=True)
    asyncio.run(importlib.import_module("garden_" + year).main(delay=0.02))
"""


@pytest.mark.parametrize("python", pythons(), ids=str)
def test_all_years_print_the_same(python: Python) -> None:
    strict = ["-B", "-X", "dev", "-W", "error"]
    years = list(map(str, GARDENS))
    done = subprocess.run(
        [str(python.executable), *strict, "-c", ALL, *years],
        cwd=ROOT / "demos" / "history",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, without_reports(done.stderr)) == (0, "")
    assert done.stdout == "".join(f"{year}\n{OUTPUT}" for year in years)


TIME = "import time\nfrom heapq import heappop, heappush\n"
# A Python that is old enough; what the program imported then; how it started.
THEN = {
    2006: (
        ("2.7", "2.6"),
        "from __future__ import print_function\n"
        f"{TIME}from types import GeneratorType\n",
        "garden(0.02)",
    ),
    2012: (("3.3", "3.6", "3.7"), TIME, "garden(0.02)"),
    2014: (
        ("3.4", "3.6", "3.7"),
        "import asyncio\nfrom asyncio import coroutine, get_event_loop\n",
        "run_2014(garden(0.02))",
    ),
    2015: (("3.5", "3.6", "3.7"), "import asyncio\n", "run_2015(garden(0.02))"),
    2018: (("3.7", "3.8"), "import asyncio\n", "asyncio.run(garden(0.02))"),
}


def old_python(releases: tuple[str, ...]) -> str | None:
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for release in releases:
        for found in sorted(pyenv.glob(f"versions/{release}.*/bin/python")):
            return str(found)
        if name := shutil.which(f"python{release}"):
            return name
    return None


@pytest.mark.parametrize("year", THEN)
def test_it_ran_then(year: int) -> None:
    """What is not NEW_HERE, nor a stand-in, runs where nothing had to change."""
    releases, imports, start = THEN[year]
    executable = old_python(releases)
    if executable is None:
        pytest.skip(f"no Python {' or '.join(releases)}: too old to be required")
    stand_ins = {"coroutine", "get_event_loop"}
    own = [source(year, name) for name in functions(year) if name not in stand_ins]
    program = "\n\n".join([imports, *own, start])
    done = subprocess.run(
        [executable, "-E", "-W", "error", "-c", program],  # no guard knows it
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, OUTPUT, "")


# What a year changed, and nothing else.


@pytest.mark.parametrize(
    ("old", "new", "name", "changes"),
    [
        (2006, 2012, "rain", {'yield "water"': 'return "water"'}),
        (
            2006,
            2012,
            "grow",
            {"= yield rain": "= yield from rain", "yield name": "return name"},
        ),
        (2006, 2012, "garden", {}),
        (
            2012,
            2014,
            "rain",
            {
                "def ": "@coroutine\ndef ",
                "yield delay": "yield from asyncio.sleep(delay)",
            },
        ),
        (2012, 2014, "grow", {"def ": "@coroutine\ndef "}),
        *(
            (
                2014,
                2015,
                name,
                {"@coroutine\ndef ": "async def ", "yield from ": "await "},
            )
            for name in ("rain", "grow", "garden")
        ),
        (2018, 2022, "rain", {}),
        (2018, 2022, "grow", {}),
    ],
)
def test_only_this_changed(
    old: int, new: int, name: str, changes: dict[str, str]
) -> None:
    then = source(old, name)
    for before, after in changes.items():
        assert then.count(before) == 1
        then = then.replace(before, after)
    assert then == source(new, name)


@pytest.mark.parametrize("name", ["rain", "grow", "garden"])
def test_2018_adds_types_to_2015(name: str) -> None:
    untyped = re.sub(r": (?:str|float)\b| -> (?:str|None)", "", source(2018, name))
    assert untyped == source(2015, name)
    assert untyped != source(2018, name)


def test_the_machinery_shrinks() -> None:
    lesson = {"rain", "grow", "garden"}
    machinery = {
        year: [n for n in functions(year) if n not in lesson] for year in GARDENS
    }
    assert machinery == {
        2006: ["resume", "run"],
        2012: ["run"],
        2014: ["coroutine", "get_event_loop", "run_2014"],
        2015: ["run_2015"],
        2018: [],
        2022: [],
    }
    lengths = [length(year, *machinery[year]) for year in GARDENS]
    assert lengths[:5] == sorted(set(lengths), reverse=True)


def test_sizes_on_a_slide() -> None:
    for year in GARDENS:
        # A decorator is one line more, twice.
        assert length(year, "rain", "grow") <= (10 if year == 2014 else 9)
        assert length(year, "garden") <= 7
    assert length(2006, "run") <= 15
    assert length(2006, "resume") <= 15
    assert length(2012, "run") < length(2006, "run") + length(2006, "resume")
    assert length(2014, "coroutine", "get_event_loop") <= 7
    assert length(2014, "run_2014") <= 8
    assert length(2015, "run_2015") <= 8


# Each year uses what it brought, and nothing that came later.

FIRST = {
    "send": 2006,
    "yield from": 2012,
    "return in a generator": 2012,
    "asyncio": 2014,
    "async": 2015,
    "types": 2015,
    "f-string": 2016,
    "asyncio.run": 2018,
    "asyncio.create_task": 2018,
    "asyncio.get_running_loop": 2018,
    "walrus": 2019,
    "asyncio.to_thread": 2020,
    "match": 2021,
    "asyncio.timeout": 2022,
    "asyncio.TaskGroup": 2022,
    "except*": 2022,
}
BROUGHT = {
    2006: {"send"},
    2012: {"yield from", "return in a generator"},
    2014: {"asyncio"},
    2015: {"async"},
    2018: {"asyncio.run"},
    2022: {"asyncio.TaskGroup"},
}


def own(function: ast.AST) -> Iterator[ast.AST]:
    """Walk a function, but not those inside it."""
    for node in ast.iter_child_nodes(function):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from own(node)


def features(code: ast.AST) -> set[str]:
    """Return what a piece of code needs, of what FIRST names."""
    found = set()
    for node in ast.walk(code):
        match node:
            case ast.YieldFrom():
                found.add("yield from")
            case ast.JoinedStr():
                found.add("f-string")
            case (
                ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith()
            ):
                found.add("async")
            case ast.NamedExpr():
                found.add("walrus")
            case ast.Match():
                found.add("match")
            case ast.TryStar():
                found.add("except*")
            case ast.Name(id="asyncio"):
                found.add("asyncio")
            case ast.Attribute(attr="send"):
                found.add("send")
            case ast.Attribute(value=ast.Name(id="asyncio")):
                found.add(ast.unparse(node))
            case ast.arg(annotation=ast.expr()) | ast.AnnAssign():
                found.add("types")
            case ast.FunctionDef():
                parts = list(own(node))
                generator = any(isinstance(p, ast.Yield | ast.YieldFrom) for p in parts)
                if generator and any(
                    isinstance(p, ast.Return) and p.value for p in parts
                ):
                    found.add("return in a generator")
    return found & set(FIRST)


def features_of(year: int) -> set[str]:
    """Return what a year's own code needs; once `asyncio.run` is there, with it."""
    found = set().union(*map(features, functions(year).values()))
    if year >= 2018:
        found |= features(ast.parse(text(year)).body[-1])
    return found


@every_year
def test_nothing_came_later(year: int) -> None:
    assert {each for each in features_of(year) if FIRST[each] > year} == set()


@every_year
def test_it_uses_what_the_year_brought(year: int) -> None:
    assert BROUGHT[year] <= features_of(year)
    assert {FIRST[each] for each in BROUGHT[year]} == {year}


@pytest.mark.parametrize(
    ("code", "feature"),
    [
        ("def f():\n    yield\n    return 1", "return in a generator"),
        ("def f():\n    yield from g()", "yield from"),
        ("async def f(): pass", "async"),
        ("def f(x: int): pass", "types"),
        ("f'{x}'", "f-string"),
        ("(x := 1)", "walrus"),
        ("asyncio.run(f())", "asyncio.run"),
        ("match x:\n    case 1: pass", "match"),
        ("try: pass\nexcept* OSError: pass", "except*"),
    ],
)
def test_features_are_seen(code: str, feature: str) -> None:
    assert feature in features(ast.parse(code))


def test_a_return_beside_a_generator_is_old() -> None:
    code = "def f():\n    return 1\ndef g():\n    yield\n    return"
    assert features(ast.parse(code)) == set()


def test_what_2014_imported_has_left() -> None:
    assert not hasattr(asyncio, "coroutine")
    assert not hasattr(asyncio, "async")


# Two schedulers of ours, and asyncio as the oracle.


@dataclass(frozen=True)
class Plan:
    """A program to write in any era: it waits, and calls others."""

    name: str
    steps: tuple[float | Plan, ...]


Log = list[tuple[str, object]]


def in_2006(plan: Plan, log: Log) -> Generator[Any, Any, None]:
    for step in plan.steps:
        got = (
            yield in_2006(step, log)
            if isinstance(step, Plan)
            else garden_2006.rain(step)
        )
        log.append((plan.name, got))
    if plan.steps:  # else it answers nothing
        yield plan.name


def in_2012(plan: Plan, log: Log) -> Generator[float, None, str | None]:
    for step in plan.steps:
        callee = (
            in_2012(step, log) if isinstance(step, Plan) else garden_2012.rain(step)
        )
        log.append((plan.name, (yield from callee)))
    return plan.name if plan.steps else None


async def in_2015(plan: Plan, log: Log) -> str | None:
    for step in plan.steps:
        callee = (
            in_2015(step, log) if isinstance(step, Plan) else garden_2015.rain(step)
        )
        log.append((plan.name, await callee))
    return plan.name if plan.steps else None


@dataclass(frozen=True)
class Played:
    """What programs answered, what they did, in order, and how long it took."""

    answers: list[str | None]
    log: Log
    seconds: float


def play(
    module: ModuleType, spell: Callable[[Plan, Log], object], plans: list[Plan]
) -> Played:
    """Run with a scheduler of ours, which does not really sleep."""
    log: Log = []
    with mock.patch.object(module, "time") as time:
        answers = module.run(*(spell(plan, log) for plan in plans))
    slept = [call.args[0] for call in time.sleep.mock_calls]
    return Played(answers, log, sum(slept))


class Jump(selectors.SelectSelector):
    """A clock that jumps, where a selector would wait."""

    now = 0.0

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0
        return super().select(0)


class Impatient(asyncio.SelectorEventLoop):
    """A loop that never waits."""

    def __init__(self) -> None:
        self.clock = Jump()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


def play_asyncio(plans: list[Plan]) -> Played:
    log: Log = []

    async def together() -> list[str | None]:
        return await asyncio.gather(*(in_2015(plan, log) for plan in plans))

    with asyncio.Runner(loop_factory=Impatient) as runner:
        answers = runner.run(together())
        return Played(answers, log, runner.get_loop().time())


def plans(waits: st.SearchStrategy[float]) -> st.SearchStrategy[Plan]:
    names = st.sampled_from(["tulip", "iris", "rose", "narcissus"])
    leaf = st.builds(Plan, names, st.lists(waits, max_size=3).map(tuple))
    return st.recursive(
        leaf,
        lambda calls: st.builds(
            Plan, names, st.lists(waits | calls, max_size=4).map(tuple)
        ),
        max_leaves=8,
    )


def staggered(plan: Plan, late: float) -> Plan:
    """Make the first wait longer: no two programs then wake at the same time."""
    offset = iter([late])

    def delayed(plan: Plan) -> Plan:
        steps = (
            delayed(step) if isinstance(step, Plan) else step + next(offset, 0)
            for step in plan.steps
        )
        return Plan(plan.name, tuple(steps))

    return delayed(plan)


@settings(deadline=None, max_examples=60)
@given(st.lists(plans(st.integers(1, 9).map(float)), max_size=5))
def test_the_schedulers_of_2006_2012_and_asyncio_agree(several: list[Plan]) -> None:
    several = [staggered(plan, n / 8) for n, plan in enumerate(several, 1)]
    expected = play_asyncio(several)
    assert play(garden_2006, in_2006, several) == expected
    assert play(garden_2012, in_2012, several) == expected


@settings(deadline=None, max_examples=60)
@given(st.lists(plans(st.sampled_from([0, 1, 1.0, 2])), max_size=5))
def test_2006_and_2012_agree_on_programs_that_wake_together(
    several: list[Plan],
) -> None:
    then = play(garden_2012, in_2012, several)
    assert play(garden_2006, in_2006, several) == then


def test_one_deep_call_waits_once() -> None:
    plan = Plan("0", (5.0,))
    for depth in range(1, 50):
        plan = Plan(str(depth), (plan,))
    played = play(garden_2006, in_2006, [plan])
    assert (played.answers, played.seconds) == (["49"], 5)
    assert [name for name, _ in played.log] == list(map(str, range(50)))


# Errors.


def careful(call: Any, log: list[str]) -> Generator[Any, Any, None]:
    """Catch what a callee raises; say when it is over."""
    try:
        yield call
    except ValueError as error:
        log.append(str(error))
    finally:
        log.append("over")


def careful_2012(call: Any, log: list[str]) -> Generator[float, None, None]:
    try:
        yield from call
    except ValueError as error:
        log.append(str(error))
    finally:
        log.append("over")


def frozen() -> Generator[float, None, None]:
    yield 0.01
    raise ValueError("a frozen tap")


def test_in_2006_an_error_ends_the_run() -> None:
    log: list[str] = []
    with pytest.raises(ValueError, match="a frozen tap"):
        garden_2006.run(careful(frozen(), log), careful(5, log))
    gc.collect()
    assert log == ["over", "over"], "not all were closed"


def test_since_2012_callers_can_catch() -> None:
    log: list[str] = []
    garden_2012.run(careful_2012(frozen(), log))
    assert log == ["a frozen tap", "over"]
    with pytest.raises(ValueError, match="a frozen tap"):
        garden_2012.run(frozen())


def test_in_2006_who_has_answered_is_closed_at_once() -> None:
    log: list[str] = []

    def answer() -> Generator[str, None, None]:
        try:
            yield "water"
        finally:
            log.append("closed")

    def ask() -> Generator[Any, Any, None]:
        log.append((yield answer()))
        yield "done"

    kept = answer()
    assert garden_2006.run(ask(), kept) == ["done", "water"]
    assert log == ["closed", "water", "closed"]


class Drought:
    """Rain for the tulip, none for the iris; tell how the tulip's rain ended."""

    def __init__(self, module: ModuleType) -> None:
        self.rain = module.rain
        self.ends: list[str] = []

    def __call__(self, delay: float) -> object:
        if delay < 0.1:
            raise ValueError("a drought")
        rain = self.rain(delay)
        return self.watch(rain) if inspect.isawaitable(rain) else rain

    async def watch(self, rain: Awaitable[str]) -> str:
        try:
            return await rain
        except BaseException as error:
            self.ends.append(type(error).__name__)
            raise


@pytest.fixture
def drought(year: int) -> Iterator[Drought]:
    module = GARDENS[year]
    with mock.patch.object(module, "rain", Drought(module)) as rain:
        yield rain


@every_year
def test_an_error_comes_out(
    year: int, drought: Drought, caplog: pytest.LogCaptureFixture
) -> None:
    """In 2014 and 2015 the other task is lost, silently; since, it is cancelled."""
    expected = ExceptionGroup if year == 2022 else ValueError
    with pytest.raises(expected) as raised:
        asyncio.run(GARDENS[year].main(delay=0.06))
    if isinstance(raised.value, ExceptionGroup):
        (error,) = raised.value.exceptions
        assert isinstance(error, ValueError)
    del raised
    gc.collect()
    assert caplog.messages == []
    lost, cancelled = ["GeneratorExit"], ["CancelledError"]
    assert drought.ends == ([] if year < 2014 else lost if year < 2018 else cancelled)


@pytest.mark.parametrize(("year", "left"), [(2018, 1), (2022, 0)])
def test_who_runs_on_after_an_error(year: int, left: int, drought: Drought) -> None:
    async def session() -> int:
        with pytest.raises((ValueError, ExceptionGroup)):
            await GARDENS[year].garden(0.06)
        return len(asyncio.all_tasks()) - 1

    assert asyncio.run(session()) == left


@pytest.mark.parametrize("year", [2014, 2015])
@pytest.mark.parametrize("fails", [False, True])
def test_the_loop_is_closed(year: int, fails: bool) -> None:
    module = GARDENS[year]
    made = []
    new_event_loop = asyncio.new_event_loop

    def watched() -> asyncio.AbstractEventLoop:
        made.append(new_event_loop())
        return made[-1]

    async def program() -> str:
        if fails:
            raise ValueError("a drought")
        return "in flower"

    with mock.patch.object(asyncio, "new_event_loop", watched):
        run = getattr(module, f"run_{year}")
        if fails:
            with pytest.raises(ValueError, match="a drought"):
                run(program())
        else:
            assert run(program()) == "in flower"
    assert [loop.is_closed() for loop in made] == [True]


@pytest.mark.parametrize("year", [2014, 2015])
def test_no_loop_is_set(year: int) -> None:
    """What is set would have to be unset: a loop of asyncio's own is none."""
    assert "set_event_loop" not in text(year)
    assert "polic" not in text(year)
