"""The printed page, of a small sheet: what a reader and a validator find in it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from cheatsheet import entries, prose
from cheatsheet.entries import PAPERS
from cheatsheet.nodes import Tree
from cheatsheet.pdf import pdf
from cheatsheet.tree import Maker
from slides.errors import Problem
from tests.cheatsheet.small import cells, toml, write

POINTS = {"a4": (841.9, 595.3), "us-letter": (792.0, 612.0)}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    folder = tmp_path_factory.mktemp("sheet")
    sheet = entries.read(write(folder, toml(), "sheet.toml"))
    return Maker(sheet, "fr", prose.read([write(folder, cells(), "d.md")])).tree()


@pytest.fixture(scope="module")
def a4(tree: Tree) -> bytes:
    return pdf(tree, "a4")


@pytest.mark.parametrize("paper", PAPERS)
def test_two_pages_of_the_paper(tree: Tree, paper: str) -> None:
    pages = PdfReader(BytesIO(pdf(tree, paper))).pages
    sizes = [
        (float(page.mediabox.width), float(page.mediabox.height)) for page in pages
    ]
    assert sizes == 2 * [pytest.approx(POINTS[paper], abs=0.1)]


def test_it_is_tagged_has_title_language_bookmarks(a4: bytes) -> None:
    reader = PdfReader(BytesIO(a4))
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert reader.metadata is not None
    assert reader.metadata.title == "asyncio, l’essentiel"
    titles = str(reader.outline)
    assert all(f"Box {name}" in titles for name in ("group", "qr", "states"))
    xmp = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part>1<" in xmp
    assert "pdfaid:part>2<" in xmp


def test_code_can_be_copied(a4: bytes) -> None:
    text = PdfReader(BytesIO(a4)).pages[0].extract_text()
    for line in ("async with asyncio.TaskGroup() as group:", "except asyncio.Cancel"):
        assert line in text


def test_the_same_bytes_twice(
    tree: Tree, a4: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pdf(tree, "a4") == a4
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert pdf(tree, "a4") != a4


WORD = "un_mot_qui_ne_se_coupe_pas" * 4


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ("- one", 80 * "- more\n" + "- one"),
            ["Too much for A4 in fr: page 1, column 1 is ", "longest box is group"],
        ),
        (
            ("### Box group", f"### Box {WORD}"),
            ["The title of group is too long in fr: it has one line."],
        ),
        (
            ("- one", f"| a | b |\n|---|---|\n| `{WORD}` | d |\n\n- one"),
            ["A word in a table of group is too long in fr, A4."],
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_box(
    change: tuple[str, str], told: list[str], tmp_path: Path
) -> None:
    long = cells().replace(*change, 1)
    sheet = entries.read(write(tmp_path, toml(), "sheet.toml"))
    full = Maker(sheet, "fr", prose.read([write(tmp_path, long, "d.md")])).tree()
    with pytest.raises(Problem) as problem:
        pdf(full, "a4")
    for words in told:
        assert words in str(problem.value)
