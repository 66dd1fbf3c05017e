"""The speaker's working copy: made from the decks, kept, never lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from slides import build, deck
from slides.build import first_slide, working_copy
from slides.errors import Problem
from slides.talks import Repertoire, alone
from tests.slides import decks
from tests.slides.decks import REAL


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    return tmp_path / "stage"


def edit(path: Path, source: str = "# mine") -> None:
    kept = nbformat.read(path, as_version=4)
    cell = next(c for c in kept.cells if c.cell_type == "code")
    cell.source = source
    nbformat.write(kept, path)


def forget_origin(path: Path) -> None:
    """Make a copy look built from other decks than today's."""
    kept = nbformat.read(path, as_version=4)
    kept.cells[0].source += " of yesterday"
    kept.metadata.tulipes.built = build.fingerprint(kept)
    nbformat.write(kept, path)


def test_the_notebook_is_valid_and_its_cells_are_safe() -> None:
    made = build.notebook(REAL.talk())
    nbformat.validate(made)
    assert all(cell.metadata["deletable"] is False for cell in made.cells)
    prose = [cell for cell in made.cells if cell.cell_type == "markdown"]
    assert all(cell.metadata["editable"] is False for cell in prose)
    assert len({cell.id for cell in made.cells}) == len(made.cells)


def test_a_slides_first_cell_has_its_minutes() -> None:
    talk = REAL.talk()
    made = build.notebook(talk)
    facts = [cell.metadata["tulipes"] for cell in made.cells]
    assert [f["minutes"] for f in facts if "minutes" in f] == talk.pace
    ids = [f["id"] for f in facts if "minutes" in f]
    assert ids == [f"{s.chapter}-{s.cells[0].number}" for s in talk.slides]


def test_a_copy_follows_new_minutes_and_edits_stay(stage: Path) -> None:
    talk = REAL.talk()
    first, *others = talk.parts
    slower = replace(first, given=tuple(2 * each for each in first.given))
    later = replace(talk, parts=(slower, *others))
    path = working_copy(talk, stage=stage).path
    working_copy(later, stage=stage)
    kept = nbformat.read(path, as_version=4)
    assert kept.cells[0].metadata.tulipes.minutes == slower.given[0]
    edit(path)
    assert "The decks have changed" in working_copy(talk, stage=stage).remark
    assert "# mine" in path.read_text(encoding="utf-8")


def test_words_of_the_sheet_are_on_no_slide(tmp_path: Path) -> None:
    words = '\n+++ {"tags": ["cheatsheet"], "box": "group"}\n\n### TaskGroup\n\nMots.\n'
    path = decks.write(tmp_path, decks.slide("Un"), words, decks.slide("Deux"))
    read = deck.read(path)
    assert [cell.on_sheet for cell in read.cells] == [False] * 2 + [True] + [False] * 2
    made = build.notebook(alone(read))
    assert [node.source for node in made.cells if "##" in node.source] == [
        "## Un",
        "## Deux",
    ]


def test_pictures_lie_beside_the_copy_with_their_fonts(
    stage: Path, tmp_path: Path
) -> None:
    names = ("pieces.fr.svg", "task_states.fr.svg")
    pictures = (decks.cell("", f"![Une image.](../../media/{name})") for name in names)
    path = decks.write(tmp_path, decks.slide("Des images", *pictures))
    copy = working_copy(alone(deck.read(path)), stage=stage)
    made = nbformat.read(copy.path, as_version=4)
    prose = "".join(node.source for node in made.cells)
    assert [image for _, image, _ in build.IMAGE.findall(prose)] == [
        f"media/{name}" for name in names
    ]
    for name in names:
        text = (stage / "media" / name).read_text(encoding="utf-8")
        assert "data:font/woff2;base64," in text


def test_edits_are_kept_and_announced(stage: Path) -> None:
    path = working_copy(REAL.talk(), stage=stage).path
    edit(path)
    again = working_copy(REAL.talk(), stage=stage)
    assert "# mine" in path.read_text(encoding="utf-8")
    assert "Your edits are there" in again.remark


