"""Who imports whom: no circle anywhere, and demos/pubsub can be read in order."""

from __future__ import annotations

import ast
import re

import pytest

from slides.paths import ROOT
from tests.imports import Graph, circle, graph, reach, sources

PACKAGES = ("demos", "slides", "media", "cheatsheet")
"""What ships."""

ROOMS = (*PACKAGES, "tests")
PUBSUB = ROOT / "demos" / "pubsub"

LONGEST = 400
"""Lines of a file of code, at most, outside tests."""


@pytest.fixture(scope="module")
def tree() -> Graph:
    """Every module of the kit, and of its tests."""
    paths = (path for name in ROOMS for path in (ROOT / name).rglob("*.py"))
    return graph(sources(paths))


def test_no_module_imports_itself_by_way_of_others(tree: Graph) -> None:
    assert circle(tree) == []


def test_the_graph_is_that_of_the_sources(tree: Graph) -> None:
    assert "demos.pubsub.session" in tree["demos.pubsub.stub"]
    assert "demos.pubsub.hiredis_parser" in tree["demos.pubsub.session"]
    assert "media.svg" in reach(tree, "media.figures.pubsub")
    assert {name.partition(".")[0] for name in tree} == set(ROOMS)


@pytest.mark.parametrize(
    "source",
    [
        "import media.layout",
        "from media.layout import picture",
        "def late():\n    from media import layout",
    ],
)
def test_an_import_is_seen(source: str) -> None:
    modules = {"media": "", "media.layout": "", "media.trace": source}
    assert graph(modules)["media.trace"] == {"media.layout"}


def test_what_ships_imports_no_test(tree: Graph) -> None:
    shipped = {name for name in tree if not f"{name}.".startswith("tests.")}
    assert {name for name in shipped if reach(tree, name) - shipped} == set()


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
    for name, imported in graph(sources(PUBSUB.glob("*.py"))).items():
        before = order[: order.index(name)] if name in order else []
        assert imported <= set(before), name


def test_the_client_imports_no_server(tree: Graph) -> None:
    reached = {name.rpartition(".")[2] for name in reach(tree, "demos.pubsub.client")}
    known = {"client", "client_link", "resp", "resp_parser", "resp_replies"}
    assert reached == known
