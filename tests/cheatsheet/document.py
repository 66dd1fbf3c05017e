"""What a PDF is besides its pages: fonts, bookmarks, links, metadata, conformity.

Each check yields findings, a line each; of a sound sheet, none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import page as validator
from pypdf import PdfReader
from pypdf.generic import Destination

from cheatsheet.nodes import Address, Figure, Tree
from tests.cheatsheet import marks
from tests.cheatsheet.marks import Point
from tests.cheatsheet.printed import Check as PageCheck
from tests.cheatsheet.printed import Printed
from tests.cheatsheet.said import Check as TreeCheck
from tests.cheatsheet.said import nodes, placed, plain, wrong_spaces

HEAVIEST = 400_000
PROFILES = ("ua1", "2a")
"""PDF/UA-1 and PDF/A-2a."""

HERE = "#"
"""The address of a link to a page of the same file."""


def weight(printed: Printed) -> Iterator[str]:
    """Check that the file is light enough for a letter."""
    if len(printed.data) >= HEAVIEST:
        yield f"{len(printed.data) // 1000} kB"


def conformity(printed: Printed) -> Iterator[str]:
    """Have a validator check what we say the file is: for all readers, for archives."""
    for profile in PROFILES:
        report = validator.validate_pdf_bytes(printed.data, profile=profile)
        for failure in report.failures:
            yield f"{profile}: {failure.rule_id}: {failure.message}"


def fonts(printed: Printed) -> Iterator[str]:
    """Check that all fonts are in the file, and that they are ours."""
    count: Any = printed.reader.trailer["/Size"]
    for number in range(1, count):
        font: Any = printed.reader.get_object(number)
        if not isinstance(font, dict) or font.get("/Type") != "/FontDescriptor":
            continue
        tag, _, name = str(font["/FontName"]).removeprefix("/").rpartition("+")
        if name not in marks.our_fonts():
            yield f"{name} is no font of ours"
        if not any(key.startswith("/FontFile") for key in font) or not tag:
            yield f"{name} is not in the file"


def metadata(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check title, author, what it is about, and the language."""
    said = printed.reader.metadata
    assert said is not None
    for what, got, wanted in (
        ("title", said.title, tree.title),
        ("author", said.author, tree.author),
        ("subject", said.subject, tree.description),
        ("language", printed.reader.root_object.get("/Lang"), tree.lang),
    ):
        if got != wanted:
            yield f"{what}: {got}, not {wanted}"


def bookmarks(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check that there is one a page, with one a box under it, that lead there."""
    found = list(_outline(printed.reader.outline))
    wanted = [
        (depth, title, number)
        for number, page in enumerate(tree.pages)
        for depth, title in (
            (0, page.title),
            *((1, plain(box.heading)) for box in nodes(page)),
        )
    ]
    if len(found) != len(wanted):
        yield f"{len(found)} bookmarks, not {len(wanted)}"
    for (depth, text, mark), (its_depth, title, number) in zip(
        found, wanted, strict=False
    ):
        # A page's bookmark may say more than its title.
        if depth != its_depth or not re.search(rf"\b{re.escape(title)}$", text):
            yield f"bookmark “{text}” stands where “{title}” should"
        elif printed.reader.get_destination_page_number(mark) != number:
            yield f"bookmark “{text}” does not lead to page {number + 1}"


def _outline(marks: Any, depth: int = 0) -> Iterator[tuple[int, str, Destination]]:
    """Yield bookmarks, with their depth and their words."""
    for mark in marks:
        if isinstance(mark, list):
            yield from _outline(mark, depth + 1)
        else:
            yield depth, str(mark.title), mark


def links(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check that links lead somewhere, and each box to its page and its script."""
    found = [list(_links(page, printed.reader)) for page in printed.reader.pages]
    for number, page in enumerate(found, start=1):
        addresses = [address for _, address in page]
        for address in addresses:
            split = urlsplit(address)
            if address != HERE and (split.scheme != "https" or not split.hostname):
                yield f"page {number}: a link to “{address}”"
        if tree.url not in addresses:
            yield f"page {number} does not link to {tree.url}"
    for box in placed(printed, tree):
        inside = {to for place, to in found[box.page - 1] if box.frame.has(place)}
        for wanted in filter(None, (box.node.doc, box.node.script_url)):
            if wanted not in inside:
                yield f"page {box.page}: {box.node.id} does not link to {wanted}"


def _links(page: Any, reader: PdfReader) -> Iterator[tuple[Point, str]]:
    """Yield where a page's links are, and their addresses."""
    for each in page.get("/Annots", ()):
        link = each.get_object()
        left, bottom, right, top = map(float, link["/Rect"])
        yield ((left + right) / 2, (bottom + top) / 2), _address(link, reader)


def _address(link: Any, reader: PdfReader) -> str:
    """Return where a link leads: HERE if to one of our pages, "" if nowhere."""
    action = link.get("/A", {})
    target: Any = link.get("/Dest", action.get("/D"))
    named: Any = reader.named_destinations
    if isinstance(target, str):
        target = [named[target]["/Page"]] if target in named else None
    if target is not None and target[0].get_object() in reader.pages:
        return HERE
    return str(action.get("/URI", ""))


def alternatives(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check that pictures have the tree's words for those who do not see them."""
    found = list(_alternatives(printed.reader.root_object.get("/StructTreeRoot")))
    boxes = [box for page in tree.pages for box in nodes(page)]
    wanted = [box.ran_words for box in boxes if box.ran is not None]
    wanted += [
        block.alt
        for box in boxes
        for block in box.blocks
        if isinstance(block, Figure | Address)
    ]
    if len(found) != len(wanted):
        yield f"{len(found)} pictures, not {len(wanted)}"
    for alt in wanted:
        if alt not in found:
            yield f"no picture is “{alt}”"


def _alternatives(element: Any) -> Iterator[str]:
    """Yield the texts of all figures in a tree of structure."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for child in element:
            yield from _alternatives(child)
    elif isinstance(element, dict):
        if element.get("/S") == "/Figure":
            yield str(element.get("/Alt", ""))
        yield from _alternatives(element.get("/K"))


def unseen_french(printed: Printed, tree: Tree) -> Iterator[str]:
    """Check the spaces of what is read aloud, or shown beside the page, in French."""
    if tree.lang != "fr":
        return
    said = [tree.title, tree.description]
    said += [text for _, text, _ in _outline(printed.reader.outline)]
    said += _alternatives(printed.reader.root_object.get("/StructTreeRoot"))
    for text in said:
        for wrong in wrong_spaces(text):
            yield f"“{wrong}” in “{text}”"


CHECKS: tuple[PageCheck, ...] = (weight, conformity, fonts)
CHECKS_OF_TREES: tuple[TreeCheck, ...] = (
    metadata,
    bookmarks,
    links,
    alternatives,
    unseen_french,
)
