"""Before going on stage: try everything that a talk needs, and say what fails."""

from __future__ import annotations

import platform
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rich.console import Console

from demos.catalogue import declared, lessons
from slides import check
from slides.errors import Problem
from slides.paths import HOME, ROOT, THEME, short
from slides.server import PORT, free_port
from slides.talks import Talk

LONGEST = 30
"""Seconds that one demo may take."""

SERVERS = {"pubsub.stub"}
"""Lessons that run until Ctrl-C, even alone."""

AT_ONCE = 4
"""Demos that run at the same time: they mostly sleep."""


def doctor(talk: Talk) -> int:
    """Try a talk; print a line a thing tried; return 0 if all of them work."""
    console = Console(highlight=False, soft_wrap=True)
    started, bad = time.perf_counter(), 0

    def tell(what: str, look: Callable[[], str]) -> None:
        nonlocal bad
        try:
            detail, mark = look(), "[green]ok  [/]"
        except Problem as problem:
            detail, mark = str(problem), "[bold red]FAIL[/]"
            bad += 1
        console.print(f"{mark}  {what:10}  ", end="")
        console.print(detail, markup=False)

    tell("Python", _python)
    tell("packages", _packages)
    tell("port", lambda: f"{free_port(None)} is free (tried from {PORT} on)")
    tell("browser", _browser)
    tell("fonts", _fonts)
    tell("screen", _screen)
    tell("decks", lambda: _decks(talk))
    tell("stage", lambda: _stage(talk))
    tell("demos", lambda: _demos(talk, console))
    tell("cells", lambda: _cells(talk, console))
    took = f"{time.perf_counter() - started:.0f} s"
    if bad:
        console.print(f"[bold red]{bad} to mend before the show[/] ({took})")
        return 1
    console.print(f"[green]Ready for «{talk.title}»[/] ({took})")
    return 0


def _python() -> str:
    return f"{platform.python_version()}, {sys.executable}"


def _packages() -> str:
    """Compare what is installed with what pyproject.toml asks for."""
    try:
        asked = metadata.requires("tulipes") or []
    except metadata.PackageNotFoundError:
        raise Problem(
            "tulipes is not installed: `pip install -e '.[stage]'`."
        ) from None
    wanted = [Requirement(line) for line in asked]
    wanted = [
        need
        for need in wanted
        if need.marker is None or need.marker.evaluate({"extra": "stage"})
    ]
    wrong = []
    for need in wanted:
        try:
            version = metadata.version(need.name)
        except metadata.PackageNotFoundError:
            version = "nothing"
        if version == "nothing" or not need.specifier.contains(version, True):
            wrong.append(f"{need} (there is {version})")
    if wrong:
        raise Problem(f"{', '.join(wrong)}: `pip install -e '.[stage]'`.")
    shown = ("jupyterlab", "nbclassic", "rise")
    return ", ".join(f"{name} {metadata.version(name)}" for name in shown)


def _browser() -> str:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        raise Problem("none found: install one, or set BROWSER.") from None
    return str(getattr(browser, "name", type(browser).__name__))


def _fonts() -> str:
    """Look at the fonts' signature: a checkout through a text filter breaks it."""
    fonts = sorted((THEME / "fonts").glob("*.woff2"))
    broken = [font.name for font in fonts if font.read_bytes()[:4] != b"wOF2"]
    if broken or len(fonts) < 3:
        raise Problem(f"broken or missing in {short(THEME / 'fonts')}: {broken or ''}")
    return ", ".join(font.stem for font in fonts)


def _screen() -> str:
    """Ask the desktop for the size of its main screen, if there is one."""
    try:
        import tkinter

        window = tkinter.Tk()
    except Exception:  # no Tk, no display: nothing to know here
        return "unknown from here; the decks are made for 1280x720 and more"
    window.withdraw()
    width, height = window.winfo_screenwidth(), window.winfo_screenheight()
    window.destroy()
    if width < 1024:
        raise Problem(f"{width}x{height}: less than the 1024x768 the decks need.")
    return f"{width}x{height}"


def _decks(talk: Talk) -> str:
    faults = [fault for source in talk.decks for fault in check.structure(source)]
    faults += check.timing(talk)
    if faults:
        raise Problem(f"{faults[0]} ({len(faults)} in all: `python -m slides check`)")
    return f"{len(talk.decks)}, in order with their rules, demos and minutes"


def _stage(talk: Talk) -> str:
    """Start the show beside any other, ask for its page, stop it."""
    started = time.perf_counter()
    show = subprocess.Popen(
        [
            *(sys.executable, "-m", "slides", "present", talk.name),
            *("--lang", talk.lang, "--no-browser"),
        ],
        cwd=HOME,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert show.stdout is not None
        url = next((u for u in show.stdout if u.startswith("http://127.0.0.1:")), "")
        if not url:
            assert show.stderr is not None
            raise Problem(show.stderr.read().strip() or "it ended without a word")
        with urllib.request.urlopen(url.strip(), timeout=10) as page:
            page.read()
        return f"serves its page after {time.perf_counter() - started:.1f} s"
    except OSError as error:
        raise Problem(f"the server doesn't answer: {error}") from None
    finally:
        show.terminate()
        with suppress(subprocess.TimeoutExpired):
            show.communicate(timeout=15)
        show.kill()


def _demos(talk: Talk, console: Console) -> str:
    """Run every demo of the talk's chapters, alone, as an attendee would."""
    found = [
        name
        for name, path in lessons().items()
        if name.partition(".")[0] in talk.chapters
        and name not in SERVERS
        and platform.python_version() in SpecifierSet(_pythons(path))
    ]
    failed = []
    with (
        check.progress_on(console) as progress,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        bar = progress.add_task("demos", total=len(found))
        for fault in pool.map(_demo, found):
            progress.advance(bar)
            failed += [fault] if fault else []
    if failed:
        raise Problem("; ".join(failed))
    return f"{len(found)}, each run once"


def _pythons(lesson: Path) -> str:
    """Return which Pythons a lesson is for, as its PEP 723 block says it."""
    return str(declared(lesson).get("requires-python", ""))


def _demo(name: str) -> str:
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"demos.{name}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{name}: still running after {LONGEST} s"
    if done.returncode or done.stderr:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        return f"{name}: exit {done.returncode}, {' '.join(last)}"
    return ""


def _cells(talk: Talk, console: Console) -> str:
    ran = check.run_with_progress(talk, "cells", console)
    return f"{len(ran)}, each run once, top to bottom"
