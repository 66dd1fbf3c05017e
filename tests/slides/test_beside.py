"""Versions side by side: the words that differ, and lines that stand level."""

from __future__ import annotations

from pathlib import Path

from slides import beside, deck
from slides.build import notebook
from slides.talks import alone
from tests.slides import decks

OLD = """\
@coroutine
def grow(name):
    water = yield from rain(name)
    return water"""
NEW = """\
async def grow(name):
    water = await rain(name)
    return water"""


def marked(text: str, marks: list[beside.Mark]) -> list[str]:
    lines = text.splitlines()
    return [lines[line][start:end] for line, start, end in marks]


def test_what_differs_is_marked_in_both() -> None:
    old, new = beside.marks([OLD, NEW])
    assert marked(OLD, old) == ["@coroutine", "yield from"]
    assert marked(NEW, new) == ["async", "await"]


def test_the_same_twice_has_no_marks() -> None:
    assert beside.marks([OLD, OLD]) == [[], []]
    assert beside.gaps(OLD, OLD) == ({}, {})


def test_of_three_the_middle_one_differs_from_both() -> None:
    versions = ["a = one()", "a = two()", "b = two()"]
    marks = beside.marks(versions)
    assert [marked(v, m) for v, m in zip(versions, marks, strict=True)] == [
        ["one"],
        ["a", "two"],
        ["b"],
    ]


def test_the_version_with_fewer_lines_gets_empty_ones() -> None:
    assert beside.gaps(OLD, NEW) == ({}, {0: 1})
    assert beside.gaps(NEW, OLD) == ({0: 1}, {})


def test_a_line_more_in_the_middle_keeps_the_rest_level() -> None:
    short = "first()\nthird()"
    long = "first()\nsecond = wait\nthird()"
    assert beside.gaps(short, long) == ({1: 1}, {})


def test_another_program_is_neither_marked_nor_stretched() -> None:
    assert beside.marks(["a = 1\nb = 2", "import os\nprint(os.name)"]) == [[], []]
    assert beside.gaps("a = 1\nb = 2", "import os\nprint(os.name)") == ({}, {})


def test_cells_that_follow_each_other_are_columns(tmp_path: Path) -> None:
    slide = decks.slide(
        "Deux",
        decks.code(OLD, 'beside: "2014"'),
        decks.code(NEW, 'beside: "2015"'),
        decks.cell("-", "Et seul\u00a0:"),
        decks.code("1 + 1", "beside: seul"),
    )
    made = notebook(alone(deck.read(decks.write(tmp_path, slide))))
    facts = [c.metadata.tulipes for c in made.cells if c.cell_type == "code"]
    assert facts[0].differs == [[0, 0, 10], [2, 12, 22]]
    assert facts[1].gaps == {"0": 1}
    assert "differs" not in facts[2]
