"""CPython's own asyncio tests pass as well while every loop is recorded."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.peers import need
from tests.pythons import Python, pythons

ROOT = Path(__file__).resolve().parents[2]
RUNNER = Path(__file__).with_name("traced_asyncio.py")

MODULES = """\
import json, pathlib, test.support, test.test_asyncio
folder = pathlib.Path(test.test_asyncio.__file__).parent
print(json.dumps(sorted(path.stem for path in folder.glob("test_*.py"))))
"""

SLOWEST = "test_events", "test_tasks", "test_futures", "test_subprocess", "test_ssl"
"""Started first, so that all together take least."""

AT_ONCE = 3 * (os.cpu_count() or 1)
"""How many run at the same time: they mostly sleep."""

DEADLINE = 600
"""Seconds that a module may take, on a machine that is busy: it takes thirty."""

EXCEPTIONS = {
    "test_get_coro": "asserts that get_coro() *is* the coroutine: it is its proxy,"
    " which is equal to it, has its class, its repr and its attributes",
}
"""What fails because a loop is recorded, by the test's name, and why."""


Told = dict[str, Any]
"""What the runner prints of a module: see its docstring."""


@dataclass(frozen=True)
class Runner:
    """Runs modules of test.test_asyncio with a Python, in an empty folder."""

    python: Python
    folder: Path

    def modules(self) -> list[str]:
        """Return the modules that are installed: none if a package is missing."""
        done = subprocess.run(
            [self.python.executable, "-c", MODULES], capture_output=True, text=True
        )
        return json.loads(done.stdout) if done.returncode == 0 else []

    def run(self, module: str, *options: str) -> Told:
        """Return what the runner prints of a module."""
        done = subprocess.run(
            [self.python.executable, "-P", RUNNER, module, *options],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        assert done.returncode == 0, done.stderr
        told: Told = json.loads(done.stdout.splitlines()[-1])
        return told

    def broken(self, module: str, tests: Iterable[str]) -> dict[str, str]:
        """Return those that fail again when they are recorded, and then alone."""
        tests = sorted(tests)
        if not tests:
            return {}
        again: dict[str, str] = self.run(module, "--only", *tests)["failed"]
        untraced = self.run(module, "--untraced", "--only", *tests)
        assert untraced["lives"] == 0
        return {name: again[name] for name in again.keys() - untraced["failed"].keys()}


def missing(told: Told) -> set[str]:
    """Return the tests that were neither run nor skipped, alone or with their class."""
    run = {*told["started"], *told["skipped"]}
    return {
        test
        for test in told["there"]
        if not run & {test, f"setUpClass ({test.rpartition('.')[0]})"}
    }


def excepted(test: str) -> bool:
    """Whether a test is known to see the recorder."""
    return test.rpartition(".")[2] in EXCEPTIONS


Runs = dict[Runner, dict[str, Told]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Run all modules on every Python."""
    runners = [Runner(each, tmp_path_factory.mktemp("empty")) for each in pythons()]
    pairs = [(runner, name) for runner in runners for name in runner.modules()]
    pairs.sort(key=lambda pair: pair[1] not in SLOWEST)
    found: Runs = {runner: {} for runner in runners}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda pair: pair[0].run(pair[1]), pairs)
        for (runner, name), module in zip(pairs, told, strict=True):
            found[runner][name] = module
    return found


@pytest.mark.timeout(3 * DEADLINE)
@pytest.mark.parametrize("python", pythons(), ids=str)
def test_asyncio(python: Python, runs: Runs) -> None:
    """Every test is run; only the listed ones fail; tasks by thousands are seen."""
    (runner,) = (each for each in runs if each.python == python)
    told = runs[runner]
    need(
        "test.test_asyncio" if told else None,
        f"CPython's tests for Python {python} (Debian: libpython{python}-testsuite)",
    )
    for name, module in told.items():
        assert not missing(module), name
        assert module["defects"] == [], name
        failed = {test for test in module["failed"] if not excepted(test)}
        assert runner.broken(name, failed) == {}, name
    started = {test for module in told.values() for test in module["started"]}
    skipped = {test for module in told.values() for test in module["skipped"]}
    failed = {test for module in told.values() for test in module["failed"]}
    assert {test for test in started if excepted(test)} <= failed, "needless exception"
    assert len(started - skipped) > 2_000
    assert sum(module["lives"] for module in told.values()) > 5_000
    assert sum(module["runs"] for module in told.values()) > 20_000
