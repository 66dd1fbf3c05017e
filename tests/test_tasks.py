"""Syllabus 8: what the lessons of tasks claim."""

import asyncio
import gc
import re
import sys
from collections.abc import AsyncIterable
from typing import Any

import pytest

from demos.tasks import (
    as_completed,
    callbacks,
    cancel,
    empty_box,
    factorials,
    first_of,
    from_parts,
    future,
    group,
    kinds,
    lives,
    never_retrieved,
    shield,
    timeout,
    together,
    watchdog,
)
from tests.virtual import schedule

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


# 8.1


def test_only_the_task_runs_by_itself(capsys: Lines) -> None:
    asyncio.run(kinds.main())
    lines = printed(capsys)
    awaits = lines.index("main: a turn later, awaits each of them")
    assert lines[:awaits] == ["task: runs"]
    assert lines.index("coroutine: runs") > awaits


def test_a_second_await_fails_on_a_coroutine_only(capsys: Lines) -> None:
    asyncio.run(kinds.main())
    again = dict(re.findall(r"(\w+) again: (.+)", capsys.readouterr().out))
    assert again == {
        "coroutine": "cannot reuse already awaited coroutine",
        "future": "42",
        "task": "42",
    }


# 8.2


def test_a_future_carries_a_result_to_who_awaits_it(capsys: Lines) -> None:
    async def session() -> None:
        salary = asyncio.get_running_loop().create_future()
        await asyncio.gather(future.work(salary), future.pay(salary, 0))
        assert salary.result() == 1000

    asyncio.run(session())
    assert printed(capsys) == [
        "worker: waits",
        "payer: result() is 1000",
        "worker: gets 1000",
    ]


def test_a_future_carries_an_exception(capsys: Lines) -> None:
    async def session() -> None:
        salary = asyncio.get_running_loop().create_future()
        await asyncio.gather(future.work(salary), future.refuse(salary, 0))
        assert isinstance(salary.exception(), RuntimeError)

    asyncio.run(session())
    assert printed(capsys)[-1] == "worker: catches RuntimeError('bankrupt')"


def test_an_advance_is_handed_out_empty_and_filled_later() -> None:
    async def session() -> None:
        box = empty_box.advance(2)
        await asyncio.sleep(1)
        print(box.done())
        print(await box)

    assert schedule(session()) == [(1, "False"), (2, "1000")]


def test_a_box_holds_a_result_or_an_exception(capsys: Lines) -> None:
    asyncio.run(empty_box.fill())
    assert printed(capsys) == ["both are full, nobody has looked", "1000", "bankrupt"]


def test_callbacks_run_in_the_next_turn(capsys: Lines) -> None:
    asyncio.run(callbacks.main())
    lines = printed(capsys)
    first = lines.index("bell: tulip")
    assert lines[first - 1] == "set_result returns, no bell yet"
    assert lines[first + 1] == "a turn later"
    assert lines[-2:] == ["added to a done future, no bell yet", "bell: tulip"]


def test_a_removed_callback_does_not_run(capsys: Lines) -> None:
    asyncio.run(callbacks.main())
    lines = printed(capsys)
    assert lines[0] == "removed: 1 callback"
    assert not any("Future" in line for line in lines)


# 8.3


def test_factorials_advance_together(capsys: Lines) -> None:
    asyncio.run(factorials.main(delay=0.01))
    *steps, results = printed(capsys)
    assert [line[0] for line in steps] == ["A", "B", "C", "B", "C", "C"]
    assert results == "[2, 6, 24]"


async def garden(sleep: Any, gather: Any) -> None:
    """Grow a tulip for two seconds and an iris for one."""

    async def grow(name: str, days: float) -> str:
        await sleep(days)
        print(name)
        return name

    print(await gather(grow("tulip", 2), grow("iris", 1)))


def test_our_own_sleep_and_gather_do_as_those_of_asyncio() -> None:
    ours = schedule(garden(from_parts.sleep, from_parts.gather))
    assert ours == schedule(garden(asyncio.sleep, asyncio.gather))
    assert ours == [(1, "iris"), (2, "tulip"), (2, "['tulip', 'iris']")]


def test_a_gather_that_awaits_each_before_the_next_takes_the_sum() -> None:
    async def one_by_one(*coros: Any) -> list[Any]:
        return [await asyncio.create_task(coro) for coro in coros]

    lines = schedule(garden(from_parts.sleep, one_by_one))
    assert lines[-1] == (3, "['tulip', 'iris']")


