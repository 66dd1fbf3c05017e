"""Syllabus 12.4 and 12.6: a lost error, clean-up, task, answer; and what keeps it."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from demos.practice import (
    cut_short_broken,
    cut_short_fixed,
    late_answer_broken,
    late_answer_fixed,
    left_running_broken,
    left_running_fixed,
    lost_error_broken,
    lost_error_fixed,
)
from tests.practice.test_pairs import printed, told
from tests.virtual import run_virtual

Lines = pytest.CaptureFixture[str]


def pair(broken: ModuleType, fixed: ModuleType) -> pytest.MarkDecorator:
    """Run a test with both; `well` is true of the one that is fixed."""
    return pytest.mark.parametrize(
        ("lesson", "well"), [(broken, False), (fixed, True)], ids=["broken", "fixed"]
    )


# A lost error.


def test_the_error_of_a_task_is_told_after_all_seems_well() -> None:
    output, errors = told(lost_error_broken)
    assert output.splitlines()[-1] == "garden: 2 flowers are planted"
    assert "tulip" not in output
    assert errors.startswith("Task exception was never retrieved\n")
    assert errors.endswith("ValueError: no bulb\n")


def test_it_is_told_when_the_task_is_thrown_away_and_no_earlier(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def session() -> None:
        kept = {asyncio.create_task(lost_error_broken.plant("tulip"))}
        await asyncio.sleep(0.05)
        assert [task.done() for task in kept] == [True]
        assert caplog.messages == []
        kept.clear()
        assert "never retrieved" in caplog.text

    with caplog.at_level(logging.ERROR, "asyncio"):
        asyncio.run(session())


def test_a_group_or_an_await_raises_it(capsys: Lines) -> None:
    output, errors = told(lost_error_fixed)
    assert "garden: (ValueError('no bulb'),)" in output
    assert errors == ""

    async def session() -> None:
        with pytest.raises(ValueError, match="no bulb"):
            await asyncio.create_task(lost_error_fixed.plant("tulip"))

    asyncio.run(session())


# A `finally` that awaits.


@pair(cut_short_broken, cut_short_fixed)
def test_a_second_cancel_ends_the_clean_up_unless_it_is_shielded(
    lesson: Any, well: bool, capsys: Lines
) -> None:
    asyncio.run(lesson.main(delay=0.02))
    said = printed(capsys)
    assert ("gardener: the tap is closed" in said) is well
    assert said[-1] == f"garden: cancelled() is True, tap.open is {not well}"


@pair(cut_short_broken, cut_short_fixed)
def test_so_does_a_timeout_that_ends_meanwhile(lesson: Any, well: bool) -> None:
    """The inner one cancels the water, the outer one what cleans up after it."""

    tap = lesson.Tap()

    async def session() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2), asyncio.timeout(1):
                await lesson.sprinkle(tap, 3)

    run_virtual(session())
    assert tap.open is not well


@pytest.mark.parametrize("lesson", [cut_short_broken, cut_short_fixed])
def test_cancelled_once_both_close_the_tap(lesson: Any) -> None:
    async def session() -> bool:
        tap = lesson.Tap()
        task = asyncio.create_task(lesson.sprinkle(tap, 0.01))
        await asyncio.sleep(0)
        assert tap.open
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        return bool(tap.open)

    assert asyncio.run(session()) is False


def test_a_third_cancel_ends_even_what_is_shielded() -> None:
    async def session() -> bool:
        tap = cut_short_fixed.Tap()
        task = asyncio.create_task(cut_short_fixed.sprinkle(tap, 60))
        for _ in range(3):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.wait([task])
        return tap.open

    assert asyncio.run(session()) is True


INTERRUPTED = """
import asyncio, runpy, signal
lesson = runpy.run_path({!r})
tap = lesson["Tap"]()
async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(0.1, signal.raise_signal, signal.SIGINT)
    loop.call_later(0.3, signal.raise_signal, signal.SIGINT)
    await lesson["sprinkle"](tap, 0.6)
