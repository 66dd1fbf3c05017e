"""The form of a deck: read as it is typed, written as JupyterLab saves it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slides import deck, options
from slides.check import structure
from slides.errors import Problem
from slides.form import FORMAT, SETTINGS, formed
from slides.new import HEADER
from slides.paths import ROOT, short
from slides.sync import synced
from tests.slides.decks import REAL, code, slide

PATH = Path("fr", "01-why.md")


def saved(text: str) -> str:
    """Return what JupyterLab makes of a deck, without its server: see test_lab.py."""
    notebook = jupytext.reads(text, FORMAT, config=SETTINGS)
    sent = nbformat.from_dict(json.loads(json.dumps(notebook, allow_nan=False)))
    return str(jupytext.writes(sent, FORMAT, config=SETTINGS))


def only(text: str) -> dict[str, Any]:
    (cell,) = deck.parse(PATH, text).cells
    return dict(cell.node.metadata)


@pytest.mark.parametrize("path", REAL.all_paths(), ids=short)
def test_the_decks_are_in_their_form(path: Path) -> None:
    source = REAL.deck(path)
    assert formed(source) == source.text == saved(source.text)


def test_the_sheets_own_cells_are_in_it() -> None:
    source = deck.read(ROOT / "cheatsheet" / "cells.md")
    assert formed(source) == source.text == saved(source.text)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_check_names_the_first_line_that_is_not_in_it(newline: str) -> None:
    form = HEADER + slide("Un", code("x = 1", "x: 1"))
    for text, line in (
        (form, 0),
        (form.replace(":x: 1\n\n", ":x: 1\n"), 18),
        (
            form.replace(
                "format_name: myst", "format_name: myst\n    format_version: 1"
            ),
            6,
        ),
        (form + "\n", form.count("\n") + 1),
    ):
        found = list(structure(deck.parse(PATH, text.replace("\n", newline))))
        said = (
            f"{PATH}:{line}: not as JupyterLab saves it: run `python -m slides sync`."
        )
        assert [fault for fault in found if "JupyterLab" in fault] == [said] * bool(
            line
        )


def test_a_newer_jupytext_changes_no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupytext.header.__version__", "99.0")
    text = HEADER + slide("Un")
    assert formed(deck.parse(PATH, text)) == text == saved(text)


@pytest.mark.parametrize(
    ("typed", "value", "form"),
    [
        ("1:30", "1:30", "'1:30'"),
        ("no", "no", "'no'"),
        ("on", "on", "'on'"),
        ("~", "~", "'~'"),
        ("0x10", "0x10", "'0x10'"),
        ("010", "010", "'010'"),
        ("1_000", "1_000", "'1_000'"),
        ("1e3", "1e3", "1e3"),
        ("1.10", "1.10", "'1.10'"),
        (".inf", ".inf", "'.inf'"),
        ("2026-11-29", "2026-11-29", "'2026-11-29'"),
        ("9007199254740993", "9007199254740993", "'9007199254740993'"),
        ("a#b", "a#b", "a#b"),
        ("'#b'", "#b", "'#b'"),
        ("'a: b'", "a: b", "'a: b'"),
        ("l’« eau »\u00a0!", "l’« eau »\u00a0!", "l’« eau »\u00a0!"),
        ("null", None, "null"),
        ("", None, "null"),
        ("true", True, "true"),
        ("12", 12, "12"),
        ("-0.5", -0.5, "-0.5"),
        ("[a, 1:30, on]", ["a", "1:30", "on"], "[a, '1:30', 'on']"),
    ],
)
def test_an_option_is_what_was_typed(typed: str, value: object, form: str) -> None:
    text = HEADER + code("x = 1", f"start: {typed}")
    assert only(text) == {"start": value}
    after = synced(PATH, text)
    assert after == HEADER + code("x = 1", f"start: {form}")
    assert only(after) == {"start": value}
    assert saved(after) == after


@pytest.mark.parametrize("name", ["on", "yes", "no", "null", "12", "1.5", "true"])
def test_an_options_name_is_what_was_typed(name: str) -> None:
    text = HEADER + code("x = 1", f"{name}: a", f"other: {{{name}: b}}")
    assert only(text) == {name: "a", "other": {name: "b"}}
    after = synced(PATH, text)
    assert only(after) == only(text)
    assert synced(PATH, after) == after == saved(after)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("start: '", "found unexpected end of stream"),
        ("start: #1", "a value that starts with # needs quotes"),
        ("start: a #1", "a value that starts with # needs quotes"),
        ("start: a: b", "mapping values are not allowed here"),
        ("start: [a", "expected ',' or ']'"),
        ("start: *a", "found undefined alias 'a'"),
        ("start: !a b", "a value has no tag, such as !a"),
        ("start: 2026-13-45", "month must be in 1..12"),
        ("start", "an option is a name, a colon and a value"),
        ("a: 1\n:a: 2", "a is there twice"),
        ("a b: 1", "JupyterLab would not keep 'a b'"),
        ("trusted: true", "JupyterLab would not keep 'trusted'"),
    ],
)
def test_an_option_that_would_be_lost_is_refused_in_one_line(
    typed: str, said: str
) -> None:
    with pytest.raises(Problem) as caught:
        synced(PATH, HEADER + code("x = 1", typed))
    assert f"{PATH}:13: " in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [('"1:30"', "1:30"), ("1e3", 1000), ("1.0", 1), ("1.5", 1.5), ('"é"', "é")],
)
def test_an_option_of_prose_is_its_value_in_javascript(
    typed: str, value: object
) -> None:
    text = HEADER + f'\n+++ {{"on": {typed}}}\n\nMots.\n'
    assert only(text) == {"on": value}
    after = synced(PATH, text)
    assert only(after) == {"on": value}
    assert synced(PATH, after) == after == saved(after)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('{"a": 9007199254740993}', "9007199254740993 is no number to JavaScript"),
        ('{"a": 1e400}', "1e400 is no number to JavaScript"),
        ('{"a": NaN}', "NaN is no number to JavaScript"),
        ('{"a": 1, "a": 2}', "a is there twice"),
        ('{"é": 1}', "JupyterLab would not keep 'é'"),
        ("[1]", "line 12 is not a dict"),
    ],
)
def test_an_option_of_prose_that_would_be_lost_is_refused_in_one_line(
    typed: str, said: str
) -> None:
    with pytest.raises(Problem) as caught:
        synced(PATH, HEADER + f"\n+++ {typed}\n\nMots.\n")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sign", "\0\v\f\x1c\x85\u2028\r")
def test_what_may_end_a_line_is_refused_with_its_line(sign: str) -> None:
    with pytest.raises(Problem, match=rf"{PATH}:3: no text holds "):
        deck.parse(PATH, f"Un\nDeux\nTro{sign}is\nQuatre\n")


REFUSED = {"trusted", "collapsed", "scrolled", "autoscroll", "execution", "tags"}
NAMES = st.text("adeilnostxyON0129_.-", min_size=1, max_size=9).filter(
    lambda name: name not in REFUSED
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15) + 1, 10**15 - 1) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=5,
)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
def test_any_options_survive_in_the_form(given: dict[str, Any]) -> None:
    """Of a cell of code and of one of prose: written, read, saved by JupyterLab."""
    text = HEADER + f"\n+++ {json.dumps(given)}\n\nMots.\n" + code("x = 1")
    source = deck.parse(PATH, text)
    source.cells[1].node.metadata = nbformat.from_dict(given)
    form = formed(source)
    assert [cell.node.metadata for cell in deck.parse(PATH, form).cells] == [given] * 2
    assert saved(form) == form


@settings(deadline=None)
@given(TEXTS)
def test_any_line_is_read_or_refused(line: str) -> None:
    with suppress(ValueError):
        json.dumps(options.of_code(line), allow_nan=False)
