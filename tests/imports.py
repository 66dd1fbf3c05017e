"""Who imports whom, read from the sources: nothing is imported to know it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from slides.paths import ROOT

Graph = dict[str, set[str]]
"""The modules that each module imports."""


def module(path: Path) -> str:
    """Give the name by which a file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def sources(files: Iterable[Path]) -> dict[str, str]:
    """Read files, by the names of their modules."""
    return {module(path): path.read_text(encoding="utf-8") for path in files}


def names(name: str, source: str) -> Iterator[str]:
    """Give what a module imports, wherever in it: in a function, for types only."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def graph(modules: Mapping[str, str]) -> Graph:
    """Tell which of these modules imports which, by their sources."""

    def meant(name: str) -> str:
        """Give the module that has this name, or in which it is defined."""
        return name if name in modules else name.rpartition(".")[0]

    return {
        name: {meant(each) for each in names(name, source)} & modules.keys()
        for name, source in modules.items()
    }


def circle(of: Graph) -> list[str]:
    """Give modules, each imported by the next, the last one by the first; or none."""
    try:
        TopologicalSorter(of).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[1:]  # the last is the first, too
    return []


def reach(of: Graph, start: str) -> set[str]:
    """Give a module, what it imports, what that imports, and so on."""
    found: set[str] = set()
    ahead = {start}
    while ahead:
        found |= ahead
        ahead = set().union(*(of[name] for name in ahead)) - found
    return found
