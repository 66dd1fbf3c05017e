"""Drive the stage as a speaker does: the command, a browser, the keyboard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import (
    Browser,
    Page,
    Playwright,
    Request,
    Response,
    ViewportSize,
)

from slides.paths import ROOT
from tests.slides.decks import REAL

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


LIMIT = 120_000
"""Milliseconds after which a page hangs: the largest talk takes 7 s of CPU to open."""

TALK = "cours"
"""The talk that most tests show: it has slides of every kind."""

SLIDES = REAL.talk(TALK).slides

FRAGMENT = next(
    number
    for number, slide in enumerate(SLIDES)
    if any(cell.slide_type == "fragment" for cell in slide.shown)
)
"""Its first slide with a fragment."""

LAST_CODE = max(
    number
    for number, slide in enumerate(SLIDES)
    if any(cell.is_code for cell in slide.shown)
)
"""Its last slide with code."""

SMALL: ViewportSize = {"width": 1280, "height": 720}


STATE = """() => ({
  black: Reveal.isPaused(), at: Reveal.getIndices(), overview: Reveal.isOverview(),
  selected: Jupyter.notebook.get_selected_cells_indices(), mode: Jupyter.notebook.mode,
  cells: Jupyter.notebook.get_cells().map(cell =>
      [cell.cell_type, cell.get_text(), cell.element[0].className]),
  dialogs: document.querySelectorAll('.modal, .overlay, #pager:not(:empty)').length,
  said: document.getElementById('stage-message').textContent,
  classes: document.body.className,
  busy: Jupyter.notebook.kernel_busy,
  scrolled: Reveal.getCurrentSlide().scrollTop,
})"""
"""All that a key could change on a page."""


class Show:
    """A running `present`, started in `folder`: its process, its lines, its URL."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        talk: str = TALK,
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
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if not self.url and line.startswith("http://127.0.0.1:"):
                self.url = line.strip()
            if "Ctrl-C" in line:
                break
        if not self.url:
            _, errors = self.process.communicate()
            raise AssertionError(f"no URL, exit {self.process.returncode}: {errors}")
        # Later lines must not fill the pipe and stop the server.
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        assert self.process.stdout is not None
        self.lines += [line.rstrip("\n") for line in self.process.stdout]

    @property
    def lab(self) -> str:
        """The URL of JupyterLab."""
        return next(line for line in self.lines if "/lab" in line).split()[-1]

    @property
    def copy(self) -> Path:
        """The speaker's working copy."""
        return self.home / "build" / "stage" / f"{self.talk}.ipynb"

    def stop(self) -> int:
        """End the show as Ctrl-C does; return its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(20)

    def __enter__(self) -> Show:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


class Stage:
    """A page with the show on it, and what it and the pages beside it asked for.

    `failures` are its scripts' errors, and the URLs that none of them got.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[Request] = []
        self.failures: list[str] = []
        self.cell = 0
        page.context.on("request", lambda request: self.requests.append(request))
        page.context.on("response", self._heed)
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        page.context.set_default_timeout(LIMIT)

    def _heed(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(response.url)

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
        self.page.wait_for_function(
            "Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()"
            " && !document.querySelector('.code_cell.running')"
            " && !Jupyter.notebook.kernel_busy"
        )

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type_as(self, sign: str, place: str, number: int, shift: bool) -> None:
        """Press the key that prints `sign` on another keyboard.

        `place` is what stands there on an American one; `number` is its `keyCode`.
        """
        key = {"key": sign, "code": place, "windowsVirtualKeyCode": number}
        key |= {"modifiers": 8 if shift else 0}
        session = self.page.context.new_cdp_session(self.page)
        for event in ({"type": "keyDown", "text": sign}, {"type": "keyUp"}):
            session.send("Input.dispatchKeyEvent", {**key, **event})
        session.detach()

    def state(self) -> dict[str, Any]:
        """Return all that a key could change."""
        pages = {"pages": len(self.page.context.pages)}
        return dict(self.page.evaluate(STATE)) | pages

    def indices(self) -> dict[str, int]:
        """Return where the slideshow stands."""
        return dict(self.page.evaluate("Reveal.getIndices()"))

    def go(self, slide: int) -> None:
        """Show a slide by its number, from 0; `cell` is then the one selected."""
        self.page.evaluate("n => Reveal.slide(n, 0)", slide)
        self.page.wait_for_function("n => Reveal.getIndices().h === n", arg=slide)
        self.page.wait_for_timeout(20)
        self.cell = self.page.evaluate("Jupyter.notebook.get_selected_index()")

    def slides(self) -> int:
        """Return how many slides there are."""
        return int(self.page.evaluate("Reveal.getTotalSlides()"))

    def cells(self) -> list[dict[str, Any]]:
        """Return type, source and outputs of every cell of the notebook."""
        cells: list[dict[str, Any]] = json.loads(
            self.page.evaluate("JSON.stringify(Jupyter.notebook.toJSON().cells)")
        )
        return cells

    def write(self, code: str) -> None:
        """Replace the cell's code, by keyboard, and leave it unrun."""
        self.page.evaluate("n => Jupyter.notebook.select(n)", self.cell)
        self.press("Enter", "ControlOrMeta+a")
        self.page.keyboard.insert_text(code)

    def start(self, code: str) -> None:
        """Write code into the cell and start it."""
        self.write(code)
        self.press("Shift+Enter")

    def run(self, code: str) -> str:
        """Write code into the cell, run it, return its output's text."""
        self.start(code)
        self.page.wait_for_timeout(30)
        self.idle()
        return self.output()

    def output(self) -> str:
        """Return the text under the cell."""
        return str(
            self.page.evaluate(
                "n => Jupyter.notebook.get_cell(n).element"
                ".find('.output:not(.stage-older) .output_subarea').text()",
                self.cell,
            )
        ).strip()

    def panic(self) -> str:
        """Press the panic key; return what the stage says it stopped."""
        self.page.evaluate("document.getElementById('stage-message').textContent = ''")
        self.press("F4")
        self.page.wait_for_function(
            "/^(Stopped|The kernel)/.test("
            "document.getElementById('stage-message').textContent)"
        )
        return self.message()

    def caught_up(self) -> None:
        """Wait until all cells before the slide were run."""
        self.page.wait_for_function(
            "document.getElementById('stage-message').textContent.startsWith('Ready:')"
        )

    def message(self) -> str:
        """Return the line that the stage says to the speaker."""
        return self.page.text_content("#stage-message") or ""


def launch(playwright: Playwright, chromium: str) -> Browser:
    """Start the browser, headless, with nothing of its own to ask of the network."""
    return playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
