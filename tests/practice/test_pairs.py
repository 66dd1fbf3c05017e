"""Syllabus 12.2 to 12.8: what is broken, and what mends it."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from demos.practice import (
    blocking_broken,
    blocking_fixed,
    forgotten_broken,
    forgotten_fixed,
    lock_broken,
    lock_fixed,
    never_awaited_broken,
    never_awaited_fixed,
    returned_gather_broken,
    returned_gather_fixed,
    sequential_broken,
    sequential_fixed,
    swallowed_broken,
    swallowed_fixed,
    two_runs_broken,
    two_runs_fixed,
)

Lines = pytest.CaptureFixture[str]

GARDEN = "import asyncio, runpy; asyncio.run(runpy.run_path({!r})['garden']())"


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


def told(lesson: ModuleType) -> tuple[str, str]:
    """Run a garden as its own program, which ends well; return what it says."""
    words = [sys.executable, "-c", GARDEN.format(lesson.__file__)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout, done.stderr


# 12.2


def test_without_await_nobody_waters_and_the_program_ends_well() -> None:
    output, errors = told(never_awaited_broken)
    assert output == "garden: all is watered\n"
    assert "RuntimeWarning: coroutine 'water' was never awaited" in errors


def test_awaited_or_in_a_group_it_runs_before_the_end(capsys: Lines) -> None:
    asyncio.run(never_awaited_fixed.main())
    assert printed(capsys)[-1] == "garden: all is watered"
    assert told(never_awaited_fixed)[1] == ""


# 12.3


@pytest.mark.parametrize(
    ("lesson", "late"), [(blocking_broken, True), (blocking_fixed, False)]
)
def test_who_holds_the_thread_stops_the_countdown(
    lesson: Any, late: bool, capsys: Lines
) -> None:
    asyncio.run(lesson.main(delay=0.2))
    lines = printed(capsys)
    ends = lines.index("countdown: 1")
    assert (lines.index("gauge: 40 mm") < ends) is late
    assert (lines.index("seeds: 5000") < ends) is late


# 12.6


@pytest.mark.parametrize("lesson", [forgotten_broken, forgotten_fixed])
def test_only_a_task_that_is_kept_sees_its_bee(lesson: Any, capsys: Lines) -> None:
    asyncio.run(lesson.main())
    flowers = [line for line in printed(capsys) if "in flower" in line]
    kept = lesson is forgotten_fixed
    assert flowers == ["tulip: in flower", "rose: in flower"] * kept


def test_a_task_that_something_leads_to_is_not_collected() -> None:
    """A timer of the loop keeps who sleeps: so the fault may stay unseen."""

    async def session() -> None:
        asyncio.create_task(asyncio.sleep(60), name="sleeper")  # noqa: RUF006
        await asyncio.sleep(0)
        gc.collect()
        assert "sleeper" in {task.get_name() for task in asyncio.all_tasks()}

    asyncio.run(session())


def test_the_set_lets_go_of_a_task_that_fails() -> None:
    async def fail() -> None:
        raise ValueError("no water")

    async def session() -> None:
        kept = forgotten_fixed.Tasks()
        forgotten_fixed.start(fail(), kept)
        (task,) = kept
        with pytest.raises(ValueError, match="no water"):
            await task
        assert not kept

    asyncio.run(session())


@pytest.mark.parametrize(
    ("lesson", "heard"), [(swallowed_broken, False), (swallowed_fixed, True)]
)
def test_who_swallows_a_cancellation_goes_on(
    lesson: Any, heard: bool, capsys: Lines
) -> None:
    async def session() -> bool:
        task = asyncio.create_task(lesson.weed(0.2))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(session()) is heard
    assert ("bed 3: weeded" not in printed(capsys)) is heard


@pytest.mark.parametrize(
    ("lesson", "alone"), [(lock_broken, True), (lock_fixed, False)]
)
def test_how_long_the_lock_keeps_the_others_out(
    lesson: Any, alone: bool, capsys: Lines
) -> None:
    asyncio.run(lesson.main(walk=0.05))
    lines = printed(capsys)
    fills = lines.index("apprentice: fills a can")
    assert (lines.index("gardener: waters") < fills) is alone
    assert "tank: 8 litres" in lines


def test_without_the_lock_a_litre_is_lost() -> None:
    async def session() -> int:
        tank = lock_fixed.Tank(0)
        await asyncio.gather(*(lock_fixed.draw(tank) for _ in range(5)))
        return tank.litres

    assert asyncio.run(session()) == 9


@pytest.mark.parametrize("lesson", [sequential_broken, sequential_fixed])
def test_one_after_the_other_or_all_at_once(lesson: Any, capsys: Lines) -> None:
    asyncio.run(lesson.main(delay=0.02))
    lines = printed(capsys)
    sown = [number for number, line in enumerate(lines) if "sown" in line]
    assert sown == ([0, 2, 4] if lesson is sequential_broken else [0, 1, 2])


# 12.8


def test_a_gather_that_is_returned_sows_and_no_more() -> None:
    output, errors = told(returned_gather_broken)
    assert output == "tulip: sown\nrose: sown\n"
    assert errors.startswith("_GatheringFuture exception was never retrieved\n")


def test_a_gather_that_is_awaited_gives_results(capsys: Lines) -> None:
    asyncio.run(returned_gather_fixed.main())
    assert printed(capsys)[-1] == "['tulip', 'rose']"


def test_a_second_run_is_refused_where_a_loop_runs(capsys: Lines) -> None:
    two_runs_broken.sow("iris")  # no loop runs here
    assert printed(capsys) == ["iris: in flower"]
    with pytest.raises(subprocess.CalledProcessError) as failed:
        told(two_runs_broken)
    assert "RuntimeError: asyncio.run() cannot be called" in failed.value.stderr


def test_one_run_and_a_thread_with_its_own(capsys: Lines) -> None:
    asyncio.run(two_runs_fixed.main())
    assert printed(capsys) == ["tulip: in flower", "iris: in flower"]
