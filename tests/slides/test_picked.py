"""A slide that a talk chooses has what its cells need, or what to add is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from slides.check import timing
from slides.talks import Repertoire
from tests.slides.decks import code, slide, write

TALK = """\
[short]
title = "Court"
lang = "fr"
minutes = {minutes}
parts = [{{chapter = "why", slides = {{{slides}}}}}]
"""

DECK = (
    slide("Importe", code("import time"), notes=""),
    slide("Donne", code("port = 1"), notes=""),
    slide("Encore", code("port = 2"), notes=""),
    slide("Agit", code("time.sleep(port)"), notes=""),
    slide("Définit", code("def nap():\n    time.sleep(0)\nnap()"), id="defines"),
    slide(
        "Leçon",
        code("async def water(): port", "demo: tasks/cancel.py:water"),
        id="lesson",
    ),
    slide("Échoue", code("port", "tags: [raises-exception]"), id="fails"),
    slide("Seul", code("port = 3\nprint(port)")),
)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("importe donne agit", []),
        ("donne agit", ["needs time: before it, add the slide «importe» of why."]),
        ("importe agit", ["needs port: before it, add the slide «encore» of why."]),
        ("agit", ["needs port: ", "needs time: "]),
        ("agit importe donne", ["needs port: ", "needs time: "]),
        ("defines", ["needs time: "]),
        ("lesson", []),
        ("fails", []),
        ("seul", []),
        ("importe seul agit", []),
    ],
)
def test_the_slide_that_is_missing_is_named(
    tmp_path: Path, chosen: str, said: list[str]
) -> None:
    write(tmp_path / "fr", *DECK)
    names = chosen.split()
    table = ", ".join(f'"{name}" = 1' for name in names)
    file = tmp_path / "talks.toml"
    text = TALK.format(minutes=len(names), slides=table)
    file.write_text(text, encoding="utf-8")
    found = list(timing(Repertoire(tmp_path).talk("short")))
    assert len(found) == len(said)
    for fault, words in zip(found, said, strict=True):
        assert "01-why.md:" in fault
        assert f": in short it {words}" in fault
