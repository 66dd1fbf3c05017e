"""The four sheets, built once a session by the command."""

from __future__ import annotations

import contextlib
import io

import pytest

from cheatsheet import pdf, tree
from cheatsheet.cli import main
from cheatsheet.entries import LANGS, PAPERS
from cheatsheet.nodes import Tree
from tests.cheatsheet.printed import Printed
from tests.cheatsheet.sheets import Built, Sheet


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("sheets") / "new"
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = main(["-o", str(folder)])
    return Built(folder, code, said.getvalue())


@pytest.fixture(scope="session")
def trees() -> dict[str, Tree]:
    return {made.lang: made for made in tree.trees(LANGS)}


@pytest.fixture(
    scope="session",
    params=[(lang, paper) for lang in LANGS for paper in PAPERS],
    ids="-".join,
)
def sheet(
    request: pytest.FixtureRequest, built: Built, trees: dict[str, Tree]
) -> Sheet:
    lang, paper = request.param
    data = pdf.name(trees[lang], paper, built.folder).read_bytes()
    return Sheet(Printed(data), trees[lang], paper)
