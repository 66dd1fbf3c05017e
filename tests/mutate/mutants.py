"""A lesson's mutants, and those that are accepted as they are."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from slides.paths import DEMOS
from tests.mutate.changes import Change, changes
from tests.mutate.printed import Words, is_docstring, statements

ACCEPTED = Path(__file__).with_name("accepted.toml")


@dataclass(frozen=True)
class Mutant:
    """A lesson with one change, in the lines that were `was`, and are `now`."""

    lesson: str
    line: int
    within: str
    was: str
    now: str
    source: bytes

    def __str__(self) -> str:
        place = f"demos/{self.lesson}:{self.line}: {self.within}"
        return f"{place}\n  - {self.was}\n  + {self.now}"


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Changes of the same lines that no test needs to notice, and why."""

    lesson: str
    within: str
    was: str
    now: tuple[str, ...]
    why: str


def mutants(lesson: str, words: Words, demos: Path = DEMOS) -> Iterator[Mutant]:
    """Yield the mutants of a lesson of which these words are printed, each once."""
    source = (demos / lesson).read_bytes()
    methods = set(map(ast.dump, _methods(ast.parse(source))))
    seen = {source}
    for within, node in statements(source.decode(), words):
        for change in changes(node, words[within], ast.dump(node) in methods):
            mutant = _mutant(lesson, within, source, change)
            if mutant.source not in seen and _is_python(mutant.source):
                seen.add(mutant.source)
                yield mutant


def _methods(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (each for each in node.body if not is_docstring(each))


def _mutant(lesson: str, within: str, source: bytes, change: Change) -> Mutant:
    first, last, text = change
    lines = source.splitlines(keepends=True)
    line, end_line = first.lineno, last.end_lineno or 0
    start = sum(map(len, lines[: line - 1])) + first.col_offset
    end = sum(map(len, lines[: end_line - 1])) + (last.end_col_offset or 0)
    changed = source[:start] + text.encode() + source[end:]
    after = sum(map(len, lines[end_line:]))
    now = changed[sum(map(len, lines[: line - 1])) : len(changed) - after]
    was = b"".join(lines[line - 1 : end_line])
    return Mutant(lesson, line, within, _one_line(was), _one_line(now), changed)


def _one_line(code: bytes) -> str:
    return " ".join(code.decode().split())


def _is_python(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def accepted(file: Path = ACCEPTED) -> dict[tuple[str, str, str, str], str]:
    """Return why each accepted change is, by lesson, definition, and lines."""
    entries = msgspec.convert(
        tomllib.loads(file.read_text(encoding="utf-8")).get("accepted", []),
        tuple[Accepted, ...],
    )
    return {
        (each.lesson, each.within, each.was, now): each.why
        for each in entries
        for now in each.now
    }


def key(mutant: Mutant) -> tuple[str, str, str, str]:
    """Return what an entry of accepted.toml names a mutant by."""
    return mutant.lesson, mutant.within, mutant.was, mutant.now


def stale(
    known: Iterable[tuple[str, str, str, str]], found: Iterable[Mutant]
) -> list[tuple[str, str, str, str]]:
    """Return the accepted changes that can no longer be made."""
    can_be = set(map(key, found))
    return [each for each in known if each not in can_be]
