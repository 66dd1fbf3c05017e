"""Programs that we did not write, and that tests need: where they are."""

from __future__ import annotations

import os
import shutil

import pytest

FIREFOXES = (
    "firefox-esr",
    "firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
)


def need(peer: str | None, how: str) -> str:
    """Return the peer; without it skip the test, or fail it if peers are required."""
    if peer:
        return peer
    if os.environ.get("REQUIRE_PEERS") == "1":
        pytest.fail(f"missing: {how}")
    pytest.skip(f"missing: {how}")


def find_firefox() -> str | None:
    """Find a Firefox: $FIREFOX, or the system's."""
    names = (os.environ.get("FIREFOX", ""), *FIREFOXES)
    return next(filter(None, map(shutil.which, filter(None, names))), None)
