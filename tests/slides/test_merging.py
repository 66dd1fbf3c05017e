"""What windows changed in one notebook comes together: no text is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from tornado.web import HTTPError

from slides.contents import Files
from slides.merging import Cell, Change, merged, settled


def code(name: str, source: str, printed: str = "") -> Cell:
    return {"id": name, "source": source, "outputs": [printed]}


def change(
    cell: Cell, *parts: str, known: tuple[str, ...] = ("",), after: str | None = None
) -> Change:
    return Change(cell, parts or ("source",), after, known)


KEPT = [code("a", "a = 1"), code("b", "b = 1", "one"), code("c", "c = 1")]


def test_a_window_writes_over_no_cell_and_no_part_that_it_did_not_change() -> None:
    edited = change(code("b", "b = 2", "old"), "source", known=("b = 1",))
    ran = change(code("c", "c = 1", "three"), "outputs")
    assert merged(KEPT, [edited, ran]) == [
        *(code("a", "a = 1"), code("b", "b = 2", "one"), code("c", "c = 1", "three")),
    ]


def test_what_an_older_source_printed_goes_under_no_newer_one() -> None:
    ran = change(code("b", "b = 0", "zero"), "outputs")
    assert merged(KEPT, [ran]) == KEPT


def test_cells_that_are_not_there_come_where_they_were() -> None:
    new = [
        change(code("first", ""), after="gone"),
        change(code("second", ""), after="a"),
        change(code("third", ""), after="second"),
    ]
    ids = [cell["id"] for cell in merged(KEPT, new)]
    assert ids == ["a", "second", "third", "b", "c", "first"]


@pytest.mark.parametrize("late", [False, True])
def test_of_two_texts_of_one_cell_the_older_is_put_aside(late: bool) -> None:
    both = change(code("a", "mine"), known=("theirs is newer",))
    other = change(code("b", "b = 2", "one"), known=("b = 1",))
    cells, aside = settled(KEPT, [both, other], late)
    assert aside is not None
    assert [cell["source"] for cell in cells][:2] == [
        "a = 1" if late else "mine",
        "b = 2",
    ]
    assert aside[0]["source"] == ("mine" if late else "a = 1")


@pytest.mark.parametrize(
    "mine",
    [
        change(
            code("a", "a = 2"), known=("a = 0", "a = 1")
        ),  # saved, and never told so
        change(code("a", "a = 1"), known=("a = 0",)),  # both typed the same
        change(code("a", "a = 0", "ran"), "outputs", known=("a = 0",)),
        change(code("new", ""), known=()),
    ],
)
def test_nothing_is_put_aside_where_no_text_is_lost(mine: Change) -> None:
    assert settled(KEPT, [mine], late=False)[1] is None


def notebook(path: Path, *sources: str) -> dict[str, Any]:
    """Write a notebook; return what the page has of it."""
    made = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source, id=f"cell-{number}")
            for number, source in enumerate(sources)
        ]
    )
    nbformat.write(made, path)
    return dict(json.loads(nbformat.writes(made)))


def window(
    content: dict[str, Any], number: int, source: str, *, left: bool = False
) -> dict[str, Any]:
    """Return what a window sends that loaded `content` and changed a cell's source.

    If it is `left`, that alone.
    """
    cells = [dict(cell) for cell in content["cells"]]
    known = ["".join(cells[number]["source"])]
    cells[number]["source"] = source
    what = {"cell": cells[number], "parts": ["source"], "after": None, "known": known}
    metadata = {"window": {"changes": [what], "late": left}}
    sent = {**content, "cells": [] if left else cells, "metadata": metadata}
    return {"type": "notebook", "content": sent}


def save(files: Files, model: dict[str, Any]) -> str:
    return str(asyncio.run(files.save(model, "talk.ipynb"))["said"])


def sources(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    (tmp_path / "signatures").mkdir()
    notary = NotebookNotary(data_dir=str(tmp_path / "signatures"))
    files = Files(root_dir=str(tmp_path), notary=notary)
    assert files.event_logger  # the server's; else made at the first save
    yield files
    notary.store.close()


def test_two_windows_save_what_each_changed(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "talk.ipynb"
    loaded = notebook(path, "a", "b", "c")
    assert save(files, window(loaded, 0, "a by A")) == ""
    assert save(files, window(loaded, 1, "b by B")) == ""
    assert sources(path) == ["a by A", "b by B", "c"]
    said = save(files, window(loaded, 0, "a by B"))
    assert sources(path) == ["a by B", "b by B", "c"]
    (aside,) = tmp_path.glob("talk.*-*.ipynb")
    assert sources(aside) == ["a by A", "b by B", "c"]
    assert said.startswith("Two windows changed the same cell: the older is in ")
    assert aside.name in said
    assert "window" not in nbformat.read(path, as_version=4).metadata


def test_what_a_window_sends_as_it_is_left_overwrites_nobody(
    files: Files, tmp_path: Path
) -> None:
    path = tmp_path / "talk.ipynb"
    loaded = notebook(path, "a", "b")
    assert save(files, window(loaded, 0, "a by A", left=True)) == ""
    assert save(files, window(loaded, 1, "b by A", left=True)) == ""
    said = save(files, window(loaded, 0, "a by B", left=True))
    assert sources(path) == ["a by A", "b by A"]
    (aside,) = tmp_path.glob("talk.*-*.ipynb")
    assert sources(aside) == ["a by B", "b by A"]
    assert "this window's" in said


def test_a_copy_that_is_gone_or_broken_is_written_anew(
    files: Files, tmp_path: Path
) -> None:
    path = tmp_path / "talk.ipynb"
    loaded = notebook(path, "a", "b")
    path.unlink()
    assert save(files, window(loaded, 0, "a by A")) == ""
    assert sources(path) == ["a by A", "b"]
    path.write_text("{broken", encoding="utf-8")
    assert "could not be read" in save(files, window(loaded, 1, "b by A"))
    assert sources(path) == ["a", "b by A"]
    (aside,) = tmp_path.glob("talk.*-*.ipynb")
    assert aside.read_text(encoding="utf-8") == "{broken"


def test_a_window_that_is_left_makes_no_notebook_of_its_changes(
    files: Files, tmp_path: Path
) -> None:
    path = tmp_path / "talk.ipynb"
    loaded = notebook(path, "a")
    path.unlink()
    with pytest.raises(HTTPError):
        save(files, window(loaded, 0, "a by A", left=True))
    assert list(tmp_path.glob("*.ipynb")) == []


def test_windows_that_save_at_once_lose_nothing(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "talk.ipynb"
    loaded = notebook(path, *"abcdefgh")

    async def save_all() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(8):
                model = window(loaded, number, f"mine {number}")
                group.create_task(files.save(model, path.name))

    asyncio.run(save_all())
    assert sources(path) == [f"mine {number}" for number in range(8)]
