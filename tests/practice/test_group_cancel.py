"""Syllabus 8.7, by version: a group that ends early."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import pytest

from demos.practice import group_cancel

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_before_3_15_an_exception_ends_it(capsys: Lines) -> None:
    asyncio.run(group_cancel.first_before(0.01))
    lines = printed(capsys)
    assert lines[:2] == ["tulip: in flower", "rose: cancelled"]
    assert lines[2:] == ["except* Enough: the program goes on"]


def test_since_3_15_a_method_does(capsys: Lines) -> None:
    if sys.version_info < (3, 15):
        assert not hasattr(asyncio.TaskGroup, "cancel")
        asyncio.run(group_cancel.main())
        assert printed(capsys) == ["group_cancel: needs Python 3.15 or newer"]
        return
    asyncio.run(group_cancel.first(0.01))
    lines = printed(capsys)
    assert lines[:2] == ["tulip: in flower", "rose: cancelled"]
    assert lines[2:] == ["group.cancel(): the program goes on"]


def test_another_error_is_not_taken_for_enough() -> None:
    async def session(end: Callable[[], None]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(group_cancel.bloom("tulip", 0, end))
        except* group_cancel.Enough:
            pass

    def fail() -> None:
        raise LookupError

    asyncio.run(session(group_cancel.stop))
    with pytest.raises(ExceptionGroup) as failed:
        asyncio.run(session(fail))
    assert failed.group_contains(LookupError)


def test_it_cancels_the_body_too_and_leaves_no_trace() -> None:
    if sys.version_info < (3, 15):
        assert not hasattr(asyncio.TaskGroup, "cancel")
        return
    seen = []

    async def session() -> None:
        task = asyncio.current_task()
        assert task
        async with asyncio.TaskGroup() as group:
            asyncio.get_running_loop().call_soon(group.cancel)
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                seen.append("body: cancelled")
                raise
        seen.append(f"cancelling: {task.cancelling()}")
        group.cancel()  # too late, and twice: nothing
        await asyncio.sleep(0)
        seen.append("goes on")

    asyncio.run(session())
    assert seen == ["body: cancelled", "cancelling: 0", "goes on"]


def test_a_failure_still_leaves_as_an_exception() -> None:
    if sys.version_info < (3, 15):
        assert not hasattr(asyncio.TaskGroup, "cancel")
        return

    async def wilt(group: asyncio.TaskGroup) -> None:
        group.cancel()
        raise LookupError

    async def session() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(wilt(group))

    with pytest.raises(ExceptionGroup) as failed:
        asyncio.run(session())
    assert failed.group_contains(LookupError)
