"""Pictures of a talk, as the room sees it: each slide before, after and after again.

They go into a folder of build/shots, with contact sheets of six on which each is once,
however many states look like it. The show is one of its own, in a temporary folder: the
speaker's copy is not touched.
"""

from __future__ import annotations

import base64
import html
import re
import shutil
import signal
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby, islice, pairwise
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, TimeoutError, sync_playwright
from rich.console import Console

from slides import speaker
from slides.check import progress_on
from slides.driver import LIMIT, Show, Stage, find_chromium, launch
from slides.errors import Problem
from slides.paths import BUILD, short
from slides.talks import Talk, unknown

SIZE = (1280, 720)
"""Of the screen if no other is asked for, in pixels."""

ON_SHEET = 6
"""Shots on a contact sheet, in three columns."""

COLUMN = 640
"""Width of a shot on a contact sheet, in pixels."""


@dataclass(frozen=True)
class Shot:
    """A picture of a slide: its number and id, its title, and the state it is in."""

    path: Path
    slide: str
    title: str
    state: str


def shots(
    talk: Talk, *, only: str | None, size: tuple[int, int] = SIZE, dark: bool = False
) -> int:
    """Take the shots of a talk, or of the slides that `only` names; return 0.

    The folder is emptied before. Raises Problem for a slide that isn't there, where
    there is no browser or no room for pictures, and for a cell that does not end.
    """
    numbers = chosen(talk, only)
    chromium = find_chromium()
    if chromium is None:
        raise Problem(
            "no browser: apt install chromium, or `playwright install chromium`, or"
            " name one in CHROMIUM."
        )
    folder = _folder(talk, size, dark)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"{short(folder)}: {error.strerror}.") from None
    console = Console(stderr=True, highlight=False)
    with progress_on(console) as progress, _show(talk, dark) as show:
        bar = progress.add_task(talk.name, total=len(numbers))
        with _browser(chromium, show.home) as browser:
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            stage = Stage(page)
            stage.open(show.url)
            taken: list[Shot] = []
            for before, number in pairwise([0, *numbers]):
                if number > before + 1:
                    _catch_up(stage, talk, number)
                taken += _of_slide(stage, talk, number, folder)
                progress.advance(bar)
            sheets = _sheets(browser, taken, folder)
    print(
        f"{short(folder)}: {len(numbers)} slides, {len(taken)} shots,"
        f" {sheets} contact sheets"
    )
    return 0


def chosen(talk: Talk, only: str | None) -> list[int]:
    """Return the numbers of slides, from 1, in the talk's order; without any, all.

    `only` has numbers, pairs of numbers and ids: 3-12,await,40. Raises Problem
    (status 2) for what is none of them.
    """
    last = len(talk.slides)
    if only is None:
        return [*range(1, last + 1)]
    ids = {slide.id: n for n, slide in enumerate(talk.slides, 1) if slide.id}
    numbers: set[int] = set()
    for word in map(str.strip, only.split(",")):
        pair = re.fullmatch(r"(\d+)(?:-(\d+))?", word)
        if word in ids:
            numbers.add(ids[word])
        elif pair is None:
            raise unknown(f"slide of {talk.name}", word, ids)
        else:
            first, end = int(pair[1]), int(pair[2] or pair[1])
            if not 1 <= first <= end <= last:
                raise Problem(f"{talk.name} has slides 1 to {last}, not {word}.", 2)
            numbers |= {*range(first, end + 1)}
    return sorted(numbers)


def _folder(talk: Talk, size: tuple[int, int], dark: bool) -> Path:
    """Return where shots go: those of another size, say, beside the usual ones."""
    parts = [talk.name]
    parts += [talk.lang] * talk.translated
    parts += ["dark"] * dark
    parts += [f"{size[0]}x{size[1]}"] * (size != SIZE)
    return BUILD / "shots" / "-".join(parts)


