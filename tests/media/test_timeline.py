"""`timeline`, as one uses it in a notebook: the run, its result, its picture."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from media.facts import Blocked
from media.lang import LANGS, Lang
from media.outlines import outlined
from media.svg import DARK, LIGHT
from media.timeline import Timeline, timeline
from media.trace import Trace
from tests.media.pictures import SVG
from tests.peers import need

TICK = 0.01
"""Seconds that a coroutine sleeps."""


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a loop of its own."""
    with asyncio.Runner() as runner:
        return runner.run(main)


def recorded(*coros: Coroutine[Any, Any, Any], **options: Any) -> Timeline:
    """Return the timeline of coroutines, awaited."""

    async def whole() -> Timeline:
        return await timeline(*coros, **options)

    made = run(whole())
    assert isinstance(made, Timeline)
    return made


async def pieces(name: str, said: list[str] | None = None) -> str:
    """Sleep, and say so."""
    for part in ("start", "end"):
        if said is not None:
            said.append(f"{name}: {part}")
        print(f"{name}: {part}")
        await asyncio.sleep(TICK)
    return f"{name} is done"


async def rude() -> None:
    """Keep the thread."""
    await asyncio.sleep(0)
    time.sleep(0.06)  # noqa: ASYNC251 (the lesson)


async def fails(error: BaseException) -> None:
    """Raise."""
    await asyncio.sleep(0)
    raise error


