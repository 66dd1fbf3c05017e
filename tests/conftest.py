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
