"""syllabus.toml: what is to be taught has a lesson, a slide, a test; none is left out.

It says what is where for who reads it; here, that it is there.
"""

from __future__ import annotations

import ast
import functools
import tomllib
from itertools import groupby
from typing import Annotated

import msgspec
import pytest

from demos.catalogue import lessons
from slides.deck import Slide
from slides.paths import DEMOS, ROOT, SLIDES, short
from tests.slides.decks import OURS, REAL

Names = Annotated[list[str], msgspec.Meta(min_length=1)]

LAST = {1: 9, 2: 7, 3: 9, 4: 4, 5: 8, 6: 11, 7: 5, 8: 8, 9: 8, 10: 5, 11: 6, 12: 8}
"""The last number of each chapter: the course's numbers are not the kit's to choose."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to teach, and where it is."""

    number: tuple[int, int]
    about: str
    demos: Names
    slides: Names
    tests: Names
    prose: str = ""

    def __str__(self) -> str:
        return ".".join(map(str, self.number))


TABLE = tomllib.loads((SLIDES / "syllabus.toml").read_text(encoding="utf-8"))
BEYOND: dict[str, str] = TABLE.pop("beyond")
ENTRIES = [
    msgspec.convert({**entry, "number": (int(chapter), int(number))}, Entry)
    for chapter, numbers in TABLE.items()
    for number, entries in numbers.items()
    for entry in entries
]

every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=str)


@functools.cache
def slides() -> dict[str, Slide]:
    """Every slide of the French decks, as `chapter/id`."""
    decks = [REAL.deck(path) for path in sorted((SLIDES / "fr").glob("*.md"))]
    shown = [slide for deck in decks for slide in deck.slides()]
    return {f"{slide.chapter}/{slide.id}": slide for slide in shown}


@functools.cache
def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in tree.body if isinstance(node, kinds)}


def programs() -> set[str]:
    """Return the lessons that run, as `chapter/lesson.py`."""
    return {path.relative_to(DEMOS).as_posix() for path in lessons().values()}


def mentions(slide: Slide, demo: str) -> bool:
    """Tell whether a slide shows a lesson or runs it, or its notes name it."""
    chapter, lesson = demo.removesuffix(".py").split("/")
    text = "\n".join(f"{cell.demo} {cell.start} {cell.source}" for cell in slide.cells)
    named = demo, f"{chapter}.{lesson}", f"demos.{chapter} import {lesson}"
    return any(name in text for name in named)


def test_the_numbers_run_without_a_hole() -> None:
    numbers = [number for number, _ in groupby(entry.number for entry in ENTRIES)]
    assert numbers == [
        (chapter, number)
        for chapter, last in LAST.items()
        for number in range(1, last + 1)
    ]


@every_entry
def test_what_it_names_is_there(entry: Entry) -> None:
    assert set(entry.demos) <= programs()
    assert set(entry.slides) <= set(slides())
    for test in entry.tests:
        file, _, function = test.partition("::")
        assert function in functions(file), test


@every_entry
def test_a_slide_shows_the_lesson_or_it_says_why_not(entry: Entry) -> None:
    shown = any(
        mentions(slides()[slide], demo)
        for slide in entry.slides
        for demo in entry.demos
    )
    assert shown or entry.prose


def test_no_lesson_and_no_deck_of_ours_is_left_out() -> None:
    named = {demo for entry in ENTRIES for demo in entry.demos}
    taught = {slide.split("/")[0] for entry in ENTRIES for slide in entry.slides}
    left = (programs() - named) | {
        short(deck.path)
        for name in OURS
        for deck in REAL.talk(name).decks
        if deck.chapter not in taught
    }
    unplaced, gone = sorted(left - set(BEYOND)), sorted(set(BEYOND) - left)
    assert not unplaced, (
        f"nothing in slides/syllabus.toml names {', '.join(unplaced)}: name it in an"
        ' entry, or under [beyond], "chapter/lesson.py" = "what it is for"'
    )
    assert not gone, f"[beyond] names what an entry has, or nobody: {', '.join(gone)}"
    unsaid = [name for name, why in BEYOND.items() if not why]
    assert not unsaid, f"[beyond] says why it is there of each: {', '.join(unsaid)}"
