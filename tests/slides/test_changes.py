"""What changed in asyncio: every row is run, on every Python here, from 3.6 on."""

from __future__ import annotations

import builtins
import functools
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from demos.history import names_2014
from slides import changes
from slides.changes import OK, Change, words
from slides.errors import Problem
from tests.media.test_figure_facts import CAME
from tests.pythons import OLDEST, ROOT, Python, elders, pythons

CHANGES = changes.changes()
UNIX = "ChildWatcher", "child_watcher", "Unix"
"""What Windows has not, or not whole."""

RUN = """\
import asyncio, gc, json, sys, warnings

def end(code, inside):
    names = {"__name__": "row", "asyncio": asyncio}
    if inside:
        code = "async def main():\\n    " + code.strip().replace("\\n", "\\n    ")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            exec(code, names)
            if inside:
                loop = asyncio.new_event_loop()
                asyncio.set_event_loop(loop)
                loop.run_until_complete(names["main"]())
        except Exception as error:
            return type(error).__name__
    return " ".join(sorted({each.category.__name__ for each in caught})) or "ok"

def reset():
    gc.collect()  # what nobody awaited warns now, unheard
    asyncio.set_event_loop(None)
    if sys.version_info < (3, 14):  # as if nobody had set a loop yet
        asyncio.set_event_loop_policy(None)

warnings.simplefilter("ignore")
ends = []
for programs, inside in json.load(sys.stdin):
    reset()
    ends.append([])
    for code in programs:
        ends[-1].append(end(code, inside))
        reset()
print(json.dumps(ends))
"""

every_python = pytest.mark.parametrize("python", [*elders(), *pythons()], ids=str)
every_change = pytest.mark.parametrize(
    "change", CHANGES, ids=[words(change.name, "en") for change in CHANGES]
)


