"""Code by address, as the sheet prints it: lines, and what each word is.

The words are the prose's: comments are left out. Only `await` and its kin are in
colour; other keywords are those of https://docs.python.org/3/library/keyword.html.
"""

from __future__ import annotations

import io
import keyword
import textwrap
import token
import tokenize
from collections.abc import Iterator, Sequence

from cheatsheet.entries import Part
from cheatsheet.nodes import Line, Run, RunKind
from slides import lessons
from slides.errors import Problem

WIDEST = 47
"""Characters of a line of code, at most."""


def listing(part: Part) -> tuple[str, tuple[Line, ...]]:
    """Return the demo's file and the lines that a part prints.

    Raises Problem for an address that leads nowhere, and for a line too long.
    """
    assert part.code is not None
    demo = part.code.partition(":")[0]
    lines = chosen(without_comments(lessons.code(part.code)), part)
    for line in lines:
        if len(line) > WIDEST:
            raise Problem(
                f"{part.code}: {len(line)} characters, {WIDEST} at most: {line}"
            )
    return demo, coloured(lines)


def without_comments(code: str) -> list[str]:
    """Return code's lines without their comments, nor the lines that are only one."""
    lines = code.split("\n")
    for each in _tokens(code):
        if each.type == token.COMMENT:
            row, start = each.start
            lines[row - 1] = lines[row - 1][:start].rstrip() or "#"
    return [line for line in lines if line != "#"]


def chosen(lines: Sequence[str], part: Part) -> list[str]:
    """Return the run of lines from the first that starts with one text to another."""
    start = _line(lines, part, part.start, 0) if part.start else 0
    end = _line(lines, part, part.end, start) if part.end else len(lines) - 1
    return textwrap.dedent("\n".join(lines[start : end + 1])).split("\n")


def _line(lines: Sequence[str], part: Part, text: str, after: int) -> int:
    for number, line in enumerate(lines[after:], start=after):
        if line.strip().startswith(text):
            return number
    raise Problem(f"{part.code}: no line of it starts with {text!r}.")


def coloured(lines: Sequence[str]) -> tuple[Line, ...]:
    """Return lines cut where their look changes."""
    kinds = [["plain"] * len(line) for line in lines]
    for kind, (row, start), (last, end) in marks("\n".join(lines)):
        for number in range(row, last + 1):
            left = start if number == row else 0
            right = end if number == last else len(lines[number])
            kinds[number][left:right] = [kind] * (right - left)
    return tuple(
        Line(line, tuple(_runs(line, kind)))
        for line, kind in zip(lines, kinds, strict=True)
    )


def marks(text: str) -> Iterator[tuple[RunKind, tuple[int, int], tuple[int, int]]]:
    """Yield what is not plain: its kind, and where it starts and ends, from (0, 0).

    The text may be lines from the middle of a function.
    """
    tokens = list(_tokens(text))
    for number, each in enumerate(tokens):
        following = tokens[number + 1].string if number + 1 < len(tokens) else ""
        before = tokens[number - 1].string if number else ""
        kind = _kind(each, before, following)
        if kind != "plain":
            (row, start), (last, end) = each.start, each.end
            yield kind, (row - 1, start), (last - 1, end)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens but those inside of f-strings: only 3.12 and newer give them."""
    depth = 0
    try:
        for each in tokenize.generate_tokens(io.StringIO(text).readline):
            name = token.tok_name[each.type]
            depth += name.endswith("STRING_START")
            if not depth:
                yield each
            depth -= name.endswith("STRING_END")
    except tokenize.TokenError:  # the end of a run in the middle of a statement
        return


def _kind(each: tokenize.TokenInfo, before: str, following: str) -> RunKind:
    if each.type != token.NAME or not keyword.iskeyword(each.string):
        return "plain"
    if each.string == "await":
        return "wait"
    if each.string == "async" and following in {"for", "with"}:
        return "wait"
    if each.string in {"for", "with"} and before == "async":
        return "wait"
    return "keyword"


def _runs(line: str, kinds: Sequence[str]) -> Iterator[Run]:
    start = 0
    for end in range(1, len(line) + 1):
        if end == len(line) or kinds[end] != kinds[start]:
            yield Run(kinds[start], line[start:end])  # type: ignore[arg-type]
            start = end
