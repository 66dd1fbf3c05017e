"""Each check finds its fault, in a PDF that has it, and none in a sound one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from cheatsheet.nodes import (
    BoxNode,
    Code,
    Figure,
    Inline,
    Line,
    Listing,
    Paragraph,
    Run,
    Text,
    Tree,
)
from cheatsheet.pdf import pdf
from tests.cheatsheet import document, pictures, printed, said
from tests.cheatsheet.broken import (
    edited,
    framed,
    small,
    small_tree,
    tree_of,
    typeset,
    with_box,
)
from tests.cheatsheet.printed import Printed

SOUND = """Sound words, #box(fill: black, inset: 3pt, text(fill: white)[gap]),
#block(stroke: 1pt, inset: 3pt)[`code`]"""

SMALL_SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 20'>"
    "<text y='9' font-family='Iosevka' font-size='8'>svg</text></svg>"
)


def assert_told(told: str, findings: Iterable[str]) -> None:
    """Fail unless a finding starts so."""
    found = list(findings)
    assert any(each.startswith(told) for each in found), found


def test_a_sound_page_has_no_fault() -> None:
    sound = typeset(SOUND, SOUND)
    for check in (*printed.CHECKS, document.weight, document.fonts):
        assert list(check(sound)) == [], check
    assert list(printed.paper(sound, printed.PAPERS["a4"])) == []


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        (3 * [SOUND], "3 pages, not two"),
        (
            ["#set page(width: 290mm)\n" + SOUND, SOUND],
            "page 1 is 290.0 × 210.0 mm, not 297.0 × 210.0",
        ),
    ],
)
def test_another_paper_is_found(pages: list[str], told: str) -> None:
    assert_told(told, printed.paper(typeset(*pages), printed.PAPERS["a4"]))


@pytest.mark.parametrize(
    ("check", "page", "told"),
    [
        (
            printed.margins,
            "#place(dx: -6mm, rect(width: 5mm))",
            "page 1: left margin of 3.8 mm",
        ),
        (
            printed.margins,
            "#place(bottom, dy: 7mm, circle(radius: 3mm))",
            "page 1: bottom margin of 2.7 mm",
        ),
        (
            printed.margins,
            "#place(right, dx: 6mm)[words]",
            "page 1: right margin of 4.1 mm",
        ),
        (printed.margins, "#[]", "page 1 is white"),
        (
            printed.small_print,
            "two #text(size: 6.4pt)[small words]",
            "page 1: 10 letters in IBMPlexSansCond-Regular of 6.4 pt",
        ),
        (
            printed.small_print,
            f'#image(bytes("{SMALL_SVG}"), width: 75pt)',
            "page 1: 3 letters in Iosevka of 6 pt, the first in “svg”",
        ),
        (
            printed.small_print,
            "#rotate(90deg, text(size: 6pt)[aside])",
            "page 1: 5 letters in IBMPlexSansCond-Regular of 6 pt",
        ),
        (
            printed.overlaps,
            "#place[first] #place(dy: 2pt)[second]",
            "page 1: “first” meets “second”",
        ),
        (
            printed.crossings,
            "#place(dx: 2pt, dy: 3pt, line(length: 20mm)) words",
            "page 1: “words” stands on a line",
        ),
        (
            printed.crossings,
            "#block(width: 10mm, stroke: 1pt)[#box(width: 20mm)[long words]]",
            "page 1: “words” stands on a line",
        ),
        (
            printed.crossings,
            "#place(right, dx: 12mm)[words]",
            "page 1: “words” leaves the page",
        ),
        (
            printed.pale,
            "#text(fill: luma(120))[pale]",
            "page 1: a of “pale” has a contrast of 4.4",
        ),
        (
            printed.pale,
            "#box(fill: black, text(fill: white)[ago])",
            "page 1: g of “ago” has a contrast of 1.0",
        ),
        (
            printed.pale,
            '#box(fill: rgb("#c00"), inset: 3pt)[red]',
            "page 1: d of “red” has a contrast of 3.6",
        ),
        (
            printed.pale,
            "#box(fill: gradient.linear(white, black), inset: 3pt)[shaded]",
            "page 1: a of “shaded” has no plain colours",
        ),
        (
            printed.pale_in_grey,
            "#text(fill: black.transparentize(60%))[glass]",
            "page 1: g of “glass” has a contrast of ",
        ),
        (
            printed.cut,
            "#block(width: 10mm, clip: true)[#box(width: 20mm)[clipped word]]",
            "page 1: d of “word” is not drawn whole",
        ),
        (
            printed.cut,
            "#place[words] #place(rect(width: 4pt, height: 9pt, fill: white))",
            "page 1: w of “words” is not drawn whole",
        ),
        (
            document.fonts,
            '#text(font: "Libertinus Serif")[words]',
            "LibertinusSerif-Regular is no font of ours",
        ),
    ],
)
def test_a_fault_of_the_page_is_found(
    check: printed.Check, page: str, told: str
) -> None:
    assert_told(told, check(typeset(page, SOUND)))


