"""What a mutant is, and who judges it."""

from __future__ import annotations

import ast
import asyncio
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from slides.errors import Problem
from tests.mutate import room as rooms
from tests.mutate.__main__ import chosen, judge, main
from tests.mutate.mutants import Mutant, accepted, key, mutants, stale
from tests.mutate.printed import head, printed, squeezed, statements
from tests.mutate.room import Room, Step, judged, measured
from tests.pythons import ROOT
from tests.served import until

LESSON = "tasks/lesson.py"


def made(tmp_path: Path, code: str, shown: str | None = None) -> list[Mutant]:
    """Return the mutants of a function of which `shown` is printed, by default all."""
    code = textwrap.dedent(code)
    lesson = tmp_path / LESSON
    lesson.parent.mkdir(exist_ok=True)
    lesson.write_text(code)
    words = squeezed(ast.unparse(ast.parse(code)) if shown is None else shown)
    names = [node.name for node in ast.parse(code).body if hasattr(node, "name")]
    return list(mutants(LESSON, dict.fromkeys(names, words), tmp_path))


@pytest.mark.parametrize(
    ("line", "now"),
    [
        ("await x()", {"x()", "pass"}),
        ("return a < b", {"return (a <= b)", "return (a > b)", "return None"}),
        ("return x is None", {"return (x is not None)", "return None"}),
        ("y = a and not b", {"y = (a or not b)", "y = a and (b)"}),
        ("y = 2", {"y = 3", "y = 1"}),
        ("y = 60", {"y = 600", "y = 0"}),
        ("y = 0.5", {"y = 5.0", "y = 0.0"}),
        ("y = True", {"y = False"}),
        ("y = 'é'", {"y = 'éx'"}),
        ("y = f'{a} b{c}'", {"y = f'{a} bx{c}'"}),
        ("y.add(b, k=c)", {"y.discard(b, k=c)", "y.add(k=c)", "y.add(b)", "pass"}),
        ("y = f(*a)", {"y = f()", "y = f(a)"}),
        ("y = f(a, b)", {"y = f(b)", "y = f(a)", "y = f(b, a)"}),
        ("y = [n for n in b if n]", {"y = [n for n in b if not (n)]"}),
        ("y = a if b else c", {"y = (c if b else a)"}),
        ("y += 1", {"y -= 1", "pass", "y += 2", "y += 0"}),
        ("y.z = a", {"pass"}),
        ("raise", {"pass"}),
        ("y = signal.SIGTERM", {"y = signal.SIGINT"}),
        ("y = PIPE", {"y = asyncio.subprocess.DEVNULL"}),
    ],
)
def test_a_line_has_its_changes(line: str, now: set[str], tmp_path: Path) -> None:
    found = made(tmp_path, f"async def f():\n    {line}\n")
    assert {mutant.now for mutant in found} == now
    assert {mutant.was for mutant in found} == {line}
    for mutant in found:
        assert mutant.source.decode() == f"async def f():\n    {mutant.now}\n"
        assert str(mutant).startswith(f"demos/{LESSON}:2: f\n")


@pytest.mark.parametrize(
    ("head", "now"),
    [
        ("while x:", {"while not (x):"}),
        ("async with lock:", {"if True:"}),
        ("async with lock as x:", set()),
        ("async for x in y:", set()),
        ("with suppress(E):", {"if True:", "with suppress():"}),
    ],
)
def test_a_head_is_changed_and_what_is_inside_stays(
    head: str, now: set[str], tmp_path: Path
) -> None:
    code = f"async def f():\n    {head}\n        z = a\n"
    assert {mutant.now for mutant in made(tmp_path, code)} == now


def test_a_class_may_lose_its_base_a_method_and_a_default(tmp_path: Path) -> None:
    code = """\
    @final
    class C(Protocol):
        def m(self, n=0):
            return n
    """
    assert [mutant.now for mutant in made(tmp_path, code)] == [
        "class C(object):",
        "@(lambda same: same)",
        "pass",
        "def m(self, n=1):",
        "def m(self, n=-1):",
        "return None",
    ]


def test_an_except_catches_something_else(tmp_path: Path) -> None:
    code = "def f():\n    try:\n        y = a\n    except E:\n        z = a\n"
    assert [mutant.now for mutant in made(tmp_path, code)] == ["except LookupError:"]


def test_only_what_is_printed_is_changed(tmp_path: Path) -> None:
    code = """\
    def f(n=1):
        '''Say it.'''
        x = 5
        g(
            "a",
        )  # why
    """
    found = made(tmp_path, code, shown="def f(n):\n    g('a')")
    assert {mutant.line for mutant in found} == {4, 5}


NO_STATEMENT = r"(except\*?|as\w+:|finally:|else:|[\w,*=]*:)?(@\w+)?(async)?"
"""What may stand between two heads, squeezed: decorators, clauses, signatures."""


def test_whatever_is_printed_belongs_to_a_statement() -> None:
    """Else a change of layout on the sheet would hide code from the mutants."""
    for lesson, words in printed().items():
        source = (ROOT / "demos" / lesson).read_text(encoding="utf-8")
        heads = {head(node) for _, node in statements(source, words)}
        for rest in set(words.values()):
            for each in sorted(heads, key=len, reverse=True):
                rest = rest.replace(each, "|")
            for between in rest.split("|"):
                assert re.fullmatch(NO_STATEMENT, between), (lesson, between)


