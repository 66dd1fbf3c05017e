"""What the tests of pictures share: a browser to draw them in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.media.pictures import Browser


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Where to draw."""
    with Browser(chromium) as browser:
        yield browser
