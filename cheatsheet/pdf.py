"""The tree set by typst: two pages, tagged, the same bytes each time.

What is asked of the file: PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import typst

from cheatsheet.entries import HERE, PAPERS
from cheatsheet.nodes import Tree
from slides.errors import Problem

TEMPLATE = HERE / "sheet.typ"
FONTS = HERE / "fonts"

LIFE = 10
"""Compilations for which typst keeps what it has laid out, and not used again."""


def compiler(tree: Tree, paper: str) -> typst.Compiler:
    """Return typst with a tree and a paper (a4, us-letter): our fonts, no others."""
    text = msgspec.json.encode({**msgspec.to_builtins(tree), "paper": paper}).decode()
    return typst.Compiler(
        TEMPLATE, root=HERE, font_paths=fonts(), sys_inputs={"tree": text}
    )


def fonts() -> typst.Fonts:
    """Return the sheet's fonts."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )


def forget(compiled: int) -> None:
    """Make typst forget what it has not used in the last so many compilations.

    A compilation takes some 100 MB, kept for LIFE more: here these are of nothing.
    """
    for _ in range(LIFE - compiled):
        typst.Compiler(b"", font_paths=fonts()).compile(format="pdf")


def pdf(tree: Tree, paper: str, at: datetime | None = None) -> bytes:
    """Return the sheet as a PDF, of a time: by default that of `timestamp`.

    Raises Problem for a box that has too much in it, by how many lines, and for what
    typst warns of.
    """
    typesetter = compiler(tree, paper)
    try:
        made, warnings = typesetter.compile_with_warnings(
            format="pdf",
            pdf_standards=["a-2a", "ua-1"],
            timestamp=at or timestamp(tree),
        )
    except typst.TypstError as error:
        raise Problem(_told(error.message, tree, paper)) from None
    if warnings:
        raise Problem(f"sheet.typ: {warnings[0].message}.")
    assert isinstance(made, bytes)
    return made


def picture(tree: Tree, paper: str) -> bytes:
    """Return the first page as a PNG, 936 pixels wide if it is A4."""
    pages = compiler(tree, paper).compile(format="png", ppi=80)
    assert isinstance(pages, list)
    return pages[0]


def updated(tree: Tree) -> datetime:
    """Return the sheet's day."""
    return datetime(*tree.updated, tzinfo=UTC)


def timestamp(tree: Tree) -> datetime:
    """Return the time that the file gives: SOURCE_DATE_EPOCH, or the sheet's day.

    Raises Problem for a SOURCE_DATE_EPOCH that is no time
    (https://reproducible-builds.org/specs/source-date-epoch/).
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return updated(tree)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise Problem(
            f"SOURCE_DATE_EPOCH: seconds since 1970, not {epoch!r}."
        ) from None


def _told(message: str, tree: Tree, paper: str) -> str:
    """Say what a box has to give way to, if that is what the template complains of."""
    _, marked, words = message.partition("LONG TITLE ")
    if marked:
        box = words.split()[0].strip('"')
        return f"The title of {box} is too long in {tree.lang}: it has one line."
    _, marked, words = message.partition("WIDE TABLE ")
    if marked:
        box = words.split()[0].strip('"')
        return (
            f"A word in a table of {box} is too long in {tree.lang}, {PAPERS[paper]}."
        )
    _, marked, words = message.partition("TOO MUCH ")
    if not marked:
        return f"sheet.typ: {message}."
    box, _, page, _, column, _, lines, _, room = words.split()[:9]
    columns = room.rstrip(chr(34)).replace(",", ", ").split(";")
    return (
        f"Too much for {PAPERS[paper]} in {tree.lang}: page {page}, column {column}"
        f" is {lines} line{'s' * (lines != '1')} too long; its longest box is {box}:"
        " shorten it, or move a box (cheatsheet/sheet.toml). Lines left in the columns"
        f" of page 1: {columns[0]}; of page 2: {columns[1]}."
    )


def name(tree: Tree, paper: str, folder: Path) -> Path:
    """Return where a sheet is written."""
    return folder / f"{tree.name}-{tree.lang}-{paper}.pdf"
