"""Drive the stage as a speaker does: the command, a browser, the keyboard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, Response, ViewportSize

from slides import driver
from slides.paths import ROOT
from tests.slides.decks import REAL

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


class Show(driver.Show):
    """A running `present`, started in `folder`: its process, its lines, its URL."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        talk: str = TALK,
        folder: Path = ROOT,
        **environment: str,
    ) -> None:
        super().__init__(home, talk, *arguments, folder=folder, **environment)

    @property
    def lab(self) -> str:
        """The URL of JupyterLab."""
        return next(line for line in self.lines if "/lab" in line).split()[-1]

    @property
    def copy(self) -> Path:
        """The speaker's working copy."""
        return self.home / "build" / "stage" / f"{self.talk}.ipynb"


class Stage(driver.Stage):
    """A page with the show on it, and what it and the pages beside it asked for.

    `failures` are its scripts' errors, and the URLs that none of them got.
    """

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.requests: list[Request] = []
        self.failures: list[str] = []
        page.context.on("request", lambda request: self.requests.append(request))
        page.context.on("response", self._heed)
        page.on("pageerror", lambda error: self.failures.append(str(error)))

    def _heed(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(response.url)

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

    def message(self) -> str:
        """Return the line that the stage says to the speaker."""
        return self.page.text_content("#stage-message") or ""
