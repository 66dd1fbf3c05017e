"""Lessons by address: the code that a deck shows, read from the demos.

An address is `chapter/lesson.py:name` or `chapter/lesson.py:name,name`: top-level
functions, classes or variables, or `Class.method`, never line numbers. A slide's
title says what a docstring would: the code comes without it.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path

from slides.errors import Problem
from slides.paths import DEMOS

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Definition = Documented | ast.Assign


def code(address: str, demos: Path = DEMOS) -> str:
    """Return the code at an address, its definitions an empty line apart.

    Raises Problem for an address that leads nowhere.
    """
    file, _, names = address.partition(":")
    source, tree = parsed(file, address, demos)
    found = dict(definitions(tree))
    pieces = []
    if not names:
        known = ", ".join(found) or "nothing"
        example = f", such as {file}:{next(iter(found))}" if found else ""
        raise Problem(f"{address}: which part of it{example}? It has {known}.")
    for name in names.split(","):
        if name not in found:
            raise Problem(
                f"{address}: demos/{file} defines no {name or 'nameless thing'};"
                f" it has {', '.join(found) or 'nothing'}."
            )
        pieces.append(_without_docstrings(source, found[name]))
    return "\n\n".join(pieces)


def parsed(file: str, address: str, demos: Path = DEMOS) -> tuple[str, ast.Module]:
    """Return a lesson's source and its tree.

    Raises Problem for one that is not there, or that Python cannot read.
    """
    try:
        source = (demos / file).read_text(encoding="utf-8")
        return source, ast.parse(source, file)
    except OSError:
        raise Problem(f"{address}: there is no demos/{file}.") from None
    except UnicodeDecodeError:
        raise Problem(f"{address}: demos/{file} is not UTF-8.") from None
    except SyntaxError as error:
        place = f"demos/{file}:{error.lineno}"
        raise Problem(f"{address}: {place}: {error.msg}: mend it there.") from None


def definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Go through a file's functions, classes, methods, variables, by their names."""
    for node in tree.body:
        if isinstance(node, Documented):
            yield node.name, node
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, Documented):
                    yield f"{node.name}.{part.name}", part


def _without_docstrings(source: str, node: Definition) -> str:
    lines = source.splitlines()
    decorators = node.decorator_list if isinstance(node, Documented) else []
    start = min([node.lineno, *(d.lineno for d in decorators)])
    hidden: set[int] = set()
    for each in ast.walk(node):
        if not isinstance(each, Documented) or ast.get_docstring(each) is None:
            continue
        first = each.body[0]
        if len(each.body) > 1 and first.end_lineno is not None:
            hidden |= {*range(first.lineno, first.end_lineno + 1)}
            if not lines[first.end_lineno].strip():
                hidden.add(first.end_lineno + 1)
    shown = range(start, (node.end_lineno or start) + 1)
    return textwrap.dedent("\n".join(lines[n - 1] for n in shown if n not in hidden))
