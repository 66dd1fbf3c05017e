"""What the tests of pictures share: a page of a browser to draw them in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.media.pictures import browser_page


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    """Where to draw. While it is open, its own event loop runs in this thread."""
    with browser_page(chromium) as page:
        yield page
