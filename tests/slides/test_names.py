"""The names that cells share: a chapter's own come back, an edited lesson runs."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from demos.engine import engine, stage_07_future
from demos.history import garden_2012
from demos.practice import debug_mode
from demos.pubsub.client import Connection
from demos.pubsub.stub import serve
from slides import edits, lessons
from slides.edits import Edits
from slides.names import names
from slides.namespaces import Namespaces

# A cell's names


@pytest.mark.parametrize(
    ("source", "bound", "now", "later"),
    [
        ("import a.b as c, d\nfrom e import f", "c d f", "", ""),
        ("async with a() as b:\n    c = [x for x in b]", "b c", "a b", ""),
        ("def f(x):\n    y = x\n    return y + z", "f", "", "z"),
        ("class C(B):\n    def m(self):\n        return z", "C", "B", "z"),
        ("await f(lambda: g)", "", "f", "g"),
        ("a.y = b[0] = c", "", "a b c", ""),
        ("%time x\na = b", "a", "b", ""),
        ("def f(:", "", "", ""),
    ],
)
def test_names_are_those_that_python_binds_and_needs(
    source: str, bound: str, now: str, later: str
) -> None:
    found = names(source)
    assert found.bound == set(bound.split())
    assert set(now.split()) <= found.now
    assert found.now <= {*now.split(), "x", "b"}
    assert set(later.split()) <= found.later


# Chapters


class Cells:
    """Cells that run in one namespace, each in a chapter."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {"_": 0}
        self.namespaces = Namespaces(self.shared)

    def run(self, cell: str, source: str) -> None:
        self.namespaces.enter(cell)
        failed = False
        try:
            exec(source, self.shared)
        except ZeroDivisionError:
            failed = True
        self.namespaces.leave(source, failed=failed)

    def value(self, cell: str, name: str) -> Any:
        self.run(cell, f"seen = {name}")
        return self.shared["seen"]


def test_a_chapter_finds_the_names_again_that_it_bound() -> None:
    cells = Cells()
    cells.run("streams-1", "port = 1\nstreams_only = 1")
    cells.run("library-1", "port = 2")
    assert cells.value("library-2", "port") == 2
    assert cells.value("streams-2", "port") == 1
    assert cells.value("library-2", "port") == 2


def test_what_another_chapter_bound_is_there_as_it_was_left() -> None:
    cells = Cells()
    cells.run("first_steps-1", "x = 1")
    cells.run("tasks-1", "y = x")
    cells.run("first_steps-1", "x = 3  # edited")
    assert cells.value("tasks-2", "x") == 3


def test_a_name_bound_to_the_same_thing_is_the_chapters_too() -> None:
    cells = Cells()
    cells.run("one-1", "from asyncio import sleep")
    cells.run("two-1", "from asyncio import sleep")
    cells.run("three-1", "from time import sleep")
    assert cells.value("two-2", "sleep") is asyncio.sleep


def test_a_cell_that_fails_keeps_what_it_bound_and_claims_no_more() -> None:
    cells = Cells()
    cells.run("one-1", "x = y = 1")
    cells.run("two-1", "x = 2; 1 / 0; y = 2")
    cells.run("one-1", "x = y = 3")
    assert cells.value("two-2", "(x, y)") == (2, 3)


def test_a_cell_of_no_chapter_is_of_the_one_before() -> None:
    cells = Cells()
    cells.run("one-1", "x = 1")
    cells.run("", "x = 2")
    cells.run("two-1", "x = 3")
    assert cells.value("one-2", "x") == 2


def test_a_deleted_name_stays_deleted() -> None:
    cells = Cells()
    cells.run("one-1", "x = 1")
    cells.run("one-2", "del x")
    cells.run("two-1", "x = 2")
    assert cells.value("one-3", "x") == 2


def test_ipythons_own_names_belong_to_no_chapter() -> None:
    cells = Cells()
    cells.run("one-1", "_ = 1")
    cells.run("two-1", "_ = 2")
    assert cells.value("one-2", "_") == 2


# Edits


