"""JupyterLab, which edits the decks: it finds them, and a save changes nothing."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from slides.paths import ROOT
from slides.sync import synced
from tests import copied
from tests.slides.decks import REAL, code, slide, write
from tests.slides.stage import Show

DECKS = [*REAL.all_paths(), ROOT / "cheatsheet" / "cells.md"]

USERS_OWN = 'formats = "ipynb,md:myst"\nnotebook_metadata_filter = "all"\n'
"""A user's settings of jupytext: a second file for each, and versions in its header."""

KERNEL = {
    "name": "python",
    "version": "3.15.2",
    "pygments_lexer": "ipython3",
    "file_extension": ".py",
    "codemirror_mode": {"name": "ipython", "version": 3},
}


def number(text: str) -> int | float:
    """Return a number as JavaScript would send it back."""
    value = float(text)
    return int(value) if value.is_integer() else value


class Lab:
    """What JupyterLab asks of the server."""

    def __init__(self, show: Show) -> None:
        url = urlsplit(show.lab)
        self.contents = f"{url.scheme}://{url.netloc}/api/contents"
        self.folder = url.path.removeprefix("/lab").removeprefix("/tree")
        self.token = url.query.removeprefix("token=")

    def ask(self, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            f"{self.contents}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
            method="GET" if body is None else "PUT",
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer, parse_int=number, parse_float=number)

    def open(self, path: str) -> dict[str, Any]:
        notebook = self.ask(f"{path}?type=notebook&content=1")["content"]
        return dict(notebook)

    def save(self, path: str, notebook: dict[str, Any]) -> None:
        model = {"type": "notebook", "format": "json", "content": notebook}
        self.ask(path, model)

    def names(self) -> list[str]:
        """Return what JupyterLab lists, at its URL."""
        return [each["name"] for each in self.ask(self.folder)["content"]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with copies of all decks."""
    home = tmp_path_factory.mktemp("home")
    for path in DECKS:
        (home / path.name).write_bytes(path.read_bytes())
    return home


@pytest.fixture(scope="module")
def lab(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    user = tmp_path_factory.mktemp("user")
    (user / "jupytext.toml").write_text(USERS_OWN)
    with Show(home, XDG_CONFIG_HOME=str(user)) as show:
        yield Lab(show)


@pytest.mark.parametrize("deck", DECKS, ids=lambda path: path.stem)
def test_a_save_without_an_edit_changes_no_byte(
    lab: Lab, home: Path, deck: Path
) -> None:
    before = sorted(home.glob("*"))
    lab.save(f"/{deck.name}", lab.open(f"/{deck.name}"))
    assert (home / deck.name).read_bytes() == deck.read_bytes()
    assert sorted(home.glob("*")) == before


@pytest.mark.parametrize("deck", DECKS, ids=lambda path: path.stem)
def test_what_cells_print_stays_out_of_the_deck(
    lab: Lab, home: Path, deck: Path
) -> None:
    notebook = lab.open(f"/{deck.name}")
    notebook["metadata"]["language_info"] = KERNEL
    for cell in notebook["cells"]:
        cell["metadata"] |= {"trusted": True}
        if cell["cell_type"] == "code":
            output = {"output_type": "stream", "name": "stdout", "text": "printed\n"}
            cell |= {"outputs": [output], "execution_count": 3}
            cell["metadata"] |= {"execution": {"iopub.status.busy": "now"}}
            cell["metadata"] |= {"collapsed": False, "scrolled": True}
    lab.save(f"/{deck.name}", notebook)
    assert (home / deck.name).read_bytes() == deck.read_bytes()


def test_an_edit_changes_its_own_lines_only(lab: Lab, home: Path) -> None:
    path = write(home, slide("Un", code("x = 1", "start: 1:30", "on: no")))
    before = synced(path, path.read_text(encoding="utf-8"))
    path.write_text(before, encoding="utf-8")
    assert "start: '1:30'\n'on': 'no'\n" in before
    notebook = lab.open(f"/{path.name}")
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("x = 1", "x = 2")
    lab.save(f"/{path.name}", notebook)
    assert path.read_text(encoding="utf-8") == before.replace("x = 1", "x = 2")


def test_a_deck_opens_in_its_form_though_it_was_not_synced(
    lab: Lab, home: Path
) -> None:
    options = "start: 1:30", "on: no", "day: 2026-11-29", "octal: 010", "none: ~"
    path = write(home, slide("Un", code("x = 1", *options)))
    text = path.read_text(encoding="utf-8")
    header = "---\njupytext:\n  text_representation:\n    format_name: myst\n"
    path.write_text(text.replace("---\n", header, 1), encoding="utf-8")
    cells = [cell["metadata"] for cell in lab.open(f"/{path.name}")["cells"]]
    typed = dict(option.split(": ", 1) for option in options)
    assert typed in cells


# Its URL


def run_of(tmp_path: Path, how: str) -> Show:
    """Start a show from a copy of this tree."""
    copy, home = tmp_path / "my talks" / "tulipes", tmp_path / "home"
    copied.copy_tree(copy)
    home.mkdir()
    if how == "installed":
        (copy / "pyproject.toml").unlink()
        return Show(home, folder=home, TULIPES_HOME="", PYTHONPATH=str(copy))
    named = {"checkout": "", "above": str(tmp_path), "elsewhere": str(home)}[how]
    return Show(Path(named or copy), folder=copy, TULIPES_HOME=named)


@pytest.mark.parametrize("how", ["checkout", "above"])
def test_the_url_leads_to_the_decks(tmp_path: Path, how: str) -> None:
    with run_of(tmp_path, how) as show:
        assert "Edit the decks in JupyterLab: http://" in "\n".join(show.lines)
        lab = Lab(show)
        assert lab.folder.endswith("/slides/fr")
        assert {path.name for path in REAL.paths("fr").values()} <= {*lab.names()}
        with urllib.request.urlopen(show.lab, timeout=60) as page:
            assert b"JupyterLab" in page.read()


@pytest.mark.parametrize("how", ["elsewhere", "installed"])
def test_where_the_decks_are_not_served_the_line_says_where_they_are(
    tmp_path: Path, how: str
) -> None:
    with run_of(tmp_path, how) as show:
        decks = re.escape(str(tmp_path / "my talks" / "tulipes" / "slides" / "fr"))
        (line,) = (line for line in show.lines if "/lab" in line)
        assert re.fullmatch(rf".* \(they are in {decks}\): http://\S+", line)
        lab = Lab(show)
        assert lab.folder == ""
        assert "build" in lab.names()