# The file


@pytest.mark.parametrize(
    ("check", "old", "new", "told"),
    [
        (document.fonts, "/FontFile2", "/FontFake2", "Iosevka is not in the file"),
        (document.conformity, "/FontFile2", "/FontFake2", "2a: "),
        (document.conformity, "/Alt<", "/Old<", "ua1: PDFUA1-FIGURE"),
        (document.conformity, "/MarkInfo", "/DarkInfo", "ua1: "),
        (document.conformity, "/Lang(", "/Long(", "ua1: "),
        (document.conformity, "conformance>A<", "conformance>X<", "2a: "),
        (document.conformity, "/S/URI", "/S/Go9", "2a: "),
    ],
)
def test_a_fault_of_the_file_is_found(
    check: printed.Check, old: str, new: str, told: str
) -> None:
    assert_told(told, check(edited(small(), old, new)))


def test_the_validator_finds_nothing_in_the_small_sheet() -> None:
    assert list(document.conformity(small())) == []


def test_a_heavy_file_is_found() -> None:
    assert list(document.weight(Printed(bytes(400_000)))) == ["400 kB"]


# What it says

OTHER = (Text("Other"),)


def heading(words: tuple[Inline, ...]) -> Callable[[BoxNode], BoxNode]:
    return lambda box: replace(box, heading=words)


@pytest.mark.parametrize(
    ("check", "tree", "told"),
    [
        (
            said.headings,
            with_box("cancel", heading(OTHER)),
            "page 1: no “Other” in the frame of cancel",
        ),
        (
            said.headings,
            replace(small_tree(), pages=small_tree().pages[::-1]),
            "page 1 has 4 frames for 2 boxes",
        ),
        (
            document.metadata,
            replace(small_tree(), title="Other"),
            "title: asyncio, l’essentiel, not Other",
        ),
        (document.metadata, replace(small_tree(), author="X"), "author: Tulipes, not"),
        (document.metadata, replace(small_tree(), description="X"), "subject: Deux"),
        (document.metadata, replace(small_tree(), lang="en"), "language: fr, not en"),
        (
            document.bookmarks,
            with_box("cancel", heading(OTHER)),
            "bookmark “Box cancel” stands where “Other” should",
        ),
        (
            document.links,
            with_box("cancel", lambda box: replace(box, doc="https://other.org")),
            "page 1: cancel does not link to https://other.org",
        ),
        (
            document.links,
            with_box("cancel", lambda box: replace(box, script_url="https://other")),
            "page 1: cancel does not link to https://other",
        ),
        (
            document.links,
            replace(small_tree(), url="https://other.org"),
            "page 1 does not link to https://other.org",
        ),
        (
            document.alternatives,
            with_box("states", lambda box: replace(box, blocks=())),
            "5 pictures, not 4",
        ),
        (
            document.alternatives,
            with_box("states", lambda box: replace(box, blocks=(Figure("", "Other"),))),
            "no picture is “Other”",
        ),
        (
            document.unseen_french,
            replace(small_tree(), title="Quoi ?"),
            "“ ?” in “Quoi ?”",
        ),
    ],
)
def test_what_is_not_in_the_tree_is_found(
    check: said.Check, tree: Tree, told: str
) -> None:
    assert_told(told, check(small(), tree))
    assert told not in "\n".join(check(small(), small_tree()))


@pytest.mark.parametrize(
    ("check", "old", "new", "told"),
    [
        (document.bookmarks, "/Outlines", "/Nowhere!", "0 bookmarks, not 8"),
        (document.links, "(https://docs", "(http:///docs", "page 1: a link to “http:"),
        (document.links, "/URI(https", "/XYZ(https", "page 1: a link to “”"),
    ],
)
def test_what_leads_nowhere_is_found(
    check: said.Check, old: str, new: str, told: str
) -> None:
    assert_told(told, check(edited(small(), old, new), small_tree()))