async def group() -> None:
    """Fail as a group does."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(fails(ValueError("one")), name="first")
        tasks.create_task(asyncio.sleep(60), name="second")


def ends(trace: Trace) -> dict[str, str]:
    return {life.name: life.how for life in trace.lives}


# Running


def test_a_coroutine_runs_and_is_drawn() -> None:
    said: list[str] = []
    made = recorded(pieces("A", said))
    assert said == ["A: start", "A: end"]
    assert made.result() == "A is done"
    assert made.exception() is None
    (life,) = made.trace.lives
    assert (life.name, life.how, life.outcome) == ("pieces", "done", "'A is done'")
    assert [text for *_, text in life] == ["sleep(TICK)", "sleep(TICK)", ""]


def test_several_coroutines_are_gathered() -> None:
    said: list[str] = []
    made = recorded(pieces("A", said), pieces("B", said))
    assert said == ["A: start", "B: start", "A: end", "B: end"]
    assert made.result() == ["A is done", "B is done"]
    names = [(life.name, life.parent) for life in made.trace.lives]
    assert names == [("pieces", None), ("pieces", None)]
    assert "pieces 1" in made.svg()
    assert "pieces 2" in made.svg()


def test_a_result_that_says_nothing_is_not_written() -> None:
    assert not recorded(asyncio.sleep(0)).trace.lives[0].outcome
    several = recorded(asyncio.sleep(0), asyncio.sleep(0))
    assert several.result() == [None, None]
    assert not any(life.outcome for life in several.trace.lives)


def test_a_result_is_written_if_it_is_short() -> None:
    made = recorded(asyncio.sleep(0, "tulip"), asyncio.sleep(0, 3))
    assert made.result() == ["tulip", 3]
    outcomes = [life.outcome for life in made.trace.lives]
    assert outcomes == ["'tulip'", "3"]
    several = recorded(asyncio.sleep(0, ["tulip", 3]))
    assert several.trace.lives[0].outcome == "['tulip', 3]"
    long = recorded(asyncio.sleep(0, ["tulip"] * 100))
    assert len(long.result()) == 100
    assert not long.trace.lives[0].outcome


def test_a_result_whose_repr_fails_is_kept() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    made = recorded(asyncio.sleep(0, Shy()))
    assert type(made.result()) is Shy
    assert ends(made.trace) == {"sleep": "done"}
    assert "</svg>" in made.svg()


def test_a_block_is_recorded() -> None:
    async def whole() -> tuple[Timeline, str]:
        async with timeline() as made:
            task = asyncio.create_task(pieces("A"), name="A")
            with pytest.raises(RuntimeError, match="not over"):
                made.svg()
            result = await task
        late = asyncio.create_task(pieces("late"))
        await late
        return made, result

    made, result = run(whole())
    assert result == "A is done"
    assert ends(made.trace) == {"async with": "done", "A": "done"}
    assert "A" in made.svg()
    assert made.exception() is None


def test_an_error_of_a_block_is_drawn_and_raised() -> None:
    made = timeline()

    async def whole() -> None:
        async with made:
            await fails(ValueError("no water"))

    with pytest.raises(ValueError, match="no water"):
        run(whole())
    assert ends(made.trace) == {"async with": "failed"}
    assert "ValueError('no water')" in made.svg()
    assert isinstance(made.exception(), ValueError)


def test_a_block_that_blocks_lasts_until_its_end() -> None:
    async def whole() -> Timeline:
        async with timeline(slow=0.02) as made:
            task = asyncio.create_task(pieces("A"), name="A")
            time.sleep(0.1)  # noqa: ASYNC251 (the lesson)
            await task
        return made

    made = run(whole())
    block, child = made.trace.lives
    held = [end - start for start, end, _ in block]
    assert max(held) > made.trace.slow
    drawn = list(block)[-1][1]
    assert drawn >= list(child)[-1][1]


# Its result


def test_an_exception_is_kept_and_drawn() -> None:
    error = ValueError("no water")
    made = recorded(fails(error))
    assert made.exception() is error
    with pytest.raises(ValueError, match="no water") as raised:
        made.result()
    assert raised.value is error
    assert ends(made.trace) == {"fails": "failed"}
    assert "ValueError('no water')" in made.svg()


def test_one_of_several_that_fails_is_kept() -> None:
    made = recorded(fails(KeyError("tulip")), pieces("A"))
    assert isinstance(made.exception(), KeyError)
    assert ends(made.trace)["fails"] == "failed"
    assert ends(made.trace)["pieces"] == "pending"


def test_an_exception_group_is_kept() -> None:
    made = recorded(group())
    error = made.exception()
    assert isinstance(error, ExceptionGroup)
    assert [str(each) for each in error.exceptions] == ["one"]
    assert ends(made.trace) == {
        "group": "failed",
        "first": "failed",
        "second": "cancelled",
    }


def test_a_main_that_is_cancelled_is_kept() -> None:
    made = recorded(fails(asyncio.CancelledError("enough")))
    assert isinstance(made.exception(), asyncio.CancelledError)
    with pytest.raises(asyncio.CancelledError):
        made.result()
    assert ends(made.trace) == {"fails": "cancelled"}


def test_being_cancelled_stops_the_recording_and_propagates() -> None:
    made = timeline(asyncio.sleep(60))

    async def awaits() -> None:
        await made

    async def whole() -> tuple[bool, str]:
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(awaits())
        for _ in range(2):  # the task starts, then what it awaits
            await asyncio.sleep(0)
        assert "create_task" in vars(loop)
        task.cancel()
        await asyncio.wait([task])
        after = asyncio.create_task(pieces("after"))
        await after
        assert "create_task" not in vars(loop)
        return task.cancelled(), ends(made.trace)["sleep"]

    assert run(whole()) == (True, "cancelled")
    assert len(made.trace.lives) == 1
    assert made.alt.startswith("1 task, ")
    with pytest.raises(asyncio.CancelledError):
        made.result()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_exit_is_not_kept(error: type[BaseException]) -> None:
    made = timeline(fails(error()))

    async def whole() -> None:
        await made

    with pytest.raises(error):
        run(whole())
    assert ends(made.trace) == {"fails": "failed"}


# Misuse


def test_what_is_not_a_coroutine_is_refused() -> None:
    async def whole() -> None:
        future = asyncio.get_running_loop().create_future()
        with pytest.raises(
            TypeError, match=r"runs coroutines, not Future: .*gather"
        ) as f:
            timeline(future)  # type: ignore[arg-type]
        assert "\n" not in str(f.value)

    run(whole())
    with pytest.raises(TypeError, match="runs coroutines, not function"):
        timeline(pieces)  # type: ignore[arg-type]


def test_a_future_of_gather_is_refused() -> None:
    async def whole() -> None:
        both = asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))
        with pytest.raises(TypeError, match="not _GatheringFuture"):
            timeline(both)  # type: ignore[arg-type]
        await both

    run(whole())


def misused(use: Callable[[], Coroutine[Any, Any, Any]]) -> str:
    """Return the one line that a misuse is told in."""
    with pytest.raises((TypeError, RuntimeError)) as told:
        run(use())
    assert "\n" not in str(told.value)
    return str(told.value)


def test_nothing_to_run_is_told() -> None:
    async def use() -> None:
        await timeline()

    assert misused(use) == "nothing to run: await timeline(main())"


def test_awaited_twice_is_told() -> None:
    async def use(*coros: Coroutine[Any, Any, Any]) -> None:
        made = timeline(*coros)
        await made
        await made

    told = "a timeline records one run: make another"
    assert misused(lambda: use(pieces("A"))) == told
    assert misused(lambda: use(pieces("A"), pieces("B"))) == told


def test_entered_twice_is_told() -> None:
    async def use() -> None:
        made = timeline()
        async with made:
            pass
        async with made:
            pass

    assert misused(use) == "a timeline records one run: make another"


def test_a_block_with_coroutines_is_told() -> None:
    coro = pieces("A")

    async def use() -> None:
        async with timeline(coro):
            pass

    assert "runs none" in misused(use)
    coro.close()


def test_before_the_run_there_is_no_picture() -> None:
    coro = pieces("A")
    made = timeline(coro)
    for ask in (lambda: made.trace, made.svg, made.text, lambda: made.alt):
        with pytest.raises(RuntimeError, match="await the timeline first"):
            ask()
    assert repr(made) == "<timeline: nothing recorded yet>"
    assert made.exception() is None
    with pytest.raises(RuntimeError, match="await the timeline first"):
        made.result()
    coro.close()


# The picture


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("steps", [False, True])
def test_a_notebook_shows_it(lang: Lang, dark: bool, steps: bool) -> None:
    made = recorded(pieces("A"), lang=lang, dark=dark, steps=steps, title="A & <B>")
    svg = made._repr_svg_()
    assert svg == made.svg()
    html = made._repr_html_()
    assert html.startswith("<svg style=")
    assert "max-width: 100%" in html
    assert html.replace(' style="max-width: 100%; height: auto"', "", 1) == svg
    for text in (svg, html):
        root = ET.fromstring(text)
        assert root.tag == f"{SVG}svg"
        assert (root.get("role"), root.get("lang")) == ("img", lang)
        assert root[0].tag == f"{SVG}title"
        assert root[0].text == "A & <B>"
        assert (root[1].tag, root[1].text) == (f"{SVG}desc", made.alt)
        assert root[2].get("fill") == (DARK if dark else LIGHT).paper


def test_it_may_be_drawn_otherwise_afterwards() -> None:
    made = recorded(pieces("A"))
    time_scale = made.svg()
    assert "ms</text>" in time_scale
    made.steps = True
    assert "ms</text>" not in made.svg()
    made.steps, made.lang, made.dark, made.title = False, "fr", True, "Ma ronde"
    other = made.svg()
    assert DARK.paper in other
    assert "tient le fil" in other
    assert "<title>Ma ronde</title>" in other
    made.lang, made.dark, made.title = "en", False, ""
    assert made.svg() == time_scale


def test_the_language_is_that_of_the_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"fr": "le fil", "en": "the thread", "": "the thread", "tlh": "the thread"}
    for lang, word in words.items():
        monkeypatch.setenv("TULIPES_LANG", lang)
        assert f">{word}</text>" in recorded(pieces("A")).svg()
    monkeypatch.setenv("TULIPES_LANG", "fr")
    assert ">the thread</text>" in recorded(pieces("A"), lang="en").svg()
    monkeypatch.delenv("TULIPES_LANG")
    assert ">the thread</text>" in recorded(pieces("A")).svg()


def test_it_is_saved(tmp_path: Path) -> None:
    made = recorded(pieces("é\u00a0🌷"))
    for path in (tmp_path / "run.svg", str(tmp_path / "other.svg")):
        made.save(path)
        assert Path(path).read_bytes() == outlined(made.svg()).encode("utf-8")
    with pytest.raises(OSError, match="nowhere"):
        made.save(tmp_path / "nowhere" / "run.svg")


def test_a_terminal_shows_it() -> None:
    made = recorded(pieces("A"), pieces("B"))
    lines = str(made).splitlines()
    assert str(made) == made.text().plain
    assert [line.split()[0] for line in lines[:2]] == ["pieces", "pieces"]
    assert lines[2].startswith("the thread")
    assert repr(made) == f"<timeline: {made.alt}>"
    assert "\n" not in repr(made)
    for width in (50, 120):
        console = Console(width=width, color_system=None)
        with console.capture() as shown:
            console.print(made)
        assert shown.get() == made.text(width).plain + "\n"


def test_prints_are_drawn_instead_of_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = recorded(pieces("A"), prints=True)
    assert capsys.readouterr().out == ""
    assert {"A", "start", "end"} <= {*re.findall(">([^<]+)</text>", made.svg())}
    print("after")
    assert capsys.readouterr().out == "after\n"
    recorded(pieces("B"))
    assert capsys.readouterr().out == "B: start\nB: end\n"


def test_a_library_has_no_lane_for_its_own_tasks() -> None:
    async def _wait_for_close() -> None:
        await asyncio.sleep(TICK)

    async def visit() -> None:
        asyncio.create_task(_wait_for_close())  # noqa: RUF006 (a library may)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(pieces("A"))
            tasks.create_task(_wait_for_close(), name="mine")

    made = recorded(visit())
    assert len(made.trace.lives) == 4
    for drawn in (made.svg(), str(made)):
        assert "mine" in drawn
        assert "_wait" not in drawn
    assert made.alt.startswith("3 tasks, ")


def test_a_library_that_holds_the_thread_is_told() -> None:
    async def _crunch() -> None:
        time.sleep(0.06)  # noqa: ASYNC251 (the lesson)

    async def main() -> None:
        await asyncio.create_task(_crunch())

    assert "_crunch" in recorded(main(), slow=0.05).svg()
    assert "_crunch" in recorded(_crunch()).svg()


def test_slow_says_what_is_red() -> None:
    red = f'fill="{LIGHT.red}"'
    made = recorded(rude(), slow=0.03)
    assert red in made.svg()
    assert made.trace.slow == 0.03
    assert "rude holds it for" in made.alt
    assert "time.sleep(0.06)" in made.alt
    assert red not in recorded(rude(), slow=30).svg()


def test_what_blocked_is_told() -> None:
    made = recorded(rude(), rude(), slow=0.03)
    first, second = made.blocked
    assert (first.task, second.task) == ("rude 1", "rude 2")
    assert first.calls == second.calls == ("time.sleep(0.06)",)
    assert 0.06 <= first.seconds <= second.start + second.seconds - first.start
    assert isinstance(first, Blocked)
    assert recorded(rude(), slow=30).blocked == ()


def test_who_ended_how_is_told() -> None:
    made = recorded(group())
    told = {"group": "failed", "first": "failed", "second": "cancelled"}
    assert made.ends == told
    with pytest.raises(ExceptionGroup):
        made.result()


async def _asked() -> None:
    """Be what a library keeps to itself."""


async def asks() -> None:
    """Start it."""
    await asyncio.create_task(_asked())


def test_a_librarys_own_tasks_are_drawn_if_asked_for() -> None:
    made = recorded(asks())
    assert made.ends == {"asks": "done"}
    assert "_asked" not in made.svg()
    assert "_asked" not in str(made)
    made.helpers = True
    assert made.ends == {"asks": "done", "_asked": "done"}
    assert ">_asked</text>" in made.svg()
    assert "_asked" in str(made)
    assert recorded(asks(), helpers=True).alt.startswith("2 tasks")


def test_the_loops_own_limit_is_the_default() -> None:
    async def whole() -> Timeline:
        asyncio.get_running_loop().slow_callback_duration = 0.03
        return await timeline(rude())

    made = run(whole())
    assert made.trace.slow == 0.03
    assert "rude holds it for" in made.alt


@pytest.mark.parametrize("dark", [False, True])
def test_another_program_draws_it(tmp_path: Path, dark: bool) -> None:
    convert = need(
        shutil.which("rsvg-convert"), "rsvg-convert (apt install librsvg2-bin)"
    )
    path = tmp_path / "run.svg"
    recorded(pieces("A"), rude(), group(), slow=0.03, dark=dark).save(path)
    done = subprocess.run(
        [convert, "--width", "640", str(path)], capture_output=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(done.stdout[16:20], "big") == 640
