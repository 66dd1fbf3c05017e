"""Syllabus 3.7: other loops, other libraries, and the names of 2014."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import json
import re
import subprocess
import sys
import threading
import warnings
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import trio

from demos.history import event_loops, garden_curio, garden_trio, names_2014
from tests.peers import need
from tests.pythons import PREPARE, ROOT, Python, pythons

every_python = pytest.mark.parametrize("python", pythons(), ids=str)


# trio and curio.


def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / f"demos/history/{name}.py").read_text(encoding="utf-8"))


def shown(name: str) -> str:
    """Return what a docstring's sample run prints."""
    lines = (ast.get_docstring(tree(name)) or "").splitlines()
    return "\n".join(line for line in lines if line.startswith("    "))


def coroutine(name: str, function: str) -> str:
    """Return a coroutine function as text, without comments."""
    return next(
        ast.unparse(node)
        for node in tree(name).body
        if isinstance(node, ast.AsyncFunctionDef) and node.name == function
    )


@pytest.mark.parametrize("library", ["trio", "curio"])
def test_a_garden_prints_what_asyncios_prints(library: str) -> None:
    theirs = shown("garden_2022")
    assert theirs.startswith("    $ python garden_2022.py\n    iris drinks water\n")
    assert shown(f"garden_{library}") == theirs.replace("2022", library)


@pytest.mark.parametrize("library", ["trio", "curio"])
def test_a_garden_has_the_same_coroutines(library: str) -> None:
    """`grow` to the letter; `rain` but for the name of the library."""
    mine, theirs = f"garden_{library}", "garden_2022"
    assert coroutine(mine, "grow") == coroutine(theirs, "grow")
    rain = coroutine(theirs, "rain").replace("asyncio", library)
    assert coroutine(mine, "rain") == rain
    assert coroutine(mine, "garden") != coroutine(theirs, "garden")


