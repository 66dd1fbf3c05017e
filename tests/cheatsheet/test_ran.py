"""Which Pythons ran what the sheet prints: the record is whole, and true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cheatsheet import entries, prose, ran, tree
from cheatsheet.nodes import Line, Listing
from slides.errors import Problem
from slides.paths import DEMOS
from tests import newest
from tests.cheatsheet.small import cells, toml, write
from tests.pythons import Python, pythons, requires_python
from tests.ran import lacking, samples

CANCEL = "tasks/cancel.py"
GROUP = "tasks/group.py"


@pytest.mark.parametrize(
    "python", [each for each in pythons() if str(each) in ran.PYTHONS], ids=str
)
def test_each_lesson_of_the_sheet_ran_as_it_is(python: Python) -> None:
    lessons = tree.all_scripts(entries.read())
    assert lacking(lessons, ran.record(), [str(python)]) == [], "make cheatsheet-ran"


def test_nothing_else_is_recorded() -> None:
    assert set(ran.record()) == set(tree.all_scripts(entries.read()))


def test_no_python_has_a_mark_for_a_lesson_that_is_not_for_it() -> None:
    for lesson, runs in ran.record().items():
        versions = requires_python(DEMOS / lesson)
        assert [python for python in runs if python not in versions] == [], lesson
        assert set(runs) <= set(ran.PYTHONS), lesson


@pytest.mark.parametrize("text", ["{", "[1]", '{"tasks/cancel.py": ["3.11"]}'])
def test_a_record_that_is_none_is_told(text: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"ran\.json: "):
        ran.record(write(tmp_path, text, "ran.json"))


def test_a_lesson_that_changed_has_not_run(tmp_path: Path) -> None:
    today = ran.digest(CANCEL)
    said = f"{CANCEL} 3.11 {today}\n{CANCEL} 3.12 {'0' * 12}\n{GROUP} 3.11 {today}\n"
    notes = write(tmp_path, said, "ran.txt")
    file = tmp_path / "ran.json"
    assert ran.add_notes([CANCEL], notes, file) == 1
    assert json.loads(file.read_text()) == {CANCEL: {"3.11": today}}
    recorded = ran.record(file)
    assert ran.pythons(CANCEL, recorded) == (True, False, False, False, False)
    assert lacking([CANCEL], recorded, ["3.11", "3.12"]) == [
        f"{CANCEL}: not run on 3.12"
    ]


def test_notes_are_taken_once(tmp_path: Path) -> None:
    notes = write(tmp_path, f"{CANCEL} 3.11 {ran.digest(CANCEL)}\n", "ran.txt")
    file = tmp_path / "ran.json"
    ran.add_notes([CANCEL], notes, file)
    with pytest.raises(Problem, match="the tests write it"):
        ran.add_notes([CANCEL], notes, file)
    assert ran.pythons(CANCEL, ran.record(file))[0]


@pytest.mark.parametrize("text", ["from demos.tasks.b import c", "import asyncio"])
def test_what_a_lesson_imports_is_in_its_digest(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ran, "DEMOS", tmp_path)
    write(tmp_path, text, "a.py")
    other = write(tmp_path, "c = 1", "b.py")
    before = ran.digest("a.py")
    other.write_text("c = 2")
    assert (ran.digest("a.py") != before) is ("demos" in text)


def test_a_python_is_not_asked_for_what_is_not_for_it() -> None:
    assert lacking(["practice/pstree.py"], {}, ["3.13", "3.14"]) == [
        "practice/pstree.py: not run on 3.14"
    ]


def test_code_that_came_later_has_no_mark_on_older_ones(tmp_path: Path) -> None:
    text = toml().replace('"`TaskGroup`" =', '"`Queue.shutdown`" =')
    sheet = entries.read(write(tmp_path, text, "sheet.toml"))
    maker = tree.Maker(sheet, "en", prose.read([write(tmp_path, cells(), "d.md")]))
    maker.recorded = {GROUP: dict.fromkeys(ran.PYTHONS, ran.digest(GROUP))}
    box = sheet.boxes["group"]
    old, new = (
        Listing(GROUP, (Line(text, ()),)) for text in ("await x", "TaskGroup()")
    )
    assert maker.ran(box, [old]) == (True,) * 5
    assert maker.ran(box, [old, new]) == (False, False, True, True, True)
    assert maker.ran(sheet.boxes["states"], []) is None


def test_the_samples_of_some_lessons_are_chosen_by_name() -> None:
    *_, chosen = samples(["tasks/group.py", "library/locks.py"])
    assert chosen == "test_sample and ([tasks.group- or [library.locks-)"
    assert (DEMOS / "tasks/group.py").exists()


def test_notes_come_out_of_the_room_of_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "ROOT", tmp_path / "here")
    monkeypatch.setattr(newest, "ROOM", tmp_path / "room")
    monkeypatch.setattr(ran, "NOTES", tmp_path / "here" / "build" / "ran.txt")
    there = tmp_path / "room" / newest.TREE.strip("/") / "build"
    there.mkdir(parents=True)
    newest.take_notes()
    assert not ran.NOTES.exists()
    for line in "one\n", "two\n":
        write(there, line, "ran.txt")
        newest.take_notes()
    assert ran.NOTES.read_text() == "one\ntwo\n"
