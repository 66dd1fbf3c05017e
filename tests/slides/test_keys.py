"""One table of keys: README and `present` show all of it, and it is what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slides import keys
from slides.paths import ROOT
from slides.server import environment

NAMES = {
    "Space": " ",
    "Page Down": "PageDown",
    "Page Up": "PageUp",
    "Left": "ArrowLeft",
    "Right": "ArrowRight",
    "Up": "ArrowUp",
    "Down": "ArrowDown",
    "Esc": "Escape",
    "Ctrl-Enter": "Control-Enter",
    "Ctrl-S": "Control-s",
}
"""What browsers call the keys that a row's label calls otherwise."""


def test_the_readme_has_the_table() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, table = readme.partition("| key | what it does |\n|---|---|\n")
    rows = re.findall(r"(?m)^\| (.+) \| (.+) \|$", table.partition("\n\n")[0])
    assert [(label.replace("`", ""), does) for label, does in rows] == [
        (row.label, row.at_length or row.says) for row in keys.TABLE
    ]


@pytest.mark.parametrize("row", keys.TABLE, ids=lambda row: row.label)
def test_a_row_names_the_keys_that_it_binds(row: keys.Row) -> None:
    named = {NAMES.get(name, name) for name in row.label.split(", ")}
    assert named == {*row.always, *row.reading}


def test_no_key_is_bound_twice() -> None:
    bound = [key for row in keys.TABLE for key in (*row.always, *row.reading)]
    assert len(bound) == len(set(bound))
    page = keys.page()
    assert {**page.always, **page.reading}.keys() == set(bound)


def test_the_card_has_every_row_and_fits_a_terminal() -> None:
    lines = keys.card().splitlines()
    for row in keys.TABLE:
        pattern = rf"(^|  ){re.escape(row.label)}  +{re.escape(row.says)}($|  )"
        assert sum(bool(re.search(pattern, line)) for line in lines) == 1
    assert max(map(len, lines)) <= 80


def test_the_page_gets_the_table(tmp_path: Path) -> None:
    settings = environment(tmp_path)
    custom = Path(settings["JUPYTER_CONFIG_DIR"]) / "custom"
    assert {path.name for path in custom.glob("*.js")} == {
        *("custom.js", "kernel.js", "keys.js", "outputs.js"),
        *("prompts.js", "saving.js", "view.js"),
        "table.js",
    }
    table = (custom / "table.js").read_text(encoding="utf-8")
    assert keys.card().splitlines()[0] in table
