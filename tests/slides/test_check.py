"""The decks' rules: each is broken once, and the real decks keep them all."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import nbformat
import pytest

from slides import build, deck
from slides.check import structure, timing
from slides.errors import Problem
from slides.run import run
from slides.talks import Repertoire, alone
from slides.words import speaking_time, words
from tests.slides.decks import REAL, cell, code, slide, write

CHANGES = '\n+++ {"changes": true}\n\n'
LONG_CELL = "def f():\n" + "    x = 1\n" * 5


def faults(path: Path) -> str:
    return "\n".join(structure(deck.read(path)))


def test_a_deck_that_keeps_the_rules_has_no_fault(tmp_path: Path) -> None:
    path = write(
        tmp_path / "fr",
        slide("Une idée", code("x = 1")),
        slide(
            "Une autre\u00a0!", cell("fragment", "L’«\u00a0essai\u00a0»\u00a0: oui.")
        ),
    )
    assert faults(path) == ""


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (slide("Un", cell("fragment", "mot " * 30)), "31 words"),
        (cell("slide", "Pas de titre") + cell("notes", "x"), "needs a title"),
        (cell("slide", "## Seul"), "needs notes"),
        (slide("Seul"), "shows more than its title"),
        (slide("Un", notes=" "), "needs notes"),
        (slide("Un") + cell("notes", "Et ceci."), "one cell of notes"),
        (slide("Un") + CHANGES + "Rien.\n", "differs from slides/changes.toml"),
        (slide("Un") + CHANGES + "| un | deux |\n|---|---|\n", "differs from slides"),
        (slide("Un") + slide("Un"), "its title is that of"),
        (slide("Un", code("x = '" + "a" * 70 + "'")), "columns of code"),
        (slide("Un", code(LONG_CELL)), "f has 6 lines; a deck's own has 5"),
        (slide("Un", code("def f(:")), "line 1"),
        (slide("Un", code("x", "demo: tasks/none.py:f")), "there is no demos/"),
        (slide("Un", code("x", "demo: tasks/cancel.py:water")), "differs from"),
        (slide("Un", cell("", "```{note}\nx\n```")), "RISE shows no directive"),
        (slide("Un", cell("", "<div>x</div>")), "no HTML"),
        (slide("Un", cell("", "![](../../media/x.svg)")), "needs an alt text"),
        (slide("Un", cell("", "![x](http://a/x.svg)")), "come from media/"),
        (
            slide("Un", cell("", "Voici : oui")),
            "space (U+00A0) before «:»",
        ),
        (
            slide("Un", cell("", "« oui\u00a0»")),
            "space (U+00A0) after ««»",
        ),
        (slide("Un", cell("", "l'heure")), "typographic apostrophe"),
        (slide("Un", cell("", 'dit "oui"')), "instead of"),
        (cell("notes", "x") + slide("Un"), "starts with a slide"),
        (slide("Un", id="one") + slide("Deux", id="one"), "its id is that of"),
    ],
)
def test_each_rule_is_seen_broken(tmp_path: Path, broken: str, said: str) -> None:
    assert said in faults(write(tmp_path / "fr", broken))


def test_typography_is_asked_of_french_only(tmp_path: Path) -> None:
    path = write(tmp_path / "en", slide("One", cell("", 'It\'s "here"!')))
    assert faults(path) == ""


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([code("x = work")], "which work? tasks/future.py and tasks/kinds.py"),
        ([code("def f():\n    return work")], "which work?"),
        (
            [
                code("def f():\n    return work"),
                code("from demos.tasks.kinds import work"),
            ],
            "",
        ),
        ([code("print([work])")], "which work?"),
        ([code("from demos.tasks.kinds import work\nx = work")], ""),
        ([code("from demos.tasks import kinds as work"), code("work")], ""),
        ([code("x = work"), code("from demos.tasks.kinds import work")], "which"),
        ([code("x = worker")], ""),
    ],
)
def test_a_slide_says_which_of_two_demos_it_runs(
    tmp_path: Path, cells: list[str], said: str
) -> None:
    from slides.lessons import code as lesson

    one, two = "tasks/future.py:work", "tasks/kinds.py:work"
    path = write(
        tmp_path / "en",
        slide("One", code(lesson(one), f"demo: {one}"), code("x = work")),
        slide("Two", code(lesson(two), f"demo: {two}")),
        slide("Three", *cells),
    )
    found = faults(path)
    assert said in found
    assert bool(found) == bool(said)


TALK = """\
[short]
title = "Court"
lang = "fr"
minutes = 3

[[short.parts]]
chapter = "why"
slides = {two = 1, one = 0.5}

