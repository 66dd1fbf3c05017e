"""Syllabus 4.2, 4.3: `yield from` in `async def`, refused; and what stands for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator

import pytest

from demos.language import yield_from


@pytest.mark.parametrize("body", ["yield from [1]", "yield 1; return 2"])
def test_refused_with_pythons_own_words(body: str) -> None:
    with pytest.raises(SyntaxError) as refused:
        compile(f"async def dig():\n {body}", "garden.py", "exec")
    assert yield_from.complaint(body) == refused.value.msg


@pytest.mark.parametrize("body", ["await rain", "yield 1; return", "return 2"])
def test_allowed(body: str) -> None:
    assert yield_from.complaint(body) == "compiles"


def test_both_yield_the_same() -> None:
    async def session() -> list[str]:
        beds = yield_from.blooms("tulip", "iris"), yield_from.blooms("rose")
        return [flower async for flower in yield_from.async_join(*beds)]

    assert asyncio.run(session()) == [*yield_from.join(["tulip", "iris"], ["rose"])]


def test_yield_from_closes_the_inner_one_and_a_loop_does_not() -> None:
    ended: list[str] = []

    def bed() -> Iterator[str]:
        try:
            yield "tulip"
        finally:
            ended.append("def")

    async def async_bed() -> AsyncIterator[str]:
        try:
            yield "tulip"
        finally:
            ended.append("async def")

    garden = yield_from.join(inner := bed())
    next(garden)
    garden.close()  # type: ignore[attr-defined]
    assert ended == ["def"]

    async def session() -> None:
        inner = async_bed()
        garden = yield_from.async_join(inner)
        assert isinstance(garden, AsyncGenerator)
        await anext(garden)
        await garden.aclose()
        assert ended == ["def"]  # it is still held
        await inner.aclose()  # type: ignore[attr-defined]
        assert ended == ["def", "async def"]

    asyncio.run(session())
    del inner
