"""Run a module of CPython's own asyncio tests, with every loop recorded.

    $ PYTHONPATH=. python tests/media/traced_asyncio.py test_queues

prints one line of JSON: what there was to run, what was started, skipped, failed,
and what was recorded. `--only` runs some of its tests, `--untraced` records nothing.
Any Python can run it: it needs the standard library and media.recorder.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import sys
import threading
import unittest
from collections.abc import Iterator
from contextvars import Context, copy_context
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary, ref

from media.proxy import Coro, Loop, Traced
from media.recorder import Recorder
from media.trace import STRIDE, Trace

BASE: Any = asyncio.BaseEventLoop
ENDED: Any = SimpleNamespace(join=lambda: None)
"""In the place of a thread that has ended: tests would find even that."""


class Everything(Recorder):
    """Records all that its loop starts, and does not keep the loop alive."""

    @property
    def loop(self) -> Any:
        return self._loop() or self

    @loop.setter
    def loop(self, loop: Loop) -> None:
        self._loop = ref(loop)

    def wants(self) -> bool:
        return True

    def watch(self) -> None:
        """Start the watcher of a loop that runs."""
        self._ended.clear()
        self._thread = threading.get_ident()
        self._watcher = threading.Thread(target=super()._watch, daemon=True)
        self._watcher.start()

    def rest(self) -> None:
        """End the watcher."""
        self._ended.set()
        self._watcher.join()
        self._watcher = ENDED

    def _watch(self) -> None:
        """Watch nothing, until the loop runs: tests count threads."""


class Traces:
    """Gives each loop a recorder, and sums up what they saw."""

    def __init__(self) -> None:
        self.lives = self.runs = 0
        self.defects: list[str] = []
        self._open: WeakKeyDictionary[Loop, tuple[Everything, Context]]
        self._open = WeakKeyDictionary()

    def patch(self, tests: Any) -> None:
        """Record each loop from its first moment to its last."""
        init, run, close = BASE.__init__, BASE.run_forever, BASE.close

        @functools.wraps(init)
        def traced_init(loop: Loop) -> None:
            init(loop)
            recorder, context = Everything(loop), copy_context()
            context.run(recorder.__enter__)
            recorder.rest()
            self._open[loop] = recorder, context

        @functools.wraps(run)
        def traced_run(loop: Loop) -> None:
            if loop not in self._open or loop.is_running():
                run(loop)
                return
            recorder, _ = self._open[loop]
            recorder.watch()
            try:
                run(loop)
            finally:
                recorder.rest()

        @functools.wraps(close)
        def traced_close(loop: Loop) -> None:
            close(loop)
            self._end(loop)

        BASE.__init__, BASE.run_forever, BASE.close = (
            traced_init,
            traced_run,
            traced_close,
        )
        if base := getattr(tests, "BaseTaskTests", None):
            self._patch_new_task(base)

    def _patch_new_task(self, base: Any) -> None:
        """Record the tasks, in C and in Python, that tests make without the loop."""
        new_task = base.new_task

        def traced(
            case: Any, loop: Loop, coro: Coro, *more: Any, **options: Any
        ) -> Any:
            found = self._open.get(loop)
            by_loop = type(coro) is Traced
            if found is None or by_loop or not asyncio.iscoroutine(coro):
                return new_task(case, loop, coro, *more, **options)
            recorder, runs = found[0], len(found[0].runs)
            task = new_task(case, loop, recorder.wrap(coro), *more, **options)
            recorder.started(runs)
            if frames := task._source_traceback:
                frames[:] = [frame for frame in frames if frame.filename != __file__]
            return task

        base.new_task = traced

    def end(self) -> None:
        """End the recordings of the loops that nobody closed."""
        for loop in list(self._open):
            self._end(loop)

    def _end(self, loop: Loop) -> None:
        recorder, context = self._open.pop(loop, (None, None))
        if recorder is None or context is None:
            return
        context.run(recorder.__exit__, None, None, None)
        self.lives += len(recorder.trace.lives)
        self.runs += sum(len(life.runs) // STRIDE for life in recorder.trace.lives)
        self.defects += defects(recorder.trace)


def defects(trace: Trace) -> Iterator[str]:
    """Say where a trace cannot be true: a thread runs one task at a time."""
    runs = []
    for life in trace.lives:
        if len(life.runs) % STRIDE:
            yield f"{life.name}: half a run"
        if life.how != "pending" and not life.runs:
            yield f"{life.name}: {life.how} without a run"
        runs += [(start, end, life.name) for start, end, _ in life]
    for one, other in pairwise(sorted(runs)):
        if not one[0] <= one[1] <= other[0]:
            yield f"{one[2]} overlaps {other[2]}"


class Result(unittest.TextTestResult):
    """Notes what was started, skipped and failed, by the tests' ids."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.started: list[str] = []

    def startTest(self, test: unittest.TestCase) -> None:
        self.started.append(test.id())
        super().startTest(test)


def ids(suite: Any) -> Iterator[str]:
    """Yield the name of each test of a suite."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from ids(test)
        else:
            yield test.id()


def main() -> None:
    """Run tests, and print what came of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("module")
    parser.add_argument("--only", nargs="*", metavar="TEST")
    parser.add_argument("--untraced", action="store_true")
    options = parser.parse_args()
    name = f"test.test_asyncio.{options.module}"
    try:
        suite = unittest.defaultTestLoader.loadTestsFromNames(options.only or [name])
    except unittest.SkipTest:  # another system's
        suite = unittest.TestSuite()
    there = list(ids(suite))
    traces = Traces()
    if not options.untraced:
        traces.patch(sys.modules.get(name))
    runner = unittest.TextTestRunner(sys.stderr, resultclass=Result, verbosity=2)
    result = runner.run(suite)
    assert isinstance(result, Result)
    traces.end()
    failed = [*result.failures, *result.errors]
    told = {
        "there": there,
        "started": result.started,
        "skipped": [test.id() for test, _ in result.skipped],
        "failed": {test.id(): text for test, text in failed},
        "lives": traces.lives,
        "runs": traces.runs,
        "defects": traces.defects,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
