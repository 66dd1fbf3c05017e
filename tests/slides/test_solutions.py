"""Live coding: a cell starts as an earlier stage has it, and a key solves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from slides import build, check, deck, run, solutions, sync
from slides.errors import Problem
from slides.talks import Repertoire
from tests.slides import decks
from tests.slides.decks import SHORT, cell, code, slide
from tests.slides.stage import SMALL, Show, Stage

BEFORE = "engine/stage_06_sockets.py:Loop.step"
AFTER = "engine/stage_07_future.py:Loop.step"

FUTURE = "engine/stage_07_future.py:Future.__await__"
WAITER = "engine/stage_06_sockets.py:Waiter.__await__"

SHOWN = 'from demos.engine import stage_07_future as last\nprint("parked" in CODE)'
CODE = "last.Loop.step.__code__.co_names"

GONE = "#notebook .present .present .stage-gone s"
MARKED = "#notebook .present .present .stage-changed"


DECK = (
    slide(
        "Une future se gare",
        code("...", f"demo: {AFTER}", f"from: {BEFORE}"),
        cell("-", "Que sait-elle faire\u00a0?"),
        code(SHOWN.replace("CODE", CODE)),
    ),
    slide("La suite", cell("-", "Et ici\u00a0?"), code(f"print({CODE})")),
    slide("Encore une", code("...", f"demo: {FUTURE}", f"from: {WAITER}")),
)
"""A slide of live coding, which a second cell looks at; what comes after it."""


def test_the_deck_shows_the_start_and_check_runs_the_solution(tmp_path: Path) -> None:
    path = decks.write(tmp_path / "fr", *DECK)
    sync.sync([str(path)])
    first, second, *_ = (c for c in deck.read(path).cells if c.is_code)
    assert "task.send(None)" in first.source
    assert "parked" not in first.source
    assert [*check.structure(deck.read(path))] == []
    (tmp_path / "talks.toml").write_text(SHORT, encoding="utf-8")
    talk = Repertoire(tmp_path).talk("short")
    made = build.notebook(talk)
    solution = made.cells[1].metadata["tulipes"]["solution"]
    assert solution["from"] == made.cells[1].source == first.source
    assert "future.parked.append(task)" in solution["code"]
    assert solution["gone"] == {}
    assert solution["differs"][0] == [2, 8, 16]  # future =
    done = run.run(made, lambda _: None)
    assert done.cells[1].source == solution["code"]
    assert done.cells[3].outputs[0].text == "True\n"
    assert second.source == made.cells[3].source


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([f"from: {BEFORE}"], f"from {BEFORE}, but to which demo?"),
        ([f"demo: {AFTER}", f"from: {AFTER}"], f"differs from {AFTER}:"),
        ([f"demo: {AFTER}", f"from: {BEFORE}s"], "defines no Loop.steps; it has"),
        ([f"demo: {AFTER}s", f"from: {BEFORE}"], "defines no Loop.steps; it has"),
    ],
)
def test_a_cell_that_cannot_be_solved_is_told(
    tmp_path: Path, options: list[str], said: str
) -> None:
    path = decks.write(tmp_path / "fr", slide("Un", code("pass", *options)))
    assert any(said in fault for fault in check.structure(deck.read(path)))


def test_sync_tells_where_an_address_leads_nowhere(tmp_path: Path) -> None:
    options = [f"demo: {AFTER}", "from: engine/stage_60.py:Loop"]
    path = decks.write(tmp_path / "fr", slide("Un", code("pass", *options)))
    with pytest.raises(Problem, match=r"cell 2: engine/stage_60.py:Loop: there is no"):
        sync.sync([str(path)])


def test_what_goes_stands_where_it_was_and_what_only_moves_does_not() -> None:
    before = "a = 1\nb = 2\n\nreturn a\nlast"
    after = "a = 1\nif b:\n    return a\nlast\nmore"
    assert solutions.gone(before, after) == {"1": ["b = 2"]}
    assert solutions.gone("a\nb", "a") == {"1": ["b"]}
    assert solutions.gone("a", "a") == {}
    assert solutions.gone("while a:\n    yield", "if b:\n    yield a") == {
        "0": ["while a:"]
    }
    assert solutions.gone("await grow(a)", "group.create_task(grow(a))") == {}


def test_two_versions_that_differ_in_all_words_are_marked(tmp_path: Path) -> None:
    after = "engine/stage_09_selector.py:AIOSocket.can_read,AIOSocket.can"
    before = "engine/stage_08_timers.py:AIOSocket.can_read"
    path = decks.write(
        tmp_path, slide("Un", code("x", f"demo: {after}", f"from: {before}"))
    )
    sync.sync([str(path)])
    known = solutions.facts(deck.read(path).cells[1])["solution"]
    lines = known["code"].split("\n")
    marked = [lines[line][start:end] for line, start, end in known["differs"]]
    assert "await self.can(EVENT_READ)" in marked
    assert "async def can_read(self) -> None:" not in marked


def test_a_rehearsal_leaves_the_live_coding_for_the_show(tmp_path: Path) -> None:
    """What only F7 and F8 solved is no edit; what was typed is."""
    (tmp_path / "talks.toml").write_text(SHORT, encoding="utf-8")
    sync.sync([str(decks.write(tmp_path / "fr", *DECK))])
    talk = Repertoire(tmp_path).talk("short")
    path = build.working_copy(talk, stage=tmp_path / "stage").path
    rehearsed = nbformat.read(path, as_version=4)
    cell = rehearsed.cells[1]
    start = cell.source
    for typed in start, "def step(self): ...":
        solutions.solve(cell)
        cell.metadata["typed"] = typed
        nbformat.write(rehearsed, path)
        again = build.working_copy(talk, stage=tmp_path / "stage")
        kept = nbformat.read(again.path, as_version=4).cells[1]
        if typed == start:
            assert (again.remark, kept.source) == ("", start)
            assert "typed" not in kept.metadata
        else:
            assert "Your edits are there" in again.remark
            assert kept.metadata["typed"] == typed


@pytest.fixture(scope="module")
def live(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[tuple[Stage, Show]]:
    """A show of one slide of live coding, and one after it."""
    kit = decks.kit(tmp_path_factory.mktemp("kit") / "tulipes", *DECK)
    sync.sync(map(str, kit.glob("slides/fr/*.md")))
    with Show(kit, talk="short", folder=kit, TULIPES_HOME="") as show:
        context = browser.new_context(viewport=SMALL)
        stage = Stage(context.new_page())
        stage.open(show.url)
        yield stage, show
        context.close()


def write(stage: Stage, source: str) -> None:
    """Write into the cell of live coding; no key comes before its editor has it."""
    stage.write(source)
    stage.page.wait_for_function(
        "text => Jupyter.notebook.get_cell(1).get_text() === text", arg=source
    )


def text(stage: Stage) -> str:
    """Return what the cell of live coding says."""
    return str(stage.cells()[1]["source"])


def printed(stage: Stage) -> str:
    """Return what the second slide's cell printed."""
    code = [node for node in stage.cells() if node["cell_type"] == "code"]
    return "".join(code[2]["outputs"][0]["text"])


