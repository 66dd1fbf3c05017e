"""Measure what the kit promises, side by side with its peers: `make bench`.

Prints a table and writes build/bench.json. A number over its limit is an exit
code of 1. Nothing here is a test: machines differ, ratios less so.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from demos.first_steps.fetch import fetch_in_turn, fetch_together, serve
from slides.paths import BUILD
from slides.server import free_port
from tests.peers import find_chromium
from tests.slides.stage import Show, Stage, launch

ROUNDS = 3
"""Whole shows, ours and plain, in turn."""

TIMES = 10
"""Keys pressed for a median."""

LATENCIES = (0.1, 0.2, 0.3, 0.4)


@dataclass(frozen=True)
class Number:
    """A figure measured: its value, its unit, its limit, what it is held against."""

    name: str
    value: float
    unit: str
    limit: float
    beside: str

    @property
    def ok(self) -> bool:
        """Whether the value keeps to its limit."""
        return self.value <= self.limit


def main() -> int:
    """Measure everything; return 1 if a number is over its limit."""
    console = Console(soft_wrap=True)
    chromium = find_chromium()
    numbers = list(fetch())
    if chromium is None:
        console.print("The stage is not measured: no Chromium (apt install chromium).")
    else:
        with sync_playwright() as playwright:
            browser = launch(playwright, chromium)
            with console.status("Showing, ours and plain in turn …"):
                numbers += first_slide(browser)
            with console.status("Pressing keys …"):
                numbers += keys(browser)
            browser.close()
    table = Table("what", "measured", "limit", "beside")
    for number in numbers:
        style = "" if number.ok else "bold red"
        table.add_row(
            number.name,
            f"{number.value:.2f} {number.unit}",
            f"{number.limit:g} {number.unit}",
            number.beside,
            style=style,
        )
    console.print(table)
    BUILD.mkdir(exist_ok=True)
    report = [{**asdict(number), "ok": number.ok} for number in numbers]
    (BUILD / "bench.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    return 0 if all(number.ok for number in numbers) else 1


# The demos


def fetch() -> Iterator[Number]:
    """Time the demo's two clients on its own server."""

    async def measure() -> tuple[list[float], float]:
        async with serve(LATENCIES) as port:
            pages = range(1, len(LATENCIES) + 1)
            urls = [f"http://127.0.0.1:{port}/{page}" for page in pages]
            start = time.perf_counter()
            await asyncio.to_thread(fetch_in_turn, urls)
            slow = time.perf_counter() - start
            fast = []
            for _ in range(TIMES):
                start = time.perf_counter()
                await fetch_together(urls)
                fast.append(time.perf_counter() - start)
            return fast, slow

    fast, slow = asyncio.run(measure())
    yield Number(
        "fetch, together",
        statistics.median(fast) / max(LATENCIES),
        "× slowest URL",
        1.15,
        f"in turn: {slow / max(LATENCIES):.2f} ×, the sum being"
        f" {sum(LATENCIES) / max(LATENCIES):.2f} ×",
    )


# The stage


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


if __name__ == "__main__":
    sys.exit(main())
