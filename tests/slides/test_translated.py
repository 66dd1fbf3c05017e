"""A translation that is not done yet: what it has is shown, what it lacks is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from slides import build
from slides.cli import main
from slides.listing import list_slides
from slides.talks import Repertoire
from tests.slides.decks import code, slide, write

TALKS = """\
[t]
title = "T"
lang = "fr"
minutes = 4
parts = [
    {chapter = "why", minutes = 2},
    {chapter = "loop", slides = {four = 1}},
    {chapter = "why", slides = {three = 1}},
]
"""


@pytest.fixture
def kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repertoire:
    """One slide of four is translated."""
    shown = ("Un", "one"), ("Deux", "two"), ("Trois", "three")
    cells = code("import time"), code("time.sleep(0)")
    french = (slide(title, "\nDes mots.\n", *cells, id=id) for title, id in shown)
    write(tmp_path / "fr", *french)
    write(
        tmp_path / "fr", slide("Quatre", "\nDes mots.\n", id="four"), name="07-loop.md"
    )
    write(tmp_path / "en", slide("Two", "\nSome words.\n", *cells, id="two"))
    talks = TALKS.replace("minutes = 2", "slides = {one = 1, two = 1}")
    (tmp_path / "talks.toml").write_text(talks, encoding="utf-8")
    monkeypatch.setattr("slides.talks.SLIDES", tmp_path)
    return Repertoire(tmp_path)


def test_what_is_missing_is_shown_in_the_other_language(kit: Repertoire) -> None:
    talk = kit.talk("t", "en")
    assert [slide.title for slide in talk.slides] == ["Un", "Two", "Quatre", "Trois"]
    assert (talk.lang, talk.minutes, talk.pace) == ("en", 4, [1, 1, 1, 1])
    assert talk.chapters == ["why", "loop"]
    assert {source.path.parent.name for source in talk.decks} == {"fr", "en"}


def test_a_whole_chapter_keeps_its_order(kit: Repertoire) -> None:
    whole = TALKS.replace(", slides = {three = 1}", ", minutes = 1")
    (kit.folder / "talks.toml").write_text(whole, encoding="utf-8")
    talk = Repertoire(kit.folder).talk("t", "en")
    assert [slide.title for slide in talk.slides][:3] == ["Un", "Two", "Trois"]


def test_each_is_marked_and_no_two_cells_are_one(
    kit: Repertoire, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = kit.talk("t", "en")
    made = build.notebook(talk)
    firsts = [c.metadata.tulipes for c in made.cells if "minutes" in c.metadata.tulipes]
    assert [first.get("lang") for first in firsts] == ["fr", None, "fr", "fr"]
    assert len({cell.id for cell in made.cells}) == len(made.cells)
    assert {cell.id.partition("-")[0] for cell in made.cells} == {"why", "loop"}
    list_slides(talk)
    lines = capsys.readouterr().out.splitlines()
    ends = ["one    [fr] Un", "two    Two", "four   [fr] Quatre", "three  [fr] Trois"]
    for line, end in zip(lines, ends, strict=True):
        assert line.endswith(end)
    own = build.notebook(kit.talk("t"))
    assert not [cell for cell in own.cells if "lang" in cell.metadata.tulipes]


def test_the_check_says_how_far_it_is(
    kit: Repertoire, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--structure", "--lang", "en"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert "why: 1 of 3 slides; it lacks one, three." in said
    assert "loop: none of 1 slides: there is no slides/en/07-loop.md." in said
    assert "en: 1 of 4 slides translated." in said
    main(["check", "--structure", "--lang", "fr"])
    assert "translated" not in capsys.readouterr().err


def test_a_slide_that_nothing_shows_is_named(
    kit: Repertoire, capsys: pytest.CaptureFixture[str]
) -> None:
    write(kit.folder / "en", slide("Two", "\nSome words.\n", id="tow"))
    assert main(["check", "--structure", "--lang", "en"]) == 1
    said = capsys.readouterr().out
    assert "01-why.md:13: cell 1: no slide of " in said
    assert "has the id «tow»." in said
