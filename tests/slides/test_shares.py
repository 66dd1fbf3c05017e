"""Shares of a deck: together they do what the deck does, in its order."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from nbformat import NotebookNode

from slides import build, shares
from slides.announced import runs
from slides.deck import read
from slides.names import names
from slides.paths import ROOT
from slides.run import run, run_together
from slides.talks import alone
from tests.slides.decks import REAL, cell, code, slide, write

CELLS = (
    "import math, asyncio",
    "salary = 1000",
    "def half():\n    return salary / 2",
    "salary = salary + len('euros')",
    "print(half())",
    "tulips = []",
    "tulips.append(math.floor(1.5))",
    "from json import dumps\nprint(dumps(1))",
    "print(dumps(tulips))",
    "await asyncio.sleep(0, 'alone')",
    "half = print\nhalf('another')",
    "half('still')",
)
"""Cells that need one another, at once, by a function, by what one has changed."""


def printed(notebooks: list[NotebookNode]) -> list[str]:
    """Return what each cell of the notebooks, the same ones, has printed."""
    found = []
    for same in zip(*(each.cells for each in notebooks), strict=True):
        outputs = [str(output) for each in same for output in each.get("outputs", [])]
        found.append("".join(outputs))
    return found


@pytest.mark.parametrize("count", [1, 2, 9])
def test_each_cell_does_once_what_it_does_in_the_deck(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "WORTH", 1)
    deck = read(write(tmp_path / "fr", slide("Un", *map(code, CELLS))))
    whole = build.notebook(alone(deck))
    done = run(whole, lambda _: None)
    done.cells = [each for each in done.cells if each.cell_type == "code"]
    made = shares.shares(whole, count)
    assert len(made) == min(count, 4)  # of half, of tulips, two alone
    for one, other in zip(
        printed([done]), printed(run_together(made, lambda _: None)), strict=True
    ):
        assert without_numbers(one) == without_numbers(other)


def without_numbers(text: str) -> str:
    return text.replace("'execution_count'", "").translate(dict.fromkeys(DIGITS))


DIGITS = range(ord("0"), ord("9") + 1)


@pytest.mark.parametrize("path", REAL.all_paths(), ids=lambda path: path.stem)
def test_of_a_real_deck_no_cell_is_left_out(path: Path) -> None:
    whole = build.notebook(alone(REAL.deck(path)))
    cells = [each for each in whole.cells if each.cell_type == "code"]
    made = shares.shares(whole, 4)
    assert all(len(each.cells) == len(cells) for each in made)
    for same in zip(*(each.cells for each in made), strict=True):
        assert sum(runs(each.source) for each in same) <= 1
        longest = max((each.source for each in same), key=len)
        assert not names(longest).bound or len({each.id for each in same}) == 1


WAITS = "import asyncio\nawait asyncio.Event().wait()"


def test_ctrl_c_ends_a_check_and_its_kernels(tmp_path: Path) -> None:
    look = cell("fragment", "Regardez bien.")
    slides = [slide(f"N° {n}", look, code(WAITS)) for n in range(8)]
    path = write(tmp_path / "fr", *slides)
    command = [sys.executable, "-m", "slides", "check", str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as check:
        ours, deadline = psutil.Process(check.pid), time.monotonic() + 30
        while len(family := ours.children(recursive=True)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        time.sleep(2)  # they start
        check.send_signal(signal.SIGINT)
        _, told = check.communicate(timeout=30)
    assert check.returncode == 130
    assert "01-why.md" not in told  # kernels may complain; no cell is blamed
    assert psutil.wait_procs(family, timeout=10)[1] == []
