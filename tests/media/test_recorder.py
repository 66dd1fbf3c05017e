"""A recording tells the truth, and changes nothing of the program."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from media.recorder import Recorder
from media.timeline import timeline
from media.trace import STRIDE, Life, Trace
from tests.media import programs
from tests.media.traced_asyncio import defects
from tests.peers import need
from tests.pythons import Python, pythons

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 200


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a loop of its own."""
    with asyncio.Runner() as runner:
        return runner.run(main)


def record(main: Callable[[], Coroutine[Any, Any, Any]], **options: Any) -> Trace:
    """Return the trace of a coroutine that is a task's."""

    async def whole() -> Trace:
        recorder = Recorder(asyncio.get_running_loop(), **options)
        with recorder:
            await asyncio.wait([asyncio.create_task(main(), name="main")])
        return recorder.trace

    trace: Trace = run(whole())
    assert list(defects(trace)) == []
    return trace


def ends(trace: Trace) -> dict[str, tuple[str, str]]:
    """Return how each task ends, by name."""
    return {life.name: (life.how, life.outcome) for life in trace.lives}


def count(life: Life) -> int:
    """Return how many runs a life has."""
    return len(life.runs) // STRIDE


async def hop(times: int = 1) -> None:
    """Let the others run, a few times."""
    for _ in range(times):
        await asyncio.sleep(0)


async def fail(error: BaseException, times: int = 0) -> None:
    """Raise an error after a few steps."""
    await hop(times)
    raise error


async def forever() -> None:
    """Wait until cancelled."""
    await asyncio.get_running_loop().create_future()


@pytest.fixture(autouse=True, scope="module")
def quick_collections() -> Iterator[None]:
    """Programs collect garbage at each step: spare them all of pytest's objects."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


# It changes nothing


Logs = dict[Python, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Logs:
    """Compare on every Python, as many at once as there are cores."""
    folder = tmp_path_factory.mktemp("logs")

    def compare(python: Python) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python.executable, "-P", programs.__file__, "--seeds", str(SEEDS)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(pythons(), pool.map(compare, pythons()), strict=True))


@pytest.mark.parametrize("python", pythons(), ids=str)
def test_the_log_is_the_same(python: Python, logs: Logs) -> None:
    done = logs[python]
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["different"] == {}
    modes = len(programs.MODES) if python.version >= (3, 12) else 4
    assert told["ran"] == SEEDS + len(programs.PROGRAMS) * modes


@pytest.fixture
def uvloop() -> Any:
    """The other loop."""
    how = "uvloop (pip install uvloop)"
    need("uvloop" if find_spec("uvloop") or sys.platform == "win32" else None, how)
    return pytest.importorskip("uvloop")


def test_the_log_is_the_same_on_uvloop(uvloop: Any) -> None:
    found = programs.compare(60, uvloop.new_event_loop)
    assert {name: text for name, text in found.items() if text} == {}


@pytest.mark.parametrize("name", programs.PROGRAMS)
def test_a_late_machine_changes_no_log(name: str, uvloop: Any) -> None:
    """Otherwise a difference would tell of the machine, not of the recorder."""
    for new_loop in asyncio.new_event_loop, uvloop.new_event_loop:
        on_time, late = (
            programs.run(programs.PROGRAMS[name], "plain", False, new_loop, late)[0]
            for late in (False, True)
        )
        assert late == on_time


@pytest.mark.skipif(programs.EAGER is None, reason="eager tasks are of 3.12 and newer")
def test_eager_programs_are_eager_on_uvloop_too(uvloop: Any) -> None:
    async def main() -> None:
        said: list[str] = []

        async def says() -> None:
            said.append("started")

        asyncio.get_running_loop().set_task_factory(programs.FACTORIES["eager"])
        task = asyncio.create_task(says())
        said.append("made")
        await task
        assert said == ["started", "made"]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


def test_the_oracle_sees_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A recorder that lets the loop turn once more is found out."""

    async def turns(coro: Any) -> Any:
        await asyncio.sleep(0)
        return await coro

    wrap = Recorder.wrap
    monkeypatch.setattr(Recorder, "wrap", lambda self, coro: wrap(self, turns(coro)))
    found = [
        programs.difference(programs.drawn(seed), "plain") for seed in range(0, 20)
    ]
    assert all(found)


def test_drawn_programs_are_not_all_short() -> None:
    logs = [programs.run(programs.drawn(seed), "plain", False)[0] for seed in range(50)]
    assert sum(len(log.splitlines()) for log in logs) > 50 * 30
    for word in "gather", "shield", "cancel", "CancelledError", "ExceptionGroup":
        assert any(word in log for log in logs), word


