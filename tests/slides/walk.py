"""Show a talk as a speaker does: every slide by its key, every cell by its key."""

from __future__ import annotations

import re
from typing import Any

from slides.deck import Slide
from tests.slides.stage import SMALL, Stage

DRAWS = re.compile(r"\b(timeline|stack)\(")
"""What draws a picture in a cell."""

HEADING = "Reveal.getCurrentSlide().querySelector('h1, h2').innerText"
"""The title that is seen: Playwright would look for it through the whole talk."""


def walk(stage: Stage, expected: list[Slide], look: str = "null") -> list[Any]:
    """Go from where the show stands to its end, and run every cell by its key.

    Cells run one after the other, while the slides after theirs are shown. Returns
    what `look`, a script, finds on each slide as it comes.
    """
    assert stage.slides() == len(expected)
    first = stage.indices()["h"]
    drawn: list[int] = []
    seen: list[Any] = []
    ran = 0
    for number, slide in enumerate(expected[first:], first):
        assert stage.indices()["h"] == number
        heading = str(stage.page.evaluate(HEADING))
        assert heading.strip()[:12] == re.sub("[`*]", "", slide.title)[:12]
        seen.append(stage.page.evaluate(look))
        if any(cell.start for cell in slide.shown) and not is_solved(stage):
            stage.press("F7")
        for cell in slide.shown:
            if cell.is_code:
                stage.press("Shift+Enter")
                ran += 1
                drawn += [number] * bool(DRAWS.search(cell.source))
        fragments = sum(c.slide_type == "fragment" for c in slide.shown)
        for _ in range(fragments + 1):
            stage.press("PageDown")
    stage.idle()
    _check_outputs(stage, ran)
    _check_pictures(stage, drawn)
    return seen


def is_solved(stage: Stage) -> bool:
    """Tell whether the slide's live coding shows its solution, marked."""
    marked = "document.querySelector('.present .present .stage-changed')"
    return bool(stage.page.evaluate(f"Boolean({marked})"))


def _check_outputs(stage: Stage, ran: int) -> None:
    """Look at the last cells, as many as were run: each did, and as it should."""
    for node in [node for node in stage.cells() if node["cell_type"] == "code"][-ran:]:
        assert node["execution_count"], f"never run: {node['source']}"
        if "raises-exception" not in node["metadata"].get("tags", []):
            errors = [o for o in node["outputs"] if o["output_type"] == "error"]
            assert errors == []


def _check_pictures(stage: Stage, drawn: list[int]) -> None:
    """Look at what was drawn live: in the talk's language, legible, whole."""
    pictures = []
    for number in sorted(set(drawn)):
        stage.go(number)
        pictures += stage.page.evaluate(PICTURES)
    assert len(pictures) == len(drawn)
    for picture in pictures:
        assert picture["lang"] == "fr"
        assert picture["smallest"] >= 32
        assert picture["top"] > 0
        assert picture["bottom"] < SMALL["height"]


PICTURES = """() => [...document.querySelectorAll('.present .present .output_html svg')]
    .map(svg => {
  const box = svg.getBoundingClientRect();
  const scale = box.width / svg.viewBox.baseVal.width;
  const sizes = [...svg.querySelectorAll('text')].map(text =>
      parseFloat(text.getAttribute('font-size')) * scale);
  const heading = svg.closest('section').querySelector('h2').getBoundingClientRect();
  return {lang: svg.getAttribute('lang'), smallest: Math.min(...sizes),
          top: heading.top, bottom: box.bottom};
})"""
"""Live pictures on this slide: language, smallest text and place, in pixels."""
