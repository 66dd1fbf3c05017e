"""The names of a cell: those that it binds, and those that it needs."""

from __future__ import annotations

import ast
import dis
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import CodeType

STORES = {"STORE_NAME", "STORE_GLOBAL"}
LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}


@dataclass(frozen=True)
class Names:
    """What a cell binds, what it needs at once, what its functions need when called."""

    bound: set[str] = field(default_factory=set)
    now: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)


def names(source: str) -> Names:
    """Return a cell's names, as its compiled code has them; none if it has an error."""
    found = Names()
    with suppress(SyntaxError):
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(plain(source), "cell", "exec", flags, dont_inherit=True)
        for step in dis.get_instructions(code):
            if step.opname in STORES:
                found.bound.add(step.argval)
            elif step.opname in LOADS:
                found.now.add(step.argval)
        for part in _inner(code):
            steps = dis.get_instructions(part)
            found.later.update(s.argval for s in steps if s.opname in LOADS)
    return found


def plain(source: str) -> str:
    """Return a cell's code with its magics as comments."""
    return re.sub(r"(?m)^[%!]", "#", source)


def parsed(source: str) -> ast.Module:
    """Parse a cell's code, without its magics; raises SyntaxError."""
    return ast.parse(plain(source))


def _inner(code: CodeType) -> Iterator[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _inner(part)
