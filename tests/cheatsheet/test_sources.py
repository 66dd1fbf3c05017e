"""What the sheet is made of: sheet.toml, cells, code by address, samples, records."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import cheatsheet
from cheatsheet import entries, prose
from cheatsheet.entries import HERE, Part
from cheatsheet.listing import WIDEST, bare, coloured, drawn_up, laid_out, listing
from cheatsheet.nodes import Badge, Code, Items, Paragraph, Strong, Text
from cheatsheet.samples import samples, span
from cheatsheet.tables import mixing, then_and_now
from cheatsheet.tree import Badges, novelties, scripts
from slides import lessons
from slides.errors import Problem
from slides.paths import DEMOS
from tests.cheatsheet.small import DECK, PARTS, cell, toml, write

# The package


def test_modules_are_listed_in_the_order_of_their_imports() -> None:
    listed = re.findall(r"^    (\w+)\.py ", cheatsheet.__doc__ or "", re.MULTILINE)
    assert {*listed, "__init__", "__main__"} == {f.stem for f in HERE.glob("*.py")}
    for place, module in enumerate(listed):
        text = (HERE / f"{module}.py").read_text(encoding="utf-8")
        used = re.findall(r"^from cheatsheet\.(\w+) import", text, re.MULTILINE)
        for names in re.findall(r"^from cheatsheet import (.*)", text, re.MULTILINE):
            used += names.split(", ")
        assert set(used) <= set(listed[:place]), module


# sheet.toml


NO_ROOM = {"cut_short", "late_answer", "left_running", "lost_error"}
"""Broken lessons that are on slides only, or in boxes of their own."""


def test_every_other_broken_lesson_has_its_pitfall() -> None:
    names = {file.stem for file in DEMOS.glob("practice/*_broken.py")}
    broken = names - {f"{name}_broken" for name in NO_ROOM}
    assert len(names) == len(broken) + len(NO_ROOM)
    for lang in ("fr", "en"):
        (items,) = prose.read()["pitfalls", lang].sections[0]
        assert isinstance(items, Items)
        assert len(items.items) == len(broken) == 8


def test_calls_from_each_place_are_the_lesson_s() -> None:
    lesson = (DEMOS / "practice/mixing.py").read_text(encoding="utf-8")
    for lang in ("fr", "en"):
        made = mixing(lang)
        calls = [cell for row in made.rows for cell in row[1:]]
        assert len(made.rows) == 4
        assert len(calls) == 8
        for (call,) in calls:
            assert isinstance(call, Code)
            assert f"= {call.text}\n" in lesson


def test_a_pattern_names_lessons_or_is_told() -> None:
    box = entries.Box("A", "", lessons=("practice/loc*_fixed.py",))
    assert scripts(box) == ["practice/lock_fixed.py"]
    with pytest.raises(Problem, match=r"lessons: no demos/practice/nemo\*\."):
        scripts(entries.Box("A", "", lessons=("practice/nemo*.py",)))


# Cells


def test_a_cell_is_cut_at_each_rule(tmp_path: Path) -> None:
    deck = write(tmp_path, DECK + cell("group", "Before `x`.", "- an **item**"), "d.md")
    made = prose.read([deck])["group", "en"]
    assert made.heading == (Text("Box group"),)
    before, after = made.sections
    assert before == (Paragraph((Text("Before "), Code("x"), Text("."))),)
    assert after == (Items(False, ((Text("an "), Strong((Text("item"),))),)),)


# Code


def test_code_is_that_of_the_demo() -> None:
    demo, lines = listing(Part(code="tasks/cancel.py:water", start="try:", end="raise"))
    assert demo == "tasks/cancel.py"
    text = "\n".join(line.text for line in lines)
    assert text.startswith("try:\n    await asyncio.sleep(seconds)\nexcept ")
    assert "#" not in text
    for line in lines:
        assert "".join(run.text for run in line.runs) == line.text


@pytest.mark.parametrize(
    "part",
    [p for box in entries.read().boxes.values() for p in box.parts if p.code],
    ids=lambda part: part.code,
)
def test_what_is_printed_is_the_demo(part: Part) -> None:
    _, lines = listing(part)
    printed = statements("\n".join(line.text for line in lines))
    assert printed <= statements(bare(lessons.code(part.code or "")))
    assert len(printed) > 0


def statements(code: str) -> set[str]:
    """Return the simple statements of code, in the tree's words."""
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.stmt)]
    return {ast.dump(node) for node in nodes if not hasattr(node, "body")}


def test_closing_brackets_draw_up_where_they_have_room() -> None:
    lines = ["call(", "    first,", "    second,", ")", "x" * WIDEST, ")"]
    assert drawn_up(lines) == ["call(", "    first,", "    second)", "x" * WIDEST, ")"]


def test_only_await_and_its_kin_are_in_colour() -> None:
    code = 'async with x as y:\n    return await z  # why\nfor a in f"{await b}":\n'
    lines = coloured(code.rstrip().split("\n"))
    waits = [run.text for line in lines for run in line.runs if run.kind == "wait"]
    assert waits == ["async", "with", "await"]
    bold = [run.text for line in lines for run in line.runs if run.kind == "keyword"]
    assert bold == ["as", "return", "for", "in"]


def test_types_and_comments_leave_and_code_stays() -> None:
    code = "# alone\nasync def f(a: int, *b: str) -> None:\n    x: int = '# a'  # b\n"
    assert bare(code) == "async def f(a, *b):\n    x: int = '# a'"
    wide = "x = call(first_word, second_word, third_word, fourth_word)"
    narrow = laid_out(wide, WIDEST)
    assert max(map(len, narrow.split("\n"))) <= WIDEST
    assert ast.dump(ast.parse(narrow)) == ast.dump(ast.parse(wide))


def test_a_release_is_said_at_the_first_use(tmp_path: Path) -> None:
    sheet = entries.read(write(tmp_path, toml(), "sheet.toml"))
    badges = Badges(novelties(sheet))
    twice = badges.words((Code("TaskGroup"), Code("TaskGroup")))
    assert twice == (Code("TaskGroup"), Badge("3.11"), Code("TaskGroup"))


# Samples and tables


def test_what_differs_is_what_is_printed() -> None:
    old, new = samples("history/names_2014.py")
    assert (old[0], new[0]) == ("3.11 – 3.13", "3.14 – 3.15")
    assert old[1] == ("64 of them in today's",)
    assert "get_child_watcher left in 3.14" in new[1]
    assert span(15, 0) == "3.15"


def test_spellings_are_those_of_the_table() -> None:
    rows = then_and_now("en").rows
    assert rows[0] == (
        (Code("@asyncio.coroutine"),),
        (Code("async def"),),
        (Text("3.11"),),
    )


def test_every_kind_of_part_is_in_the_small_sheet() -> None:
    kinds = {part.split(" ")[1] for part in PARTS.values()}
    assert kinds == {"code", "output", "table", "address", "figure"}