# 8.4


def test_where_the_three_lives_are_kept() -> None:
    async def session() -> list[asyncio.Task[str]]:
        each = lives.returns, lives.catches, lives.fails
        tasks = [asyncio.create_task(life(0)) for life in each]
        assert not any(task.done() for task in tasks)
        await asyncio.wait(tasks)
        return tasks

    returned, caught, failed = asyncio.run(session())
    assert returned.result() == "in flower"
    assert (caught.result(), caught.exception()) == ("caught no water", None)
    assert isinstance(failed.exception(), ValueError)


def test_reading_the_result_of_the_one_that_failed(capsys: Lines) -> None:
    asyncio.run(lives.main(delay=0.01))
    lines = printed(capsys)
    assert [line for line in lines if "done() is False" in line] == lines[:3]
    assert lines[-1] == "fails: result() raises it again"


# 8.5


def test_the_loop_speaks_once_the_task_is_collected(capsys: Lines) -> None:
    asyncio.run(never_retrieved.main(delay=0.01))
    lines = printed(capsys)
    assert lines[0] == "main: done() is True, and not a word"
    dropped = lines.index("main: a while later, drops the task")
    assert lines[dropped + 1] == "loop: Task exception was never retrieved"


def test_as_long_as_it_is_kept_the_loop_is_silent() -> None:
    told: list[dict[str, Any]] = []

    async def session() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: told.append(context))
        task = asyncio.create_task(never_retrieved.fail())
        await asyncio.wait([task])
        gc.collect()
        assert told == []
        del task
        gc.collect()
        assert len(told) == 1

    asyncio.run(session())


