"""The modules of media: each imports only those before it."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter

import pytest

import media
from tests.media.pictures import ROOT

MEDIA = ROOT / "media"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in MEDIA.rglob("*.py")
}


def imported(module: str, source: str) -> set[str]:
    """Return the modules of media that a source imports, in functions too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & MODULES or {str(node.module)}
    return found & MODULES


def graph() -> dict[str, set[str]]:
    """Return what each module of media imports of media."""
    found = {}
    for module in MODULES:
        path = ROOT.joinpath(*module.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        found[module] = imported(module, file.read_text(encoding="utf-8"))
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    order = list(TopologicalSorter(graph()).static_order())
    assert order.index("media.trace") < order.index("media.layout")
    assert set(order) == MODULES


def test_the_reading_order_is_that_of_the_imports() -> None:
    words = re.findall(r"\w+", media.__doc__ or "")
    order = [f"media.{word}" for word in dict.fromkeys(words)]
    before = {module: order[: order.index(module)] for module in order}
    edges = graph()
    for module in MODULES - {"media", "media.__main__"}:
        if not module.startswith("media.figures"):
            assert edges[module] - {"media"} <= {*before[module]}, module


@pytest.mark.parametrize(
    "source",
    [
        "import media.layout",
        "from media.layout import picture",
        "def late():\n    from media import layout",
    ],
)
def test_an_import_is_seen(source: str) -> None:
    assert imported("media.trace", source) == {"media.layout"}


def below(module: str) -> set[str]:
    """Return all modules of media that a module needs."""
    edges, found = graph(), {module}
    while found != (more := found.union(*(edges[name] for name in found))):
        found = more
    return found - {module}


def test_recording_needs_nothing_that_draws() -> None:
    needed = {"media.outcome", "media.prints", "media.proxy", "media.shadow"}
    assert below("media.recorder") == {*needed, "media.trace"}


def test_stepping_by_hand_needs_nothing_of_recording() -> None:
    assert below("media.stack") == {"media.lang", "media.svg", "media.text"}
