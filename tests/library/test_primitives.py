"""Syllabus 11.3: what Lock, Event, Condition and Barrier promise."""

from __future__ import annotations

import asyncio

import pytest

from demos.library import barrier, condition, event, locks
from tests.virtual import run_virtual, schedule

# A lock, and none


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


# An event, and a bell that nobody remembers


@pytest.mark.parametrize("signal", [event.Bell, asyncio.Event])
def test_nobody_wakes_before_the_signal(signal: type[asyncio.Event]) -> None:
    said = schedule(event.morning(signal(), 1))
    assert said[:3] == [(0, "tulip: closed"), (1, "sun: rises"), (1, "tulip: open")]


def test_a_bell_is_lost_on_who_comes_later() -> None:
    assert schedule(event.morning(event.Bell(), 1))[3:] == [
        (1, "daisy: closed"),
        (2, "daisy: stays closed"),
    ]


def test_an_event_is_not() -> None:
    assert schedule(event.morning(asyncio.Event(), 1))[3:] == [
        (1, "daisy: closed"),
        (1, "daisy: open"),
    ]


def test_who_comes_later_does_not_even_suspend() -> None:
    async def session() -> bool:
        sunrise = asyncio.Event()
        sunrise.set()
        turn = asyncio.create_task(asyncio.sleep(0))
        await sunrise.wait()
        at_once = not turn.done()
        await turn
        return at_once

    assert asyncio.run(session())


def test_clear_makes_it_wait_again() -> None:
    async def session() -> None:
        sunrise = asyncio.Event()
        sunrise.set()
        sunrise.clear()
        async with asyncio.timeout(2):
            await event.open_up("iris", sunrise)

    with pytest.raises(TimeoutError):
        run_virtual(session())


# A condition, and an event in its place


def test_an_event_wakes_who_has_too_little() -> None:
    said = [line for _, line in schedule(condition.main(pause=1))]
    first = said[: said.index("a condition:")]
    assert [line for line in first if "takes" in line] == [
        "rose: takes 2, -1 left",
        "tulip: takes 1, -2 left",
    ]


def test_a_condition_gives_the_lock_back_while_it_waits() -> None:
    async def session() -> tuple[bool, bool]:
        barrel = condition.Barrel()
        drinking = asyncio.create_task(condition.drink("rose", 1, barrel))
        await asyncio.sleep(0)
        locked = barrel.filled.locked()
        await condition.rain(barrel, 0)
        await drinking
        return locked, barrel.level == 2

    assert asyncio.run(session()) == (False, True)


@pytest.mark.parametrize("needs", [(2, 1), (1, 2), (1, 1, 1), (3,)])
def test_a_condition_never_gives_too_much(needs: tuple[int, ...]) -> None:
    async def session() -> None:
        barrel = condition.Barrel()
        await asyncio.gather(
            *(condition.drink("rose", each, barrel) for each in needs),
            condition.rain(barrel, 1),
        )

    takes = [line for _, line in schedule(session()) if "takes" in line]
    assert len(takes) == len(needs)
    assert takes[-1].endswith(" 0 left")
    assert not [line for line in takes if "-" in line]


def test_a_condition_serves_first_who_has_enough() -> None:
    said = schedule(condition.main(pause=1))
    second = said[said.index((3, "a condition:")) + 1 :]
    assert [entry for entry in second if "takes" in entry[1]] == [
        (4, "tulip: takes 1, 0 left"),
        (6, "rose: takes 2, 0 left"),
    ]


# A barrier, and none


def test_without_a_barrier_some_start_too_early() -> None:
    said = schedule(barrier.main(pace=1))
    assert said[: said.index((3, "a barrier:"))] == [
        (0, "no barrier:"),
        (1, "Anna: starts with spade"),
        (2, "Bert: starts with spade, rake"),
        (3, "Cleo: starts with spade, rake, bulbs"),
    ]


def test_nobody_passes_the_barrier_before_all_have_come() -> None:
    said = schedule(barrier.main(pace=1))
    said = said[said.index((3, "a barrier:")) + 1 :]
    assert said[:3] == [
        (4, "Anna: is here"),
        (5, "Bert: is here"),
        (6, "Cleo: is here"),
    ]
    assert said[3:] == [  # the last does not wait
        (6, f"{name}: starts with spade, rake, bulbs")
        for name in ("Cleo", "Anna", "Bert")
    ]


def test_each_gets_a_number() -> None:
    async def session() -> list[int]:
        all_here = asyncio.Barrier(3)
        return await asyncio.gather(*(all_here.wait() for _ in range(3)))

    assert sorted(asyncio.run(session())) == [0, 1, 2]
