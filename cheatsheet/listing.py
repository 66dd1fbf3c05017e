"""Code by address, as the sheet prints it: lines, and what each word is.

The words are the prose's: comments are left out, and so are the types of signatures,
for which a narrow column has no room; nothing else differs from the demo. Only `await`
and its kin are in colour; the other keywords, those of
https://docs.python.org/3/library/keyword.html, are bold.
"""

from __future__ import annotations

import ast
import functools
import io
import keyword
import re
import subprocess
import textwrap
import token
import tokenize
from collections.abc import Iterator, Sequence

from ruff import find_ruff_bin

from cheatsheet.entries import Part
from cheatsheet.nodes import Line, Run, RunKind
from slides import lessons
from slides.errors import Problem

WIDEST = 47
"""Characters of a line of code, at most."""

DEEPEST = 12
"""Columns that a run of lines may stand deep in its function."""


def listing(part: Part) -> tuple[str, tuple[Line, ...]]:
    """Return the demo's file and the lines that a part prints.

    Raises Problem for an address that leads nowhere, and for a line too long.
    """
    assert part.code is not None
    demo = part.code.partition(":")[0]
    code = bare(lessons.code(part.code))
    # Lines chosen from deep in a function may be longer than the function's own.
    for width in range(WIDEST + DEEPEST, WIDEST - 1, -4):
        lines = chosen(laid_out(code, width).split("\n"), part)
        if lines and max(map(len, lines)) <= WIDEST:
            _whole(part, lines)
            return demo, coloured(drawn_up(lines))
    if not lines:
        raise Problem(f"{part.code}: no lines from {part.start!r} to {part.end!r}.")
    long = max(lines, key=len)
    raise Problem(f"{part.code}: {len(long)} characters, {WIDEST} at most: {long}")


class Bare(ast.NodeTransformer):
    """Takes the types out of signatures: a narrow column has no room for them."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Leave the argument's name."""
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave what the function does."""
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Leave what the coroutine function does."""
        node.returns = None
        return self.generic_visit(node)


def bare(code: str) -> str:
    """Return code without comments and the types of its signatures."""
    return ast.unparse(Bare().visit(ast.parse(code)))


@functools.cache
def laid_out(code: str, width: int) -> str:
    """Return the same code in lines of so many characters at most, where it can be."""
    # Ours is the only configuration, and a comma of the demo's does not break a line.
    options = f"line-length={width}", "format.skip-magic-trailing-comma=true"
    command = [find_ruff_bin(), "format", "--isolated", "-"]
    for option in options:
        command += ["--config", option]
    done = subprocess.run(
        command, input=code, capture_output=True, text=True, check=True
    )
    return re.sub(r"\n{2,}", "\n\n", done.stdout.strip())


def _whole(part: Part, lines: Sequence[str]) -> None:
    """Raise Problem for lines that end, or begin, in the middle of a statement."""
    try:
        ast.parse("\n".join(lines))
    except SyntaxError as error:
        raise Problem(f"{part.code}: cut in a statement: {error.msg}.") from None


def drawn_up(lines: Sequence[str]) -> list[str]:
    """Return lines of which none is but closing brackets, where these have room."""
    up: list[str] = []
    for line in lines:
        brackets = line.strip()
        closes = bool(brackets) and not brackets.strip(")]}")
        if up and closes and len(up[-1].rstrip(",") + brackets) <= WIDEST:
            up[-1] = up[-1].rstrip(",") + brackets
        else:
            up.append(line)
    return up


def chosen(lines: Sequence[str], part: Part) -> list[str]:
    """Return the lines from the first that starts with one text to one with another.

    None if there are no such lines.
    """
    start = _first(lines, part.start, 0) if part.start else 0
    if start is None:
        return []
    end = _first(lines, part.end, start) if part.end else len(lines) - 1
    if end is None:
        return []
    return textwrap.dedent("\n".join(lines[start : end + 1])).split("\n")


def _first(lines: Sequence[str], text: str, after: int) -> int | None:
    """Return the number of the first line, from `after` on, that starts with a text."""
    for number, line in enumerate(lines[after:], start=after):
        if line.strip().startswith(text):
            return number
    return None


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
    # A run may end in the middle of a function.
    except (tokenize.TokenError, IndentationError):
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