@pytest.mark.parametrize(
    ("module", "library"), [(garden_trio, "trio"), (garden_curio, "curio")]
)
def test_a_garden_grows_in_a_thread(
    module: ModuleType, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library that it names runs it: not the asyncio that awaits it."""
    if module is garden_curio and sys.version_info >= (3, 12):
        pytest.skip("curio needs Python 3.11")
    seen = []
    grow = module.grow

    async def watched(name: str, delay: float) -> str:
        loop: asyncio.AbstractEventLoop | None = None
        with contextlib.suppress(RuntimeError):
            loop = asyncio.get_running_loop()
        seen.append((name, loop, threading.current_thread()))
        grown: str = await grow(name, delay)
        return grown

    monkeypatch.setattr(module, "grow", watched)
    asyncio.run(module.main(delay=0.01))
    assert [name for name, _, _ in seen] in (["tulip", "iris"], ["iris", "tulip"])
    assert {loop for _, loop, _ in seen} == {None}
    assert threading.main_thread() not in {thread for _, _, thread in seen}
    assert library in sys.modules


def test_a_nursery_gives_no_result() -> None:
    """Said in the remark: so the bed keeps what each gives."""

    async def flower() -> str:
        return "tulip"

    async def start() -> Any:
        async with trio.open_nursery() as nursery:
            return nursery.start_soon(flower)

    assert trio.run(start) is None


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="curio needs Python 3.11")
def test_to_start_one_on_curio_is_awaited() -> None:
    curio = pytest.importorskip("curio")
    assert inspect.iscoroutinefunction(curio.TaskGroup.spawn)


@every_python
def test_curio_imports_on_3_11_only(python: Python) -> None:
    """Why garden_curio says which Python it needs: once this fails, it need not."""
    found = find_spec("curio")
    here = need(
        found.origin if found else None, "curio, which installs for Python 3.11"
    )
    code = f"import sys; sys.path.append({str(Path(here).parents[1])!r}); import curio"
    done = subprocess.run(
        [str(python.executable), "-I", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("CHALLENGE" in done.stderr) is (python.version >= (3, 12)), done.stderr
    assert (done.returncode == 0) is (python.version < (3, 12))


# The event loops.


def watch_loops(monkeypatch: pytest.MonkeyPatch) -> list[tuple[type, int, int]]:
    """Make the demo small, and note on which loop it runs."""
    seen = []
    juggle = event_loops.juggle

    async def watched(pairs: int, times: int) -> None:
        seen.append((type(asyncio.get_running_loop()), pairs, times))
        await juggle(2, 3)

    monkeypatch.setattr(event_loops, "juggle", watched)
    return seen


def test_the_same_program_runs_on_two_loops(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    uvloop = pytest.importorskip("uvloop")
    seen = watch_loops(monkeypatch)
    asyncio.run(event_loops.main(rounds=3))
    kinds = [kind for kind, *_ in seen]
    assert kinds == [asyncio.SelectorEventLoop, uvloop.Loop] * 3
    assert len({(pairs, times) for _, pairs, times in seen}) == 1, "other work"
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_each_tulip_comes_back_so_many_times(monkeypatch: pytest.MonkeyPatch) -> None:
    balls = []
    received = event_loops.Juggler.data_received

    def watched(self: event_loops.Juggler, ball: bytes) -> None:
        balls.append(ball)
        received(self, ball)

    monkeypatch.setattr(event_loops.Juggler, "data_received", watched)
    asyncio.run(asyncio.wait_for(event_loops.juggle(pairs=4, times=5), 9))
    # Who is served hangs up at its fifth; the other has had four by then, or five.
    assert set(balls) == {b"tulip"}
    assert 4 * (5 + 4) <= len(balls) <= 4 * (5 + 5)


def test_the_best_turn_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("uvloop")
    turns = iter([0.9, 0.2, 0.6, 0.8])
    monkeypatch.setattr(event_loops, "cpu_time", lambda factory: next(turns))
    asyncio.run(event_loops.main(rounds=2))
    assert capsys.readouterr().out == (
        "asyncio 0.60 s of CPU\nuvloop  0.20 s of CPU, 3.0 times less\n"
    )


def test_without_uvloop_asyncio_runs_alone() -> None:
    script = ROOT / "demos/history/event_loops.py"
    code = (
        "import runpy, sys; sys.modules['uvloop'] = None;"
        f"sys.argv = [{str(script)!r}];"
        f"runpy.run_path({str(script)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(
        r"asyncio \d\.\d\d s of CPU\nuvloop  is not here: .+\n", done.stdout
    )


# The names of 2014.


def names() -> list[str]:
    return names_2014.names_for_loops() + names_2014.names_for_coroutines()


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    asyncio.run(names_2014.main())
    return capsys.readouterr().out.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="it has five names less")
def test_the_names_are_those_of_3_4() -> None:
    """Counted by module, as in 3.4.0's sources; where each is today says which."""
    counts = {
        "events": 12,
        "futures": 5,
        "locks": 5,
        "protocols": 4,
        "queues": 6,
        "streams": 8,
        "subprocess": 2,
        "tasks": 14,
        "transports": 6,
        "unix_events": 5,
    }
    assert len(names()) == len(set(names())) == sum(counts.values()) == 67
    for module in "protocols", "transports":  # they have lost nothing since
        today = vars(getattr(asyncio, module))["__all__"]
        kept = set(today) - {"BufferedProtocol"}  # 3.7
        assert kept <= set(names())
        assert len(kept) == counts[module]


INSPECT = """
import asyncio, inspect, json, pkgutil, importlib, sys, warnings
warnings.simplefilter("ignore")
found = set()
for each in pkgutil.iter_modules(asyncio.__path__):
    if each.name not in ("__main__", "windows_events", "windows_utils"):
        module = importlib.import_module("asyncio." + each.name)
        found |= set(getattr(module, "__all__", ()))
print(json.dumps(sorted(found)))
"""


@every_python
def test_what_is_gone_is_in_no_module(python: Python) -> None:
    """Another way to look: what each module of asyncio says that it exports."""
    executable = need(str(python.prepared or ""), f"packages for {python} ({PREPARE})")
    words = [executable, "-I"]
    there = subprocess.check_output([*words, "-c", INSPECT], text=True)
    gone = set(names()) - set(json.loads(there))
    if python.version >= (3, 14):  # they warn, and are still there
        gone -= {"AbstractEventLoopPolicy", "DefaultEventLoopPolicy"}
    script = ROOT / "demos/history/names_2014.py"
    printed = subprocess.check_output([*words, script], text=True).splitlines()
    assert printed[0].split()[0] == str(len(names()))
    assert printed[1].split()[0] == str(len(names()) - len(gone))
    assert {line.split()[0] for line in printed[2:]} == gone


@every_python
def test_each_left_when_it_says(python: Python) -> None:
    """Against the Python that runs: gone if its version has come, else not."""
    script = ROOT / "demos/history/names_2014.py"
    words = [str(python.executable), "-I", str(script)]
    printed = subprocess.check_output(words, text=True).splitlines()
    gone = {line.split()[0] for line in printed[2:]}
    for name, version in names_2014.farewells().items():
        major, minor = map(int, version.split("."))
        assert (name in gone) is (python.version >= (major, minor)), name


def test_a_name_that_goes_is_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = said(capsys)
    monkeypatch.delattr(asyncio, "shield")
    after = said(capsys)
    assert int(after[1].split()[0]) == int(before[1].split()[0]) - 1
    assert set(after[2:]) - set(before[2:]) == {"shield left in a later version"}


def test_a_name_that_warns_is_still_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the policies of 3.14: found by `__getattr__`, with a warning."""
    before = said(capsys)
    sleep = asyncio.sleep
    others = getattr(asyncio, "__getattr__", None)

    def warn(name: str) -> object:
        if name == "sleep":
            warnings.warn("sleep is old", DeprecationWarning, stacklevel=2)
            return sleep
        if others is None:
            raise AttributeError(name)
        return others(name)

    monkeypatch.delattr(asyncio, "sleep")
    monkeypatch.setattr(asyncio, "__getattr__", warn, raising=False)
    assert said(capsys) == before
