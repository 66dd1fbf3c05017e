"""What the sheet is made of: sheet.toml, cells, code by address, samples, records."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cheatsheet import entries, prose
from cheatsheet.entries import Part
from cheatsheet.listing import WIDEST, bare, coloured, drawn_up, laid_out, listing
from cheatsheet.nodes import Badge, Code, Items, Paragraph, Strong, Text
from cheatsheet.samples import samples, span
from cheatsheet.tables import mixing, then_and_now
from cheatsheet.tree import Badges, Maker, novelties, scripts
from slides import lessons
from slides.errors import Problem
from slides.paths import DEMOS
from tests.cheatsheet.small import DECK, PARTS, cell, cells, toml, write

# sheet.toml


def test_every_broken_lesson_has_its_pitfall() -> None:
    broken = list(DEMOS.glob("practice/*_broken.py"))
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
        assert len(calls) == 12
        for (call,) in calls:
            assert isinstance(call, Code)
            assert f"= {call.text}\n" in lesson.replace("asyncio.", "")


def test_a_pattern_names_lessons_or_is_told() -> None:
    box = entries.Box("A", "", lessons=("practice/l*_fixed.py",))
    assert scripts(box) == ["practice/lock_fixed.py"]
    with pytest.raises(Problem, match=r"lessons: no demos/practice/nemo\*\."):
        scripts(entries.Box("A", "", lessons=("practice/nemo*.py",)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("colour = ", "color = "), "families[...]"),
        (
            ("columns = ", "column = "),
            "pages[0]: Object contains unknown field `column`",
        ),
        (('["group"], ', ""), "boxes.group is on no page."),
        (
            ('["group"]', '["group", "nemo"]'),
            "pages have a box nemo, which boxes lacks",
        ),
        (('["cancel"]', '["group"]'), "pages have the box group twice."),
        (('family = "A"', 'family = "Z"'), "boxes.group.family: there is no Z."),
        (("{ address = 20 }", "{ }"), "boxes.qr.parts[0]: one of code, output"),
        (('{ table = "', '{ from = "x", table = "'), "`from` and `to` choose lines"),
        (("name = ", "name "), "sheet.toml: "),
    ],
)
def test_a_wrong_word_is_named(
    change: tuple[str, str], told: str, tmp_path: Path
) -> None:
    text = toml()
    assert change[0] in text
    file = write(tmp_path, text.replace(*change, 1), "sheet.toml")
    with pytest.raises(Problem) as problem:
        entries.read(file)
    assert told in str(problem.value)
    assert "\n" not in str(problem.value)


# Cells


def test_a_cell_is_cut_at_each_rule(tmp_path: Path) -> None:
    deck = write(tmp_path, DECK + cell("group", "Before `x`.", "- an **item**"), "d.md")
    made = prose.read([deck])["group", "en"]
    assert made.heading == (Text("Box group"),)
    before, after = made.sections
    assert before == (Paragraph((Text("Before "), Code("x"), Text("."))),)
    assert after == (Items(False, ((Text("an "), Strong((Text("item"),))),)),)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("> quoted", "line 5: the sheet cannot set a blockquote."),
        ("text\n\n<b>bold</b>", "cannot set a html"),
        ("```\ncode\n```", "line 5: the sheet cannot set a fence."),
        ("![a picture](x.svg)", "line 5: the sheet cannot set a image."),
        ("- one\n\n  two paragraphs", "line 5: an item is one paragraph."),
    ],
)
def test_what_cannot_be_set_has_deck_cell_and_line(
    before: str, told: str, tmp_path: Path
) -> None:
    deck = write(tmp_path, DECK + cell("group", before), "d.md")
    with pytest.raises(Problem) as problem:
        prose.read([deck])
    assert f"d.md:{DECK.count(chr(10)) + 2}: cell 1" in str(problem.value)
    assert told.replace("line 5: ", "") in str(problem.value)


def test_two_cells_of_a_box_are_refused(tmp_path: Path) -> None:
    deck = write(tmp_path, DECK + 2 * cell("group", "Words."), "d.md")
    with pytest.raises(Problem, match=r"box group, en is at .*d\.md:\d+: cell 1"):
        prose.read([deck])


def test_rules_and_parts_agree(tmp_path: Path) -> None:
    sheet = entries.read(write(tmp_path, toml(), "sheet.toml"))
    deck = write(tmp_path, cells().replace("\n---\n\n- one", "\n- one", 1), "d.md")
    with pytest.raises(Problem, match=r"0 rules \(---\), and boxes.group has 1 parts"):
        Maker(sheet, "fr", prose.read([deck])).tree()


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


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (Part(code="tasks/cancel.py:water", end="try:"), "cut in a statement"),
        (Part(code="tasks/none.py:water"), "there is no demos/tasks/none.py"),
        (Part(code="tasks/cancel.py:wash"), "defines no wash"),
        (Part(code="tasks/cancel.py:water", start="while"), "no lines from 'while'"),
        (Part(code="streams/child.py:florist"), f"{WIDEST} at most"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(part: Part, told: str) -> None:
    with pytest.raises(Problem) as problem:
        listing(part)
    assert told in str(problem.value)


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