@pytest.mark.parametrize("debug", [False, True])
def test_the_loop_is_left_as_it_was(debug: bool) -> None:
    def factory(loop: Any, coro: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(coro, loop=loop, **options)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_debug(debug)
        before = dict(vars(loop))
        with Recorder(loop):
            assert "create_task" in vars(loop)
            assert loop.get_task_factory() is None
            loop.set_task_factory(factory)
            assert loop.get_task_factory() is factory
            await asyncio.create_task(hop())
        assert loop.get_task_factory() is factory
        loop.set_task_factory(None)
        assert vars(loop).keys() == before.keys()

    run(main())


def test_where_a_task_was_created_names_no_frame_of_ours() -> None:
    async def parent() -> list[str]:
        child = asyncio.create_task(hop())
        await child
        frames: Any = child
        return [frame.filename for frame in frames._source_traceback]

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        with Recorder(loop):
            files = await asyncio.create_task(parent())
        assert __file__ in files
        media = Path(sys.modules[Recorder.__module__].__file__ or "").parent
        assert media not in {Path(file).parent for file in files}

    run(main())


def test_the_programs_own_create_task_comes_back() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        made: list[str] = []
        create: Any = loop.create_task

        def own(coro: Any, **options: Any) -> asyncio.Task[Any]:
            made.append(coro.__name__)
            task: asyncio.Task[Any] = create(coro, **options)
            return task

        loop.create_task = own  # type: ignore[method-assign]
        with Recorder(loop) as recorder:
            await asyncio.create_task(hop())
        assert vars(loop)["create_task"] is own
        del loop.create_task
        with Recorder(loop) as other:
            create = loop.create_task
            loop.create_task = own  # type: ignore[method-assign]
            await asyncio.create_task(hop())
        assert vars(loop)["create_task"] is own
        await asyncio.create_task(hop())
        assert made == ["hop"] * 3
        assert len(recorder.trace.lives) == len(other.trace.lives) == 1

    run(main())


def test_it_leaves_no_thread_and_no_cycle() -> None:
    async def main() -> None:
        before = threading.active_count()
        async with timeline() as t:
            await asyncio.create_task(hop())
        assert threading.active_count() == before
        assert len(t.trace.lives) == 2

    run(main())


# It tells the truth


def test_every_end() -> None:
    async def main() -> None:
        create = asyncio.create_task
        tasks = [
            create(hop(3), name="done"),
            create(asyncio.sleep(0, "x"), name="result"),
            create(fail(ValueError("why"), 1), name="failed"),
            create(fail(asyncio.CancelledError(), 1), name="cancels itself"),
            create(forever(), name="cancelled"),
        ]
        early = create(forever(), name="early")
        early.cancel()
        create(forever(), name="pending").set_name("waits")
        await hop(2)
        tasks[-1].cancel()
        await asyncio.wait([*tasks, early])
        tasks[2].exception()

    trace = record(main)
    assert ends(trace) == {
        "main": ("done", ""),
        "done": ("done", ""),
        "result": ("done", "'x'"),
        "failed": ("failed", "ValueError('why')"),
        "cancels itself": ("cancelled", ""),
        "cancelled": ("cancelled", ""),
        "early": ("cancelled", ""),
        "waits": ("pending", ""),
    }
    lives = {life.name: life for life in trace.lives}
    counts = {name: count(life) for name, life in lives.items() if name != "main"}
    assert list(counts.values()) == [4, 2, 2, 2, 2, 1, 1]
    assert {life.parent for name, life in lives.items() if name != "main"} == {0}
    assert lives["main"].parent is None
    assert [text for _, _, text in lives["waits"]] == [
        "get_running_loop().create_future()"
    ]
    for life in trace.lives:
        starts = [start for start, _, _ in life]
        assert 0 <= life.born <= starts[0]
        assert all(0 <= start <= end <= trace.seconds for start, end, _ in life)


def test_who_is_whose_child() -> None:
    async def child(depth: int) -> None:
        if depth:
            async with asyncio.TaskGroup() as group:
                for number in range(2):
                    name = f"{depth}{number}"
                    group.create_task(child(depth - 1), name=name)

    trace = record(lambda: child(2))
    names = [life.name for life in trace.lives]
    parents = [life.parent for life in trace.lives]
    assert names == ["main", "20", "21", "10", "11", "10", "11"]
    assert parents == [None, 0, 0, 1, 1, 2, 2]


def test_the_runs_are_in_their_true_order() -> None:
    said: list[str] = []

    async def says(times: int) -> None:
        task = asyncio.current_task()
        assert task is not None
        for _ in range(times):
            said.append(task.get_name())
            await asyncio.sleep(0)
        said.append(task.get_name())

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(5):
                group.create_task(says(number), name=str(number))

    trace = record(main)
    runs = sorted((start, life.name) for life in trace.lives for start, _, _ in life)
    assert [name for _, name in runs if name != "main"] == said
    assert len(said) == 15


def test_only_the_recordings_own_tasks() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        go = asyncio.Event()

        async def other() -> None:
            await go.wait()
            await asyncio.create_task(hop(), name="other's child")

        async def kernel() -> None:
            await asyncio.create_task(hop(), name="kernel's child")

        others = [asyncio.create_task(other()), asyncio.create_task(kernel())]
        with Recorder(loop) as recorder:
            go.set()
            mine = asyncio.create_task(hop(3), name="mine")
            await asyncio.wait([mine, *others])
        assert [life.name for life in recorder.trace.lives] == ["mine"]

    run(main())


def test_one_task_outlives_the_recording() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with Recorder(loop) as recorder:
            task = asyncio.create_task(asyncio.sleep(0, "late"), name="survivor")
            going = asyncio.create_task(hop(5), name="going on")
            await hop()
        trace = recorder.trace
        before = trace.dumps()
        seen = asyncio.create_task(hop(), name="after")
        assert await task == "late"
        await going
        await seen
        assert trace.dumps() == before
        assert ends(trace) == {"survivor": ("pending", ""), "going on": ("pending", "")}
        assert [count(life) for life in trace.lives] == [1, 1]

    run(main())


def test_nested_and_side_by_side() -> None:
    async def main() -> None:
        outer = timeline(within())
        await outer
        (inner,) = outer.result()
        assert [life.name for life in outer.trace.lives] == ["within", "hop", "hop"]
        assert [life.name for life in inner.trace.lives] == ["hop"]

        both = timeline(hop(9)), timeline(hop(3))
        await asyncio.gather(*(asyncio.ensure_future(each) for each in both))
        for each, runs in zip(both, (10, 4), strict=True):
            (life,) = each.trace.lives
            assert (life.name, count(life)) == ("hop", runs)
        assert "create_task" not in vars(asyncio.get_running_loop())

    async def within() -> list[Any]:
        await asyncio.create_task(hop())
        return [await timeline(hop())]

    run(main())


def test_around_a_block() -> None:
    async def main() -> None:
        async with timeline() as t, asyncio.TaskGroup() as group:
            group.create_task(hop(), name="one")
            group.create_task(hop(2), name="two")
        assert "create_task" not in vars(asyncio.get_running_loop())
        assert [life.parent for life in t.trace.lives] == [None, 0, 0]
        assert [life.how for life in t.trace.lives] == ["done"] * 3
        failed = timeline()

        async def fails() -> None:
            async with failed, asyncio.TaskGroup() as group:
                group.create_task(fail(OSError("a")), name="fails")
                group.create_task(forever(), name="sibling")

        with pytest.raises(ExceptionGroup) as raised:
            await fails()
        assert repr(raised.value.exceptions) == "(OSError('a'),)"
        block, *others = failed.trace.lives
        assert block.how == "failed"
        assert block.outcome.startswith("ExceptionGroup(")
        assert [life.how for life in others] == ["failed", "cancelled"]

    run(main())


def test_a_block_left_in_another_context() -> None:
    async def records() -> AsyncIterator[Recorder]:
        with Recorder(asyncio.get_running_loop()) as recorder:
            await asyncio.create_task(hop(), name="seen")
            yield recorder

    async def main() -> None:
        each = records()

        async def step() -> Recorder | None:
            return await anext(each, None)

        recorder = await asyncio.create_task(step())
        assert await asyncio.create_task(step()) is None
        assert recorder is not None
        assert "seen" in ends(recorder.trace)

    run(main())


def test_a_given_context_is_recorded_too() -> None:
    async def main() -> None:
        empty = contextvars.Context()
        await asyncio.create_task(hop(), name="empty", context=empty)

    trace = record(main)
    assert [life.name for life in trace.lives] == ["main", "empty"]
    assert trace.lives[1].parent == 0


def test_a_cancelled_timeline_cancels_what_it_runs() -> None:
    async def main() -> None:
        t = timeline(forever())

        async def waits() -> None:
            await t

        task = asyncio.create_task(waits())
        await hop(2)
        task.cancel("enough")
        with pytest.raises(asyncio.CancelledError, match="enough"):
            await task
        assert t.trace.lives[0].how == "cancelled"
        assert "create_task" not in vars(asyncio.get_running_loop())

    run(main())


def test_an_exception_is_the_programs() -> None:
    class Error(Exception):
        pass

    async def fails() -> None:
        try:
            await fail(KeyError("context"))
        except KeyError as error:
            raise Error("cause", 2) from error

    async def main() -> None:
        t = await timeline(fails())
        with pytest.raises(Error) as raised:
            t.result()
        error = raised.value
        assert type(error) is Error
        assert error.args == ("cause", 2)
        assert repr(error.__cause__) == repr(error.__context__) == "KeyError('context')"
        frames = [entry.path for entry in raised.traceback]
        assert not [path for path in frames if Path(path).name == "recorder.py"]

    run(main())


def test_no_repr_can_break_a_program() -> None:
    class Error(Exception):
        def __repr__(self) -> str:
            raise RuntimeError("no repr")

    async def main() -> None:
        task = asyncio.create_task(fail(Error()), name="fails")
        await asyncio.wait([task])
        assert type(task.exception()) is Error
        number = await asyncio.create_task(asyncio.sleep(0, 10**5000), name="long")
        assert number == 10**5000

    assert ends(record(main))["fails"] == ("failed", "Error")


def test_a_factory_that_wraps() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with Recorder(loop) as recorder:
            loop.set_task_factory(programs.wrapping_factory)
            await asyncio.create_task(hop(3), name="wrapped")
            left = asyncio.create_task(forever(), name="left")
            await hop()
        loop.set_task_factory(None)
        trace = recorder.trace
        assert [(life.how, count(life)) for life in trace.lives] == [
            ("done", 4),
            ("pending", 1),
        ]
        before = trace.dumps()
        left.cancel()
        await asyncio.wait([left])
        assert trace.dumps() == before

    run(main())


# Prints


def test_prints_are_kept_by_their_tasks(capsys: pytest.CaptureFixture[str]) -> None:
    async def says(*words: str) -> None:
        for word in words:
            print(word)
            await asyncio.sleep(0)
        print("no end", end="")

    async def main() -> None:
        real = sys.stdout
        async with timeline(prints=True) as outer:
            print("block")
            await timeline(says("quiet"))
            await asyncio.gather(says("a", "b"), says("c"))
            assert sys.stdout.encoding == real.encoding
            assert sys.stdout.isatty() == real.isatty()
        assert sys.stdout is real
        said = [[text for _, text in life.says] for life in outer.trace.lives]
        assert said == [
            ["block"],
            ["quiet", "no end"],
            ["a", "b", "no end"],
            ["c", "no end"],
        ]
        await asyncio.to_thread(print, "a thread's")

    run(main())
    assert capsys.readouterr().out == "a thread's\n"


def test_prints_side_by_side() -> None:
    async def says(times: int) -> None:
        for number in range(times):
            print(number)
            await asyncio.sleep(0)

    async def main() -> None:
        real = sys.stdout
        both = [timeline(says(times), prints=True) for times in (2, 5)]
        await asyncio.gather(*(asyncio.ensure_future(each) for each in both))
        assert sys.stdout is real
        said = [[text for _, text in each.trace.lives[0].says] for each in both]
        assert said == [list("01"), list("01234")]

    run(main())


# Its size, and its file


def test_ten_thousand_tasks() -> None:
    async def main() -> None:
        await asyncio.gather(*(hop(9) for _ in range(10_000)))

    trace = record(main)
    assert len(trace.lives) == 10_001
    lives = trace.lives[1:]
    assert {(life.how, count(life), life.parent) for life in lives} == {("done", 10, 0)}
    long = record(lambda: hop(10_000))
    (life,) = long.lives
    assert count(life) == 10_001
    assert sys.getsizeof(life.runs) / count(life) <= 32


def test_what_ended_is_released() -> None:
    class Thing:
        pass

    async def main() -> None:
        released: list[str] = []

        async def holds() -> None:
            thing = Thing()
            weakref.finalize(thing, released.append, "thing")
            await hop()

        with Recorder(asyncio.get_running_loop()) as recorder:
            gc.disable()
            try:
                task = asyncio.create_task(holds())
                await task
                assert released == ["thing"]
                coro = weakref.ref(task.get_coro())
                del task
                await hop()
                assert coro() is None
            finally:
                gc.enable()
        assert len(recorder.trace.lives) == 1

    run(main())


def test_a_trace_is_read_as_it_was_written() -> None:
    async def main() -> None:
        print("said")
        tasks = [
            asyncio.create_task(hop(2), name="é"),
            asyncio.create_task(fail(ValueError("why"), 1), name="fails"),
            asyncio.create_task(forever(), name="waits"),
        ]
        await asyncio.wait(tasks[:2])
        with contextlib.suppress(ValueError):
            tasks[1].result()

    trace = record(main, prints=True)
    text = trace.dumps()
    again = Trace.loads(text)
    assert again.dumps() == text
    assert ends(again) == ends(trace)
    for life, read in zip(trace.lives, again.lives, strict=True):
        assert [text for _, _, text in life] == [text for _, _, text in read]
        assert [text for _, text in life.says] == [text for _, text in read.says]
        assert (life.parent, life.place) == (read.parent, read.place)
    for wrong in "", "{}", "[]", '{"tasks": []}':
        with pytest.raises((ValueError, KeyError, TypeError)):
            Trace.loads(wrong)
