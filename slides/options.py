"""A cell's options, read as they are typed.

A code cell has them in YAML. jupytext reads version 1.1 of it, in which `1:30` is 90,
`no` is false and `010` is 8; here all is text but what is the same in JSON: `true`,
`null`, 12, 0.5. Prose has them in JSON, with JavaScript's numbers. What neither keeps
is a ValueError, in one line.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

VALUE = re.compile(r"true|false|null|-?(0|[1-9]\d{0,14})(\.\d{0,3}[1-9])?")
"""What is no text, unless it is quoted: of numbers, those that look the same in YAML
and in JavaScript."""

LARGEST = 2**53 - 1
"""JavaScript's largest number with all its digits."""

JUPYTERS = {"deletable", "editable", "jupyter", "name", "slideshow", "tags"}
"""Options that JupyterLab writes, for cells of both kinds."""

OF_CODE = {"beside", "demo", "from"}
OF_PROSE = {"box", "changes", "demo", "end", "file", "id", "lang", "lines", "over"}

TYPES = {"slide", "subslide", "fragment", "notes", "skip", "-", ""}
"""What RISE knows as a cell's `slide_type`."""

Options = dict[str, Any]


class _AsTyped(yaml.BaseLoader):
    """A reader to which nothing but `VALUE` is special."""


def _text(loader: _AsTyped, node: yaml.ScalarNode) -> Any:
    text = str(loader.construct_scalar(node))
    plain = node.style is None
    if plain and not text:
        return None
    return json.loads(text) if plain and VALUE.fullmatch(text) else text


def _list(loader: _AsTyped, node: yaml.SequenceNode) -> list[Any]:
    return loader.construct_sequence(node, deep=True)


def _mapping(loader: _AsTyped, node: yaml.MappingNode) -> Options:
    """Return options; a name is text, whatever it looks like."""
    return _each_once(
        (str(name.value), loader.construct_object(value, deep=True))
        for name, value in node.value
    )


def _tagged(_: _AsTyped, node: yaml.Node) -> None:
    raise ValueError(f"a value has no tag, such as {node.tag}.")


for tag, read in (("str", _text), ("seq", _list), ("map", _mapping)):
    _AsTyped.add_constructor(f"tag:yaml.org,2002:{tag}", read)
_AsTyped.add_constructor(None, _tagged)


def of_code(block: str) -> Options:
    """Return what stands in the lines above a cell's code, without their colons."""
    try:
        _refuse_comments(block)
        options = yaml.load(block, _AsTyped)
    except yaml.MarkedYAMLError as error:
        raise ValueError(f"{error.problem}.") from None
    if not isinstance(options, dict | None):
        raise ValueError("an option is a name, a colon and a value.")
    return options or {}


def fault(block: str) -> str:
    """Return why nobody reads such lines, or jupytext does not: "" if both do."""
    try:
        of_code(block)
        yaml.safe_load(block)
    except (ValueError, yaml.YAMLError) as error:
        return " ".join(str(error).split())
    return ""


def of_prose(text: str) -> Options:
    """Return what stands beside the `+++` above a cell of prose."""
    options: Options = json.loads(
        text,
        object_pairs_hook=_each_once,
        parse_int=_number,
        parse_float=_number,
        parse_constant=_number,
    )
    return options


def stray(options: Options, *, code: bool) -> Iterator[str]:
    """Say which options of a cell nobody reads, and what was meant, a line each."""
    known = sorted(JUPYTERS | (OF_CODE if code else OF_PROSE))
    for name in options.keys() - {*known}:
        yield _unknown("option", name, known)
    slideshow = options.get("slideshow")
    kind = slideshow.get("slide_type", "") if isinstance(slideshow, dict) else ""
    if kind not in TYPES:
        yield _unknown("slide_type", str(kind), sorted(TYPES - {"", "-"}))


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" did you mean {near[0]}?" if near else ""
    return f"unknown {what} «{name}»:{hint} Known: {', '.join(known)}."


def _refuse_comments(block: str) -> None:
    """Raise ValueError for a comment: it would be lost."""
    end = 0
    for token in yaml.scan(block):
        if "#" in block[end : token.start_mark.index]:
            raise ValueError("a value that starts with # needs quotes.")
        end = token.end_mark.index


def _each_once(pairs: Iterable[tuple[str, Any]]) -> Options:
    options: Options = {}
    for name, value in pairs:
        if name in options:
            raise ValueError(f"{name} is there twice.")
        options[name] = value
    return options


def _number(text: str) -> int | float:
    value = float(text)
    whole = text.lstrip("-").isdigit()
    if not math.isfinite(value) or abs(int(text) if whole else value) > LARGEST:
        raise ValueError(f"{text} is no number to JavaScript: it needs quotes.")
    return int(value) if value.is_integer() else value
