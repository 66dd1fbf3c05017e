"""A speaker's colour and size: whatever they choose, the room reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from slides import deck, look
from slides.build import working_copy
from slides.paths import THEME
from slides.speaker import Speaker
from slides.talks import alone
from tests.media.pictures import contrast
from tests.slides import decks

COLOURS = ["#1f4b99", "#ffd43b", "#ffffff", "#000000", "#808080", "#ff0000", "#00FF00"]


@pytest.mark.parametrize("colour", COLOURS)
def test_an_accent_is_read_on_paper_and_in_the_dark(colour: str) -> None:
    on_paper = look.readable(colour, look.PAPER, "#000000")
    at_night = look.readable(colour, look.NIGHT, "#ffffff")
    assert contrast(on_paper, look.PAPER) >= 7
    assert contrast(at_night, look.NIGHT) >= 7
    css = look.style(colour, 100)
    assert f"--hue: {on_paper}; --glow: {at_night};" in css


def test_one_that_is_read_stays_as_it_is() -> None:
    assert look.readable("#1f4b99", look.PAPER, "#000000") == "#1f4b99"
    assert look.readable("#ffd43b", look.NIGHT, "#ffffff") == "#ffd43b"


def test_the_grounds_are_those_of_the_theme() -> None:
    css = (THEME / "rise.css").read_text(encoding="utf-8")
    for ground in (f"--paper: {look.PAPER}", f"--night: {look.NIGHT}"):
        assert f"{ground};" in css
    for darker in ("#12161f", "#090c12"):
        assert f": {darker};" in css
        assert contrast("#ffffff", darker) > contrast("#ffffff", look.NIGHT)


def test_the_stage_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = alone(deck.read(decks.write(tmp_path, decks.slide("Un"))))
    sheets = []
    for speaker in (Speaker(), Speaker(accent="#ffd43b", size=110)):
        monkeypatch.setattr("slides.speaker.read", lambda speaker=speaker: speaker)
        working_copy(talk, stage=tmp_path / "stage")
        sheets.append((tmp_path / "stage" / "rise.css").read_text(encoding="utf-8"))
    plain, chosen = sheets
    added = chosen.removeprefix(plain)
    assert added == look.style("#ffd43b", 110)
    assert ":root { --scale: 1.1; }" in added
    assert "--glow: #ffd43b;" in added
