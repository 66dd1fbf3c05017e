"""A show in a browser, for the tests of the stage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from slides.driver import launch
from tests.slides.stage import FRAGMENT, LAST_CODE, SMALL, Show, Stage


@pytest.fixture(scope="package")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """A show that all files share: its cells were run and edited by any test."""
    with Show(tmp_path_factory.mktemp("home")) as show:
        yield show


@pytest.fixture(scope="module")  # while it runs, this thread has an event loop
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(show: Show, browser: Browser) -> Iterator[Stage]:
    """A page that the tests share: each leaves it on any slide, in any mode."""
    context = browser.new_context(viewport=SMALL)
    stage = Stage(context.new_page())
    stage.open(show.url)
    yield stage
    context.close()


@pytest.fixture
def stage(page: Stage) -> Iterator[Stage]:
    """The show on its first slide, with nothing running."""
    page.page.bring_to_front()
    page.press("Escape")
    page.go(0)
    yield page
    for other in page.page.context.pages[1:]:
        other.close()
    page.page.bring_to_front()
    page.panic()


@pytest.fixture
def cell(stage: Stage) -> Stage:
    """The stage on its last slide with code, its first code cell selected."""
    stage.go(LAST_CODE)
    return stage


@pytest.fixture
def fragment(stage: Stage) -> Stage:
    """The stage on its first slide with a fragment, which is hidden yet."""
    stage.go(FRAGMENT)
    return stage
