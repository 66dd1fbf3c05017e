"""The modules of media: each imports only those before it."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter

import pytest

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
