"""Whole talks in a real browser: each slide, each cell, once and again."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize

from slides.deck import Slide
from tests.peers import need
from tests.slides.decks import OURS, REAL
from tests.slides.stage import SMALL, Show, Stage
from tests.slides.walk import walk

SIZES: list[ViewportSize] = [
    {"width": 1920, "height": 1080},
    {"width": 1024, "height": 768},
]
"""Other screens, where the slides are measured first."""

pytestmark = pytest.mark.timeout(900)  # of a talk, each cell runs twice

TALKS = {
    "tulipes": {"nc"},
    "ecosysteme": {"curl", "ssh"},
    "cours": set[str](),
    "plongee": set[str](),
    "semaine-1": set[str](),
    "semaine-3": set[str](),
    "semaine-4": set[str](),
    "semaine-6": set[str](),
    "semaine-8": {"curl", "nc", "openssl", "ssh"},
    "semaine-9": set[str](),
}
"""The talks that together show every slide, and what the speaker types beside them.

The week is given in its sittings: what a page costs grows with the square of it.
"""


NIGHT = "isDark => document.documentElement.classList.toggle('stage-dark', isDark)"
"""What `present --dark` does to the page."""


@dataclass(frozen=True)
class Given:
    """A talk that was given twice, and its slides' measures, a list for each time."""

    stage: Stage
    programs: set[str]
    slides: list[Slide]
    measured: list[list[dict[str, Any]]]


@pytest.fixture(scope="module", params=TALKS)
def given(
    request: pytest.FixtureRequest,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Given]:
    name: str = request.param
    slides = REAL.talk(name).slides
    measured = []
    with Show(tmp_path_factory.mktemp(name), talk=name) as show:
        context = browser.new_context(viewport=SMALL)
        stage = Stage(context.new_page())
        stage.open(show.url)
        measured += [measures(stage, size) for size in SIZES]
        stage.page.set_viewport_size(SMALL)
        for _ in range(2):
            stage.go(0)
            measured.append(walk(stage, slides, look=MEASURE))
        measured.append(measures(stage, SMALL))
        stage.page.evaluate(NIGHT, True)
        measured.append(measures(stage, SMALL))
        stage.page.evaluate(NIGHT, False)
        yield Given(stage, TALKS[name], slides, measured)
        context.close()


def test_these_talks_show_every_slide_of_ours() -> None:
    shown = {slide.place for name in TALKS for slide in REAL.talk(name).slides}
    assert {slide.place for n in OURS for slide in REAL.talk(n).slides} <= shown


def measures(stage: Stage, size: ViewportSize) -> list[dict[str, Any]]:
    """Measure every slide on a screen of this size."""
    stage.page.set_viewport_size(size)
    measured: list[dict[str, Any]] = stage.page.evaluate(
        MEASURE_EACH, list(range(stage.slides()))
    )
    return measured


def test_type_is_large_and_no_slide_overflows(given: Given) -> None:
    """Before its cells ran, when they had, and when they had again; in a dark room."""
    assert len(given.measured) == len(SIZES) + 4
    for measured in given.measured:
        assert len(measured) == len(given.slides)
        for found in measured:
            check_measures(found)


def check_measures(found: dict[str, Any]) -> None:
    width, height = found["screen"]
    least = 32 * min(width / 1280, height / 720)
    assert found["smallest"] >= least - 0.1, found
    assert found["wide"] <= 0, found
    assert found["contrast"] >= 7, found
    assert found["top"] > 0, found
    assert found["title"] <= 0.25 * height, found
    assert found["code"] <= 2 / 3 * height + 0.1, found
    assert found["over"] <= 0, found


MEASURE = """() => {
  const slide = document.querySelector('section.present section.present');
  const channel = (v) => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1])
    + 0.0722 * channel(c[2]);
  const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
  const background = (node) => {
    for (; node; node = node.parentElement) {
      const c = rgb(getComputedStyle(node).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  let smallest = 1e9, wide = 0, contrast = 21, at = '';
  const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const parent = node.parentElement;
    if (!node.textContent.trim() || parent.closest('aside.notes, .anchor-link, svg')
        || !parent.getClientRects().length
        || parent.closest('.CodeMirror-measure')) continue;
    const style = getComputedStyle(parent);
    const range = document.createRange(); range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width || style.visibility === 'hidden') continue;
    if (parseFloat(style.fontSize) < smallest) {
      smallest = parseFloat(style.fontSize); at = node.textContent; }
    wide = Math.max(wide, box.right - innerWidth + 1);
    const [a, b] = [luminance(rgb(style.color)), luminance(background(parent))];
    contrast = Math.min(contrast, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  const code = [...slide.querySelectorAll('.CodeMirror-scroll')];
  code.forEach((c) => { wide = Math.max(wide, c.scrollWidth - c.clientWidth - 30); });
  const title = slide.querySelector('h2');
  const bottom = (s) => Math.max(0, ...[...slide.querySelectorAll(s)]
    .filter((e) => e.getClientRects().length && !e.closest('aside.notes'))
    .map((e) => e.getBoundingClientRect().bottom));
  const screen = [innerWidth, innerHeight];
  return { number: Reveal.getIndices().h, screen, smallest, wide, contrast, at,
    code: bottom('.input_area'), over: slide.scrollHeight - slide.clientHeight,
    top: slide.querySelector('h1, h2').getBoundingClientRect().top,
    title: title ? title.getBoundingClientRect().bottom : 0 };
}"""
"""What is seen of a slide, in pixels; the words of a picture: see `walk`."""

MEASURE_EACH = f"""async (numbers) => {{
  await new Promise(requestAnimationFrame);  // by then, the page heeds its new size
  return numbers.map((number) => {{ Reveal.slide(number, 0); return ({MEASURE})(); }});
}}"""


def test_servers_stay_for_a_second_terminal_until_panic(given: Given) -> None:
    stage = given.stage
    commands = printed_commands(stage)
    assert {line.split()[0] for line in commands} == given.programs
    for line in commands:
        assert second_terminal(line), f"nobody answers: {line}"
    said = stage.panic()
    if "nc" in given.programs:  # the slides' own clients are there, too
        assert re.search(r"\d+ servers?, .*\d+ connections?", said)
    elif commands:
        assert re.search(r"\d+ servers?", said)
    for line in commands:
        assert not second_terminal(line), f"still there: {line}"


def printed_commands(stage: Stage) -> list[str]:
    """Return what the slides tell the speaker to type in a second terminal."""
    outputs = [output for cell in stage.cells() for output in cell.get("outputs", [])]
    printed = "\n".join("".join(output.get("text", [])) for output in outputs)
    return re.findall(r"(?m)^(?:nc|curl|openssl|ssh) .+$", printed)


def second_terminal(line: str) -> str:
    """Type a command, then a flower; return the first line that comes back."""
    command = shlex.split(line)
    need(shutil.which(command[0]), f"{command[0]} (see .ci/run)")
    with subprocess.Popen(
        command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True
    ) as process:
        stop = threading.Timer(20, process.kill)
        stop.start()
        assert process.stdin
        assert process.stdout
        with suppress(BrokenPipeError):
            process.stdin.write("tulip\n")
            process.stdin.flush()
        first = process.stdout.readline()
        stop.cancel()
        process.kill()
        with suppress(BrokenPipeError):
            process.stdin.close()
    return first
