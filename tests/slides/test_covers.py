"""Which slides are dark, and in which part of the talk each stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from slides import deck
from slides.build import notebook, working_copy
from slides.covers import covers
from slides.speaker import Speaker
from slides.talks import alone
from tests.slides import decks
from tests.slides.decks import REAL

END = '\n+++ {"slideshow": {"slide_type": "slide"}, "end": true}\n\n# Merci\n'


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
    assert "[example.org/kit](https://example.org/kit)" in end.source
    working_copy(talk, stage=tmp_path / "stage")
    assert "<svg" in (tmp_path / "stage" / "media" / "address.svg").read_text()


def test_every_talk_has_a_title_parts_and_an_end() -> None:
    for talk in REAL.talks():
        kinds = [kind for kind, _ in covers(talk.slides)]
        assert kinds[0] == "title", talk.name
        assert kinds[-1] == "end", talk.name
        assert 2 <= kinds.count("divider") <= 12, talk.name
