"""Syllabus 12.7: what came to the language, what to the library, and when."""

from __future__ import annotations

import ast
import re

import pytest

from slides import changes
from tests.slides.decks import REAL

SYNTAX = {
    "`async`, `await`": "async def f(): await g()",
    "compréhensions `async`": "async def f(): return [x async for x in g()]",
    "`except*`": "try: f()\nexcept* ValueError: pass",
}


def rows() -> list[list[str]]:
    """Return the rows of the slide's table: a release, the language, the library."""
    (slide,) = (s for s in REAL.talk("semaine").slides if s.id == "practice_future")
    (text,) = (c.source for c in slide.shown if "|" in c.source)
    table = [line for line in text.splitlines() if line.startswith("| 3")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def parses(code: str, minor: int) -> bool:
    try:
        ast.parse(code, feature_version=(3, minor))
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row[0]))
def test_the_parser_knows_the_syntax_from_that_release_on(row: list[str]) -> None:
    release, language, _ = row
    if language:
        minor = int(release.removeprefix("3."))
        assert parses(SYNTAX[language], minor)
        assert not parses(SYNTAX[language], minor - 1)


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row[0]))
def test_what_the_library_gained_or_loses_is_as_it_was_tried(row: list[str]) -> None:
    release, _, library = row
    known = {
        name: change
        for words, change in changes.named().items()
        for name in re.findall(r"[\w.]+", words)
    }
    for name in re.findall(r"`([\w.]+)`", library):
        change = known[name]
        when = change.removed if library.startswith("sans") else change.came
        assert when is not None
        assert changes.dotted(when) == release


def test_the_language_has_a_release_for_each_syntax() -> None:
    assert {row[1] for row in rows()} - {""} == set(SYNTAX)
