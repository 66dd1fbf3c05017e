"""What all tests share: no network but loopback, and peers that must be there."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import tests.guard.sitecustomize  # noqa: F401  (guards this process)
from slides.driver import find_chromium
from tests import guard
from tests.peers import find_firefox, need

# What they assert for many tests is explained as what a test asserts.
pytest.register_assert_rewrite(
    "tests.pubsub.servers", "tests.served", "tests.slides.stage", "tests.slides.walk"
)


def pytest_configure() -> None:
    """Heed Ctrl-C: a shell's background job, and all that it starts, ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


LEFT_OUT = {"browser": {"chromium", "firefox"}, "pythons": {"python", "attempt"}}
"""What asks for a browser, or for other Pythons: fixtures and parameters, by name."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run leave to another what that one has tested."""
    parser.addoption(
        "--without",
        action="append",
        choices=LEFT_OUT,
        default=[],
        help="leave out the tests that need a browser, or that try every Python",
    )


LONGEST = (
    "slides/test_stage_talks.py",
    "slides/test_stage_kernel.py",
    "slides/test_stage_firefox.py",
    "slides/test_stage_speaker.py",
    "media/test_cpython.py",
    "test_demos.py",
    "pubsub/test_redis_py_suite.py",
    "test_abuse.py",
)
"""Files that take a minute or more. They come first: a worker of pytest-xdist that
began one when the other had nothing left would end long after it."""


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Put the longest files first, and leave out what `--without` names."""
    ranks = {Path(__file__).parent / name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))
    names = {name for each in config.getoption("without") for name in LEFT_OUT[each]}
    left_out = [
        item for item in items if names & set(getattr(item, "fixturenames", ()))
    ]
    chosen = set(items) - set(left_out)
    items[:] = [item for item in items if item in chosen]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser to drive."""
    return need(
        find_chromium(), "a Chromium (apt install chromium, or playwright install)"
    )


@pytest.fixture(scope="session")
def firefox() -> str:
    """The other browser."""
    return need(find_firefox(), "a Firefox (apt install firefox-esr)")


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Put the guard on the way of every Python that tests start; this one has it."""
    real: Any = subprocess.Popen.__init__

    def start(
        self: subprocess.Popen[Any],
        *arguments: Any,
        env: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        env = guarded(os.environ if env is None else env)
        real(self, *arguments, env=env, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", guarded(os.environ)["PYTHONPATH"])
        patch.setattr(subprocess.Popen, "__init__", start)
        yield


def guarded(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with the guard on its PYTHONPATH."""
    path = environment.get("PYTHONPATH", "").split(os.pathsep)
    if guard.FOLDER not in path:
        path.append(guard.FOLDER)
    return {**environment, "PYTHONPATH": os.pathsep.join(filter(None, path))}
