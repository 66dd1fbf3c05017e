"""Syllabus 11.1, 11.2, 11.6: queues, and what limits how many jobs run at once."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Coroutine
from typing import Any

import pytest

from demos.library import closed_queue, queue_one, semaphore, tempo, window, workers
from media.figures import window as figure
from tests.pythons import ROOT
from tests.test_demos import sample
from tests.virtual import run_virtual, schedule

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


# A queue of size one


def test_a_slow_florist_makes_the_gardener_wait(capsys: Lines) -> None:
    asyncio.run(queue_one.main(gardener=0, florist=0.05))
    lines = printed(capsys)
    assert lines.index("cut 3") < lines.index("    got 2") < lines.index("put 3")


def test_a_slow_gardener_makes_the_florist_wait(capsys: Lines) -> None:
    asyncio.run(queue_one.main(gardener=0.1, florist=0))
    order = "cut {0}", "put {0}", "    got {0}"
    assert printed(capsys) == [line.format(n) for n in (1, 2, 3) for line in order]


# A random tempo, on a clock that only advances when the loop would wait


def test_the_sample_is_what_the_seed_gives(capsys: Lines) -> None:
    run_virtual(tempo.main(second=1.0))
    assert capsys.readouterr().out == sample(ROOT / "demos/library/tempo.py").output


@pytest.mark.parametrize("seed", range(20))
def test_more_places_never_make_it_longer(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempo, "Random", lambda _: random.Random(seed))

    async def session() -> None:
        rows = [await tempo.shop(places, 1.0) for places in (1, 2, 4, 0)]
        ends = [float(row.split()[2]) for row in rows]
        assert ends == sorted(ends, reverse=True)

    run_virtual(session())


# Workers


def test_each_job_is_done_once_and_nobody_is_left(capsys: Lines) -> None:
    async def session() -> set[asyncio.Task[Any]]:
        await workers.share(workers.plan())
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(session()) == set()
    flowers = [line.rpartition(" ")[2] for line in printed(capsys)]
    assert flowers == ["tulip", "iris", "rose", "lily"]


def test_join_waits_for_the_end_of_the_jobs() -> None:
    async def session() -> tuple[bool, bool]:
        jobs = asyncio.Queue[str]()
        jobs.put_nowait("tulip")
        working = asyncio.create_task(workers.worker("Anna", jobs))
        joined = asyncio.create_task(jobs.join())
        await asyncio.sleep(0)
        seen = jobs.empty(), joined.done()  # it is taken, not done
        await joined
        working.cancel()
        return seen

    assert asyncio.run(session()) == (True, False)


def test_three_work_at_once_a_tenth_of_a_second_each() -> None:
    assert schedule(workers.share(workers.plan())) == [
        (0, "Anna: waters tulip"),
        (0, "Bert: waters iris"),
        (0, "Cleo: waters rose"),
        (0.1, "Anna: waters lily"),
    ]


def test_shut_down_lets_the_workers_finish(capsys: Lines) -> None:
    if sys.version_info < (3, 13):
        assert not hasattr(asyncio.Queue, "shutdown")
        return
    asyncio.run(workers.share_and_shut_down(workers.plan()))
    *jobs, one, two, three = printed(capsys)
    assert len(jobs) == 4
    assert {one, two, three} == {f"{n}: goes home" for n in ("Anna", "Bert", "Cleo")}


def test_after_a_shutdown_nothing_enters_and_who_waits_is_told(capsys: Lines) -> None:
    asyncio.run(closed_queue.main())
    if sys.version_info < (3, 13):
        assert printed(capsys) == ["closed_queue: needs Python 3.13 or newer"]
        return
    after = printed(capsys)[2:]
    assert sorted(after[:2]) == ["put iris: QueueShutDown", "put rose: QueueShutDown"]
    assert after[2:] == ["get: tulip", "get: QueueShutDown"]


def test_an_immediate_shutdown_drops_what_is_left() -> None:
    if sys.version_info < (3, 13):
        return

    async def session() -> None:
        jobs = workers.plan()
        jobs.shutdown(immediate=True)
        with pytest.raises(asyncio.QueueShutDown):
            await jobs.get()
        await jobs.join()

    asyncio.run(session())


# A window, on a clock that only advances when the loop would wait


@pytest.mark.parametrize("lesson", [window, semaphore])
def test_the_sample_is_the_exact_schedule(lesson: Any, capsys: Lines) -> None:
    run_virtual(lesson.main(second=1.0))
    name = lesson.__name__.rpartition(".")[2]
    path = ROOT / "demos" / "library" / f"{name}.py"
    assert capsys.readouterr().out == sample(path).output


def test_both_windows_give_the_schedule_of_the_figure() -> None:
    async def session() -> None:
        queue = asyncio.Queue[None](figure.SLOTS)
        slots = window.Window(figure.SLOTS)
        spades = asyncio.Semaphore(figure.SLOTS)
        ways: list[list[Coroutine[Any, Any, window.Span]]] = [
            [window.job(queue, each) for each in figure.SECONDS],
            [window.job_inside(slots, each) for each in figure.SECONDS],
            [semaphore.job(spades, each) for each in figure.SECONDS],
        ]
        for jobs in ways:
            assert await window.timed(jobs) == [
                (run.start, run.end) for run in figure.RUNS
            ]

    run_virtual(session())


def test_a_job_that_fails_leaves_its_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(seconds: float) -> None:
        raise LookupError

    monkeypatch.setattr(window, "work", fail)
    monkeypatch.setattr(semaphore, "work", fail)

    async def session() -> None:
        queue, slots = asyncio.Queue[None](1), window.Window(1)
        spades = asyncio.Semaphore(1)
        for failing in (
            window.job(queue, 0),
            window.job_inside(slots, 0),
            semaphore.job(spades, 0),
        ):
            with pytest.raises(LookupError):
                await failing
        assert queue.empty()
        assert slots.slots.empty()
        assert not spades.locked()

    asyncio.run(session())


def test_who_gives_back_too_much_is_told(capsys: Lines) -> None:
    semaphore.give_back_too_many(asyncio.BoundedSemaphore(4))
    assert printed(capsys) == [
        "a fifth spade: BoundedSemaphore released too many times"
    ]
    plain = asyncio.Semaphore(4)
    semaphore.give_back_too_many(plain)
    assert printed(capsys) == []
