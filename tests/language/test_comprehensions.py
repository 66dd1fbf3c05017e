"""Syllabus 4.2: asynchronous comprehensions, and what they do not do."""

from __future__ import annotations

import asyncio

import pytest

from demos.language import comprehensions, one_by_one
from tests.virtual import schedule

Lines = pytest.CaptureFixture[str]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The flowers that have opened so far."""
    names: list[str] = []
    flowers = comprehensions.flowers

    async def watched() -> comprehensions.Blooms:
        async for name, colour in flowers():
            names.append(name)
            yield name, colour

    monkeypatch.setattr(comprehensions, "flowers", watched)
    return names


def test_brackets_and_braces_read_it_whole_each_time(
    opened: list[str], capsys: Lines
) -> None:
    asyncio.run(comprehensions.pick())
    assert opened == ["tulip", "iris", "rose"] * 3
    assert capsys.readouterr().out.splitlines() == [
        "list: ['tulip', 'rose']",
        "set: ['blue', 'red']",
        "dict: {'tulip': 'red', 'iris': 'blue', 'rose': 'red'}",
    ]


def test_parentheses_read_no_more_than_is_asked_for(opened: list[str]) -> None:
    asyncio.run(comprehensions.ask_for_two())
    assert opened == ["tulip", "iris"]


def test_a_list_for_each_bed(opened: list[str], capsys: Lines) -> None:
    asyncio.run(comprehensions.pick_twice())
    assert opened == ["tulip", "iris", "rose"] * 2
    assert "[['tulip', 'rose'], ['tulip', 'rose']]" in capsys.readouterr().out


def test_waits_in_a_comprehension_add_up() -> None:
    async def session() -> None:
        print(await one_by_one.one_by_one("tulip", "iris"))

    assert schedule(session()) == [
        (0.0, "tulip: grows"),
        (0.2, "tulip: in flower"),
        (0.2, "iris: grows"),
        (0.4, "iris: in flower"),
        (0.4, "['tulip', 'iris']"),
    ]


def test_waits_of_gather_overlap() -> None:
    async def session() -> None:
        print(await one_by_one.together("tulip", "iris"))

    assert schedule(session()) == [
        (0.0, "tulip: grows"),
        (0.0, "iris: grows"),
        (0.2, "tulip: in flower"),
        (0.2, "iris: in flower"),
        (0.2, "['tulip', 'iris']"),
    ]
