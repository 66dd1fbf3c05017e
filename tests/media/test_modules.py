"""The modules of media: each imports only those before it."""

from __future__ import annotations

import re

import pytest

import media
from slides.paths import ROOT
from tests.imports import Graph, graph, reach, sources


@pytest.fixture(scope="module")
def tree() -> Graph:
    """What each module of media imports of media."""
    return graph(sources((ROOT / "media").rglob("*.py")))


def test_the_reading_order_is_that_of_the_imports(tree: Graph) -> None:
    words = re.findall(r"\w+", media.__doc__ or "")
    order = [f"media.{word}" for word in dict.fromkeys(words)]
    before = {module: order[: order.index(module)] for module in order}
    for module in tree.keys() - {"media", "media.__main__"}:
        if not module.startswith("media.figures"):
            assert tree[module] - {"media"} <= {*before[module]}, module


def test_recording_needs_nothing_that_draws(tree: Graph) -> None:
    needed = {"media.outcome", "media.prints", "media.proxy", "media.shadow"}
    assert reach(tree, "media.recorder") == {*needed, "media.recorder", "media.trace"}


def test_stepping_by_hand_needs_nothing_of_recording(tree: Graph) -> None:
    needed = {"media.lang", "media.outlines", "media.svg", "media.text"}
    assert reach(tree, "media.stack") == {*needed, "media.stack"}