class Deck:
    """Cells that show lessons, edited or not."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}
        self.edits = Edits(self.shared)
        self.addresses: set[str] = set()

    def run(self, address: str, **changes: str) -> None:
        """Run a lesson's cell; in `changes`, a word of it stands for another."""
        source = lessons.code(address)
        for old, new in changes.items():
            assert old in source
            source = source.replace(old, new)
        exec(source, self.shared)
        self.addresses.add(address)
        self.edits.heed(address, source)

    def undo(self) -> None:
        """Run each as it was."""
        for address in self.addresses:
            self.edits.heed(address, lessons.code(address))


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deck]:
    monkeypatch.setattr(edits, "BUILD", tmp_path)
    made = Deck()
    yield made
    made.undo()


GROW = "history/garden_2012.py:grow"


def drink() -> None:
    """Do what a next slide does: import the lesson, and run it."""
    from demos.history.garden_2012 import grow, run

    run(grow("tulip", 0))


def test_an_edited_lesson_runs_until_it_runs_unedited(
    deck: Deck, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dict(vars(garden_2012))
    for drunk in "sips", "gulps":
        deck.run(GROW, drinks=drunk)
        drink()
        assert capsys.readouterr().out == f"tulip {drunk} water\n"
        assert drunk in inspect.getsource(garden_2012.grow)
    deck.run(GROW)
    drink()
    assert capsys.readouterr().out == "tulip drinks water\n"
    assert dict(vars(garden_2012)) == before


def test_a_module_takes_what_the_edit_needs_and_runs_nothing_twice(
    deck: Deck, capsys: pytest.CaptureFixture[str]
) -> None:
    deck.shared["loud"] = str.upper  # of another cell
    helper = "print('once')\nEND = '!'\ndef ended(x): return loud(x) + END\n"
    changes = {"def grow": f"{helper}def grow", "print(name": "print(ended(name)"}
    deck.run(GROW, **changes)
    drink()
    assert capsys.readouterr().out == "once\nTULIP! drinks water\n"


def test_a_demo_that_imported_the_lesson_gets_the_edit(
    deck: Deck, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Any = ModuleType("demos.history.other")
    other.plant = original = garden_2012.grow
    monkeypatch.setitem(sys.modules, other.__name__, other)
    deck.run(GROW, drinks="sips")
    assert other.plant is garden_2012.grow is not original
    deck.run(GROW)
    assert other.plant is garden_2012.grow is original


def test_an_edited_method_is_its_classs(deck: Deck) -> None:
    async def publish() -> int:
        async with serve() as port, await Connection.create(port=port) as publisher:
            return await publisher.publish("news", "tulip")

    deck.run(
        "pubsub/broker.py:Broker.publish", count="count_", **{"return ": "return 40 + "}
    )
    assert asyncio.run(publish()) == 40
    deck.undo()
    assert asyncio.run(publish()) == 0


def test_a_lesson_that_runs_its_file_in_a_child_runs_the_edit(deck: Deck) -> None:
    lost = "coroutine 'dig' was never awaited"
    assert lost in "".join(asyncio.run(debug_mode.complaints()))
    deck.run("practice/debug_mode.py:orders,garden", **{'dig("tulip")': ""})
    assert asyncio.run(debug_mode.complaints()) == []
    deck.undo()
    assert lost in "".join(asyncio.run(debug_mode.complaints()))


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("history/garden_1999.py:grow", "def grow(): pass"),
        ("history/garden_2012.py:sprout", "def sprout(): pass"),
        (GROW, "%time grow()"),
        (GROW, "@(lambda grow: 1 / 0)\ndef grow(): pass"),
    ],
)
def test_a_cell_that_names_no_lesson_or_defines_none_changes_nothing(
    deck: Deck, address: str, source: str
) -> None:
    before = dict(vars(garden_2012))
    deck.edits.heed(address, source)
    assert dict(vars(garden_2012)) == before


def test_a_lesson_is_lent_what_its_own_file_means(deck: Deck) -> None:
    """`Future` is the stage's, then the engine's, unless a cell says which."""
    stage, whole = "engine/stage_07_future.py:garden", "engine/stuck.py:bee"
    needs = "def wait(future: Future) -> None: ..."
    for address, future in (
        (stage, stage_07_future.Future),
        (whole, engine.Future),
        (stage, stage_07_future.Future),
    ):
        deck.edits.lend(address, needs)
        assert deck.shared["Future"] is future
    deck.edits.bind("from demos.engine.stage_07_future import Future")
    deck.edits.lend(whole, needs)
    assert deck.shared["Future"] is stage_07_future.Future