def test_the_former_exception_handler_is_back() -> None:
    def ours(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Stand for what a notebook installs."""

    async def session() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(ours)
        await never_retrieved.main(delay=0)
        assert loop.get_exception_handler() is ours

    asyncio.run(session())


def test_the_watchdog_tells_while_others_still_run(capsys: Lines) -> None:
    asyncio.run(watchdog.main(delay=0.05))
    lines = printed(capsys)
    failure = lines.index("tulip failed: ValueError('no water')")
    assert failure < lines.index("iris: in flower") < lines.index("rose: in flower")


def test_all_tasks_is_a_set() -> None:
    async def ask() -> None:
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(ask())


def test_the_watchdog_leaves_older_tasks_alone(capsys: Lines) -> None:
    async def session() -> None:
        older = asyncio.create_task(watchdog.sprout("tulip", 0.02), name="older")
        await watchdog.main(delay=0.02)
        with pytest.raises(ValueError, match="no water"):
            await older

    asyncio.run(session())
    assert "older" not in capsys.readouterr().out


def test_the_watchdog_says_nothing_of_cancelled_tasks(capsys: Lines) -> None:
    told: list[dict[str, Any]] = []

    async def session() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: told.append(context))
        known = asyncio.all_tasks()
        task = asyncio.create_task(watchdog.sprout("iris", 60), name="iris")
        watchdog.watch(known)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(session())
    assert printed(capsys) == ["watching iris"]
    assert told == [], "the callback itself failed"


# 8.6


def test_cancel_takes_effect_at_the_tasks_next_turn(capsys: Lines) -> None:
    asyncio.run(cancel.main(delay=0.01))
    assert printed(capsys) == [
        "water: the tap is open",
        "main: cancel() is True",
        "main: cancelled() is False",
        "water: cancelled, closes the tap",
        "main: cancelled() is True",
    ]


def test_water_raises_again_what_it_caught(capsys: Lines) -> None:
    async def session() -> None:
        task = asyncio.create_task(cancel.water(60))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(session())
    assert printed(capsys)[-1] == "water: cancelled, closes the tap"


def test_main_can_itself_be_cancelled(capsys: Lines) -> None:
    async def session() -> None:
        task = asyncio.create_task(cancel.main(delay=60))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(session())
    # The end of `asyncio.run` cancels what `main` had started.
    assert printed(capsys)[-1] == "water: cancelled, closes the tap"


def test_behind_a_shield_the_task_goes_on(capsys: Lines) -> None:
    asyncio.run(shield.main(delay=0.1))
    lines = printed(capsys)
    assert lines.index("client: cancelled, leaves") < lines.index("save: ends")
    assert lines[-1] == "main: save.result() is 'saved'"


def test_who_waits_behind_a_shield_is_cancelled_all_the_same() -> None:
    async def session() -> tuple[bool, bool]:
        saving = asyncio.create_task(asyncio.sleep(60, "saved"))
        waiting = asyncio.create_task(shield.client(saving))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        return waiting.cancelled(), saving.cancelled()

    assert asyncio.run(session()) == (True, False)


def test_timeout_turns_a_cancellation_into_a_timeout_error(capsys: Lines) -> None:
    asyncio.run(timeout.too_short(0.02))
    assert printed(capsys) == ["nap: CancelledError", "outside: TimeoutError"]


def test_the_limit_is_what_it_says() -> None:
    async def session() -> None:
        await asyncio.sleep(5)  # not at the clock's zero
        await timeout.main(limit=1)

    assert schedule(session()) == [
        (6, "nap: CancelledError"),
        (6, "outside: TimeoutError"),
        (8, "nap: slept enough"),
        (8, "outside: expired() is False"),
    ]


def test_a_deadline_that_moves(capsys: Lines) -> None:
    asyncio.run(timeout.extended(0.1))
    assert printed(capsys) == ["nap: slept enough", "outside: expired() is False"]


# 8.7


def test_a_failure_cancels_the_siblings(capsys: Lines) -> None:
    asyncio.run(group.main(delay=0.05))
    assert printed(capsys) == [
        "iris: in flower",
        "tulip: wilts",
        "rose: cancelled",
        "ExceptionGroup: unhandled errors in a TaskGroup",
        "(ValueError('no water'),)",
    ]


def test_the_siblings_are_cancelled_at_once() -> None:
    seconds = [second for second, _ in schedule(group.main(delay=1))]
    assert seconds == [1, 2, 2, 2, 2]


def test_a_sibling_that_is_cancelled_counts_as_cancelled() -> None:
    async def session() -> bool:
        task = asyncio.create_task(group.bloom("rose", 60))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(session())


def test_a_group_raises_all_failures_at_once() -> None:
    async def session() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(group.wilt("one", 0))
            tasks.create_task(group.wilt("other", 0))

    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(session())
    assert [type(each) for each in raised.value.exceptions] == [ValueError] * 2


# Which call for which need


def test_gather_keeps_the_order_of_its_arguments(capsys: Lines) -> None:
    asyncio.run(together.in_order(0.02))
    lines = printed(capsys)
    assert lines[:2] == ["tulip: in flower", "rose: in flower"]
    assert lines[2] == "['rose', 'tulip']"


def test_gather_can_return_errors_once_all_have_ended() -> None:
    assert schedule(together.errors_too(1)) == [
        (1, "iris: wilts"),
        (2, "rose: in flower"),
        (2, "['rose', ValueError('no water')]"),
    ]


def test_gather_raises_while_the_others_go_on(capsys: Lines) -> None:
    asyncio.run(together.first_error(0.2))
    *_, raised, later = printed(capsys)
    assert raised == "raised: ValueError('no water')"
    assert later == "rose: in flower"


def test_the_first_answer_cancels_all_others() -> None:
    async def session() -> None:
        slow = [asyncio.create_task(asyncio.sleep(60, "snow")) for _ in range(3)]
        tasks = [*slow, asyncio.create_task(asyncio.sleep(0, "sun"))]
        assert await first_of.first_of(tasks) == "sun"
        assert all(task.cancelled() for task in slow)

    asyncio.run(session())


def test_the_first_end_may_be_an_error() -> None:
    async def session() -> None:
        tasks = [
            asyncio.create_task(together.wilt("iris", 0)),
            asyncio.create_task(asyncio.sleep(60, "sun")),
        ]
        with pytest.raises(ValueError, match="no water"):
            await first_of.first_of(tasks)
        assert tasks[1].cancelled()

    asyncio.run(session())


def test_results_come_as_they_are_ready(capsys: Lines) -> None:
    asyncio.run(as_completed.main(day=0.05))
    flowers = [line.split(",")[0] for line in printed(capsys)[:3]]
    assert flowers == ["crocus", "tulip", "rose"]


def test_since_3_13_as_completed_gives_the_tasks_themselves(capsys: Lines) -> None:
    async def session() -> set[bool]:
        tasks = as_completed.sow(0)
        coming = asyncio.as_completed(tasks)
        if not isinstance(coming, AsyncIterable):
            assert sys.version_info < (3, 13)
            await asyncio.wait(tasks)
            return {each in tasks for each in map(asyncio.ensure_future, coming)}
        return {each in tasks async for each in coming}

    assert asyncio.run(session()) == {sys.version_info >= (3, 13)}
