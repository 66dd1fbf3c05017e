"""Drive the stage as a speaker does: the command, a browser, the keyboard.

`shots` does, and the tests do. Playwright is imported where a browser starts only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from slides.errors import Problem
from slides.paths import ROOT

if TYPE_CHECKING:
    from typing import Self

    from playwright.sync_api import Browser, Page, Playwright

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)

LIMIT = 120_000
"""Milliseconds after which a page hangs: the largest talk takes 7 s of CPU to open."""


def find_chromium() -> str | None:
    """Find a Chromium: $CHROMIUM, the system's, Chrome, or Playwright's own."""
    for name in (os.environ.get("CHROMIUM", ""), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.is_file() else None


def launch(playwright: Playwright, chromium: str, **environment: str) -> Browser:
    """Start the browser, headless, with nothing of its own to ask of the network."""
    return playwright.chromium.launch(
        executable_path=chromium,
        args=list(FLAGS),
        env={**os.environ, **environment},
    )


class Show:
    """A running `present`, started in `folder`: its process, its lines, its URL.

    Its working copies are in `home`. Raises Problem if it ends by itself.
    """

    def __init__(
        self,
        home: Path,
        talk: str,
        *arguments: str,
        folder: Path = ROOT,
        **environment: str,
    ) -> None:
        command = [sys.executable, "-m", "slides", "present", talk, "--no-browser"]
        self.home, self.talk = home, talk
        self.process = subprocess.Popen(
            [*command, *arguments],
            cwd=folder,
            env={**os.environ, "TULIPES_HOME": str(home), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.url = ""
        try:
            self._read_url()
        except BaseException:
            self.__exit__()
            raise
        # Later lines must not fill the pipe and stop the server.
        threading.Thread(target=self._drain, daemon=True).start()

    def _read_url(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if not self.url and line.startswith("http://127.0.0.1:"):
                self.url = line.strip()
            if "Ctrl-C" in line:
                break
        if not self.url:
            _, errors = self.process.communicate()
            ended = f"`present` ended with exit code {self.process.returncode}"
            raise Problem(errors.strip() or ended)

    def _drain(self) -> None:
        assert self.process.stdout is not None
        self.lines += [line.rstrip("\n") for line in self.process.stdout]

    def stop(self) -> int:
        """End the show as Ctrl-C does; return its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.stop()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


ALL_SAID = """() => Object.values(Jupyter.notebook.kernel._msg_callbacks)
  .every((asked) => asked.shell_done && asked.iopub_done)"""
"""Whether the kernel has ended all that it said to what it was asked."""


class Stage:
    """A page with the show on it; `cell` is the one selected when a slide came."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cell = 0
        page.context.set_default_timeout(LIMIT)

    def open(self, url: str) -> None:
        """Open the show and wait for its slide."""
        self.page.goto(url)
        self.ready()

    def ready(self) -> None:
        """Wait until the show is on the screen."""
        self.page.wait_for_selector("body.stage-ready", state="attached")
        self.idle()

    def idle(self) -> None:
        """Wait until the kernel is connected, and has said all that cells print."""
        from playwright.sync_api import TimeoutError as TooLate

        self.page.wait_for_function(
            "Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()"
            " && !document.querySelector('.code_cell.running')"
            " && !Jupyter.notebook.kernel_busy"
        )
        # A cell's end may overtake what it prints; after a lost connection, all of it.
        with suppress(TooLate):
            self.page.wait_for_function(ALL_SAID, timeout=1000)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, slide: int) -> None:
        """Show a slide by its number, from 0; `cell` is then the one selected."""
        self.page.evaluate("n => Reveal.slide(n, 0)", slide)
        self.page.wait_for_function("n => Reveal.getIndices().h === n", arg=slide)
        self.page.wait_for_timeout(20)
        self.cell = self.page.evaluate("Jupyter.notebook.get_selected_index()")

    def caught_up(self) -> None:
        """Wait until all cells before the slide were run."""
        self.page.wait_for_function(
            "document.getElementById('stage-message').textContent.startsWith('Ready:')"
        )
