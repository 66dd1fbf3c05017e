"""How soon the stage shows its first slide, answers a key, restarts; its memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from slides import build
from slides.deck import Slide
from slides.driver import find_chromium, launch
from slides.run import run, seconds
from slides.server import free_port
from tests.bench import Number
from tests.slides.decks import REAL
from tests.slides.stage import LAST_CODE, TALK, Show, Stage
from tests.slides.walk import walk

ROUNDS = 3
"""Whole shows, ours and plain, in turn."""

TIMES = 10
"""Keys pressed for a median."""

CELLS = 38
"""Cells before the slide on which the kernel is restarted, at least."""

ALL = "semaine"
"""The talk that has every chapter."""


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
        with console.status("Restarting, and running all that comes before …"):
            yield restart(browser)
        with console.status("Running every cell of every chapter …"):
            yield from memory(browser)
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
        0.55,
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
        stage.go(LAST_CODE)
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

        moved = "JSON.stringify(Reveal.getIndices()) !== JSON.stringify(before)"
        ended = "!document.querySelector('.code_cell.running')"
        said = "document.getElementById('stage-message').textContent"
        answer = "document.querySelector('.present .output_subarea')"
        yield key("slide change", "PageUp", moved, 150)
        stage.go(LAST_CODE)
        yield key("1 + 1 to its output", "Shift+Enter", answer, 150, written)
        yield key("interrupt an await", "F2", ended, 200, busy)
        stage.panic()
        yield key("panic", "F4", f"/^Stopped: .*3 tasks/.test({said})", 200, busy)
        context.close()


def restart(browser: Browser) -> Number:
    """Time F9 F9 on the slide before which there are 38 cells, beside those cells."""
    talk = REAL.talk(TALK)
    notebook, slide = build.notebook(talk), 0
    while codes(talk.slides[:slide]) < CELLS:
        slide += 1
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = code[: codes(talk.slides[:slide])]
    with ThreadPoolExecutor(1) as beside_the_browser:  # its thread has a loop
        ran = beside_the_browser.submit(run, notebook, lambda _: None).result()
    own = sum(map(seconds, ran.cells))
    with tempfile.TemporaryDirectory() as folder, Show(Path(folder)) as show:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        stage = Stage(context.new_page())
        stage.open(show.url)
        stage.go(slide)
        start = time.perf_counter()
        stage.press("F9", "F9")
        said = "document.getElementById('stage-message').textContent"
        stage.page.wait_for_function(f"{said}.startsWith('Ready:')")
        took = time.perf_counter() - start
        context.close()
    beside = f"{took:.1f} s; the {len(ran.cells)} cells alone {own:.1f} s"
    return Number("F9 F9", took / own, "× its cells", 1.2, beside)


def codes(slides: Sequence[Slide]) -> int:
    """Return how many cells of code slides have."""
    return sum(cell.is_code for slide in slides for cell in slide.cells)


def memory(browser: Browser) -> Iterator[Number]:
    """Tell what page and kernel hold once all cells of every chapter ran."""
    with tempfile.TemporaryDirectory() as folder, Show(Path(folder), talk=ALL) as show:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        stage = Stage(context.new_page())
        stage.open(show.url)
        stage.idle()
        kernel = next(
            child
            for child in psutil.Process(show.process.pid).children()
            if "ipykernel_launcher" in child.cmdline()
        )
        before = kernel.memory_info().rss, heap(stage.page)
        walk(stage, REAL.talk(ALL).slides)
        after = kernel.memory_info().rss, heap(stage.page)
        context.close()
    for name, first, last in zip(("kernel", "page"), before, after, strict=True):
        mib = last / 2**20
        beside = f"{first / 2**20:.0f} MiB before any cell of {ALL}"
        yield Number(f"memory of the {name}", mib, "MiB", 512, beside)


def heap(page: Page) -> float:
    """Return the bytes that the page's scripts hold."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return float(used)


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
