"""A talk's minutes hold what its notes take to say, and its cells to run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slides import build, clock
from slides.check import timing
from slides.cli import main
from slides.listing import list_slides
from slides.run import run, seconds
from slides.talks import Repertoire, Talk
from tests.slides.decks import code, slide, write

TALK = """\
[short]
title = "Court"
lang = "fr"
minutes = 3
rest = 1

[[short.parts]]
chapter = "why"
slides = {one = 0.5, two = 0.6}

[[short.parts]]
chapter = "loop"
minutes = 0.9
"""

HALF = "mot " * 75


def talk(folder: Path, old: str = "", new: str = "") -> Talk:
    """Write the talk, with something new in place of old, and its decks; read it."""
    cells = code("import time"), code("time.sleep(2)")
    one = slide("Un", notes=HALF, id="one")
    write(folder / "fr", one, slide("Deux", *cells, notes=HALF, id="two"))
    loop = slide("Trois", code("3"), notes=HALF), slide("Quatre", notes="mot " * 30)
    write(folder / "fr", *loop, name="07-loop.md")
    (folder / "talks.toml").write_text(TALK.replace(old, new), encoding="utf-8")
    return Repertoire(folder).talk("short")


def ran(talk: Talk, *times: float) -> dict[str, float]:
    """Return how long its cells ran, given the seconds of each."""
    cells = [c for slide in talk.slides for c in slide.cells if c.is_code]
    return {cell.place: time for cell, time in zip(cells, times, strict=True)}


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ((0, 6, 12), ""),
        ((3, 3, 0), ""),
        ((3, 4, 0), r"01-why.md:\d+: cell 3: .* 0.50 min to say, the cells 0.12 to"),
        ((0, 0, 13), r"07-loop.md:\d+: cell 1: in short .* 0.70 .* 0.22 to run; 0.9 "),
    ],
)
def test_runs_fit_beside_the_notes(
    tmp_path: Path, times: tuple[float, ...], said: str
) -> None:
    short = talk(tmp_path)
    found = "\n".join(timing(short, ran(short, *times)))
    assert re.search(said, found)
    assert bool(found) == bool(said)
    assert list(timing(short)) == []


def test_parts_and_rest_add_up_to_the_slot(tmp_path: Path) -> None:
    (fault,) = timing(talk(tmp_path, "rest = 1", "rest = 2"))
    assert fault == "short: its parts take 2 min and its rest 2 of 3."
    (fault,) = timing(talk(tmp_path, "rest = 1", ""))
    assert fault == "short: its parts take 2 min of 3."


def test_the_slides_pace_leaves_the_rest_free(tmp_path: Path) -> None:
    short = talk(tmp_path)
    assert sum(short.pace) == pytest.approx(2)
    cells = build.notebook(short).cells
    minutes = [cell.metadata["tulipes"].get("minutes", 0) for cell in cells]
    assert sum(minutes) == pytest.approx(2)


def test_the_total_is_a_line(tmp_path: Path) -> None:
    short = talk(tmp_path)
    assert clock.total(short, ran(short, 3, 0, 9)) == (
        "short: 1.9 min of notes and runs in 2, 1 kept for questions"
    )
    assert (
        clock.total(short, {}) == "short: 1.7 min of notes in 2, 1 kept for questions"
    )
    whole = talk(tmp_path, "minutes = 3\nrest = 1", "minutes = 2")
    assert clock.total(whole, {}) == "short: 1.7 min of notes in 2"


def test_the_listing_ends_with_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    list_slides(talk(tmp_path))
    *_, last = capsys.readouterr().out.splitlines()
    assert last == "     2:00 +1:00  kept for questions"
    list_slides(talk(tmp_path, "minutes = 3\nrest = 1", "minutes = 2"))
    assert "questions" not in capsys.readouterr().out


def test_cells_are_timed_as_they_run(tmp_path: Path) -> None:
    made = build.notebook(talk(tmp_path))
    done = run(made, lambda _: None)
    times = [seconds(cell) for cell in done.cells if cell.cell_type == "code"]
    assert times[1] >= 2
    assert max(times[0], times[2]) < times[1]
    assert seconds(made.cells[0]) == 0


def test_check_counts_the_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second slide's cell takes 0.03 min, and its notes 0.5."""
    talk(tmp_path)
    monkeypatch.setattr("slides.talks.SLIDES", tmp_path)
    monkeypatch.setattr("slides.check.structure", lambda _: ())
    assert main(["check", "short"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("short: 1.7 min of notes and runs in 2, 1 kept for")
    assert said[1].endswith("2 decks, 1 talks checked, 3 cells run.")
    tighter = TALK.replace("two = 0.6", "two = 0.51").replace("0.9", "0.99")
    (tmp_path / "talks.toml").write_text(tighter, encoding="utf-8")
    assert main(["check", "--structure", "short"]) == 0
    capsys.readouterr()
    assert main(["check", "short"]) == 1
    assert "to run; 0.51 are given." in capsys.readouterr().out
