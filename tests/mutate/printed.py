"""Which statements of a lesson the sheet prints."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from cheatsheet import entries
from cheatsheet.listing import listing
from slides.lessons import Documented, definitions

Statement = ast.stmt | ast.ExceptHandler
Words = dict[str, str]
"""What is printed of a lesson's definitions, squeezed, by their names."""


def printed() -> dict[str, Words]:
    """Return what the sheet prints of each lesson."""
    found: dict[str, Words] = {}
    for box in entries.read().boxes.values():
        for part in box.parts:
            if part.code is None:
                continue
            lesson, lines = listing(part)
            words = squeezed("\n".join(line.text for line in lines))
            for name in part.code.partition(":")[2].split(","):
                lesson_words = found.setdefault(lesson, {})
                lesson_words[name] = lesson_words.get(name, "") + words
    return found


def squeezed(code: str) -> str:
    """Return code as it is whatever its layout: no space, parenthesis, last comma."""
    code = re.sub(r"\s", "", code).replace('"', "'")
    code = re.sub(r",(?=[)\]}])", "", code)
    return re.sub(r"[()]", "", code)


def statements(source: str, words: Words) -> Iterator[tuple[str, Statement]]:
    """Yield the statements that are printed, with the definition that each is in."""
    for name, definition in definitions(ast.parse(source)):
        for node in ast.walk(definition) if name in words else ():
            if not isinstance(node, Statement) or is_docstring(node):
                continue
            if head(node) in words[name]:
                yield name, node


def head(node: Statement) -> str:
    """Return a statement without those inside of it, squeezed.

    A function's arguments may be printed otherwise than they stand there.
    """
    match node:
        case ast.ClassDef():
            bases = ",".join(map(ast.unparse, node.bases))
            return f"class{node.name}" + squeezed(bases)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return f"def{node.name}"
        case ast.ExceptHandler():
            return squeezed(ast.unparse(node.type)) if node.type else "except:"
        case ast.Try() | ast.TryStar():
            return "try:"
    return squeezed(ast.unparse(node).partition(":\n")[0])


def is_docstring(node: Statement) -> bool:
    """Tell whether it is a text alone."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def expressions(node: Statement, words: str) -> Iterator[ast.expr]:
    """Yield what a statement's head is made of, but the inside of f-strings.

    Of a function's, those that are printed; before 3.12, f-strings hide places.
    """
    waiting: list[ast.AST] = [node]
    if isinstance(node, Documented):
        waiting = [*node.decorator_list]
        if not isinstance(node, ast.ClassDef):
            waiting += printed_defaults(node.args, words)
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, ast.expr):
            yield each
        if not isinstance(each, ast.JoinedStr):
            inner = ast.iter_child_nodes(each)
            waiting += [child for child in inner if not isinstance(child, Statement)]


def printed_defaults(arguments: ast.arguments, words: str) -> Iterator[ast.expr]:
    """Yield the default values that are printed."""
    positional = [*arguments.posonlyargs, *arguments.args]
    last = positional[len(positional) - len(arguments.defaults) :]
    pairs = [*zip(last, arguments.defaults, strict=True)]
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    pairs += [(name, value) for name, value in named if value is not None]
    for name, value in pairs:
        if f"{name.arg}={squeezed(ast.unparse(value))}" in words:
            yield value
