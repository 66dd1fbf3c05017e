"""What whoever writes the sheet gets wrong: one line that says where, and what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cheatsheet import entries, prose, tables
from cheatsheet.entries import Box, Part
from cheatsheet.listing import WIDEST, listing
from cheatsheet.tree import Maker, known_boxes, novelties, scripts
from slides import lessons
from slides.errors import Problem
from tests.cheatsheet.small import DECK, cell, cells, toml, write

# sheet.toml


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("name = ", "name ", "sheet.toml: Expected '=' after a key"),
        ('name = "asyncio"', "name = 1", "sheet.toml: name: Expected `str`, got `int`"),
        (
            "updated = ",
            "date = ",
            "sheet.toml: top: Object contains unknown field `date`; known are",
        ),
        ("2026-11-29", "2026-13-29", "sheet.toml: updated: Invalid RFC3339"),
        (
            'title = { fr = "asyncio, l’essentiel", ',
            "title = { ",
            "sheet.toml: title: fr and en, not en.",
        ),
        ('name = { fr = "Bases", ', "name = { ", "families.A.name: fr and en, not en."),
        (
            "colour = ",
            "color = ",
            "families.A: Object contains unknown field `color`; known are name, ",
        ),
        ("#0b3d84", "blue", "families.A.colour: Expected `str` matching regex"),
        (
            "columns = ",
            "column = ",
            "unknown field `column`; known are title, columns, foot.",
        ),
        (
            '[["group"], ',
            "[[], ",
            "pages[0].columns[0]: Expected `array` of length >= 1",
        ),
        ('["group"], ', "", "boxes.group is on no page."),
        (
            '["group"]',
            '["group", "nemo"]',
            "pages[0].columns[0][1]: there is no [boxes.nemo].",
        ),
        (
            '["cancel"]',
            '["group"]',
            "pages[0].columns[1][0]: group is at pages[0].columns[0][0]",
        ),
        ('["states", 2]', '["states", 0]', "pages[1].foot[0][1]: Expected `float` > 0"),
        ('family = "A"', 'family = "Z"', "boxes.group.family: one of A, not Z."),
        (
            "doc = ",
            "docs = ",
            "boxes.group: Object contains unknown field `docs`; known are",
        ),
        (
            "{ code = ",
            "{ image = ",
            "boxes.group.parts[0]: Object contains unknown field `image`; ",
        ),
        (
            "{ address = 20 }",
            "{ }",
            "parts[0]: one of code, output, figure, table, address, not none.",
        ),
        (
            "{ address = 20 }",
            "{ address = 0 }",
            "boxes.qr.parts[0].address: Expected `float` > 0",
        ),
        (
            '{ table = "',
            '{ from = "x", table = "',
            "boxes.eight.parts[0]: `from` and `to` choose lines",
        ),
    ],
)
def test_a_wrong_word_is_named(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in toml()
    file = write(tmp_path, toml().replace(old, new, 1), "sheet.toml")
    with pytest.raises(Problem) as problem:
        entries.read(file)
    assert told in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "tasks/group.py",
            "tasks/crowd.py",
            "group.parts[0]: tasks/crowd.py:border: there is no demos/tasks",
        ),
        (
            "py:border",
            "py:edge",
            "group.parts[0]: tasks/group.py:edge: demos/tasks/group.py defines",
        ),
        (
            'from = "try:"',
            'from = "while"',
            "cancel.parts[0]: tasks/cancel.py:water: no lines from 'while'",
        ),
        (
            "names_2014",
            "names_2041",
            "names.parts[0]: history/names_2041.py: there is no demos/history",
        ),
        (
            '"eight_ways"',
            '"nine_ways"',
            "eight.parts[0]: table: one of eight_ways, ",
        ),
        (
            '"task_states"',
            '"states"',
            "states.parts[0]: figure: one of crawlers, eight",
        ),
    ],
)
def test_a_part_that_is_not_there_is_named(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    assert old in toml()
    sheet = entries.read(write(tmp_path, toml().replace(old, new, 1), "sheet.toml"))
    words = prose.read([write(tmp_path, cells(), "d.md")])
    with pytest.raises(Problem) as problem:
        Maker(sheet, "en", words).tree()
    assert f"cheatsheet/sheet.toml: boxes.{told}" in str(problem.value)


@pytest.mark.parametrize(
    "pattern", ["tasks/crowd.py", "", "/etc/*", "../README.md", "tasks"]
)
def test_a_pattern_of_no_demo_is_named(pattern: str) -> None:
    box = Box(family="A", doc="", lessons=(pattern,))
    with pytest.raises(Problem, match=f"lessons: no demos/{re.escape(pattern)}[.]$"):
        scripts(box)


@pytest.mark.parametrize(
    ("name", "pattern", "told"),
    [
        ("`nemo`", "x", "since: slides/changes.toml has no `nemo`."),
        ("`TaskGroup`", "(", "since: `TaskGroup`: no regular expression: missing )"),
    ],
)
def test_a_release_that_cannot_be_found_is_named(
    name: str, pattern: str, told: str, tmp_path: Path
) -> None:
    head, _, rest = toml().partition("[since]\n")
    since = f"[since]\n{name!r} = {pattern!r}\n"
    text = head + since + rest.partition("\n")[2]
    sheet = entries.read(write(tmp_path, text, "sheet.toml"))
    with pytest.raises(Problem) as problem:
        novelties(sheet)
    assert told in str(problem.value)


def test_a_spelling_that_changes_toml_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "SPELLINGS", ("`nemo`",))
    with pytest.raises(Problem, match=r"slides/changes\.toml has no `nemo`"):
        tables.then_and_now("en")


# Cells


@pytest.mark.parametrize(
    ("before", "line", "told"),
    [
        ("> quoted", 3, "the sheet cannot set a blockquote."),
        ("text\n\n<div>bold</div>", 5, "the sheet cannot set a html_block."),
        ("text <b>bold</b>", 3, "the sheet cannot set a html_inline."),
        ("<!-- comment -->", 3, "the sheet cannot set a html_block."),
        ("% comment", 3, "the sheet cannot set a myst_line_comment."),
        ("```\ncode\n```", 3, "the sheet cannot set a fence."),
        ("    code", 3, "the sheet cannot set a code_block."),
        (":::{note}\nwords\n:::", 3, "the sheet cannot set a colon_fence."),
        ("a {ref}`role`", 3, "the sheet cannot set a myst_role."),
        ("$x^2$", 3, "the sheet cannot set a math_inline."),
        ("a note[^1]\n\n[^1]: note", 3, "the sheet cannot set a footnote_ref."),
        ("term\n: definition", 3, "the sheet cannot set a dl."),
        ("~~not~~", 3, "the sheet cannot set a s."),
        ("text\n\n#### Smaller", 5, "the sheet cannot set a heading."),
        ("no empty line\n---", 3, "the sheet cannot set a heading."),
        ("![a picture](x.svg)", 3, "the sheet cannot set a image."),
        ("| a |\n|---|\n| ![](x.svg) |", 5, "the sheet cannot set a image."),
        ("- one\n\n  two paragraphs", 3, "an item is one paragraph."),
        ("- one\n- two\n  - inside", 4, "an item is one paragraph."),
        ("- [ ] a task", 3, "the sheet cannot set a html_inline."),
        ("| a |\n|---|", 3, "a table has a row below its head."),
        ("2. two\n3. three", 3, "a numbered list starts at 1."),
        ("[a link](page.md)", 3, "a link starts with https://, not page.md."),
    ],
)
def test_what_cannot_be_set_has_deck_cell_and_line(
    before: str, line: int, told: str, tmp_path: Path
) -> None:
    deck = write(tmp_path, DECK + cell("group", before), "d.md")
    with pytest.raises(Problem) as problem:
        prose.read([deck])
    place = f"d.md:{DECK.count(chr(10)) + 2}: cell 1, line {line}"
    assert str(problem.value).endswith(f"{place}: {told}")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("### Box", "Box", "a box's cell starts with its heading."),
        ("### Box", "## Box", "cell 1, line 1: a box's heading is ###, no other."),
        ('"box": "group", ', "", 'no "box" in its metadata.'),
        ('"lang": "en"', '"lang": "de"', '"lang" is one of fr, en, not de.'),
        ('"box": ', '"box" ', "d.md: "),
    ],
)
def test_a_cell_that_is_not_a_box_s_is_told(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    text = DECK + cell("group", "Words.")
    assert old in text
    with pytest.raises(Problem) as problem:
        prose.read([write(tmp_path, text.replace(old, new, 1), "d.md")])
    assert told in str(problem.value)


def test_two_cells_of_a_box_are_refused(tmp_path: Path) -> None:
    deck = write(tmp_path, DECK + 2 * cell("group", "Words."), "d.md")
    with pytest.raises(Problem, match=r"box group, en is at .*d\.md:\d+: cell 1"):
        prose.read([deck])


def test_rules_and_parts_agree(tmp_path: Path) -> None:
    sheet = entries.read(write(tmp_path, toml(), "sheet.toml"))
    deck = write(tmp_path, cells().replace("\n---\n\n- one", "\n- one", 1), "d.md")
    with pytest.raises(Problem, match=r"0 rules \(---\), and boxes.group has 1 parts"):
        Maker(sheet, "fr", prose.read([deck])).tree()


def test_a_cell_of_no_box_is_told(tmp_path: Path) -> None:
    sheet = entries.read(write(tmp_path, toml(), "sheet.toml"))
    deck = write(tmp_path, cells() + cell("nemo", "Words."), "d.md")
    with pytest.raises(Problem, match=r"sheet.toml has no \[boxes.nemo\]"):
        known_boxes(sheet, prose.read([deck]))


# Code


@pytest.mark.parametrize(
    ("address", "end", "told"),
    [
        ("streams/child.py:florist", None, f"{WIDEST} at most"),
        ("tasks/cancel.py:water", "try:", "cut in a statement"),
    ],
)
def test_lines_that_cannot_be_printed_are_told(
    address: str, end: str | None, told: str
) -> None:
    with pytest.raises(Problem, match=told):
        listing(Part(code=address, end=end))


def test_a_lesson_that_python_cannot_read_is_told(tmp_path: Path) -> None:
    write(tmp_path, "async def f():\n    x = (1\n", "half.py")
    with pytest.raises(Problem, match=r"half.py:f: demos/half.py:2: '\(' was never"):
        lessons.code("half.py:f", tmp_path)


def test_a_lesson_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "half.py").write_bytes(b"# \xff\n")
    with pytest.raises(Problem, match=r"half.py:f: demos/half.py is not UTF-8"):
        lessons.code("half.py:f", tmp_path)