def test_outputs_are_kept_where_nothing_was_edited(stage: Path) -> None:
    path = working_copy(REAL.talk(), stage=stage).path
    kept = nbformat.read(path, as_version=4)
    cell = next(c for c in kept.cells if c.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", text="kept output")]
    nbformat.write(kept, path)
    assert working_copy(REAL.talk(), stage=stage).remark == ""
    assert "kept output" in path.read_text(encoding="utf-8")


def test_new_decks_replace_a_copy_without_edits(stage: Path) -> None:
    path = working_copy(REAL.talk(), stage=stage).path
    forget_origin(path)
    working_copy(REAL.talk(), stage=stage)
    assert "of yesterday" not in path.read_text(encoding="utf-8")
    assert [p.name for p in stage.glob("*.ipynb")] == [path.name]


def test_new_decks_leave_an_edited_copy_and_say_so(stage: Path) -> None:
    path = working_copy(REAL.talk(), stage=stage).path
    forget_origin(path)
    edit(path)
    again = working_copy(REAL.talk(), stage=stage)
    assert "The decks have changed" in again.remark
    assert "# mine" in path.read_text(encoding="utf-8")


def test_fresh_puts_edits_aside(stage: Path) -> None:
    path = working_copy(REAL.talk(), stage=stage).path
    edit(path)
    again = working_copy(REAL.talk(), fresh=True, stage=stage)
    aside = [p for p in stage.glob("*.ipynb") if p != path]
    assert len(aside) == 1
    assert aside[0].name in again.remark
    assert "# mine" in aside[0].read_text(encoding="utf-8")
    assert "# mine" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("broken", ["", "{}", "{", '{"cells": 3, "nbformat": 4}'])
def test_a_broken_copy_is_put_aside_not_thrown_away(stage: Path, broken: str) -> None:
    path = working_copy(REAL.talk(), stage=stage).path
    path.write_text(broken, encoding="utf-8")
    again = working_copy(REAL.talk(), stage=stage)
    aside = next(p for p in stage.glob("*.ipynb") if p != path)
    assert aside.read_text(encoding="utf-8") == broken
    assert aside.name in again.remark
    nbformat.read(path, as_version=4)


def test_sources_are_never_written(stage: Path) -> None:
    before = [source.path.read_bytes() for source in REAL.talk().decks]
    path = working_copy(REAL.talk(), stage=stage).path
    edit(path)
    working_copy(REAL.talk(), stage=stage, fresh=True)
    assert [source.path.read_bytes() for source in REAL.talk().decks] == before


def test_a_slide_is_counted_in_its_chapter_or_in_the_talk() -> None:
    chosen = REAL.talk("cours")
    assert first_slide(chosen, None, 1) == 1
    start = first_slide(chosen, chosen.chapters[1], 1)
    assert first_slide(chosen, chosen.chapters[1], 3) == start + 2
    second = first_slide(chosen, chosen.chapters[2], 1)
    assert first_slide(chosen, chosen.chapters[2], 2) == second + 1
    assert first_slide(chosen, None, second) == second


@pytest.mark.parametrize(
    ("chapter", "slide", "said"),
    [
        ("tusks", 1, r"Unknown chapter «tusks». Did you mean tasks\?"),
        ("tasks", 999, "has slides 1 to"),
        (None, 0, "has slides 1 to"),
    ],
)
def test_a_slide_that_is_not_there_is_a_problem(
    chapter: str | None, slide: int, said: str
) -> None:
    with pytest.raises(Problem, match=said) as caught:
        first_slide(REAL.talk(), chapter, slide)
    assert caught.value.status == 2


def test_the_copy_in_another_language_is_another_file(tmp_path: Path) -> None:
    for lang in ("fr", "en"):
        decks.write(tmp_path / lang, decks.slide(f"In {lang}", id="one"))
    (tmp_path / "talks.toml").write_text(
        "[t]\ntitle = 'T'\nlang = 'fr'\nminutes = 1\n"
        "parts = [{chapter = 'why', minutes = 1}]\n"
    )
    repertoire, stage = Repertoire(tmp_path), tmp_path / "stage"
    for lang, name in ("fr", "t"), ("en", "t-en"):
        copy = working_copy(repertoire.talk("t", lang), stage=stage)
        made = nbformat.read(copy.path, as_version=4)
        assert copy.path.name == f"{name}.ipynb"
        assert made.metadata.tulipes.lang == lang
        assert f"In {lang}" in made.cells[0].source
