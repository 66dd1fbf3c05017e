"""Syllabus 4.1: what runs on the way in and on the way out, however a body ends."""

from __future__ import annotations

import asyncio

import pytest

from demos.language import async_with, context_manager
from tests.virtual import schedule

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_others_run_while_the_tap_opens(capsys: Lines) -> None:
    asyncio.run(async_with.main(delay=0.02))
    lines = printed(capsys)
    assert lines.index("bee: passes") < lines.index("tap: open")


def test_as_names_what_aenter_returns() -> None:
    class Rain(async_with.Tap):
        async def __aenter__(self) -> str:  # type: ignore[override]
            return "rain"

    async def session() -> object:
        async with Rain(0) as what:
            return what

    assert asyncio.run(session()) == "rain"


@pytest.mark.parametrize("error", [ValueError("no tulips"), asyncio.CancelledError()])
def test_the_tap_closes_and_the_error_goes_on(
    error: BaseException, capsys: Lines
) -> None:
    async def session() -> None:
        async with async_with.Tap(0):
            raise error

    with pytest.raises(type(error)):
        asyncio.run(session())
    assert printed(capsys) == ["tap: open", f"tap: closed, {error!r}"]


def test_true_ends_the_error_there() -> None:
    class Deaf(async_with.Tap):
        async def __aexit__(self, *_: object) -> bool:  # type: ignore[override]
            return True

    async def session() -> str:
        async with Deaf(0):
            raise ValueError
        return "goes on"

    assert asyncio.run(session()) == "goes on"


def test_the_body_runs_at_yield(capsys: Lines) -> None:
    asyncio.run(context_manager.water(1))
    assert printed(capsys) == [
        "well: open",
        "body: waters from the well",
        "well: closed",
    ]


def test_finally_closes_after_a_failure(capsys: Lines) -> None:
    with pytest.raises(ValueError, match="no tulips"):
        asyncio.run(context_manager.water(0))
    assert printed(capsys) == ["well: open", "well: closed"]


def test_the_stack_leaves_in_reverse_order(capsys: Lines) -> None:
    names = [f"tap {number}" for number in range(3)]
    asyncio.run(context_manager.water_from(*names))
    lines = printed(capsys)
    assert lines[:3] == [f"{name}: open" for name in names]
    assert lines[4:] == [f"{name}: closed" for name in reversed(names)]


def test_taps_open_and_close_one_after_the_other() -> None:
    assert schedule(context_manager.water_from("well", "pond")) == [
        (0.1, "well: open"),
        (0.2, "pond: open"),
        (0.2, "body: waters from well pond"),
        (0.3, "pond: closed"),
        (0.4, "well: closed"),
    ]


def test_what_was_entered_is_left_though_the_next_one_fails(
    capsys: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    tap = context_manager.tap

    def dry(name: str) -> object:
        if name == "pond":
            raise LookupError(name)
        return tap(name)

    monkeypatch.setattr(context_manager, "tap", dry)
    with pytest.raises(LookupError):
        asyncio.run(context_manager.water_from("well", "pond"))
    assert printed(capsys) == ["well: open", "well: closed"]
