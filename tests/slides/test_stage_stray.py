"""What the kernel prints for no cell is on the slide that is up, short, for a while."""

from __future__ import annotations

import pytest

from tests.slides.stage import Stage

BOX = ".present .stage-stray"

FORGOTTEN = (
    "import asyncio\nasync def bug(): return 1 / 0\nasyncio.create_task(bug())",
    "Task exception was never retrieved",
    "ZeroDivisionError: division by zero",
)
FORGOTTEN_LATE = (
    "import asyncio\ndef bug(): return 1 / 0\n"
    "handle = asyncio.get_running_loop().call_later(0.1, bug)",
    "Exception in callback bug()",
    "ZeroDivisionError: division by zero",
)
ELSEWHERE = (
    "import sys, threading\n"
    "def bug():\n    sys.stderr.set_parent({})  # of a cell that is gone\n    1 / 0\n"
    "thread = threading.Timer(0.1, bug); thread.start()",
    "Exception in thread",
    "ZeroDivisionError: division by zero",
)


def text(stage: Stage) -> str:
    """Wait for the box; return its words."""
    stage.page.wait_for_selector(BOX)
    return stage.page.inner_text(BOX)


@pytest.mark.parametrize(
    "told",
    [FORGOTTEN, FORGOTTEN_LATE, ELSEWHERE],
    ids=["task", "callback", "thread"],
)
def test_what_nobody_asked_for_is_told_until_a_cell_runs(
    cell: Stage, told: tuple[str, str, str]
) -> None:
    code, first, last = told
    cell.run(code)
    said = text(cell)
    assert said.startswith(f"From no cell: {first}")
    assert said.endswith(last)
    assert "stage-stray" not in cell.page.evaluate(
        "JSON.stringify(Jupyter.notebook.toJSON())"
    )
    cell.run("1 + 1")
    assert cell.page.locator(".stage-stray").count() == 0


def test_it_goes_with_the_slide(cell: Stage) -> None:
    cell.run(FORGOTTEN[0])
    text(cell)
    cell.press("PageUp")
    assert cell.page.locator(".stage-stray").count() == 0


def test_it_is_on_the_slide_that_is_up(cell: Stage) -> None:
    cell.start("import asyncio\nawait asyncio.sleep(0.5)\n" + FORGOTTEN_LATE[0])
    cell.press("PageUp")
    assert "ZeroDivisionError" in text(cell)


def test_a_flood_is_short(cell: Stage) -> None:
    cell.run(
        "import asyncio\nasync def bug(number): raise ValueError('tulip' * 200)\n"
        "for number in range(300): asyncio.create_task(bug(number))\n"
        "async def last(): raise KeyError('last')\n"
        "handle = asyncio.get_running_loop().call_later("
        "0.5, lambda: asyncio.create_task(last()) and None)"
    )
    cell.page.wait_for_function(
        "(box) => document.querySelector(box)?.textContent.includes(\"'last'\")",
        arg=BOX,
    )
    lines = text(cell).splitlines()
    assert len(lines) <= 5
    assert max(map(len, lines)) < 200


def test_what_an_earlier_run_prints_is_no_trouble(cell: Stage) -> None:
    ticker = (
        "import asyncio\nticks = 0\nasync def tick(name):\n    global ticks\n"
        "    for _ in range(3):\n"
        "        print(name); ticks += 1; await asyncio.sleep(0.1)\n"
    )
    cell.run(ticker + "old = asyncio.create_task(tick('old')); None")
    cell.run("print('new'); await old; await asyncio.sleep(0.3)")
    assert cell.output() == "new"
    assert cell.page.locator(".stage-stray").count() == 0
