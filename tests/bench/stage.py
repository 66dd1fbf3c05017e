"""How soon the stage shows its first slide, and answers a key."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from slides.server import free_port
from tests.bench import Number
from tests.peers import find_chromium
from tests.slides.stage import Show, Stage, launch

ROUNDS = 3
"""Whole shows, ours and plain, in turn."""

TIMES = 10
"""Keys pressed for a median."""


def stage(console: Console) -> Iterator[Number]:
    """Measure the stage in a browser; without one, say so."""
    chromium = find_chromium()
    if chromium is None:
        console.print("The stage is not measured: no Chromium (apt install chromium).")
        return
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        with console.status("Showing, ours and plain in turn …"):
            yield from first_slide(browser)
        with console.status("Pressing keys …"):
            yield from keys(browser)
        browser.close()


def first_slide(browser: Browser) -> Iterator[Number]:
    """Time from the command to the first words on the screen, beside nbclassic."""
    ours, plain = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            with open_ours(Path(folder)) as url:
                show(browser, url, "section.present section.present h1")
                ours.append(url.seconds())
            with open_plain(Path(folder)) as url:
                show(browser, url, "#notebook .text_cell_render h1")
                plain.append(url.seconds())
    ratio = statistics.median(ours) / statistics.median(plain)
    yield Number(
        "command to first slide",
        ratio,
        "× nbclassic",
        1.25,
        f"ours {statistics.median(ours):.1f} s,"
        f" jupyter nbclassic {statistics.median(plain):.1f} s",
    )


@dataclass(frozen=True)
class Opened:
    """A server under way: its URL, and when its command was given."""

    url: str
    start: float

    def seconds(self) -> float:
        """Return the time since the command, in seconds."""
        return time.perf_counter() - self.start


@contextmanager
def open_ours(home: Path) -> Iterator[Opened]:
    """Start the show."""
    start = time.perf_counter()
    with Show(home) as show:
        yield Opened(show.url, start)


@contextmanager
def open_plain(home: Path) -> Iterator[Opened]:
    """Start plain nbclassic on the same notebook, with settings of its own."""
    path = home / "plain" / "cours.ipynb"
    path.parent.mkdir()
    path.write_bytes((home / "build" / "stage" / "cours.ipynb").read_bytes())
    port = free_port(None)
    settings = {"JUPYTER_CONFIG_DIR": str(home / "c"), "JUPYTER_DATA_DIR": str(home)}
    start = time.perf_counter()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter", "nbclassic", "--no-browser"),
            *("--allow-root", f"--port={port}", "--ServerApp.token=bench"),
            *("--ServerApp.port_retries=0", path.name),
        ],
        cwd=path.parent,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if f":{port}/" in line:
            break
    try:
        url = f"http://127.0.0.1:{port}/nbclassic/notebooks/{path.name}?token=bench"
        yield Opened(url, start)
    finally:
        process.terminate()
        process.communicate()


def show(browser: Browser, opened: Opened, words: str) -> None:
    """Open a page in a browser that knows nothing of it; wait for its words."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(opened.url, wait_until="commit")
    page.locator(words).first.wait_for(timeout=60_000)
    context.close()


def keys(browser: Browser) -> Iterator[Number]:
    """Time from a key to what it does, in the page's own clock."""
    with tempfile.TemporaryDirectory() as folder, Show(Path(folder)) as running:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        stage = Stage(context.new_page())
        stage.open(running.url)
        stage.go(stage.slides() - 3)  # one with a cell
        stage.run("import asyncio")
        key = median_of(stage.page)

        def busy() -> None:
            stage.start(
                "tasks = [asyncio.create_task(asyncio.sleep(60)) for _ in range(3)]\n"
                "await asyncio.sleep(60)"
            )
            stage.page.wait_for_selector(".code_cell.running")
            stage.page.wait_for_timeout(200)

        def written() -> None:
            stage.write("1 + 1")
            stage.page.evaluate("Jupyter.notebook.get_selected_cell().clear_output()")

        ended = "!document.querySelector('.code_cell.running')"
        said = "document.getElementById('stage-message').textContent"
        answer = "document.querySelector('.present .output_subarea')"
        yield key("slide change", "PageUp", "Reveal.getIndices().h !== before.h", 150)
        stage.go(stage.slides() - 3)
        yield key("1 + 1 to its output", "Shift+Enter", answer, 150, written)
        yield key("interrupt an await", "F2", ended, 200, busy)
        stage.panic()
        yield key("panic", "F4", f"{said}.startsWith('Stopped: 3')", 200, busy)
        context.close()


def median_of(page: Page) -> Callable[..., Number]:
    """Return what times a key on this page, ten times."""

    def key(
        name: str,
        pressed: str,
        done: str,
        limit: float,
        prepare: Callable[[], None] = lambda: None,
    ) -> Number:
        times = []
        for _ in range(TIMES):
            prepare()
            page.evaluate(WATCH.replace("DONE", done))
            page.keyboard.press(pressed)
            times.append(float(page.evaluate("window.timed")))
        beside = f"of {TIMES}: {min(times):.0f} to {max(times):.0f} ms"
        return Number(name, statistics.median(times), "ms", limit, beside)

    return key


WATCH = """() => {
  const before = Reveal.getIndices();
  document.getElementById('stage-message').textContent = '';
  window.timed = new Promise((resolve) => {
    const onKey = (event) => {
      if (event.key === 'Shift') return;
      window.removeEventListener('keydown', onKey, true);
      const look = () => (DONE)
        ? requestAnimationFrame(() => resolve(performance.now() - event.timeStamp))
        : setTimeout(look, 1);
      look();
    };
    window.addEventListener('keydown', onKey, true);
  });
}"""
"""Watches, from the next key on, until DONE and the frame that shows it."""