def test_a_key_gives_the_solution_and_gives_back_what_was_typed(
    live: tuple[Stage, Show],
) -> None:
    stage, show = live
    stage.go(0)
    start = text(stage)
    stage.press("F7")
    assert "future.parked.append(task)" in text(stage)
    assert "future=if" in "".join(stage.page.locator(MARKED).all_inner_texts()).replace(
        " ", ""
    )
    stage.press("F7")
    assert text(stage) == start
    expect(stage.page.locator(MARKED)).to_have_count(0)
    typed = start.replace("task.send", "half = task.send")
    write(stage, typed)
    stage.press("F7", "Control+s")  # while it is edited, too
    stage.page.wait_for_function("!Jupyter.notebook.dirty")
    assert nbformat.read(show.copy, as_version=4).cells[1].source != typed
    stage.page.reload()
    stage.ready()
    expect(stage.page.locator(MARKED).first).to_be_visible()
    stage.press("F7")
    assert text(stage) == typed
    write(stage, start)
    stage.press("Escape", "PageDown", "F7")
    assert stage.message() == "No cell of this slide has a solution."


def test_nothing_that_is_typed_is_lost_to_the_key(live: tuple[Stage, Show]) -> None:
    """Neither before F7 nor in the solution, nor what the key itself wrote."""
    stage, _ = live
    stage.go(0)
    start = text(stage)
    write(stage, start.replace("task.send", "half = task.send"))
    stage.press("F7")
    assert stage.page.evaluate("Jupyter.notebook.mode") == "command"
    solution = text(stage)
    write(stage, solution.replace("future", "waits"))
    stage.press("F7")
    assert "half = task.send" in text(stage)
    stage.press("F7")
    assert "waits.parked" in text(stage)
    stage.press("Enter", "Control+z", "Escape")
    assert "waits.parked" in text(stage)
    write(stage, solution)
    stage.press("F7")
    assert "half = task.send" in text(stage)
    write(stage, start)
    stage.press("Escape")


def test_a_failed_try_is_gone_with_the_solution(live: tuple[Stage, Show]) -> None:
    stage, _ = live
    stage.go(0)
    start = text(stage)
    write(stage, "def step(self")
    stage.press("Shift+Enter")
    stage.idle()
    assert stage.cells()[1]["outputs"] != []
    stage.press("F7")
    assert stage.cells()[1]["outputs"] == []
    assert stage.page.evaluate("Jupyter.notebook.get_selected_index()") == 1
    stage.press("F7")
    write(stage, start)
    stage.press("Escape")


def test_what_a_solution_leaves_out_is_struck(live: tuple[Stage, Show]) -> None:
    stage, _ = live
    stage.go(2)
    expect(stage.page.locator(GONE)).to_have_count(0)
    stage.press("F7")
    struck = ["def __await__(self) -> Generator[None, None, None]:", "while self.left:"]
    expect(stage.page.locator(GONE)).to_have_text(struck)
    stage.press("F7")
    expect(stage.page.locator(GONE)).to_have_count(0)


def test_what_is_in_the_cell_is_what_runs_and_f8_solves_what_nobody_touched(
    live: tuple[Stage, Show],
) -> None:
    stage, _ = live
    stage.go(0)
    start = text(stage)
    stage.press(*["ArrowUp"] * 2, *["Shift+Enter"] * 2, "PageDown", "Shift+Enter")
    stage.idle()
    assert "parked" not in printed(stage)
    stage.go(1)
    stage.press("F8")
    stage.caught_up()
    stage.press("Shift+Enter")
    stage.idle()
    assert "parked" in printed(stage)
    stage.go(0)
    stage.press("F7")
    assert text(stage) == start
    write(stage, start.replace("task.send", "mine = task.send"))
    stage.press("Escape", "PageDown", "F8")
    stage.caught_up()
    stage.press("Shift+Enter")
    stage.idle()
    assert "parked" not in printed(stage)
    assert "mine" in text(stage)