def test_a_change_that_can_no_longer_be_made_is_told(tmp_path: Path) -> None:
    (mutant,) = made(tmp_path, "def f():\n    y = True\n")
    file = tmp_path / "accepted.toml"
    file.write_text(
        f'[[accepted]]\nlesson = "{LESSON}"\nwithin = "f"\nwas = "y = True"\n'
        'now = ["y = False", "y = None"]\nwhy = "nobody reads y"\n'
    )
    known = accepted(file)
    assert known[key(mutant)] == "nobody reads y"
    assert stale(known, [mutant]) == [(LESSON, "f", "y = True", "y = None")]


@pytest.mark.parametrize(
    ("words", "told"), [([], True), (["--lesson", "tasks/cancel.py"], False)]
)
def test_a_change_of_a_lesson_that_is_no_longer_printed_is_told(
    words: list[str],
    told: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """But not to who asks for another lesson."""
    known = {("tasks/none.py", "f", "y = True", "y = False"): "nobody reads y"}
    monkeypatch.setattr("tests.mutate.__main__.accepted", lambda: known)
    assert main([*words, "--list"]) == 0
    assert ("no such change: tasks/none.py" in capsys.readouterr().out) == told


def test_accepted_changes_can_be_made() -> None:
    every = [mutant for some in chosen(None).values() for mutant in some]
    assert stale(accepted(), every) == []


def test_accepted_changes_have_reasons() -> None:
    assert all(len(why) > 10 for why in accepted().values())


def test_a_lesson_that_is_not_printed_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--lesson", "tasks/none.py"]) == 2
    assert "tasks/none.py is not on the sheet." in capsys.readouterr().err


# Judging


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A room that holds one lesson, and no tests."""
    lesson = ROOT / "demos" / "tasks" / "cancel.py"

    def copy_tree(to: Path) -> None:
        (to / "demos" / "tasks").mkdir(parents=True)
        (to / "demos" / "tasks" / "cancel.py").write_bytes(lesson.read_bytes())

    monkeypatch.setattr(rooms, "copy_tree", copy_tree)
    place = Room(tmp_path / "room")
    sample = Step("sample", lambda limit: place.sample("tasks/cancel.py", limit))
    monkeypatch.setattr(place, "steps", lambda lesson: iter([sample]))
    yield place
    assert list(place.temporary.iterdir()) == []
    held = place.tree / "demos" / "tasks" / "cancel.py"
    assert held.read_bytes() == lesson.read_bytes()


def mutant_of_cancel(was: str, now: str) -> Mutant:
    """Return a mutant of tasks/cancel.py."""
    source = (ROOT / "demos" / "tasks" / "cancel.py").read_text(encoding="utf-8")
    assert source.count(was) == 1
    return Mutant(
        "tasks/cancel.py", 1, "water", was, now, source.replace(was, now).encode()
    )


@pytest.mark.parametrize(
    ("was", "now", "end"),
    [
        ("water(60)", "water(61)", None),
        ("raise  #", "pass  #", "sample"),
        ("wait([task])", "sleep(99)", "sample"),
    ],
)
def test_the_sample_notices_what_it_shows(
    was: str, now: str, end: str | None, place: Room
) -> None:
    mutant = mutant_of_cancel(was, now)
    assert asyncio.run(judged(mutant, place, {"sample": 3})) == end


def test_who_notices_once_only_was_disturbed(
    place: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = iter([False, True])

    async def is_disturbed(limit: float) -> bool:
        return next(passes)

    step = Step("tests", is_disturbed)
    monkeypatch.setattr(place, "steps", lambda lesson: iter([step]))
    mutant = mutant_of_cancel("water(60)", "water(61)")
    assert asyncio.run(judged(mutant, place, {"tests": 1})) is None


def test_accepted_ones_are_not_judged_and_survivors_are_told(
    place: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = mutant_of_cancel("water(60)", "water(61)")
    unknown = mutant_of_cancel("water(60)", "water(62)")
    monkeypatch.setattr("tests.mutate.__main__.accepted", lambda: {key(known): "long"})
    ends = asyncio.run(judge("tasks/cancel.py", [known, unknown], [place]))
    assert ends == {"accepted": 1, "survived": 1}
    told = capsys.readouterr().out
    assert "+ water(62)" in told
    assert "water(61)" not in told


def test_a_lesson_that_fails_as_it_is_judges_nothing(
    place: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(limit: float) -> bool:
        return False

    monkeypatch.setattr(place, "steps", lambda lesson: iter([Step("tests", fails)]))
    with pytest.raises(Problem, match=r"its tests fails as it is"):
        asyncio.run(measured(place, "tasks/cancel.py"))


def test_what_takes_too_long_is_killed_with_its_children(place: Room) -> None:
    mark = "time.sleep(98.75)"
    child = f"import sys, time; {mark}"
    words = f"[sys.executable, '-c', {child!r}]"
    parent = f"import subprocess, sys; subprocess.run({words}, start_new_session=True)"
    with pytest.raises(TimeoutError):
        asyncio.run(place.run([sys.executable, "-c", parent], place.tree, 1))
    until(lambda: not any(mark in " ".join(words_of(e)) for e in psutil.process_iter()))


def words_of(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_the_mutants_of_a_lesson_are_listed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutate", "--lesson", "tasks/cancel.py", "--list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout.count("demos/tasks/cancel.py:")
    assert shown == len(chosen(["tasks/cancel.py"])["tasks/cancel.py"]) > 20
