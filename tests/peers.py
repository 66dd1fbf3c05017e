"""Programs that we did not write, and that tests need: where they are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests import newest

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


def find_newer(name: str) -> list[str] | None:
    """Find a server of newest.SERVERS, in this Debian or the one of test-newest.

    Its own loader starts it, with its own libraries: neither root nor a chroot.
    """
    for root in Path("/"), newest.ROOM:
        program = root / newest.SERVERS[name].program
        loaders = sorted(root.glob("usr/lib*/ld-linux-*.so.*"))
        libraries = sorted(root.glob("usr/lib/*-linux-gnu"))
        if program.exists() and loaders and libraries:
            path = ":".join(map(str, libraries))
            words = ("--argv0", "redis-server", "--library-path", path)
            return [str(loaders[0]), *words, str(program)]
    return None


def need_newer(name: str) -> list[str]:
    """Return what starts it; skip the test where there is no such Debian."""
    found = find_newer(name)
    if not found and not newest.inside_it():
        pytest.skip(f"missing: {name} (sudo make test-newest)")
    need(found[-1] if found else None, f"{name}, in Debian {newest.SUITE}")
    assert found
    return found
