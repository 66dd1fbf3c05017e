"""Syllabus 7: what the lessons of the loop claim."""

import asyncio
import os
import re
import selectors
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from demos.loop import (
    current,
    forever,
    fork,
    late_timer,
    left_over,
    loop_2014,
    ready,
    runner,
    signals,
    timers,
    two_loops,
    wake,
)
from tests.virtual import schedule

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


# 7.1


@pytest.mark.parametrize("garden", [fork.garden_2015, fork.garden])
def test_the_gardener_leaves_before_the_tap_is_shut(
    garden: Callable[[float], Awaitable[asyncio.Future[None]]],
) -> None:
    async def session() -> None:
        tap = await garden(1)
        assert isinstance(tap, asyncio.Task), "then and now"
        assert not tap.done()
        await tap

    lines = schedule(session())
    assert [second for second, _ in lines] == [0, 0, 1, 2]
    assert [line.split(": ")[1] for _, line in lines] == [
        "digs",
        "runs",
        "goes home",
        "shut",
    ]


def test_a_task_starts_once_who_made_it_awaits(capsys: Lines) -> None:
    asyncio.run(fork.garden(0.01))
    assert printed(capsys)[:2] == ["today: digs", "  tap: runs"]


def test_who_waits_for_both_ends_with_the_tap() -> None:
    assert [second for second, _ in schedule(fork.wait_for_both(1))] == [0, 0, 1, 2]


def test_nobody_leaves_a_group_before_its_tasks() -> None:
    assert schedule(fork.garden_group(1)) == [
        (0, "group: digs"),
        (0, "  tap: runs"),
        (2, "  tap: shut"),
        (2, "group: goes home"),
    ]


# 7.2


def test_the_next_run_for_ever_goes_on_from_there(capsys: Lines) -> None:
    forever.clock(0.01)
    lines = printed(capsys)
    assert lines == [
        "tick 1",
        "tick 2",
        "stopped: is_closed() is False",
        "tick 3",
        "tick 4",
        "closed: is_closed() is True",
    ]


def test_stop_lets_the_turn_end() -> None:
    heard: list[str] = []
    loop = asyncio.new_event_loop()
    loop.call_soon(loop.stop)
    loop.call_soon(heard.append, "same turn")
    loop.call_soon(loop.call_soon, heard.append, "next turn")
    loop.run_forever()
    assert heard == ["same turn"]
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert heard == ["same turn", "next turn"]
    loop.close()


def test_a_later_run_finishes_what_was_left_over(capsys: Lines) -> None:
    left_over.spring(0.1)
    assert printed(capsys) == [
        "crocus: in flower",
        "first run is over: tulip.done() is False",
        "tulip: in flower",
        "second run is over: tulip.done() is True",
    ]


def test_run_cancels_what_is_left_over(capsys: Lines) -> None:
    runner.run_once(0.1)
    assert printed(capsys) == ["crocus: in flower", "tulip: cancelled"]


def test_a_runner_keeps_it_for_the_next_run(capsys: Lines) -> None:
    runner.run_twice(0.3)  # a stall of half a second is nothing
    assert printed(capsys) == [
        "crocus: in flower",
        "between two runs",
        "tulip: in flower",
    ]


def test_a_runner_that_is_closed_cancels_as_well(capsys: Lines) -> None:
    with asyncio.Runner() as one:
        tulip = one.run(runner.sow(0.1))
        assert not tulip.done()
    assert tulip.cancelled()
    assert printed(capsys)[-1] == "tulip: cancelled"


# 7.5


def test_a_late_bell_rings_in_the_first_turn(capsys: Lines) -> None:
    late_timer.day(0.1)
    *before, bell = printed(capsys)
    assert not any(line.startswith("bell") for line in before)
    late = re.fullmatch(r"bell, (\d+\.\d+) s late", bell)
    assert late
    assert float(late[1]) > 0.1, "a run, a stand-still, less three delays"


# 7.3


def test_in_a_coroutine_and_what_it_calls_the_same_loop(capsys: Lines) -> None:
    asyncio.run(current.main())
    assert printed(capsys)[:2] == ["coroutine: a loop", "its function: the same loop"]


def test_a_thread_has_no_loop_or_its_own(capsys: Lines) -> None:
    asyncio.run(current.main())
    assert printed(capsys)[2:] == [
        "thread: no running event loop",
        "thread with asyncio.run: another loop",
        "thread, later: no running event loop",
    ]


def test_where_a_loop_runs_get_event_loop_gives_it() -> None:
    async def session() -> bool:
        return asyncio.get_event_loop() is asyncio.get_running_loop()

    assert asyncio.run(session())


def test_any_other_thread_has_always_had_to_set_its_own() -> None:
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(RuntimeError, match="no current event loop in thread"):
            asyncio.get_event_loop()
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        told.append("found" if asyncio.get_event_loop() is loop else "another")
        loop.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert told == ["found"]


def test_get_event_loop_with_no_loop_by_version(capfd: Lines) -> None:
    asyncio.run(loop_2014.main())
    made, given, policy = printed(capfd)
    expected = "works, DeprecationWarning"
    if sys.version_info < (3, 12):
        expected = "works"
    if sys.version_info >= (3, 14):
        expected = "RuntimeError"
    assert made == f"get_event_loop(): {expected}"
    assert given == "get_event_loop(), once one is set: works"
    assert ("Deprecation" in policy) is (sys.version_info >= (3, 14))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no sessions")