try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("tap.open is", tap.open)
"""


@pytest.mark.parametrize("lesson", [cut_short_broken, cut_short_fixed])
def test_ctrl_c_twice_ends_even_what_is_shielded(lesson: Any) -> None:
    """`asyncio.run` cancels `main` at the first one, every task at the second."""
    words = [sys.executable, "-c", INTERRUPTED.format(lesson.__file__)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "tap.open is True", done.stderr


# `gather` that leaves its others running.


@pair(left_running_broken, left_running_fixed)
def test_after_the_first_error_the_others_go_on_or_are_cancelled(
    lesson: Any, well: bool, capsys: Lines
) -> None:
    async def session() -> set[asyncio.Task[Any]]:
        await lesson.garden(60)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        return left

    left = asyncio.run(session())
    assert len(left) == (not well)
    error = "ValueError('no water')"
    ended = ["rose: cancelled", f"garden: ({error},)"] if well else [f"garden: {error}"]
    assert printed(capsys)[: len(ended)] == ended


@pair(left_running_broken, left_running_fixed)
def test_only_a_group_tells_of_a_second_error(
    lesson: Any, well: bool, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[BaseException] = []

    async def session() -> None:
        async def fail_later() -> None:
            try:
                await asyncio.sleep(0.01)
            finally:
                raise KeyError("rose")

        try:
            if lesson is left_running_broken:
                await asyncio.gather(lesson.wilt("tulip"), fail_later())
            else:
                async with asyncio.TaskGroup() as group:
                    group.create_task(lesson.wilt("tulip"))
                    group.create_task(fail_later())
        except* (ValueError, KeyError) as group_of:
            errors.extend(group_of.exceptions)
        await asyncio.sleep(0.05)

    with caplog.at_level(logging.ERROR, "asyncio"):
        asyncio.run(session())
    assert {type(error) for error in errors} == (
        {ValueError, KeyError} if well else {ValueError}
    )
    assert caplog.messages == []  # nor does the loop tell of it


# A timeout that races a result.


@pair(late_answer_broken, late_answer_fixed)
def test_an_answer_in_time_is_dropped_or_read(
    lesson: Any, well: bool, capsys: Lines
) -> None:
    asyncio.run(lesson.main(delay=0.05))
    _, gardener, box = printed(capsys)
    assert gardener == "gardener: " + ("ten tulips" if well else "no letter")
    assert box == "letter box: ten tulips"


def put_into(letter: asyncio.Future[str]) -> None:
    if not letter.done():
        letter.set_result("ten")


@pair(late_answer_broken, late_answer_fixed)
@pytest.mark.parametrize("first", ["answer", "limit"])
def test_what_counts_is_the_turn_in_which_both_come(
    lesson: Any, well: bool, first: str
) -> None:
    """Whichever comes first in it: who waits resumes a turn later."""

    async def session() -> str:
        loop = asyncio.get_running_loop()
        letter: asyncio.Future[str] = loop.create_future()
        now = loop.time()
        due = {"answer": (0.02, 0.04), "limit": (0.04, 0.02)}[first]
        loop.call_at(now + due[0], put_into, letter)
        loop.call_soon(lesson.busy, 0.1)
        return str(await lesson.read(letter, due[1]))

    answer = asyncio.run(session())
    if first == "limit" and not well:
        assert answer == "no letter"  # it came too late, and was cancelled
    else:
        assert answer == ("ten" if well else "no letter")


@pair(late_answer_broken, late_answer_fixed)
def test_a_letter_that_comes_too_late_is_cancelled_or_kept(
    lesson: Any, well: bool
) -> None:
    async def session() -> bool:
        letter: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        assert await lesson.read(letter, 0.01) == "no letter"
        return letter.cancelled()

    assert asyncio.run(session()) is not well


@pytest.mark.parametrize("held", [False, True])
def test_a_queue_keeps_what_a_timeout_did_not_get(held: bool) -> None:
    """`get` takes an item when it resumes: one that is cancelled leaves it there."""

    async def session() -> list[str]:
        queue: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        loop.call_later(0.02, queue.put_nowait, "ten tulips")
        if held:
            loop.call_soon(late_answer_broken.busy, 0.1)
        got = []
        try:
            async with asyncio.timeout(0.04 if held else 60):
                got.append(await queue.get())
        except TimeoutError:
            assert held
            got.append(queue.get_nowait())
        return got

    assert asyncio.run(session()) == ["ten tulips"]
