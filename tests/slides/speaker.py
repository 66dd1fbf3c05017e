"""The speaker view, for the tests of it."""

from __future__ import annotations

import re

from playwright.sync_api import FrameLocator

from tests.served import until
from tests.slides.stage import Stage

FRAMES = "#current-slide iframe", "#upcoming-slide iframe"

NOTES = ".speaker-controls-notes .value"

TITLE = "section.present section.present :is(h1, h2)"

CODE = """editors => editors.map(editor =>
  [...editor.querySelectorAll('.CodeMirror-line')].filter(line => {
    const box = line.getBoundingClientRect();
    return box.width && box.height && box.bottom <= innerHeight
      && getComputedStyle(line).visibility === 'visible'
      && parseFloat(getComputedStyle(line).opacity) === 1
      && (!line.closest('.fragment')
          || parseFloat(getComputedStyle(line.closest('.fragment')).opacity) === 1);
  }).map(line => line.textContent.replace(/[\\u200b\\s]+$/, '')).join('\\n'))"""
"""The code of editors, but for lines that are not seen."""

BOXES = """() => {
  document.querySelector('.verdict').textContent = 'en avance de 58 min 58 s';
  const found = [...document.querySelectorAll('h2, p, dt, dd, button, iframe, .value')]
    .filter(node => node.matches('iframe, .value')
      || (node.textContent.trim() && !node.closest('.value')));
  return found.map(node => {
    const box = node.getBoundingClientRect();
    const name = node.title || node.textContent.slice(0, 40);
    return [name, box.left, box.top, box.right, box.bottom];
  });
}"""
"""All that is on the page, its longest words too: name, left, top, right, bottom."""


class View:
    """The speaker view that a stage's key has opened; it shows the stage's slide."""

    def __init__(self, stage: Stage) -> None:
        stage.page.bring_to_front()
        with stage.page.context.expect_page() as popup:
            stage.press("t")
        self.page = popup.value
        self.failures: list[str] = []
        self.page.on("pageerror", lambda error: self.failures.append(str(error)))
        self.frame(FRAMES[0]).locator(TITLE).wait_for()
        stage.page.bring_to_front()

    def frame(self, frame: str) -> FrameLocator:
        """Return what stands in one of the two frames."""
        return self.page.frame_locator(frame)

    def titles(self) -> tuple[str, ...]:
        """Return the titles of the current slide and of the next."""
        return tuple(self.frame(frame).locator(TITLE).inner_text() for frame in FRAMES)

    def shows(self, title: str) -> None:
        """Wait until the current slide is the one with this title, in Markdown."""
        said = title.replace("`", "").replace("*", "")
        whole = re.compile(rf"^\s*{re.escape(said)}\W*$")
        self.frame(FRAMES[0]).locator(TITLE, has_text=whole).wait_for()

    def code(self, frame: str) -> list[str]:
        """Return what is seen of each code cell."""
        editors = self.frame(frame).locator(".code_cell .CodeMirror")
        return list(editors.evaluate_all(CODE))

    def shows_code(self, expected: list[list[str]]) -> None:
        """Wait until the code cells of the two frames show this."""
        until(lambda: [self.code(frame) for frame in FRAMES] == expected)

    def reads(self, selector: str, text: str) -> None:
        """Wait until something on the page reads so, no-break spaces as others."""
        self.page.wait_for_function(
            "([selector, text]) => document.querySelector(selector).textContent"
            ".replaceAll('\\u00a0', ' ') === text",
            arg=[selector, text],
        )