def ends(
    python: Python, rows: Iterable[tuple[tuple[str, ...], bool]]
) -> list[list[str]]:
    """Run programs, in one process of a Python, each as in a fresh one."""
    done = subprocess.run(
        [str(python.executable), "-I", "-c", RUN],
        input=json.dumps(list(rows)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


@every_python
def test_each_row_is_seen_on_each_python(python: Python) -> None:
    rows = [
        change
        for change in CHANGES
        if sys.platform != "win32"
        or not any(word in words(change.name, "en") for word in UNIX)
    ]
    found = ends(python, [(change.code, change.inside) for change in rows])
    seen = dict(zip([words(change.name, "en") for change in rows], found, strict=True))
    assert seen == {
        words(change.name, "en"): [change.outcome(python.version)] * len(change.code)
        for change in rows
    }


@every_python
def test_each_end_is_told_from_the_others(python: Python) -> None:
    programs = {
        "pass": "ok",
        "raise OSError": "OSError",
        "import warnings; warnings.warn('x', FutureWarning)": "FutureWarning",
        "import warnings; warnings.warn('x', FutureWarning); 1/0": "ZeroDivisionError",
        "def f(:": "SyntaxError",
    }
    outside = ends(python, [(tuple(programs), False)])
    inside = ends(python, [(tuple(programs), True)])
    assert outside == inside == [list(programs.values())]
    needs_a_loop = ("asyncio.get_event_loop().create_task(asyncio.sleep(0))",)
    assert ends(python, [(needs_a_loop, True)]) == [["ok"]]


# The rows themselves.


@functools.cache
def newest() -> changes.Version:
    """The newest Python that pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = re.findall(r"Python :: (3)\.(\d+)", str(project["project"]["classifiers"]))
    return max((int(major), int(minor)) for major, minor in named)


def there(outcome: str) -> bool:
    return outcome == OK or outcome.endswith("Warning")


def test_no_name_comes_twice() -> None:
    names = [words(change.name, "en") for change in CHANGES]
    assert len(names) == len(set(names)) > 30


@every_change
def test_what_is_seen_agrees_with_what_is_documented(change: Change) -> None:
    """But for when a warning comes, which the table tells of."""
    releases = list(change.seen)
    assert releases == sorted(releases)
    assert (3, 4) <= releases[0] <= OLDEST
    here = [release for release in releases if there(change.seen[release])]
    assert here[0] == max(change.came, (3, 4))
    if change.removed is None or change.removed > newest():
        assert change.refused == ""
        assert there(change.seen[releases[-1]])
    else:
        assert releases[-1] == change.removed
        assert change.refused
    assert bool(change.deprecated) is bool(change.removed) or not change.refused
    warnings = [how for how in change.seen.values() if how.endswith("Warning")]
    assert change.deprecated or not warnings
    for outcome in set(change.seen.values()) - {OK}:
        assert issubclass(getattr(builtins, outcome), Exception)


@every_change
def test_it_says_what_replaces_it_and_where_that_is_written(change: Change) -> None:
    assert bool(change.instead) >= bool(change.deprecated)
    assert re.fullmatch(r"3\.\d+|PEP \d+|library/asyncio-[a-z]+", change.source)
    for text in change.name, change.instead:
        assert isinstance(text, str) or set(text) == {"fr", "en"}


def test_names_2014_and_the_timeline_tell_the_same() -> None:
    removed = {
        name.rpartition(".")[2]: ".".join(map(str, change.removed))
        for change in CHANGES
        for name in re.findall(r"`@?([\w.]+)`", words(change.name, "en"))
        if change.removed
    }
    farewells = names_2014.farewells()
    assert farewells.pop("JoinableQueue") == "3.5"  # before what runs here
    assert farewells.items() <= removed.items()
    came = {words(change.name, "en").strip("`"): change.came for change in CHANGES}
    both = CAME.keys() & came.keys()
    assert len(both) >= 4
    for name in both:
        assert tuple(map(int, CAME[name].split("."))) == came[name]


# The tables.


@pytest.mark.parametrize(
    "row",
    [
        "| 3.12 | `asyncore`, `asynchat`: `ModuleNotFoundError` (advised against since"
        " 3.6, warning since 3.10) → `asyncio` |",
        "| 3.14 | `PidfdChildWatcher`: `AttributeError` (advised against since 3.12,"
        " no warning) → nothing |",
        "| 3.14 | `get_event_loop` without a loop: `RuntimeError` (warning since 3.12)"
        " → `asyncio.run`, `Runner` |",
        "| planned in 3.16 | asyncio’s `iscoroutinefunction` (warning since 3.14)"
        " → that of `inspect` |",
        "|  | `return` in a `finally` (warning since 3.14) → `return` after it |",
        "| 3.15 | `TaskGroup.cancel` |",
    ],
)
def test_rows_say_what_was_announced_and_what_was_seen(row: str) -> None:
    assert row in changes.tables("en").splitlines()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_change_is_in_a_table(lang: str) -> None:
    text = changes.tables(lang)
    for change in CHANGES:
        name = words(change.name, lang)
        shown = change.deprecated or change.came >= changes.SINCE
        assert (name in text) is bool(shown), name
    assert {line.count("|") for line in text.splitlines()} == {0, 3}


def test_the_speaker_view_is_wide_enough() -> None:
    """It has 396 pixels, and no way to hyphenate: looked at, with this longest word."""
    longest = max(re.split(r"[\s,()]+", changes.tables("fr")), key=len)
    assert len(longest) <= len("`AbstractEventLoopPolicy`")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[changes\n", "line 1"),
        ("", "'changes'"),
        ('[[changes]]\nname = "x"\n', "code"),
        ('[[changes]]\ncode = []\nseen = {}\ncolour = "red"\n', "colour"),
        ('[[changes]]\ncame = "three"\n', "three"),
        ("changes = 3\n", "not what a change is made of"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "changes.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=said) as caught:
        changes.changes(path)
    assert "\n" not in str(caught.value)
