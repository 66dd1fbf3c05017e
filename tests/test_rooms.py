"""Who imports whom: no circle anywhere, and demos/pubsub can be read in order."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from slides.paths import ROOT

PACKAGES = ("demos", "slides", "media", "cheatsheet")
PUBSUB = ROOT / "demos" / "pubsub"

LONGEST = 400
"""Lines of a file of code, at most, outside tests."""

Graph = dict[str, set[str]]
"""The modules that each module imports."""


def module(path: Path) -> str:
    """Give the name by which a file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def names(path: Path) -> Iterator[str]:
    """Give what a file imports, wherever in it: in a function, for types only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def graph(files: Iterable[Path]) -> Graph:
    """Read which of these files imports which."""
    modules = {module(path): path for path in files}

    def meant(name: str) -> str:
        """Give the module that has this name, or in which it is defined."""
        return name if name in modules else name.rpartition(".")[0]

    return {
        name: {meant(each) for each in names(path)} & modules.keys()
        for name, path in modules.items()
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


@pytest.fixture(scope="module")
def tree() -> Graph:
    """Every module of the kit."""
    return graph(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))


def test_no_module_imports_itself_by_way_of_others(tree: Graph) -> None:
    assert circle(tree) == []


def test_the_graph_is_that_of_the_sources(tree: Graph) -> None:
    assert "demos.pubsub.session" in tree["demos.pubsub.stub"]
    assert "demos.pubsub.hiredis_parser" in tree["demos.pubsub.session"]
    assert "media.svg" in reach(tree, "media.figures.pubsub")
    assert {name.partition(".")[0] for name in tree} == set(PACKAGES)


def test_a_circle_is_told_in_order() -> None:
    (one, two, three) = circle({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set()})
    assert one + two + three in {"acb", "cba", "bac"}


def test_a_file_can_be_read_at_one_sitting() -> None:
    kinds = ("*.py", "*.js", "*.css", "*.typ")
    files = (
        path
        for name in PACKAGES
        for kind in kinds
        for path in (ROOT / name).rglob(kind)
    )
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    assert [path for path, lines in lengths.items() if lines > LONGEST] == []


# demos/pubsub


def listed() -> list[str]:
    """Give the files that the package's docstring lists, in its order."""
    text = ast.get_docstring(ast.parse((PUBSUB / "__init__.py").read_text("utf-8")))
    return re.findall(r"(?m)^ +(\w+)\.py +\S", text or "")


def test_the_docstring_lists_every_file_once() -> None:
    files = [path.stem for path in PUBSUB.glob("*.py")]
    assert sorted(listed()) == sorted(set(files) - {"__init__"})


def test_each_file_imports_only_those_that_are_listed_before_it() -> None:
    order = [f"demos.pubsub.{name}" for name in listed()]
    for name, imported in graph(PUBSUB.glob("*.py")).items():
        before = order[: order.index(name)] if name in order else []
        assert imported <= set(before), name


def test_the_client_imports_no_server(tree: Graph) -> None:
    reached = {name.rpartition(".")[2] for name in reach(tree, "demos.pubsub.client")}
    known = {"client", "client_link", "resp", "resp_parser", "resp_replies"}
    assert reached == known


def test_no_file_of_a_demo_is_too_long() -> None:
    lines = {
        str(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "demos").rglob("*.py")
    }
    assert {path: count for path, count in lines.items() if count > 400} == {}
