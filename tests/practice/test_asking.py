"""Syllabus 12.1, 12.5: what Python says to a call, and what `inspect` does."""

from __future__ import annotations

import asyncio
import functools
import unittest
import warnings
from collections.abc import Callable, Coroutine

import pytest

from demos.practice import eight, inspecting, testing
from media.figures import eight as figure

Lines = pytest.CaptureFixture[str]


# 12.1


@pytest.mark.parametrize(
    "case",
    figure.CASES,
    ids=lambda case: f"{case.caller}-{case.called}-{case.awaited}",
)
def test_lesson_and_figure_agree(case: figure.Case) -> None:
    call = "await ask()" if case.awaited else "ask()"
    program = eight.program(case.caller, call, case.called)
    says = asyncio.run(eight.ask_python(program))
    name, _, reason = says.partition(": ")
    assert name == case.reply.says
    for words in case.reply.reason.split(" … "):
        assert words in reason


def test_the_filters_of_who_runs_it_are_left_alone() -> None:
    before = [*warnings.filters]
    asyncio.run(eight.main())
    assert [*warnings.filters] == before


# 12.5


def test_what_inspect_says_of_a_partial_and_of_an_awaitable_class() -> None:
    class Ready:
        def __await__(self) -> Coroutine[None, None, None]:
            raise AssertionError("not awaited here")

    partial = functools.partial(inspecting.water, "tulip")
    assert inspecting.kinds(partial) == "iscoroutinefunction"
    assert inspecting.kinds(Ready()) == "isawaitable"


def test_a_plain_function_that_returns_an_awaitable_is_awaited() -> None:
    def plain(flower: str) -> Coroutine[None, None, str]:
        return inspecting.water(flower)

    assert inspecting.kinds(plain) == "nothing"
    assert asyncio.run(inspecting.call(plain, "iris")) == "iris has water"
    assert asyncio.run(inspecting.call(inspecting.look, "iris")) == "iris is dry"


# Testing


WATER = testing.water


async def forgets_a_can(fill: testing.Fill, cans: int) -> str:
    return await WATER(fill, cans - 1)


async def fills_one_more(fill: testing.Fill, cans: int) -> str:
    said = await WATER(fill, cans)
    if said == "10 litres":
        await fill()
    return said


async def says_another(fill: testing.Fill, cans: int) -> str:
    said = await WATER(fill, cans)
    return said.replace("10", "11")


@pytest.mark.parametrize("wrong", [forgets_a_can, fills_one_more, says_another])
def test_the_lesson_s_tests_fail_when_water_is_wrong(
    wrong: Callable[[testing.Fill, int], Coroutine[None, None, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Lines,
) -> None:
    monkeypatch.setattr(testing, "water", wrong)
    asyncio.run(testing.main())
    assert capsys.readouterr().out == "test_frost: ok\n2 tests, 1 failures\n"


def test_unittest_itself_runs_them() -> None:
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(testing.WaterTest)
    outcome = tests.run(unittest.TestResult())
    assert (outcome.testsRun, outcome.wasSuccessful()) == (2, True)
