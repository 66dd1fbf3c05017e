"""Syllabus 11.5: what blocks beside the loop, and what comes back from a thread."""

from __future__ import annotations

import asyncio
import math
import os
import select
import sys
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pickle import PicklingError
from types import SimpleNamespace

import pytest

from demos.library import (
    blocking,
    context_vars,
    from_thread,
    new_process,
    regular_file,
    side_by_side,
)
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


def test_a_cancelled_wait_leaves_its_thread_at_work() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        ended.wait()

    async def session() -> bool:
        waiting = asyncio.create_task(asyncio.to_thread(work))
        await asyncio.to_thread(begun.wait)
        waiting.cancel()
        await asyncio.wait([waiting])
        still = waiting.cancelled() and not ended.is_set()
        ended.set()
        return still

    assert asyncio.run(session())


# Four ways, side by side


def test_direct_calls_come_one_after_the_other() -> None:
    calls: list[str] = []

    def work() -> None:
        calls.append("begins")
        calls.append("ends")

    asyncio.run(side_by_side.directly(work))
    assert calls == ["begins", "ends"] * 4


def test_four_threads_wait_at_once() -> None:
    """Each of the four waits until all four have begun, or fails."""
    four = threading.Barrier(4)

    async def session() -> None:
        with ThreadPoolExecutor(4) as pool:
            await side_by_side.in_pool(pool, partial(four.wait, 60))

    asyncio.run(session())


def test_the_loop_s_own_threads_do_so_too() -> None:
    four = threading.Barrier(4)

    async def session() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(4))
        await side_by_side.in_threads(partial(four.wait, 60))

    asyncio.run(session())


def test_four_processes_are_none_of_ours() -> None:
    async def session() -> list[object]:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            return await side_by_side.in_pool(pool, os.getpid)

    assert os.getpid() not in asyncio.run(session())


def test_what_cannot_be_pickled_does_not_go_to_a_process() -> None:
    async def session() -> None:
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        with pool, pytest.raises((PicklingError, AttributeError), match="lambda"):
            await side_by_side.in_pool(pool, lambda: 1)

    asyncio.run(session())


# What a new process knows


GUARDED = ('if __name__ == "__main__":', "    asyncio.run(ask_child())")
METHOD = "import multiprocessing; multiprocessing.set_start_method({!r})"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's methods")
@pytest.mark.parametrize(
    ("method", "flower"),
    [("fork", "rose"), ("forkserver", "tulip"), ("spawn", "tulip")],
)
def test_a_fork_alone_has_seen_what_was_changed(method: str, flower: str) -> None:
    guard, run = GUARDED
    text = new_process.script(guard, f"    {METHOD.format(method)}", run)
    assert asyncio.run(new_process.told(text)) == f"the child sells {flower}"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's default")
def test_linux_forks_up_to_3_13() -> None:
    default = "fork" if sys.version_info < (3, 14) else "forkserver"
    assert get_context().get_start_method() == default


# A regular file


@pytest.mark.skipif(sys.platform != "linux", reason="epoll")
def test_the_loop_refuses_a_file_and_takes_a_pipe() -> None:
    async def session() -> None:
        loop = asyncio.get_running_loop()
        with tempfile.TemporaryFile() as file:
            with pytest.raises(PermissionError):
                loop.add_reader(file, print)
            with pytest.raises(ValueError, match="Pipe transport"):
                await loop.connect_read_pipe(asyncio.Protocol, file)
        here, there = os.pipe()
        os.close(there)
        with os.fdopen(here) as pipe:
            transport, _ = await loop.connect_read_pipe(asyncio.Protocol, pipe)
            transport.close()
            await asyncio.sleep(0)

    asyncio.run(session())


@pytest.mark.skipif(os.name == "nt", reason="select knows only sockets there")
def test_a_file_is_always_ready() -> None:
    with tempfile.TemporaryFile() as file:
        assert select.select([file], [file], [], 0) == ([file], [file], [])


def test_the_loop_is_free_while_a_thread_reads(capsys: Lines) -> None:
    asyncio.run(regular_file.main(delay=0.05))
    assert printed(capsys)[-2:] == ["tick", "thread: tulip, 3 euros"]


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
