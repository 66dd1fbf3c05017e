"""Syllabus 4.2, 4.4: who gives the items of an `async for`, and who ends first."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import aclosing

import pytest

from demos.language import async_for, generator, interleaved
from tests.virtual import schedule

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_one_is_an_ordinary_method_the_other_a_coroutine_function() -> None:
    blooms = async_for.Blooms
    assert not inspect.iscoroutinefunction(blooms.__aiter__)
    assert inspect.iscoroutinefunction(blooms.__anext__)


def test_an_iterable_gives_an_iterator_to_each_loop() -> None:
    bed = async_for.Bed("tulip", "iris")
    assert not hasattr(bed, "__anext__")

    async def session() -> list[tuple[str, str]]:
        return [(one, other) async for one in bed async for other in bed]

    pairs = asyncio.run(session())
    assert len(pairs) == len(set(pairs)) == 4


def test_an_iterator_is_used_up() -> None:
    async def session() -> list[list[str]]:
        blooms = aiter(async_for.Bed("tulip", "iris"))
        return [[flower async for flower in blooms] for _ in range(2)]

    assert asyncio.run(session()) == [["tulip", "iris"], []]


def test_by_hand_is_the_same(capsys: Lines) -> None:
    bed = async_for.Bed("tulip", "iris")
    asyncio.run(async_for.watch(bed, "by hand"))
    lines = printed(capsys)
    asyncio.run(async_for.watch_by_hand(bed))
    assert printed(capsys) == [*lines, "by hand: StopAsyncIteration"]


def test_a_loop_left_early_leaves_its_generator_open(capsys: Lines) -> None:
    async def session() -> None:
        await generator.leave_early()
        assert printed(capsys) == ["break: tulip", "after break"]
        await asyncio.sleep(0.05)
        assert printed(capsys) == ["generator: ends"]

    asyncio.run(session())


def test_aclosing_ends_it_before_what_follows(capsys: Lines) -> None:
    asyncio.run(generator.leave_and_close())
    assert printed(capsys)[-2:] == ["generator: ends", "after aclosing"]


@pytest.mark.parametrize("error", [ValueError(), asyncio.CancelledError()])
def test_aclosing_ends_it_though_the_body_fails(
    error: BaseException, capsys: Lines
) -> None:
    async def session() -> None:
        bed = generator.blooms("tulip", "iris")
        async with aclosing(bed):
            async for _ in bed:
                raise error

    with pytest.raises(type(error)):
        asyncio.run(session())
    assert printed(capsys) == ["generator: ends"]


def test_a_generator_waits_before_each() -> None:
    async def session() -> None:
        async for flower in generator.blooms("tulip", "iris"):
            print(flower)

    assert schedule(session()) == [
        (0.1, "tulip"),
        (0.2, "iris"),
        (0.2, "generator: ends"),
    ]


def test_a_comprehension_reads_it_whole(capsys: Lines) -> None:
    assert asyncio.run(generator.choose()) == ["iris", "rose"]
    assert printed(capsys) == ["generator: ends"]


def test_lines_come_as_they_are_ready(capsys: Lines) -> None:
    asyncio.run(interleaved.main(pace=0.03))
    lines = printed(capsys)
    names = [line.partition(":")[0] for line in lines]
    assert names != sorted(names, key=names.index)  # not an answer at a time
    for name in {*names}:
        own = [line for line in lines if line.startswith(name)]
        assert own == [f"{name}: a {stage}" for stage in ("leaf", "bud", "flower")]


def test_a_server_whose_listeners_have_left_says_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def session() -> None:
        listening = asyncio.create_task(interleaved.main(pace=0.05))
        await asyncio.sleep(0.1)
        listening.cancel()
        await asyncio.wait([listening])

    asyncio.run(session())
    assert caplog.messages == []
