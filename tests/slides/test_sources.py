"""Decks, lessons and talks as sources: read, addressed, brought up to the demos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slides import changes, clock, deck, lessons
from slides.cli import main
from slides.errors import Problem
from slides.listing import list_talks
from slides.new import HEADER
from slides.sync import sync, synced
from slides.talks import Repertoire
from tests.slides.decks import REAL, cell, code, slide, write


@pytest.fixture
def demos(tmp_path: Path) -> Path:
    chapter = tmp_path / "demos" / "why"
    chapter.mkdir(parents=True)
    (chapter / "lesson.py").write_text(
        '"""Lesson."""\n\n'
        "def first():\n    '''Say.'''\n    return 1  # one\n\n\n"
        "@print\nclass Second:\n    '''It is\n    long.'''\n\n    x = 2\n\n"
        "    def part(self):\n        '''Do.'''\n        return self.x\n\n\n"
        "async def third(): pass\n",
        encoding="utf-8",
    )
    return tmp_path / "demos"


# Decks


def test_cells_know_their_line(tmp_path: Path) -> None:
    path = write(tmp_path, slide("One", code("x = 1")), slide("Two", code("y = 2")))
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = deck.read(path).cells
    assert [lines[c.line - 1] for c in cells if c.is_code] == ["x = 1", "y = 2"]
    assert [c.number for c in cells] == [1, 2, 3, 4, 5, 6]


def test_slides_are_cut_at_slides_and_subslides(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        slide("One", cell("fragment", "More.")),
        cell("subslide", "### Below"),
        cell("skip", "Hidden."),
    )
    slides = list(deck.read(path).slides())
    assert [s.title for s in slides] == ["One", "Below"]
    assert [len(s.shown) for s in slides] == [2, 1]
    assert [len(s.notes) for s in slides] == [1, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "\n+++ {broken\n\nText.\n", "line 12"),
        (HEADER + "\n```{code-cell}\n---\n[\n---\nx\n```\n", ":13: options: "),
        (HEADER, "empty deck"),
    ],
    ids=["json", "yaml", "empty"],
)
def test_a_broken_deck_is_named_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "01-why.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem) as caught:
        deck.read(path)
    assert "01-why.md" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_deck_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "01-why.md"
    path.write_bytes(b"one\ntwo \xe9\n")
    with pytest.raises(Problem, match=r"01-why.md:2: not UTF-8"):
        deck.read(path)


# Lessons


def test_an_address_gives_the_code_without_its_docstrings(demos: Path) -> None:
    assert lessons.code("why/lesson.py:first", demos) == (
        "def first():\n    return 1  # one"
    )
    assert lessons.code("why/lesson.py:Second", demos) == (
        "@print\nclass Second:\n    x = 2\n\n    def part(self):\n        return self.x"
    )


def test_a_method_comes_as_a_function_would(demos: Path) -> None:
    assert lessons.code("why/lesson.py:Second.part", demos) == (
        "def part(self):\n    return self.x"
    )


def test_several_names_come_an_empty_line_apart(demos: Path) -> None:
    assert lessons.code("why/lesson.py:third,first", demos) == (
        "async def third(): pass\n\ndef first():\n    return 1  # one"
    )


@pytest.mark.parametrize(
    "address", ["why/none.py:first", "why/lesson.py:fourth", "why/lesson.py", "", "x:"]
)
def test_an_address_that_leads_nowhere_is_a_problem(demos: Path, address: str) -> None:
    with pytest.raises(Problem):
        lessons.code(address, demos)


# Sync


ADDRESS = "demo: tasks/cancel.py:water"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_sync_writes_the_cell_and_nothing_else(tmp_path: Path, newline: str) -> None:
    before = HEADER + slide("Un « titre »", code("stale()", ADDRESS), code("mine = 1"))
    path = tmp_path / "01-why.md"
    after = synced(path, before.replace("\n", newline))
    lesson = lessons.code("tasks/cancel.py:water")
    assert after == before.replace("stale()", lesson).replace("\n", newline)
    assert after.count("async def water") == 1
    assert synced(path, after) == after


def test_sync_fills_an_empty_cell(tmp_path: Path) -> None:
    empty = HEADER + "\n```{code-cell} ipython3\n:" + ADDRESS + "\n```\n"
    after = synced(tmp_path / "01-why.md", empty)
    assert f":{ADDRESS}\n\nasync def water" in after


TABLES = '\n+++ {"slideshow": {"slide_type": "notes"}, "changes": true}\n'


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\nDites.\n{}", "\nDites.\n\nTABLES\n{}"),
        ("\nDites.\n\n\n{}", "\nDites.\n\nTABLES\n{}"),
        ("\nDites.\n\n| x |\n\n| y |\n{}", "\nDites.\n\nTABLES\n{}"),
        ("\nUn.\n\n| x |\n\nDeux.\n{}", "\nUn.\n\nTABLES\n\nDeux.\n{}"),
    ],
    ids=["none", "air below", "others", "between"],
)
@pytest.mark.parametrize("beyond", ["", slide("Deux", notes="| z |"), code("x = 1")])
def test_sync_writes_what_changed_and_nothing_else(
    tmp_path: Path, before: str, after: str, beyond: str, newline: str
) -> None:
    path = tmp_path / "fr" / "01-why.md"
    path.parent.mkdir()
    start = HEADER + slide("Un") + TABLES
    text = (start + before.format(beyond)).replace("\n", newline)
    path.write_bytes(text.encode())
    written = synced(path, text)
    expected = start + after.format(beyond).replace("TABLES", changes.tables("fr"))
    assert written == expected.replace("\n", newline)
    path.write_bytes(written.encode())
    assert synced(path, written) == written


def test_sync_check_shows_the_difference_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, slide("Un", code("stale()", ADDRESS)))
    before = path.read_bytes()
    assert sync([str(path)], check=True) == 1
    said = capsys.readouterr().out
    assert "-stale()" in said
    assert "+async def water" in said
    assert path.read_bytes() == before
    assert sync([str(path)]) == 0
    assert sync([str(path)], check=True) == 0
    assert [p.name for p in tmp_path.iterdir()] == ["01-why.md"]


def test_sync_names_the_place_of_a_bad_address(tmp_path: Path) -> None:
    path = write(tmp_path, slide("Un", code("x", "demo: tasks/none.py:f")))
    with pytest.raises(Problem, match=r"01-why.md:17: cell 2: .*tasks/none.py"):
        sync([str(path)])


# Talks


COURSE = "[t]\ntitle = 'T'\nlang = 'fr'\nminutes = 5\n"
WHOLE = "[[t.parts]]\nchapter = 'why'\nminutes = 5\n"


def repertoire(folder: Path, talks: str) -> Repertoire:
    (folder / "talks.toml").write_text(talks, encoding="utf-8")
    return Repertoire(folder)


def test_a_talk_shows_the_slides_it_names_in_its_own_order(tmp_path: Path) -> None:
    titles = ("Un", "Deux", "Trois")
    write(tmp_path / "fr", *(slide(title, id=title.lower()) for title in titles))
    write(tmp_path / "fr", slide("Seul"), slide("Ici"), name="07-loop.md")
    talk = repertoire(
        tmp_path,
        COURSE
        + "[[t.parts]]\nchapter = 'why'\nslides = {trois = 2, un = 1}\n"
        + "[[t.parts]]\nchapter = 'loop'\nminutes = 1\n"
        + "[[t.parts]]\nchapter = 'why'\nslides = {deux = 1}\n",
    ).talk("t")
    order = ["Trois", "Un", "Seul", "Ici", "Deux"]
    assert [slide.title for slide in talk.slides] == order
    assert talk.chapters == ["why", "loop"]
    assert [part.pace for part in talk.parts] == [(2, 1), (0.5, 0.5), (1,)]
    assert [part.minutes for part in talk.parts] == [3, 1, 1]


COURSE_IN_TWO = """\
[t]
title = "Cours"
lang = "fr"
minutes = 5

