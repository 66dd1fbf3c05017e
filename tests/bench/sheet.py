"""What the printed sheet costs: one PDF from nothing, and again after a change."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import psutil
from rich.console import Console

from slides.paths import ROOT
from tests.bench import Number
from tests.copied import copy_tree

WORDS = ["--lang", "fr", "--paper", "a4"]
TIMES = 5
"""Runs for a median."""


def sheet(console: Console) -> Iterator[Number]:
    """Time the builder: CPU of a process of its own, then of a build while watching."""
    with console.status("Building the sheet …"), tempfile.TemporaryDirectory() as name:
        clean = [process(Path(name)) for _ in range(TIMES)]
        again = list(rebuilds(Path(name) / "kit"))
    yield Number(
        "sheet, one PDF", statistics.median(clean), "s of CPU", 3, "from nothing"
    )
    yield Number(
        "sheet, again",
        statistics.median(again),
        "s of CPU",
        1,
        "one word, --watch",
    )


def process(folder: Path) -> float:
    """Build a PDF in a process of its own; return its CPU seconds."""
    before = os.times()
    command = [sys.executable, "-m", "cheatsheet", *WORDS, "-o", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def rebuilds(kit: Path) -> Iterator[float]:
    """Change a word in a watched copy of the kit; yield the CPU seconds that follow."""
    copy_tree(kit)
    command = [sys.executable, "-m", "cheatsheet", *WORDS, "--watch", "-o", "built"]
    with subprocess.Popen(command, cwd=kit, stdout=PIPE, text=True) as watcher:
        assert watcher.stdout is not None
        watcher.stdout.readline()  # it watches
        watcher.stdout.readline()  # it has built
        for number in range(TIMES):
            before = cpu(watcher.pid)
            cells = kit / "slides" / "fr" / "08-tasks.md"
            text = cells.read_text(encoding="utf-8")
            cells.write_text(text.replace("### TaskGroup", f"### Task{number}Group", 1))
            assert watcher.stdout.readline().startswith("asyncio-fr-a4.pdf (")
            yield cpu(watcher.pid) - before
            cells.write_text(text, encoding="utf-8")
            watcher.stdout.readline()
        watcher.terminate()


def cpu(pid: int) -> float:
    """Return the CPU seconds of a process and of its children that ended."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system + times.children_user + times.children_system
