"""Syllabus 11.5: what blocks beside the loop, and what comes back from a thread."""

from __future__ import annotations

import asyncio
import math
import os
import threading
from types import SimpleNamespace

import pytest

from demos.library import blocking, context_vars, from_thread
from tests.virtual import schedule

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


# What blocks


def test_the_loop_is_free_but_for_the_direct_call(capsys: Lines) -> None:
    asyncio.run(blocking.main(delay=0.05))
    words = [line.partition(":")[0] for line in printed(capsys)]
    assert words[:2] == ["called", "tick"]
    assert words[2:] == ["tick", "to_thread", "tick", "executor", "tick", "process"]


def test_whose_thread_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    ours: list[bool] = []
    here = threading.get_ident()

    def note(pause: float) -> str:
        ours.append(threading.get_ident() == here)
        return "noted"

    monkeypatch.setattr(blocking, "water", note)
    for work in blocking.call, blocking.in_thread, blocking.in_pool:
        asyncio.run(work(0))
    assert ours == [True, False, False]


def is_elsewhere(pid: int) -> int:
    """Run in the pool: 7, three bits, in any process but that one."""
    return 0 if os.getpid() == pid else 7


def test_a_process_is_another_one(
    capsys: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(blocking.in_process(50))
    assert printed(capsys) == [f"process: {math.factorial(50).bit_length()} bits"]
    monkeypatch.setattr(blocking, "math", SimpleNamespace(factorial=is_elsewhere))
    asyncio.run(blocking.in_process(os.getpid()))
    assert printed(capsys) == ["process: 3 bits"]


# From a thread


def test_the_loop_runs_what_the_thread_asks_for(
    capsys: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    async def cut(flower: str) -> str:
        threads.append(threading.get_ident())
        return flower

    monkeypatch.setattr(from_thread, "cut", cut)
    asyncio.run(from_thread.main())
    assert threads == [threading.get_ident()]
    assert printed(capsys)[-1] == "bell: rung"


def test_a_failure_comes_back_to_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut(flower: str) -> str:
        raise LookupError(flower)

    monkeypatch.setattr(from_thread, "cut", cut)

    async def session() -> None:
        loop = asyncio.get_running_loop()
        with pytest.raises(LookupError, match="tulip"):
            await asyncio.to_thread(from_thread.florist, loop, asyncio.Event())

    asyncio.run(session())


def test_touching_the_loop_is_refused_in_debug_mode() -> None:
    # A future, as each `wait` of an Event has one; but no task, which would hang.
    async def session() -> None:
        waiter = asyncio.get_running_loop().create_future()
        waiter.add_done_callback(print)
        with pytest.raises(RuntimeError, match="Non-thread-safe"):
            await asyncio.to_thread(waiter.set_result, None)

    asyncio.run(session(), debug=True)


# Context variables


def test_each_task_sees_its_own(capsys: Lines) -> None:
    async def session() -> None:
        names = [f"gardener {number}" for number in range(9)]
        await asyncio.gather(*(context_vars.work(name) for name in names))
        assert printed(capsys) == [f"{name}: I am {name}" for name in names]
        assert context_vars.who() == "I am nobody"

    asyncio.run(session())


def test_others_set_their_own_in_between() -> None:
    async def session() -> None:
        await asyncio.gather(context_vars.work("Anna"), context_vars.work("Bert"))

    assert schedule(session()) == [
        (0.1, "Anna: I am Anna"),
        (0.1, "Bert: I am Bert"),
    ]


def test_a_plain_await_shares_the_context() -> None:
    async def session() -> str:
        await context_vars.work("Anna")
        return context_vars.who()

    assert asyncio.run(session()) == "I am Anna"
    assert context_vars.who() == "I am nobody"


def test_what_a_child_sets_does_not_come_back() -> None:
    async def session() -> str:
        context_vars.gardener.set("Cleo")
        await asyncio.create_task(context_vars.work("Anna"))
        return context_vars.who()

    assert asyncio.run(session()) == "I am Cleo"


def test_to_thread_carries_it_the_executor_does_not(capsys: Lines) -> None:
    asyncio.run(context_vars.send_others())
    assert printed(capsys) == [
        "Anna's task: I am Anna",
        "Anna's to_thread: I am Anna",
        "Anna's executor: I am nobody",
    ]
