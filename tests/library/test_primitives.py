"""Syllabus 11.3: what Lock, Event, Condition and Barrier promise."""

from __future__ import annotations

import asyncio

import pytest

from demos.library import barrier, condition, event, locks
from tests.virtual import schedule

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("gardeners", [1, 2, 5])
def test_without_a_lock_writes_are_lost(gardeners: int) -> None:
    async def session() -> tuple[int, int]:
        one, other = locks.Barrel(), locks.Barrel()
        await asyncio.gather(
            *(locks.take(one) for _ in range(gardeners)),
            *(locks.take_alone(other) for _ in range(gardeners)),
        )
        return one.litres, other.litres

    assert asyncio.run(session()) == (9, 10 - gardeners)


def test_with_a_lock_they_take_one_after_the_other() -> None:
    async def session() -> None:
        barrel = locks.Barrel()
        await asyncio.gather(*(locks.take_alone(barrel) for _ in range(3)))
        print(barrel.litres)

    assert schedule(session()) == [(0.3, "7")]


def test_nobody_wakes_before_the_event(capsys: Lines) -> None:
    asyncio.run(event.main())
    lines = printed(capsys)
    rises = lines.index("sun: rises")
    assert lines[:rises] == ["tulip: closed", "crocus: closed"]
    assert lines[rises + 1 :][:2] == ["tulip: open", "crocus: open"]


def test_who_comes_later_does_not_wait(capsys: Lines) -> None:
    async def session() -> list[str]:
        sunrise = asyncio.Event()
        sunrise.set()
        turns = asyncio.create_task(asyncio.sleep(0, "a turn"))
        await event.sleepy("daisy", sunrise)
        early = not turns.done()  # it did not even suspend
        await turns
        sunrise.clear()
        late = asyncio.create_task(event.sleepy("iris", sunrise))
        await asyncio.sleep(0.02)
        late.cancel()
        return ["at once"] if early else []

    assert asyncio.run(session()) == ["at once"]
    assert printed(capsys) == ["daisy: closed", "daisy: open", "iris: closed"]


def test_a_condition_serves_who_has_enough(capsys: Lines) -> None:
    asyncio.run(condition.main())
    lines = printed(capsys)
    assert lines[:2] == ["rose: needs 2", "tulip: needs 1"]
    assert lines.index("tulip: takes 1") < lines.index("rose: takes 2")
    assert lines[lines.index("rose: takes 2") - 1] == "rain: level 2"


def test_nobody_passes_the_barrier_before_all_have_come(capsys: Lines) -> None:
    asyncio.run(barrier.main(pace=0.02))
    lines = printed(capsys)
    dug = [line.endswith("dug") for line in lines]
    assert dug == sorted(dug, reverse=True)
    assert dug.count(True) == 3


def test_one_of_them_is_told_apart(capsys: Lines) -> None:
    asyncio.run(barrier.main(pace=0.02))
    lines = printed(capsys)
    assert [line for line in lines if "fetches" in line] == ["Anna: fetches the bulbs"]
