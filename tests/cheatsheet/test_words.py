"""The sheet's words: the same in both languages, of names and packages that exist."""

from __future__ import annotations

import asyncio
import builtins
import functools
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from importlib.metadata import entry_points
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest
from packaging.requirements import Requirement

from cheatsheet import entries, prose, tree
from cheatsheet.nodes import (
    BoxNode,
    Code,
    Inline,
    Items,
    Listing,
    Paragraph,
    Strong,
    Table,
)
from demos.catalogue import requirements
from media.figures import years
from slides.paths import DEMOS


def codes(nodes: tuple[Inline, ...]) -> Iterator[str]:
    """Yield the code in a line of words."""
    for node in nodes:
        if isinstance(node, Code):
            yield node.text
        elif isinstance(node, Strong):
            yield from codes(node.nodes)


@functools.cache
def words() -> dict[tuple[str, str], prose.Prose]:
    """Read the decks once."""
    return prose.read()


def said(box: str, lang: str) -> list[str]:
    """Return the code in a box's words, in their order."""
    found: list[str] = []
    for section in words()[box, lang].sections:
        for block in section:
            match block:
                case Paragraph(nodes):
                    found += codes(nodes)
                case Items(_, items):
                    found += [code for item in items for code in codes(item)]
                case Table(_, rows):
                    found += [
                        code for row in rows for cell in row for code in codes(cell)
                    ]
    return found


BOXES = entries.read().placed()

OWNERS = {
    "asyncio": asyncio,
    "gardener": ContextVar,
    "group": asyncio.TaskGroup,
    "heard": asyncio.Event,
    "jobs": asyncio.Queue,
    "loop": asyncio.BaseEventLoop,
    "server": asyncio.Server,
    "task": asyncio.Task,
    "writer": asyncio.StreamWriter,
}
"""What the sheet's variables are."""

WHERE: tuple[object, ...] = (
    asyncio,
    builtins,
    asyncio.Condition,
    asyncio.Event,
    asyncio.StreamReader,
    asyncio.Task,
    asyncio.subprocess.Process,
)
"""Where the names are that are called on nothing."""

OURS = {"ask", "hearing_sigterm", "main", "nap", "work"}
"""What the reader would call so, and what the box prints."""


@pytest.mark.parametrize("box", BOXES)
def test_both_languages_say_the_same_in_code(box: str) -> None:
    assert sorted(said(box, "fr")) == sorted(said(box, "en"))


@pytest.mark.parametrize("box", BOXES)
def test_what_is_called_is_there_from_the_release_beside_it_on(box: str) -> None:
    novelties = tree.novelties(entries.read())
    for text in said(box, "en"):
        came = max((n.release for n in novelties if n.pattern.search(text)), default=())
        is_there = sys.version_info >= came
        for owner, name in re.findall(r"(\w*)\.?\b(\w+)\(", text):
            if owner:
                assert hasattr(OWNERS[owner], name) is is_there, text
            elif name not in OURS:
                assert any(hasattr(each, name) for each in WHERE), text


@functools.cache
def boxes() -> list[BoxNode]:
    """Return the boxes as they are printed in English."""
    (made,) = tree.trees(["en"])
    columns = [column for page in made.pages for column in (*page.columns, page.foot)]
    return [box for column in columns for box in column]


def test_boxes_of_code_name_a_script() -> None:
    for box in boxes():
        if any(isinstance(block, Listing) for block in box.blocks):
            assert box.script, box.id


@pytest.mark.parametrize("name", entries.read().since)
def test_each_release_stands_beside_something(name: str) -> None:
    pattern = entries.read().since[name]
    listings = [b for box in boxes() for b in box.blocks if isinstance(b, Listing)]
    lines = [line.text for listing in listings for line in listing.lines]
    texts = [*lines, *(text for box in BOXES for text in said(box, "en"))]
    assert any(re.search(pattern, text) for text in texts)


# Packages and years


def test_anyio_plugs_into_pytest() -> None:
    assert "anyio" in entry_points(group="pytest11").names


@pytest.mark.parametrize(
    "call", [httpx.AsyncClient.get, anyio.open_file, anyio.to_thread.run_sync]
)
def test_httpx_and_anyio_are_awaited(call: Callable[..., Any]) -> None:
    assert inspect.iscoroutinefunction(call)


def test_the_other_packages_named_are_those_of_the_lessons() -> None:
    scripts = tree.scripts(entries.read().boxes["ecosystem"])
    declared = {
        Requirement(each).name
        for script in scripts
        for each in requirements(DEMOS / script)
    }
    rest = set(said("ecosystem", "en")) - declared
    # Three are neither in a lesson nor in a test: aiofiles, asyncpg, uvicorn.
    assert rest == {"aiofiles", "anyio", "asyncpg", "httpx", "uvicorn"}


def test_from_the_first_release_to_the_last_are_25_years() -> None:
    assert years.RELEASES[-1].year - years.RELEASES[0].year == 25
    assert years.TITLE["en"].startswith("Twenty-five years")
