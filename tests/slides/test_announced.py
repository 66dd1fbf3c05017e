"""A sentence stands before what runs: broken and kept, in small decks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slides import deck, lessons
from slides.check import structure
from tests.slides.decks import cell, code, slide, write

RUN = code("print('tulip')")
LESSON = "tasks/cancel.py:water"
SHOWN = code(lessons.code(LESSON), f"demo: {LESSON}")


def faults(folder: Path, *slides: str) -> list[str]:
    path = write(folder / "en", *slides)
    return [fault for fault in structure(deck.read(path)) if "look for" in fault]


@pytest.mark.parametrize(
    "cells",
    [
        [RUN],
        [SHOWN, RUN],
        [code("import asyncio"), code("plant()")],
        [RUN, cell("fragment", "Too late, is it?")],
        [cell("skip", "Nobody sees it."), RUN],
        [cell("", "### Who drinks first?"), RUN],
        [cell("", "![Who drinks first?](../../media/x.svg)"), RUN],
        [cell("", "| who drinks? |\n|---|\n| we do. |"), RUN],
        [cell("", "Tulips and irises"), RUN],
        [cell("", "Why?"), RUN],
    ],
)
def test_what_runs_needs_a_sentence_before(tmp_path: Path, cells: list[str]) -> None:
    (fault,) = faults(tmp_path, slide("One", *cells))
    first = [c for c in deck.read(tmp_path / "en" / "01-why.md").cells if c.is_code]
    runs = [c for c in first if c.demo is None and "import" not in c.source]
    assert fault.startswith(f"{runs[0].place}: it runs;")


@pytest.mark.parametrize(
    "cells",
    [
        [cell("", "Who drinks first?"), RUN],
        [cell("", "Look at both answers of `cancelled()`."), RUN, RUN],
        [cell("fragment", "Qui boit d’abord\u00a0?"), SHOWN, RUN],
        [cell("", "**Who drinks first?**"), RUN],
        [cell("", "They say: «\u00a0Why me?\u00a0»"), RUN],
        [cell("", "- Who drinks first?\n- And last?"), RUN],
        [SHOWN],
    ],
)
def test_a_sentence_or_nothing_that_runs_is_enough(
    tmp_path: Path, cells: list[str]
) -> None:
    assert faults(tmp_path, slide("One", *cells)) == []


def test_the_sentence_may_stand_below_the_heading(tmp_path: Path) -> None:
    assert faults(tmp_path, slide("One\n\nWho drinks first?", RUN)) == []


def test_each_slide_needs_its_own(tmp_path: Path) -> None:
    said = slide("One", cell("", "Who drinks first?"), RUN)
    (fault,) = faults(tmp_path, said, slide("Two", RUN, RUN))
    assert re.search(r": cell 6: ", fault)


@pytest.mark.parametrize(
    "source",
    [
        "import asyncio\nfrom demos.tasks.cancel import water",
        "delays: list[float] = [0.1, -0.2]",
        "a, b = 'tulip', ('iris', {1: 2})\nport = server",
        "def f():\n    return plant()",
        "async def f():\n    await plant()",
        "class Tulip:\n    x = 1",
        "# nothing",
        "",
    ],
)
def test_names_alone_are_not_run(tmp_path: Path, source: str) -> None:
    assert faults(tmp_path, slide("One", code(source))) == []


@pytest.mark.parametrize(
    "source",
    [
        "port",
        "x = plant()",
        "answer = await task",
        "tasks = [each for each in delays]",
        "for each in delays: pass",
        "async with serve() as port: pass",
        "%timeit 1",
        "!ls",
        "import asyncio\nasyncio.run(1)",
        "await = 1",
    ],
)
def test_all_else_is_run(tmp_path: Path, source: str) -> None:
    assert len(faults(tmp_path, slide("One", code(source)))) == 1