[[t.parts]]
chapter = "why"
[t.parts.slides]
un = 1

[[t.parts]]
chapter = "why"
sitting = 1
[t.parts.slides]
deux = 2

[[t.parts]]
chapter = "loop"
sitting = 2
minutes = 2
"""


def test_a_sitting_of_a_course_is_a_talk_and_has_what_all_have(tmp_path: Path) -> None:
    write(tmp_path / "fr", slide("Un", id="un"), slide("Deux", id="deux"))
    write(tmp_path / "fr", slide("Seul"), name="07-loop.md")
    known = repertoire(tmp_path, COURSE_IN_TWO)
    assert [slide.title for slide in known.talk("t").slides] == ["Un", "Deux", "Seul"]
    first, second = known.talk("t-1"), known.talk("t-2")
    assert [slide.title for slide in first.slides] == ["Un", "Deux"]
    assert [slide.title for slide in second.slides] == ["Un", "Seul"]
    assert (first.name, first.title, first.minutes) == ("t-1", "Cours, 1", 3)
    assert [*clock.faults(first, {})] == []
    with pytest.raises(Problem, match=r"t has the sittings 1, 2, not 3\."):
        known.talk("t-3")


def test_a_course_does_without_a_sitting_that_is_not_there_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "fr", slide("Un", id="un"), slide("Deux", id="deux"))
    known = repertoire(tmp_path, COURSE_IN_TWO)
    course = known.talk("t")
    assert [slide.title for slide in course.slides] == ["Un", "Deux"]
    assert course.minutes == 3
    assert [*clock.faults(course, {})] == []
    with pytest.raises(Problem, match=r"The talk t-2 needs slides/fr/NN-loop\.md"):
        known.talk("t-2")
    list_talks(known)
    assert capsys.readouterr().out.splitlines() == [
        "t    3 min    2 slides  Cours",
        "1    3 min    2 slides  why",
        "2 not there yet: loop",
    ]


def test_a_slide_of_a_whole_chapter_has_the_minutes_of_its_notes_and_of_the_rest(
    tmp_path: Path,
) -> None:
    notes = ("mot " * 300, "mot " * 75, "")  # 2, 0.5 and 0 minutes to say
    shown = (slide(f"N{n}", notes=text) for n, text in enumerate(notes))
    write(tmp_path / "fr", *shown)
    (part,) = repertoire(tmp_path, COURSE + WHOLE).talk("t").parts
    rest = 2.5 / 3
    assert part.pace == pytest.approx((2 + rest, 0.5 + rest, rest))
    short = replace(part, minutes=1)
    assert short.pace == pytest.approx((0.8, 0.2, 0))


def test_a_talks_pace_fills_its_slot() -> None:
    for talk in REAL.talks():
        assert len(talk.pace) == len(talk.slides)
        assert min(talk.pace) > 0
        assert sum(talk.pace) == pytest.approx(talk.minutes - talk.rest)


def test_a_talk_is_of_one_language_from_its_decks_on(tmp_path: Path) -> None:
    for lang, title in (("fr", "Un"), ("en", "One")):
        write(tmp_path / lang, slide(title, id="one"))
    both = repertoire(tmp_path, COURSE + WHOLE)
    own, other = both.talk("t"), both.talk("t", "en")
    assert (own.lang, own.translated, own.slides[0].title) == ("fr", False, "Un")
    assert (other.lang, other.translated, other.slides[0].title) == ("en", True, "One")
    assert both.talk("t", "fr") == own
    with pytest.raises(Problem, match=r"No decks in «de»; known: en, fr") as caught:
        both.talk("t", "de")
    assert caught.value.status == 2


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (
            "chapter = 'why'\nslides = {ones = 1}",
            r"01-why.md «ones». Did you mean one\?",
        ),
        ("chapter = 'loop'\nminutes = 1", r"needs slides/fr/NN-loop.md: not there"),
        (
            "chapter = 'a'\nminutes = 1\n[[t.parts]]\nchapter = 'b'\nminutes = 1",
            r"needs slides/fr/NN-a.md, slides/fr/NN-b.md: not there",
        ),
    ],
)
def test_a_slide_or_a_deck_that_is_not_there_is_a_problem(
    tmp_path: Path, part: str, said: str
) -> None:
    write(tmp_path / "fr", slide("Un", id="one"))
    talks = repertoire(tmp_path, f"{COURSE}[[t.parts]]\n{part}\n")
    with pytest.raises(Problem, match=said) as caught:
        talks.talk("t")
    assert caught.value.status == 2


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--structure"],
        ["check", "--structure", "tulipes", "cours", "slides/fr/08-tasks.md"],
        ["check", "--structure", "cours", "tasks", "language", "library"],
        ["present", "--list"],
        ["present", "tulipes", "--list"],
        ["sync", "--check"],
    ],
    ids=" ".join,
)
def test_a_command_reads_each_file_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    opened: list[str] = []
    for method in ("read_text", "read_bytes"):
        read = getattr(Path, method)

        def noting(self: Path, *args: Any, read: Any = read, **options: Any) -> Any:
            opened.append(str(self))
            return read(self, *args, **options)

        monkeypatch.setattr(Path, method, noting)
    assert main(command) == 0
    assert capsys.readouterr().out or "check" in command
    sources = [name for name in opened if name.endswith((".md", "talks.toml"))]
    assert len(sources) == len(set(sources)) >= 5


def test_the_default_talk_is_tulipes_else_the_longest(tmp_path: Path) -> None:
    assert REAL.talk().name == "tulipes"
    write(tmp_path / "fr", slide("Un"))

    def titled(name: str, minutes: int) -> str:
        talk = f"[{name}]\ntitle = 'T'\nlang = 'fr'\nminutes = {minutes}\n"
        return f"{talk}parts = [{{chapter = 'why', minutes = {minutes}}}]\n"

    known = titled("a", 5) + titled("b", 6) + titled("c", 4)
    assert repertoire(tmp_path, known).talk().name == "b"
    assert repertoire(tmp_path, known + titled("tulipes", 1)).talk().name == "tulipes"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[t\n", "line 1"),
        ("", "there is no talk"),
        ("t = 3", "t: Expected `object`, got `int`"),
        ('[t]\ntitle = "x"\n', "t: .*missing required field `lang`"),
        (COURSE, "t: .*missing required field `parts`"),
        (COURSE + "parts = 3", "t.parts: Expected `array`, got `int`"),
        (COURSE + "parts = []", "t.parts: Expected `array` of length >= 1"),
        (COURSE.replace("5", "'5'") + WHOLE, "t.minutes: Expected `float`, got `str`"),
        (COURSE.replace("'T'", "5") + WHOLE, "t.title: Expected `str`, got `int`"),
        (
            COURSE + "room = 1\n" + WHOLE,
            "t: .*unknown field `room`, known are title, lang, minutes, parts, rest",
        ),
        (COURSE + "rest = -1\n" + WHOLE, "t.rest: Expected `float` >= 0"),
        (
            COURSE + WHOLE + "pace = 2",
            r"t.parts\[0\]: .*unknown field `pace`, known are chapter, minutes, slides",
        ),
        (
            COURSE + WHOLE + WHOLE.replace("5", "true"),
            r"t.parts\[1\].minutes: Expected `float \| null`, got `bool`",
        ),
        (
            COURSE + "[[t.parts]]\nchapter = 'why'\nslides = {a = 1, b = '2'}",
            r"t.parts\[0\].slides.b: Expected `float`, got `str`",
        ),
        (
            COURSE + "[[t.parts]]\nchapter = 'why'",
            r"t.parts\[0\]: Expected `minutes` or `slides`, got neither",
        ),
        (
            COURSE + WHOLE + "slides = {a = 1}",
            r"t.parts\[0\]: Expected `minutes` or `slides`, got both",
        ),
    ],
)
def test_a_broken_talks_file_is_one_line_with_file_key_expected_and_found(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(Problem, match=rf"talks\.toml: .*{said}") as caught:
        repertoire(tmp_path, text).talk("t")
    assert "\n" not in str(caught.value)
    assert str(caught.value).count("talks.toml") == 1


def test_no_talks_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"talks\.toml: No such file or directory\."):
        Repertoire(tmp_path).talk()


def test_an_unknown_talk_lists_the_known() -> None:
    with pytest.raises(
        Problem, match=r"Did you mean cours\?.*Known: .*cours"
    ) as caught:
        REAL.talk("cour")
    assert caught.value.status == 2