def test_a_terminals_ctrl_c_does_not_reach_the_child(
    monkeypatch: pytest.MonkeyPatch, capfd: Lines
) -> None:
    sessions = []
    start = asyncio.create_subprocess_exec

    async def noted(*words: Any, **options: Any) -> asyncio.subprocess.Process:
        child = await start(*words, **options)
        sessions.append(os.getsid(child.pid) == child.pid)
        return child

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    asyncio.run(loop_2014.main())
    assert sessions == [True]


def test_the_other_loop_goes_on_while_one_is_blocked(capsys: Lines) -> None:
    asyncio.run(two_loops.main(rhythm=0.1))
    lines = printed(capsys)
    blocked = lines.index("iris: blocks its loop"), lines.index("iris: goes on")
    ticks = [at for at, line in enumerate(lines) if line == "tulip: ticks"]
    assert len(ticks) == 3
    assert all(blocked[0] < at < blocked[1] for at in ticks)
    assert lines[-1] == "main awaits the tulip's future: RuntimeError"


def test_what_is_of_another_loop_says_so() -> None:
    future = asyncio.run(two_loops.tick(0))

    async def session() -> None:
        with pytest.raises(RuntimeError, match="attached to a different loop"):
            await future

    asyncio.run(session())


# 7.4


def test_soon_in_order_then_by_the_clock() -> None:
    assert schedule(timers.main(delay=1)) == [
        (0, "main: has asked for all of them"),
        (0, "0.00 s: tulip, soon"),
        (0, "0.00 s: iris, soon"),
        (1, "1.00 s: crocus, later"),
        (2, "2.00 s: rose, at"),
    ]


def test_only_the_safe_call_wakes_the_loop(capsys: Lines) -> None:
    wake.village(0.1)
    lines = printed(capsys)
    heard = {line.partition(",")[0]: float(line.rsplit(" ", 2)[1]) for line in lines}
    assert list(heard) == ["call_soon", "call_soon_threadsafe"]
    # A loop that sleeps 0.3 s, and somebody who knocks after 0.1 s.
    assert heard["call_soon"] > 1.5 * heard["call_soon_threadsafe"]


def test_debug_mode_refuses_the_call_that_is_not_safe() -> None:
    async def session() -> None:
        loop = asyncio.get_running_loop()
        with pytest.raises(RuntimeError, match="Non-thread-safe operation"):
            await asyncio.to_thread(loop.call_soon, print)

    asyncio.run(session(), debug=True)


def test_the_fountain_plays_until_sigterm(capsys: Lines) -> None:
    former = signal.getsignal(signal.SIGTERM)
    asyncio.run(signals.main(rhythm=0.05))
    lines = printed(capsys)
    assert lines == ["fountain: plays"] * 2 + ["SIGTERM", "fountain: shut off"]
    assert signal.getsignal(signal.SIGTERM) == former


def test_a_park_that_is_left_early_shuts_its_fountain_off(capsys: Lines) -> None:
    """On a stage, whose loop goes on: SIGTERM must end it again, and is not sent."""

    async def session() -> None:
        visit = asyncio.create_task(signals.main(rhythm=0.1))
        await asyncio.sleep(0.05)
        visit.cancel()
        await asyncio.wait([visit])
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await asyncio.sleep(0.15)

    former = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(session())
    signal.signal(signal.SIGTERM, former)
    assert printed(capsys) == ["fountain: plays", "fountain: shut off"]


def test_where_the_loop_cannot_the_interpreter_listens(
    capsys: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotImplementedError

    async def session() -> None:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "add_signal_handler", refuse)
        monkeypatch.setattr(loop, "remove_signal_handler", refuse)
        await signals.main(rhythm=0.05)

    former = signal.getsignal(signal.SIGTERM)
    asyncio.run(session())
    assert printed(capsys)[-2:] == ["SIGTERM", "fountain: shut off"]
    assert signal.getsignal(signal.SIGTERM) == former


@pytest.mark.skipif(os.name != "nt", reason="Windows only")
def test_on_windows_the_loop_hears_no_signals() -> None:
    async def session() -> None:
        with pytest.raises(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, print)

    asyncio.run(session())


def test_only_the_main_thread_may_ask_for_signals() -> None:
    async def session() -> None:
        loop = asyncio.get_running_loop()
        with pytest.raises((ValueError, RuntimeError, NotImplementedError)):
            loop.add_signal_handler(signal.SIGTERM, print)

    async def outside() -> None:
        await asyncio.to_thread(asyncio.run, session())

    asyncio.run(outside())


def test_the_selector_tells_who_is_ready(capsys: Lines) -> None:
    ready.watch(0.1)
    assert printed(capsys) == [
        "select, 0.10 s at most: []",
        "timer: it is time",
        "select, without end: ['meadow']",
        "socket: b'tulip'",
        'select, without end: ["loop\'s own"]',
        "thread: rain",
    ]


def test_what_is_ready_is_not_waited_for() -> None:
    limits: list[float | None] = []

    class Asked(selectors.DefaultSelector):
        def select(self, timeout: float | None = None) -> ready.Ready:
            limits.append(timeout)
            return super().select(timeout)

    loop = asyncio.SelectorEventLoop(Asked())
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    assert set(limits) == {0}
