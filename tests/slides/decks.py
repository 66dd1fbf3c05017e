"""Small decks to write to a folder; and the real ones, read once for all tests."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from slides.new import HEADER
from slides.talks import Repertoire
from tests import copied

REAL = Repertoire()
"""The talks and decks of the checkout."""

OURS = ("cours", "tulipes", "ecosysteme", "plongee", "semaine")
"""The kit's own talks: of a speaker's, which stand beside them, less is asked."""

SHORT = """\
[short]
title = "Court"
lang = "fr"
minutes = 3

[[short.parts]]
chapter = "why"
minutes = 3
"""
"""A talks.toml with one talk, `short`, of the deck that `write` writes."""


def cell(kind: str, text: str) -> str:
    """Return a prose cell of a slide type: slide, notes, fragment, …"""
    return f'\n+++ {{"slideshow": {{"slide_type": "{kind}"}}}}\n\n{text}\n'


def code(text: str, *options: str) -> str:
    """Return a code cell with options as `:key: value` lines."""
    above = [*(f":{option}" for option in options), ""] if options else []
    lines = [*above, text]
    return "\n```{code-cell} ipython3\n" + "\n".join(lines) + "\n```\n"


def slide(
    title: str, *cells: str, notes: str = "Dites ceci.", id: str | None = ""
) -> str:
    """Return a slide: its title, its cells, its notes, and what talks call it.

    Where that is "", it is made of the title's words; None leaves it out.
    """
    first = cell("slide", f"## {title}")
    if id is not None:
        name = id or re.sub(r"[^a-z0-9]+", "_", title.lower())
        first = first.replace('{"slideshow"', f'{{"id": "{name}", "slideshow"')
    return first + "".join(cells) + cell("notes", notes)


def kit(folder: Path, *slides: str) -> Path:
    """Copy this tree to a folder, with no talk but a short one of these slides."""
    copied.copy_tree(folder)
    shutil.rmtree(folder / "slides" / "fr")
    (folder / "slides" / "talks.toml").write_text(SHORT, encoding="utf-8")
    write(folder / "slides" / "fr", *slides)
    return folder


def write(folder: Path, *slides: str, name: str = "01-why.md") -> Path:
    """Write a deck of slides; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(HEADER + "".join(slides), encoding="utf-8")
    return path