@contextmanager
def _show(talk: Talk, dark: bool) -> Iterator[Show]:
    """Show a talk in a temporary folder. What ends this process ends it, as Ctrl-C."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    arguments = ["--lang", talk.lang, *["--dark"] * dark]
    # The browser's socket is in it, whose path must be short: macOS's own is not.
    root = None if sys.platform == "win32" else "/tmp"
    with tempfile.TemporaryDirectory(prefix="shots-", dir=root) as folder:
        if speaker.FILE.exists():
            shutil.copy(speaker.FILE, folder)
        with Show(Path(folder), talk.name, *arguments) as show:
            yield show


@contextmanager
def _browser(chromium: str, folder: Path) -> Iterator[Browser]:
    """Start a browser that leaves nothing but in a folder; raises Problem."""
    try:
        with sync_playwright() as playwright:
            yield launch(playwright, chromium, TMPDIR=str(folder))
    except Error as error:
        reason = error.message.splitlines()[0]
        raise Problem(f"the browser gave up: {reason}") from None


def _catch_up(stage: Stage, talk: Talk, number: int) -> None:
    """Run what comes before a slide, whose predecessors were left out."""
    stage.go(number - 1)
    before = [cell for slide in talk.slides[: number - 1] for cell in slide.cells]
    if any(cell.is_code for cell in before):
        stage.page.evaluate(HUSH)
        stage.press("F8")
        stage.caught_up()
        stage.idle()
        stage.page.evaluate(HUSH)


HUSH = """() => {
  const said = document.getElementById('stage-message');
  said.textContent = '';
  said.classList.remove('shown');
}"""


def _of_slide(stage: Stage, talk: Talk, number: int, folder: Path) -> Iterator[Shot]:
    """Show a slide, its fragments, its runs; yield a shot of each that differs."""
    slide = talk.slides[number - 1]
    cells = sum(cell.is_code for cell in slide.shown)
    name = slide.id or _plain(slide.title)

    def shot(state: str) -> Shot:
        path = folder / f"{number:03}-{name}-{state}.png"
        stage.page.evaluate(SETTLE)
        stage.page.screenshot(path=path, animations="disabled")
        return Shot(path, f"{number} {slide.id}".strip(), slide.title, state[2:])

    stage.go(number - 1)
    yield shot("1-before")
    fragment = 0
    while stage.page.evaluate("Reveal.nextFragment()"):
        fragment += 1
        yield shot(f"1-fragment-{fragment}")
    if any(cell.start for cell in slide.shown):
        stage.press("F7")
        yield shot("1-solution")
    for state in ("2-after", "3-again") if cells else ():
        stage.press(*["ArrowUp"] * cells, *["Shift+Enter"] * cells)
        stage.page.wait_for_timeout(50)
        try:
            stage.idle()
        except TimeoutError:
            running = f"a cell still runs after {LIMIT // 1000} s"
            raise Problem(f"{slide.place}: {running}.") from None
        yield shot(state)


SETTLE = """async () => {
  await document.fonts.ready;
  const images = [...document.images].map(image => image.decode().catch(() => {}));
  await Promise.all(images);
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}"""
"""Waits for fonts and pictures, and until what is drawn after a change is drawn."""


def _plain(title: str) -> str:
    """Return a title as a part of a file's name."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", letters.lower()))[:30].strip("-")


def _sheets(browser: Browser, taken: Sequence[Shot], folder: Path) -> int:
    """Put shots on contact sheets, in their order; return how many these are."""
    page = browser.new_page(viewport={"width": 3 * COLUMN + 64, "height": 64})
    rest = _distinct(taken)
    number = 0
    while six := [*islice(rest, ON_SHEET)]:
        number += 1
        _sheet(page, six, folder / f"sheet-{number:02}.png")
    page.close()
    return number


def _distinct(taken: Sequence[Shot]) -> Iterator[Shot]:
    """Yield each shot that differs from the one before, with all the states it shows.

    Of a slide on which nothing happens, that is one: "before = after = again".
    """
    for _, equal in groupby(taken, lambda shot: (shot.slide, shot.path.read_bytes())):
        first, *others = equal
        states = first.state, *(other.state for other in others)
        yield replace(first, state=" = ".join(states))


def _sheet(page: Page, six: Sequence[Shot], path: Path) -> None:
    figures = "".join(
        f'<figure><figcaption>{_label(shot)}</figcaption><img src="data:'
        f'image/png;base64,{base64.b64encode(shot.path.read_bytes()).decode()}"></figure>'
        for shot in six
    )
    page.set_content(f"<!doctype html><style>{STYLE}</style>{figures}")
    page.evaluate(SETTLE)
    page.screenshot(path=path, full_page=True)


def _label(shot: Shot) -> str:
    return html.escape(f"{shot.slide} · {shot.state} · {shot.title}")


STYLE = f"""
body {{ margin: 16px; background: #ccc; font: 20px/1.4 sans-serif; display: grid;
        grid-template-columns: repeat(3, {COLUMN}px); gap: 16px; }}
figure {{ margin: 0; }}
figcaption {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }}
img {{ display: block; width: {COLUMN}px; }}
"""
