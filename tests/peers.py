"""Programs that we did not write, and that tests need: where they are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)

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


def find_chromium() -> str | None:
    """Find a Chromium: $CHROMIUM, the system's, Chrome, or Playwright's own."""
    for name in (os.environ.get("CHROMIUM", ""), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.is_file() else None


def find_firefox() -> str | None:
    """Find a Firefox: $FIREFOX, or the system's."""
    names = (os.environ.get("FIREFOX", ""), *FIREFOXES)
    return next(filter(None, map(shutil.which, filter(None, names))), None)