[[short.parts]]
chapter = "loop"
minutes = 1.5
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("", ""), ""),
        (("minutes = 3", "minutes = 4"), "short: its parts take 3 min of 4."),
        (
            ("one = 0.5", "one = 0.4"),
            r"01-why.md:\d+: cell 1: in short the notes take 0.50 min to say; 0.4 are",
        ),
        (
            ("minutes = 1.5", "minutes = 0.9"),
            r"07-loop.md:\d+: cell 1: .* take 1.00 .* 0.9 are",
        ),
        (('"loop"\nminutes = 1.5', '"why"\nminutes = 1.5'), "its title is that of"),
    ],
)
def test_minutes_add_up_and_notes_fit_in_them(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    half = "mot " * 75
    why = slide("Un", notes=half, id="one"), slide("Deux", notes=half, id="two")
    write(tmp_path / "fr", *why)
    loop = slide("Trois", notes=half), slide("Quatre", notes=half)
    write(tmp_path / "fr", *loop, name="07-loop.md")
    file = tmp_path / "talks.toml"
    file.write_text(TALK.replace(*change), encoding="utf-8")
    found = "\n".join(timing(Repertoire(tmp_path).talk("short")))
    assert re.search(said, found)
    assert bool(found) == bool(said)


def test_words_are_those_that_the_audience_reads() -> None:
    assert words("## Un `await x` :\n\n- **deux** trois\n") == [
        "Un",
        "await x",
        "deux",
        "trois",
    ]
    assert words("| a | b |\n|---|---|\n| c d | `e` |") == ["a", "b", "c", "d", "e"]
    assert words("![alt text](x.svg)") == []


@pytest.mark.parametrize(
    "prose", ["mot " * 75, "mot " * 70 + "\n\n- mot mot mot\n- `x` mot"]
)
def test_tables_in_the_notes_are_not_said(tmp_path: Path, prose: str) -> None:
    table = "| un | deux |\n|---|---|\n" + "| trois | quatre |\n" * 40
    path = write(tmp_path, slide("Un", notes=f"{prose}\n\n{table}\n{table}"))
    (only,) = deck.read(path).slides()
    assert speaking_time(only) == 0.5


# Running


def notebook(*slides: str, folder: Path) -> nbformat.NotebookNode:
    return build.notebook(alone(deck.read(write(folder, *slides))))


def test_cells_run_in_order_with_progress(tmp_path: Path) -> None:
    made = notebook(
        slide("Un", code("import asyncio\nx = 20")),
        slide("Deux", code("await asyncio.sleep(0, x + 1)")),
        slide("Trois", code("1 / 0", "tags: [raises-exception]")),
        folder=tmp_path,
    )
    seen: list[int] = []
    done = run(made, seen.append)
    assert [made.cells[n].source[:5] for n in seen] == ["impor", "await", "1 / 0"]
    outputs = [c.outputs for c in done.cells if c.cell_type == "code"]
    assert outputs[1][0].data["text/plain"] == "21"
    assert outputs[2][0].ename == "ZeroDivisionError"


def test_a_failing_cell_is_named_with_file_and_line(tmp_path: Path) -> None:
    made = notebook(slide("Un", code("1 / 0")), folder=tmp_path)
    with pytest.raises(Problem, match=r"01-why.md:\d+: cell 2: ZeroDivisionError"):
        run(made, lambda _: None)


@pytest.mark.parametrize("path", REAL.all_paths(), ids=lambda path: path.stem)
def test_the_decks_keep_the_rules(path: Path) -> None:
    assert faults(path) == ""


def perform(name: str) -> str:
    """Run a talk; return its notebook's text."""
    text: str = nbformat.writes(run(build.notebook(REAL.talk(name)), lambda _: None))
    return text


@pytest.fixture(scope="module")
def performances() -> Iterator[dict[str, Future[str]]]:
    """Every talk, run beside the others: their cells mostly sleep."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(REAL.entries), spawn) as pool:
        yield {name: pool.submit(perform, name) for name in REAL.entries}


@pytest.mark.parametrize("name", REAL.entries)
def test_the_talks_run_top_to_bottom_without_repeating_a_title(
    name: str, performances: dict[str, Future[str]]
) -> None:
    talk = REAL.talk(name)
    assert list(timing(talk)) == []
    done = nbformat.reads(performances[name].result(), as_version=4)
    code_cells = [c for c in done.cells if c.cell_type == "code"]
    sources = [cell for slide in talk.slides for cell in slide.cells]
    assert len(code_cells) == sum(cell.is_code for cell in sources) > 20
    assert all(c.execution_count for c in code_cells)
    assert not [
        output.text
        for c in code_cells
        for output in c.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]
