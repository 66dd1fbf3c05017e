"""What a lesson prints, as its docstring says and the tests compare: on which Pythons.

Where it differs from one Python to another, only the lines that differ are given.
"""

from __future__ import annotations

import ast
import textwrap

from cheatsheet.ran import PYTHONS
from demos.catalogue import SAMPLE
from slides.errors import Problem
from slides.lessons import parsed


def samples(lesson: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the Pythons ("" for all, or "3.11 – 3.13") and the lines on each.

    Raises Problem for a lesson that is not there, or shows no run.
    """
    _, tree = parsed(lesson, lesson)
    runs = [
        (int(run["minor"] or 0), textwrap.dedent(run["output"]).splitlines())
        for run in SAMPLE.finditer(ast.get_docstring(tree) or "")
    ]
    if not runs:
        raise Problem(f"{lesson}: its docstring shows no run.")
    if len(runs) == 1:
        return [("", tuple(runs[0][1]))]
    shared = set.intersection(*(set(lines) for _, lines in runs))
    ends = [minor for minor, _ in runs[1:]] + [0]
    return [
        (span(minor, end), tuple(line for line in lines if line not in shared))
        for (minor, lines), end in zip(runs, ends, strict=True)
    ]


def span(first: int, end: int) -> str:
    """Name the Pythons from one minor release to before another; 0 is any."""
    minors = [int(python.partition(".")[2]) for python in PYTHONS]
    last = end - 1 if end else max(minors)
    first = max(first, min(minors))
    return f"3.{first}" if first == last else f"3.{first} – 3.{last}"
