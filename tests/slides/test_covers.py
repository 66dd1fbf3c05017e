"""Which slides are dark, and in which part of the talk each stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from slides import deck
from slides.build import notebook, working_copy
from slides.covers import covers
from slides.speaker import Speaker
from slides.talks import alone
from slides.words import MARKDOWN
from tests.slides import decks
from tests.slides.decks import OURS, REAL

END = '\n+++ {"slideshow": {"slide_type": "slide"}, "end": true}\n\n# Merci\n'
GIFT = END.replace('"end": true', '"file": "cheatsheet/sheet.pdf"')


def cover(title: str) -> str:
    return decks.cell("slide", f"# {title}\n\nune partie")


def test_the_first_is_the_title_and_parts_count_from_one(tmp_path: Path) -> None:
    slides = [
        cover("Un exposé"),
        decks.slide("Avant"),
        cover("Pourquoi"),
        decks.slide("Dedans"),
        cover("Comment"),
        decks.slide("Encore"),
        END,
    ]
    source = deck.read(decks.write(tmp_path, *slides))
    assert list(covers(source.slides())) == [
        ("title", 0),
        ("", 0),
        ("divider", 1),
        ("", 1),
        ("divider", 2),
        ("", 2),
        ("end", 2),
    ]


def test_the_page_is_told(tmp_path: Path) -> None:
    source = deck.read(decks.write(tmp_path, cover("Titre"), decks.slide("Suite")))
    first, second, notes = (c.metadata.tulipes for c in notebook(alone(source)).cells)
    assert (first.cover, first.part) == ("title", 0)
    assert second.part == 0
    assert "cover" not in second
    assert "part" not in notes


def test_the_title_has_the_speaker_and_the_end_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = Speaker("Ada", "PyCon", "12 mai", "https://example.org/kit")
    monkeypatch.setattr("slides.speaker.read", lambda: ada)
    talk = alone(deck.read(decks.write(tmp_path, cover("Titre"), END)))
    title, end = notebook(talk).cells
    assert title.source.endswith("\n\nAda · PyCon · 12 mai")
    assert "[example.org/kit](<https://example.org/kit>)" in end.source
    working_copy(talk, stage=tmp_path / "stage")
    assert "<svg" in (tmp_path / "stage" / "media" / "address.svg").read_text()


def test_a_slide_that_gives_a_file_has_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = "https://example.org/kit"
    monkeypatch.setattr("slides.speaker.kit_address", lambda: kit)

    source = deck.read(decks.write(tmp_path, cover("Titre"), GIFT, END))
    assert [kind for kind, _ in covers(source.slides())] == ["title", "file", "end"]
    talk = alone(source)
    _, node, _ = notebook(talk).cells
    address = f"{kit}/raw/HEAD/cheatsheet/sheet.pdf"
    assert f"[cheatsheet/sheet.pdf](<{address}>)" in node.source
    working_copy(talk, stage=tmp_path / "stage")
    picture = tmp_path / "stage" / "media" / "sheet.svg"
    assert f"<title>{address}</title>" in picture.read_text()


def test_what_the_speaker_writes_is_no_markdown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://example.org/a_(b)?c=[2]"
    ada = Speaker("A_b_ <b>\nB", "# *1*", "12. Mai", address)
    monkeypatch.setattr("slides.speaker.read", lambda: ada)
    talk = alone(deck.read(decks.write(tmp_path, cover("Titre"), END)))
    title, end = notebook(talk).cells
    _, line = MARKDOWN.parse(title.source.rpartition("\n\n")[2])[:2]
    assert [(each.type, each.content) for each in line.children or []] == [
        ("text", "A_b_ <b> B · # *1* · 12. Mai")
    ]
    link = MARKDOWN.parse(end.source.split("\n\n")[1])[1].children or []
    assert [each.type for each in link] == ["link_open", "text", "link_close"]
    assert link[1].content == "example.org/a_(b)?c=[2]"
    working_copy(talk, stage=tmp_path / "stage")
    assert "<svg" in (tmp_path / "stage" / "media" / "address.svg").read_text()


@pytest.mark.parametrize("name", OURS)
def test_our_talks_have_a_title_parts_and_an_end(name: str) -> None:
    kinds = [kind for kind, _ in covers(REAL.talk(name).slides)]
    assert kinds[0] == "title"
    assert kinds[-1] == "end"
    assert 2 <= kinds.count("divider") <= 12