def test_a_bookmark_to_another_page_is_found() -> None:
    (kids,) = re.findall(rb"/Kids\[(\d+ 0 R) (\d+ 0 R)\]", small().data)
    first, second = (kid.decode() for kid in kids)
    turned = edited(small(), f"[{first} {second}]", f"[{second} {first}]")
    told = "bookmark “Box group” does not lead to page 1"
    assert_told(told, document.bookmarks(turned, small_tree()))


def test_links_inside_of_the_sheet_lead_to_a_page() -> None:
    inside = typeset("#link(<there>)[there]", "= There <there>")
    assert "a link to" not in "".join(document.links(inside, tree_of()))
    lost = edited(inside, "/Dest(there)", "/Dest(those)")
    assert_told("page 1: a link to “”", document.links(lost, tree_of()))


CODE = "async with a:\n    await b"


def listing(text: str) -> Listing:
    lines = (Line(line, (Run("plain", line),)) for line in text.split("\n"))
    return Listing("demo.py", tuple(lines))


def raw(text: str, size: str = "7.5pt") -> str:
    return f"#text(size: {size}, raw(block: true, {json.dumps(text)}))"


@pytest.mark.parametrize(
    ("shown", "wanted", "told"),
    [
        (CODE, CODE, ""),
        (CODE + "\nwords", CODE, ""),
        (CODE + "  # 3.11", CODE, ""),
        (CODE, "async with a:\n  await b", "is not copied as it is"),
        (CODE + " + 1", CODE, "is copied with something else"),
        ("await:", "await:", "is no Python"),
    ],
)
def test_code_that_is_not_copied_is_found(shown: str, wanted: str, told: str) -> None:
    page = typeset("#" + framed(raw(shown)))
    found = "".join(said.code(page, tree_of(listing(wanted))))
    assert found.endswith(told)
    assert bool(found) == bool(told)


def test_small_code_is_found() -> None:
    page = typeset("#" + framed(raw(CODE, "7.4pt")))
    findings = said.small_code(page, tree_of(listing(CODE)))
    assert_told("page 1, box: “async with a:” in 7.40 pt", findings)


def test_a_name_that_is_cut_is_found() -> None:
    page = typeset("#" + framed("`return_` \\ `exceptions` and `await` \\ `x()`"))
    words = tree_of(Paragraph((Code("return_exceptions"), Code("await x()"))))
    assert list(said.broken_words(page, words)) == [
        "page 1, box: “return_exceptions” is cut"
    ]


def test_columns_that_do_not_end_flush_are_found() -> None:
    boxes = framed("one"), framed("two", "41mm")
    page = typeset(f"#grid(columns: 2, column-gutter: 4mm, {', '.join(boxes)})")
    assert list(said.columns_end_flush(page, tree_of(columns=2))) == [
        "page 1: columns end 2.8 pt apart"
    ]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (
            "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: à 12:30, https://a.org ; `a : b`",
            [" ; "],
        ),
        ("Quoi ?", [" ?"]),
        ("Quoi?!", ["i?!"]),
        ("« Oui\u00a0»", ["« "]),
        ("Ceci: cela", ["i: "]),
    ],
)
def test_french_without_its_spaces_is_found(words: str, wrong: list[str]) -> None:
    page = typeset(words)
    findings = list(said.french(page, tree_of()))
    assert [each.partition("“")[2].partition("”")[0] for each in findings] == wrong


# How it looks


def test_a_picture_that_differs_names_its_box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "FOLDER", tmp_path / "accepted")
    files = list(pictures.accept(small(), "fr"))
    assert [file.name for file in files] == ["fr-a4-1.png", "fr-a4-2.png"]
    assert list(pictures.differences(small(), small_tree())) == []
    other = with_box("cancel", heading(OTHER))
    (found,) = pictures.differences(Printed(pdf(other, "a4")), other)
    assert re.fullmatch(r"page 1, A2, cancel: \d+ pixels differ", found)
    renamed = replace(small_tree(), name="curio")
    found, _ = pictures.differences(Printed(pdf(renamed, "a4")), renamed)
    assert re.fullmatch(r"page 1, outside of boxes: \d+ pixels differ", found)
    letter = Printed(pdf(small_tree(), "us-letter"))
    assert "page 1 has another size" in pictures.differences(letter, small_tree())
