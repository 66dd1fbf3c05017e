"""The engine alone: what it refuses, what it says, what runs on it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from demos.engine import foreign
from demos.engine.engine import (
    Cancelled,
    Deadlock,
    Future,
    Loop,
    Task,
    Timer,
    Waiter,
    call_later,
    gather,
    sleep,
)
from demos.engine.queues import Queue


def run(main: Coroutine[Any, Any, Any]) -> Any:
    return Loop().run(main)


# Bad use


def test_a_future_of_asyncio_says_whose_it_is() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    future = loop.create_future()

    async def main() -> None:
        await future

    with pytest.raises(TypeError, match=r"<Future pending> belongs to <.*EventLoop"):
        run(main())


def test_who_awaits_a_foreign_thing_may_catch_it() -> None:
    class Foreign:
        def __await__(self) -> Any:
            yield "tulip"

    async def main() -> str:
        with pytest.raises(TypeError, match="'tulip' belongs to another loop"):
            await Foreign()
        await sleep(0.001)
        return "goes on"

    assert run(main()) == "goes on"


def test_asyncio_refuses_a_foreign_thing_too() -> None:
    async def wait() -> None:
        await foreign.Parcel()

    with pytest.raises(RuntimeError, match="Task got bad yield: a parcel"):
        asyncio.run(wait())


def test_sleep_0_of_asyncio_is_a_bare_yield_and_runs() -> None:
    async def main() -> None:
        await asyncio.sleep(0)

    run(main())


def test_a_deadlock_lists_who_waits() -> None:
    async def stuck() -> None:
        await Future[None]()

    async def main() -> None:
        await gather(stuck(), stuck())

    with pytest.raises(Deadlock) as caught:
        run(main())
    first, *lines = str(caught.value).splitlines()
    assert first == ""
    names = [line.split(", line ") for line in lines]
    assert [name.rpartition(".")[2] for name, _ in names] == ["main", "stuck", "stuck"]
    start = test_a_deadlock_lists_who_waits.__code__.co_firstlineno
    assert [int(number) - start for _, number in names] == [5, 2, 2]


def test_a_cancelled_sleep_hides_no_deadlock() -> None:
    async def main() -> None:
        sleeping = Task(sleep_long())
        await sleep(0)
        sleeping.cancel()
        await Future[None]()

    async def sleep_long() -> None:
        await sleep(1000)

    with pytest.raises(Deadlock, match="main"):
        run(main())


@pytest.mark.parametrize("what", [3, sleep, Future])
def test_a_task_runs_a_coroutine(what: Any) -> None:
    async def main() -> None:
        with pytest.raises(TypeError, match="a task runs a coroutine, not "):
            Task(what)

    run(main())


def test_results_come_once_and_not_too_soon() -> None:
    async def main() -> None:
        future: Future[int] = Future()
        with pytest.raises(RuntimeError, match="there is no result yet"):
            future.result()
        future.set_result(1)
        assert await future == future.result() == 1
        with pytest.raises(RuntimeError, match="it is finished already"):
            future.set_result(2)
        assert not future.cancel()

    run(main())


# Tasks


def test_an_error_leaves_run_and_the_loop_is_set_back() -> None:
    async def inner() -> None:
        raise ValueError("tulip")

    async def main() -> None:
        loop = Loop.current
        with pytest.raises(ValueError, match="tulip"):
            run(inner())
        assert Loop.current is loop

    run(main())


def test_what_main_leaves_is_cancelled_and_cleans_up() -> None:
    seen = []

    async def left() -> None:
        try:
            await sleep(1000)
        finally:
            await sleep(0)
            seen.append("cleaned up")

    async def main() -> None:
        Task(left())
        Task(left()).cancel()  # before its start: it never has one
        await sleep(0.001)

    run(main())
    assert seen == ["cleaned up"]


def test_ctrl_c_cancels_tasks_and_leaves() -> None:
    seen = []

    async def other() -> None:
        try:
            await sleep(1000)
        except Cancelled:
            seen.append("cancelled")
            raise

    async def main() -> None:
        Task(other())
        await sleep(0.001)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(main())
    assert seen == ["cancelled"]


def test_a_task_is_kept_though_nobody_has_it() -> None:
    seen = []

    async def alone() -> None:
        await sleep(0.001)
        gc.collect()
        seen.append("done")

    async def main() -> None:
        Task(alone())
        gc.collect()
        await sleep(0.005)

    run(main())
    assert seen == ["done"]


def test_nothing_is_kept_of_a_task_that_ended() -> None:
    async def nothing() -> None:
        pass

    async def main() -> None:
        task = Task(nothing())
        await task
        assert task not in Loop.current.tasks

    loop = Loop()
    kept = weakref.ref(loop)
    loop.run(main())
    assert not loop.tasks
    assert not loop.ready
    assert kept() is loop


def test_a_waiter_waits_for_n() -> None:
    async def main() -> list[int]:
        waiter: Waiter[None] = Waiter(2)
        seen: list[int] = []

        async def wait(number: int) -> None:
            await waiter
            seen.append(number)

        waiting = gather(wait(1), wait(2))
        await sleep(0)
        waiter.set()
        await sleep(0.001)
        assert seen == []
        waiter.set()
        await waiting
        await Waiter(0)
        return seen

    assert run(main()) == [1, 2]


def test_timers_fire_in_order_and_call_later_calls() -> None:
    seen: list[int] = []

    async def main() -> None:
        for number in 3, 1, 2:
            call_later(number / 200, partial(seen.append, number))
        await sleep(4 / 200)

    run(main())
    assert seen == [1, 2, 3]


def test_a_timer_is_a_number() -> None:
    assert Timer(2) < Timer(3)


# What belongs to the language


def test_asynchronous_iteration_and_contexts() -> None:
    seen = []

    async def days(stop: int) -> AsyncIterator[int]:
        for day in range(stop):
            await sleep(0)
            yield day

    @asynccontextmanager
    async def garden() -> AsyncIterator[str]:
        seen.append("opens")
        await sleep(0)
        try:
            yield "tulips"
        finally:
            await sleep(0)
            seen.append("closes")

    async def main() -> list[int]:
        async with garden() as flowers:
            seen.append(flowers)
            return [day async for day in days(3) if day != 1]

    assert run(main()) == [0, 2]
    assert seen == ["opens", "tulips", "closes"]


def test_a_queue_hands_over_in_order() -> None:
    async def main() -> list[int]:
        queue: Queue[int] = Queue(2)

        async def put() -> None:
            for number in range(20):
                await queue.put(number)
                assert len(queue.items) <= 2

        async def get() -> list[int]:
            return [await queue.get() for _ in range(20)]

        putting = Task(put())
        got = await Task(get())
        await putting
        return got

    assert run(main()) == list(range(20))
