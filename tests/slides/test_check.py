"""The decks' rules: each is broken once, and the real decks keep them all."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from copy import deepcopy
from itertools import islice
from pathlib import Path

import nbformat
import pytest

from slides import build, deck
from slides.check import structure, timing
from slides.errors import Problem
from slides.paths import short
from slides.run import run
from slides.talks import Repertoire, alone
from slides.words import speaking_time, words
from tests.slides import decks
from tests.slides.decks import REAL, cell, code, slide, write

CHANGES = '\n+++ {"changes": true}\n\n'
ASK = cell("fragment", "Which one?")
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
        (cell("slide", "## Un") + cell("notes", "x"), "needs an id, which talks"),
        (slide("Un", id="one") + slide("Deux", id="one"), "its id is that of"),
        (slide("Un").replace('"}}', '"}, "end": true}', 1), "of the first rank"),
        (
            slide("Un").replace('"}}', '"}, "file": "README.md"}', 1),
            "of the first rank",
        ),
        (slide("Un").replace('"}}', '"}, "file": "RADME.md"}', 1), "no file RADME.md."),
    ],
)
def test_each_rule_is_seen_broken(tmp_path: Path, broken: str, said: str) -> None:
    assert said in faults(write(tmp_path / "fr", broken))


WIDE = "x = " + "+ ".join(["1"] * 20)


def pointing(lines: str, demo: str = "tasks/cancel.py:water") -> str:
    """Return a fragment that points at lines."""
    return decks.cell("fragment", "Ici.").replace(
        '"}}', f'"}}, "demo": "{demo}", "lines": "{lines}"}}'
    )


OVER = decks.cell("fragment", "Sans image.").replace('"}}', '"}, "over": true}')
"""A fragment that takes the place of a picture which is not there."""


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([code(WIDE, "beside: a"), code("1", "beside: b")], "62 columns of code; 35"),
        ([code("1", "beside: a"), code("1", "beside: b")], ""),
        ([code(WIDE, "beside: alone")], ""),
        ([pointing("await")], "no cell of the slide shows tasks/cancel.py:water"),
        ([pointing("(")], "«(» is no pattern"),
        ([pointing("(?i)await")], "the page knows no (? in a pattern"),
        ([OVER], "over: it and the one before are pictures"),
    ],
)
def test_columns_and_fragments_are_looked_at(
    tmp_path: Path, cells: list[str], said: str
) -> None:
    found = faults(write(tmp_path / "fr", slide("Un", ASK, *cells)))
    assert said in found if said else found == ""


@pytest.mark.parametrize(("lines", "said"), [("await|raise", ""), ("yield", "no line")])
def test_a_pattern_finds_a_line(tmp_path: Path, lines: str, said: str) -> None:
    from slides.lessons import code as lesson

    address = "tasks/cancel.py:water"
    shown = code(lesson(address), f"demo: {address}")
    found = faults(write(tmp_path / "fr", slide("Un", shown, pointing(lines))))
    assert said in found if said else found == ""


def test_typography_is_asked_of_french_only(tmp_path: Path) -> None:
    path = write(tmp_path / "en", slide("One", cell("", 'It\'s "here"!')))
    assert faults(path) == ""


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            [code("x = work")],
            r"which work\? tasks/future.py \(cell 2, .*\) and tasks/kinds.py \(cell 6",
        ),
        ([code("def f():\n    return work")], r"which work\?"),
        (
            [
                code("def f():\n    return work"),
                code("from demos.tasks.kinds import work"),
            ],
            "",
        ),
        ([code("print([work])")], r"which work\?"),
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
        slide("Three", ASK, *cells),
    )
    found = faults(path)
    assert re.search(said, found)
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("first", "second", "third", "said"),
    [
        (
            "port = 1",
            "port = 2",
            "print(port)",
            r"which port\? cell 3, .* and cell 7, line \d+ bind",
        ),
        ("port = 1", "port = 2", "port = 3\nprint(port)", ""),
        ("port = 1", "port = 2", "async with serve() as port: print(port)", ""),
        ("port = 1", "x = [port for port in []]", "print(port)", ""),
        (
            "import ssl as s",
            "from json import loads as s",
            "s",
            r"json \(cell 7, .*\) and ssl \(cell 3",
        ),
        ("import json", "import json", "json", ""),
    ],
)
def test_a_slide_says_which_of_two_slides_names_it_uses(
    tmp_path: Path, first: str, second: str, third: str, said: str
) -> None:
    cells = {"One": first, "Two": second, "Three": third}
    slides = (slide(title, ASK, code(source)) for title, source in cells.items())
    found = faults(write(tmp_path / "en", *slides))
    assert re.search(said, found)
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


@pytest.mark.parametrize("path", REAL.all_paths(), ids=short)
def test_the_decks_keep_the_rules(path: Path) -> None:
    assert faults(path) == ""


# Running again


LISTEN = """\
import logging, warnings
_complaints = []
_listener = logging.Handler()
_listener.emit = lambda record: _complaints.append(record.getMessage())
logging.getLogger().addHandler(_listener)
warnings.showwarning = lambda message, *_: _complaints.append(str(message))
"""
"""Code that collects what is complained of, whichever cell it comes from."""

TELL = """\
import asyncio, gc
gc.collect()
await asyncio.sleep(0.1)
print(_complaints)
"""

TALKS = sorted(REAL.entries, key=lambda name: -REAL.entries[name].minutes)
DECKS = {short(path): alone(REAL.deck(path)) for path in REAL.all_paths()}


def rehearsal(name: str) -> nbformat.NotebookNode:
    """Return a notebook that runs a talk, then its slides from the last backwards.

    That of a deck alone runs each cell twice in a row: a talk would take too long.
    """
    talk = DECKS.get(name) or REAL.talk(name)
    made = build.notebook(talk)
    cells = iter(made.cells)
    slides = [list(islice(cells, len(slide.cells))) for slide in talk.slides]
    if name in DECKS:
        order = [cell for cell in made.cells for _ in range(2)]
    else:
        order = made.cells + [cell for slide in reversed(slides) for cell in slide]
    code_cells = [deepcopy(cell) for cell in order if cell.cell_type == "code"]
    for number, each in enumerate(code_cells):
        each.id = f"run-{number}"
    first, last = map(nbformat.v4.new_code_cell, (LISTEN, TELL))
    made.cells = [first, *code_cells, last]
    return made


def perform(name: str) -> str:
    """Run a rehearsal; return its notebook's text."""
    text: str = nbformat.writes(run(rehearsal(name), lambda _: None))
    return text


@pytest.fixture(scope="module")
def performances() -> Iterator[dict[str, Future[str]]]:
    """Every talk and deck, run beside the others: their cells mostly sleep."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(TALKS), spawn) as pool:
        yield {name: pool.submit(perform, name) for name in [*TALKS, *DECKS]}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", [*DECKS, *TALKS])
def test_every_cell_runs_again(name: str, performances: dict[str, Future[str]]) -> None:
    """In a deck at once; in a talk from the last slide backwards."""
    _, *done, last = nbformat.reads(performances[name].result(), as_version=4).cells
    assert all(cell.execution_count for cell in done)
    assert not [
        (cell.metadata["tulipes"]["place"], output.text)
        for cell in done
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]
    assert last.outputs[0].text == "[]\n"


@pytest.mark.parametrize("name", TALKS)
def test_a_talks_minutes_add_up_and_its_titles_differ(name: str) -> None:
    assert list(timing(REAL.talk(name))) == []
