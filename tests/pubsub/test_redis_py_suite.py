"""redis-py's own pub/sub tests: what passes on Redis passes on our stub.

They are run on each server, in processes of their own, all at the same time:
they mostly sleep. A test that fails there is tried once more, alone, since some
of them allow a server a second to answer, and a busy machine needs more.

Two of them, `TestPubSubAutoReconnect` with `listen`, can stop their whole suite,
whatever the server: their second thread leaves a lock free for 10 ms, then keeps
it while it waits for a message that never comes. If the first thread was too slow,
pytest-timeout ends the process, and there is no report: that suite is run again,
alone. One that is ended each time fails.
"""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.clients import PREPARE, REDIS_PY
from tests.peers import need
from tests.pubsub.servers import Server, find_redis, redis_server, stub_server
from tests.pythons import interpreter

EXCEPTIONS: dict[str, str] = {}
"""Tests that pass on Redis and may fail on the stub, and why."""

CLUSTER = "not onlycluster"
"""redis-py's mark for what needs a cluster: not asked of either server."""

DEADLINE = 240.0

ENDED = b"+ Timeout +"
"""What pytest-timeout prints as it ends a process."""

ATTEMPTS = 3
"""How many times a suite that its own timeout ended is run, alone."""

pytestmark = pytest.mark.timeout(2 * ATTEMPTS * DEADLINE)

Outcomes = dict[str, str]
"""What became of each test: passed, failure, error or skipped."""


@dataclass(frozen=True)
class Suite:
    """One of redis-py's files of tests, and how its client is to be set."""

    file: str
    protocol: int
    hiredis: bool
    floor: int

    def __str__(self) -> str:
        kind = "asyncio" if "asyncio" in self.file else "sync"
        reader = "hiredis" if self.hiredis else "python"
        return f"{kind}-resp{self.protocol}-{reader}"


SUITES = [
    Suite("tests/test_pubsub.py", 2, hiredis=False, floor=105),
    Suite("tests/test_pubsub.py", 3, hiredis=True, floor=105),
    Suite("tests/test_asyncio/test_pubsub.py", 2, hiredis=True, floor=170),
    Suite("tests/test_asyncio/test_pubsub.py", 3, hiredis=False, floor=170),
]

Start = Callable[[], AbstractContextManager[Server]]
SERVERS: dict[str, Start] = {
    "redis": redis_server,
    "own": partial(stub_server, "--parser", "own"),
    "hiredis": partial(stub_server, "--parser", "hiredis"),
}
STUBS = ["own", "hiredis"]


@dataclass(frozen=True)
class Runner:
    """Runs suites of the unpacked redis-py, and reads what became of them."""

    redis_py: Path
    reports: Path

    def outcomes(self, suite: Suite, server: str) -> Outcomes | None:
        """Run a whole suite; None if its own timeout ended it."""
        return self._run(suite, server, [suite.file])

    def again(self, suite: Suite, server: str, first: Outcomes | None) -> Outcomes:
        """Run once more, alone, what failed, or all that was ended."""
        if first is None:
            return self._whole(suite, server)
        failed = [test for test, how in first.items() if how in {"failure", "error"}]
        return first | (self._run(suite, server, failed) or {} if failed else {})

    def _whole(self, suite: Suite, server: str) -> Outcomes:
        for _ in range(ATTEMPTS):
            if outcomes := self.outcomes(suite, server):
                return outcomes
        pytest.fail(f"{suite} on {server} was ended by its own timeout each time")

    def _run(self, suite: Suite, server: str, tests: Iterable[str]) -> Outcomes | None:
        """Run tests; None if redis-py's own timeout ended them."""
        report = self.reports / f"{suite}-{server}.xml"
        with SERVERS[server]() as started:
            url = f"redis://127.0.0.1:{started.port}/0"
            done = subprocess.run(
                [
                    *(interpreter(self.redis_py / "venv"), "-m", "pytest", "-q"),
                    *("-p", "no:cacheprovider", "-m", CLUSTER, "-o", "addopts="),
                    *("--redis-url", url, "--redis-mod-url", url),
                    *("--protocol", str(suite.protocol), "--junitxml", report),
                    *tests,
                ],
                cwd=self.redis_py / "source",
                env=self._environment(suite),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=DEADLINE,
                check=False,
            )
        assert done.returncode in {0, 1}, done.stdout.decode()
        if ENDED in done.stdout:
            return None
        assert report.is_file(), done.stdout.decode()
        return dict(read(report, suite.file))

    def _environment(self, suite: Suite) -> dict[str, str]:
        """Nothing of ours but hiredis, or not: redis-py takes it if it is there."""
        names = {"PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT"}
        path = self.redis_py / "hiredis" if suite.hiredis else ""
        return {
            **{name: os.environ[name] for name in names & os.environ.keys()},
            "PYTHONPATH": str(path),
        }


def read(report: Path, file: str) -> Iterator[tuple[str, str]]:
    """Yield each test of a JUnit report, as pytest names it, and its outcome."""
    module = file.removesuffix(".py").replace("/", ".")
    for case in ElementTree.parse(report).iter("testcase"):
        place = case.attrib["classname"].removeprefix(module).replace(".", "::")
        marks = {child.tag for child in case} & {"failure", "error", "skipped"}
        yield f"{file}{place}::{case.attrib['name']}", min(marks, default="passed")


Results = dict[tuple[Suite, str], Outcomes]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Run every suite on every server."""
    find_redis()
    folder = need(str(REDIS_PY.prepared or ""), f"redis-py's tests ({PREPARE})")
    runner = Runner(Path(folder), tmp_path_factory.mktemp("reports"))
    pairs = list(itertools.product(SUITES, SERVERS))
    with ThreadPoolExecutor(len(pairs)) as pool:
        outcomes = pool.map(lambda pair: runner.outcomes(*pair), pairs)
        first = dict(zip(pairs, outcomes, strict=True))
    return {pair: runner.again(*pair, first[pair]) for pair in pairs}


def passed(outcomes: Outcomes) -> set[str]:
    return {test for test, how in outcomes.items() if how == "passed"}


@pytest.mark.parametrize("suite", SUITES, ids=str)
def test_enough_of_it_passes_on_redis(suite: Suite, results: Results) -> None:
    assert len(passed(results[suite, "redis"])) >= suite.floor


@pytest.mark.parametrize("stub", STUBS)
@pytest.mark.parametrize("suite", SUITES, ids=str)
def test_what_passes_on_redis_passes_on_the_stub(
    suite: Suite, stub: str, results: Results
) -> None:
    wanted, got = results[suite, "redis"], results[suite, stub]
    assert wanted.keys() == got.keys()
    failed = passed(wanted) - passed(got) - EXCEPTIONS.keys()
    assert {test: got[test] for test in failed} == {}


def test_every_exception_is_one(results: Results) -> None:
    failed = {
        test
        for suite, stub in itertools.product(SUITES, STUBS)
        for test in passed(results[suite, "redis"]) - passed(results[suite, stub])
    }
    assert EXCEPTIONS.keys() - failed == set()
