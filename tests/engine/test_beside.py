"""What stands beside asyncio runs the same, and the engine costs least."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

import pytest

from demos.engine import beside

NAMES = ["engine", "asyncio", "uvloop", "trio"]


def printed(capsys: pytest.CaptureFixture[str], times: int, rounds: int) -> list[str]:
    asyncio.run(beside.main(times=times, rounds=rounds))
    return capsys.readouterr().out.splitlines()


def test_the_engine_costs_less_than_asyncio() -> None:
    runs = beside.on_engine, beside.on_asyncio
    costs = [[beside.cost(run, 50) for run in runs] for _ in range(5)]
    engine, others = (min(column) for column in zip(*costs, strict=True))
    assert engine < others


def test_each_runs_the_same_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("uvloop")
    pytest.importorskip("trio")
    slept: list[str] = []
    rest = beside.rest

    async def watched(sleep: Callable[[float], Awaitable[object]], times: int) -> None:
        async def noted(seconds: float) -> None:
            slept.append(sleep.__module__.partition(".")[0])
            await sleep(seconds)

        await rest(noted, times)

    monkeypatch.setattr(beside, "rest", watched)
    lines = printed(capsys, times=2, rounds=3)
    work = 2 * 3 * beside.TASKS
    assert slept == ["demos"] * work + ["asyncio"] * 2 * work + ["trio"] * work
    assert [line.split()[0] for line in lines] == ["CPU", *NAMES]


@pytest.mark.parametrize("missing", ["uvloop", "trio"])
def test_what_is_missing_is_one_line(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    lines = printed(capsys, times=1, rounds=1)
    assert [line.split()[0] for line in lines] == ["CPU", *NAMES]
    assert f"{missing:7}  is not installed" in lines
