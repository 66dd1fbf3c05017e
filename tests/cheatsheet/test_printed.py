"""The four sheets, as a printer, a reader and a validator meet them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from cheatsheet.entries import LANGS
from slides.paths import ROOT
from tests.cheatsheet import document, pictures, printed, said
from tests.cheatsheet.printed import PAPERS
from tests.cheatsheet.sheets import Built, Sheet


def expect_none(findings: Iterable[str], hint: str = "") -> None:
    """Fail with all that a check found."""
    if found := "\n".join(findings):
        pytest.fail(found + hint, pytrace=False)


def test_two_pages_of_the_paper(sheet: Sheet) -> None:
    expect_none(printed.paper(sheet.printed, PAPERS[sheet.paper]))


@pytest.mark.parametrize("check", printed.CHECKS + document.CHECKS)
def test_no_fault_of_the_page(check: printed.Check, sheet: Sheet) -> None:
    expect_none(check(sheet.printed))


@pytest.mark.parametrize("check", said.CHECKS + document.CHECKS_OF_TREES)
def test_it_says_what_the_tree_says(check: said.Check, sheet: Sheet) -> None:
    expect_none(check(sheet.printed, sheet.tree))


@pytest.mark.parametrize(
    "sheet", [(lang, pictures.PAPER) for lang in LANGS], indirect=True, ids="-".join
)
def test_it_looks_as_accepted(sheet: Sheet) -> None:
    hint = "\nIf it is to look so: python -m tests.cheatsheet.accept"
    expect_none(pictures.differences(sheet.printed, sheet.tree), hint)


def test_the_same_bytes_from_another_process(built: Built, tmp_path: Path) -> None:
    elsewhere = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "7",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "LC_ALL": "POSIX",
        "TZ": "Pacific/Chatham",
    }
    command = [sys.executable, "-m", "cheatsheet", "--lang=fr", "--paper=a4", "-o."]
    subprocess.run(command, cwd=tmp_path, env=elsewhere, check=True)
    (again,) = tmp_path.iterdir()
    assert again.read_bytes() == (built.folder / again.name).read_bytes()
