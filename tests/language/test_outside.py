"""Syllabus 4.3: where `await` is a SyntaxError."""

from __future__ import annotations

import ast
import asyncio
import types

import pytest

from demos.language import await_outside

SOURCES = await_outside.sources()
OWN = [source for source in SOURCES if source.startswith(("def", "lambda"))]
"""Functions of their own."""


@pytest.mark.parametrize("source", SOURCES)
def test_outside_each_is_refused_with_pythons_own_words(source: str) -> None:
    ast.parse(source)  # the grammar takes it
    with pytest.raises(SyntaxError) as refused:
        compile(source, "garden.py", "exec")
    assert await_outside.complaint(source) == refused.value.msg


@pytest.mark.parametrize("source", SOURCES)
def test_inside_only_functions_of_their_own_are(source: str) -> None:
    complaint = await_outside.complaint(await_outside.in_async_def(source))
    assert bool(complaint) == (source in OWN)


@pytest.mark.parametrize("source", SOURCES)
def test_a_notebooks_cell_may_await(source: str) -> None:
    flag = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    if source in OWN:
        with pytest.raises(SyntaxError):
            compile(source, "cell", "exec", flag)
    else:
        assert isinstance(compile(source, "cell", "exec", flag), types.CodeType)


def test_the_lesson_names_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(await_outside.main())
    outside, inside = capsys.readouterr().out.split("in async def, ")
    assert all(source in outside for source in SOURCES)
    assert inside.splitlines()[1:] == OWN
