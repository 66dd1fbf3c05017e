"""What all tests share: no network but loopback, and peers that must be there."""

from __future__ import annotations

import ipaddress
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.peers import find_chromium, need

# What they assert for many tests is explained as what a test asserts.
pytest.register_assert_rewrite(
    "tests.pubsub.servers", "tests.served", "tests.slides.stage"
)


def pytest_configure() -> None:
    """Heed Ctrl-C: a shell's background job, and all that it starts, ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


LEFT_OUT = {"browser": {"chromium"}, "pythons": {"python", "attempt"}}
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


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Deselect what `--without` leaves out; pytest says how many."""
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


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    real = socket.socket.connect
    monkeypatch = pytest.MonkeyPatch()

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = address[0]
            if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
                raise AssertionError(f"a test tried to reach {host}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    yield
    monkeypatch.undo()
