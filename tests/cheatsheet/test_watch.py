"""`python -m cheatsheet --watch`, in a copy of the kit with a small sheet."""

from __future__ import annotations

import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cheatsheet.build import written
from slides.paths import ROOT
from tests.cheatsheet.small import cells, toml

PATIENCE = 60
"""Seconds after which a build is late: one takes 2 s of CPU, and others run."""

PAPERS = "asyncio-fr-a4.pdf, asyncio-fr-us-letter.pdf"
ALL = f"{PAPERS}, asyncio-fr.html"


class Watcher:
    """A copy of the kit, and the command that watches it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.built = home / "built"
        command = [sys.executable, "-m", "cheatsheet", "--lang", "fr", "--watch"]
        self.process = subprocess.Popen(
            [*command, "-o", str(self.built)],
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.first = 0  # its weight after the first build
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def said(self) -> str:
        """Return the next line."""
        return self.lines.get(timeout=PATIENCE)

    def change(self, file: str, old: str, new: str) -> str:
        """Change a source; return the line that follows, without its seconds."""
        path = self.home / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return self.said().partition(" (")[0]

    def weight(self) -> int:
        """Return the bytes of memory that it takes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def stop(self) -> int:
        """Stop it as Ctrl-C does; return its exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self.reader.join()
        return code


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watcher]:
    home = tmp_path_factory.mktemp("kit")
    without = shutil.ignore_patterns("__pycache__", "[0-9]*-*.md", "*.svg")
    for room in ("cheatsheet", "demos", "media", "slides"):
        shutil.copytree(ROOT / room, home / room, ignore=without)
    shutil.copy(ROOT / "pyproject.toml", home)
    (home / "cheatsheet" / "sheet.toml").write_text(toml(), encoding="utf-8")
    (home / "cheatsheet" / "cells.md").write_text(cells(), encoding="utf-8")
    watcher = Watcher(home)
    assert watcher.said() == "Watching the sources. Ctrl-C ends."
    assert watcher.said().partition(" (")[0] == ALL
    watcher.first = watcher.weight()
    yield watcher
    watcher.process.kill()
    watcher.process.wait()
    watcher.reader.join()
    assert watcher.process.stdout is not None
    watcher.process.stdout.close()


@pytest.mark.parametrize(
    ("file", "old", "new", "builds"),
    [
        ("cheatsheet/cells.md", "Words", "Terms", ALL),
        ("cheatsheet/sheet.toml", "#0b3d84", "#14561f", ALL),
        ("cheatsheet/sheet.typ", "title: tree.title", "title: tree.name", PAPERS),
        ("cheatsheet/web.css", "6px", "7px", "asyncio-fr.html"),
        ("cheatsheet/markup.py", "Aller au", "Vers le", "asyncio-fr.html"),
        ("demos/tasks/cancel.py", "closes the tap", "shuts the tap", ALL),
        ("demos/tasks/shield.py", "shield", "shields", "nothing changed"),
        ("media/figures/task_states.py", "suspendue", "en attente", ALL),
    ],
)
def test_a_change_builds_what_it_changes(
    watcher: Watcher, file: str, old: str, new: str, builds: str
) -> None:
    assert watcher.change(file, old, new) == builds


def test_a_deck_is_a_source_too(watcher: Watcher) -> None:
    deck = watcher.home / "slides" / "fr" / "08-tasks.md"
    deck.parent.mkdir(exist_ok=True)
    deck.write_text(cells(), encoding="utf-8")
    assert "box group, fr is at" in watcher.said()
    deck.unlink()
    assert watcher.said().partition(" (")[0] == "nothing changed"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "cheatsheet/cells.md",
            "- another",
            "- - another",
            "an item is one paragraph.",
        ),
        ("cheatsheet/sheet.toml", 'family = "A"', 'family = "Q"', "one of A, not Q."),
        (
            "cheatsheet/boxes.typ",
            "#let tree",
            "#let let",
            "sheet.typ: expected pattern",
        ),
        (
            "demos/tasks/cancel.py",
            "async def",
            "async deff",
            "invalid syntax: mend it there.",
        ),
        ("media/figures/task_states.py", "HEIGHT / 2", "HIGH / 2", "NameError: name"),
        ("media/figures/task_states.py", "def ", "deff ", "SyntaxError: invalid"),
    ],
)
def test_what_is_wrong_is_a_line_and_watching_goes_on(
    watcher: Watcher, file: str, old: str, new: str, told: str
) -> None:
    whole = {path: path.read_bytes() for path in watcher.built.iterdir()}
    said = watcher.change(file, old, new)
    assert said.startswith("python -m cheatsheet: ")
    assert told in said
    assert {path: path.read_bytes() for path in watcher.built.iterdir()} == whole
    assert watcher.change(file, new, old) == "nothing changed"


def test_what_typst_laid_out_long_ago_is_forgotten(watcher: Watcher) -> None:
    for number in range(8):
        old, new = f"Deux pages{number * '.'}", f"Deux pages.{number * '.'}"
        assert watcher.change("cheatsheet/sheet.toml", f'"{old}"', f'"{new}"') == ALL
    assert watcher.weight() < 1.4 * watcher.first  # else it is 1.8 times as much


def test_ctrl_c_ends_it_and_nothing_is_left(watcher: Watcher) -> None:
    children = psutil.Process(watcher.process.pid).children(recursive=True)
    assert watcher.stop() == 130
    assert watcher.lines.empty()
    assert not [child for child in children if child.is_running()]
    names = {path.name for path in watcher.built.iterdir()}
    assert names == set(ALL.split(", "))


def test_who_reads_a_file_reads_the_whole_of_it(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    assert written(path, b"old").changed
    with path.open("rb") as reader:
        assert written(path, b"newer").changed
        assert reader.read() == b"old"
    before = path.stat()
    assert not written(path, b"newer").changed
    after = path.stat()  # but for when it was read
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [each.name for each in tmp_path.iterdir()] == ["sheet.pdf"]
