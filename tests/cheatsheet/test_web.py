"""The sheet as a page: what stands in it, what it loads, what a phone shows of it."""

from __future__ import annotations

import re
from dataclasses import fields
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest
from tinyhtml5.parser import HTMLParser

from cheatsheet import entries, pdf, prose, tree, web
from cheatsheet.entries import HERE, LANGS, PAPERS
from cheatsheet.markup import WORDS, Words
from cheatsheet.nodes import Address, Figure, Listing, Output, Table, Tree
from cheatsheet.style import STYLE, variables
from cheatsheet.tree import Maker
from media.svg import DARK, PRINT, Palette
from tests.cheatsheet.small import cells, toml, write
from tests.media.pictures import contrast

SVG = "{http://www.w3.org/2000/svg}"


def parsed(page: str) -> Element:
    """Return a page's elements; fail for one that breaks HTML's rules."""
    parser = HTMLParser(namespace_html_elements=False)
    root: Element = parser.parse(page)
    assert parser.errors == []
    return root


def text(element: Element) -> str:
    return "".join(element.itertext())


def code(block: Element) -> str:
    """Return the text of code, without what is said about it."""
    whole = text(block)
    for badge in block.findall(".//span[@class='badge']"):
        whole = whole.replace(text(badge), "")
    return whole


@pytest.fixture(scope="module", params=LANGS)
def sheet(request: pytest.FixtureRequest) -> Tree:
    """The whole sheet, in each language."""
    return next(tree.trees([request.param]))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A sheet with every kind of part."""
    folder = tmp_path_factory.mktemp("sheet")
    made = entries.read(write(folder, toml(), "sheet.toml"))
    return Maker(made, "fr", prose.read([write(folder, cells(), "d.md")])).tree()


# What stands in it.


def test_boxes_code_and_sources_are_those_of_the_tree(sheet: Tree) -> None:
    root = parsed(web.html(sheet))
    articles = {each.get("id"): each for each in root.iter("article")}
    assert set(articles) == {box.id for box in sheet.boxes()}
    for box in sheet.boxes():
        article = articles[box.id]
        title = article.find("h3")
        assert title is not None
        assert text(title).startswith(f"{box.tag} ")
        listings = [b for b in box.blocks if isinstance(b, Listing)]
        assert [code(each) for each in article.findall("pre/code")] == [
            "\n".join(line.text for line in listing.lines) for listing in listings
        ]
        links = {link.get("href") for link in article.iter("a")}
        assert {box.doc} | {tree.demo_url(each.demo) for each in listings} <= links


def test_it_has_language_title_description_landmarks(sheet: Tree) -> None:
    root = parsed(web.html(sheet))
    assert root.get("lang") == sheet.lang
    assert root.findtext("head/title") == sheet.title
    description = root.find("head/meta[@name='description']")
    assert description is not None
    assert description.get("content") == sheet.description
    body = [child.tag for child in root.findall("body/*")]
    assert body == ["a", "header", "nav", "nav", "main", "footer"]
    assert len({nav.get("aria-label") for nav in root.iter("nav")}) == 2


def test_headings_are_in_order(sheet: Tree) -> None:
    root = parsed(web.html(sheet))
    levels = [int(e.tag[1]) for e in root.iter() if re.fullmatch(r"h\d", str(e.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_links_inside_lead_to_them(sheet: Tree) -> None:
    root = parsed(web.html(sheet))
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    links = [str(link.get("href")) for link in root.iter("a")]
    assert {link[1:] for link in links if link.startswith("#")} == set(ids)


def test_other_links_are_https_or_the_files_beside_it(sheet: Tree) -> None:
    root = parsed(web.html(sheet))
    links = [str(link.get("href")) for link in root.iter("a")]
    outside = [link for link in links if not link.startswith(("#", "https://"))]
    other = next(lang for lang in LANGS if lang != sheet.lang)
    assert outside == [f"asyncio-{other}.html"]
    papers = {link.rpartition("/")[2] for link in links if link.endswith(".pdf")}
    assert papers == {pdf.name(sheet, paper, HERE).name for paper in PAPERS}


def test_it_loads_nothing_and_runs_nothing(sheet: Tree) -> None:
    page = web.html(sheet)
    root = parsed(page)
    kinds = {element.tag for element in root.iter()}
    assert not {"script", "img", "iframe", "object", "embed", f"{SVG}image"} & kinds
    assert not [each for each in root.iter() if each.get("src")]
    loaded = [e.get("href") for e in root.iter("link")]
    loaded += re.findall(r"url\(([^)]{0,20})", page)
    assert all(str(each).startswith("data:") for each in loaded)
    assert "@import" not in page
    assert len(page.encode()) < 300_000


def test_tables_name_columns_and_rows(sheet: Tree) -> None:
    tables = [b for box in sheet.boxes() for b in box.blocks if isinstance(b, Table)]
    found = list(parsed(web.html(sheet)).iter("table"))
    assert len(found) == len(tables) > 3
    for table in found:
        assert {th.get("scope") for th in table.findall("thead//th")} == {"col"}
        for row in table.findall("tbody/tr"):
            cells = [(cell.tag, cell.get("scope")) for cell in row]
            assert cells == [("th", "row")] + (len(cells) - 1) * [("td", None)]


def test_pictures_have_their_text_and_no_colour_of_one_mode(sheet: Tree) -> None:
    told = {
        block.alt
        for box in sheet.boxes()
        for block in box.blocks
        if isinstance(block, Figure | Address)
    }
    pictures = list(parsed(web.html(sheet)).iter(f"{SVG}svg"))
    assert {picture.get("aria-label") for picture in pictures} == told
    for picture in pictures:
        assert picture.get("role") == "img"
        inks = {e.get(key) for e in picture.iter() for key in ("fill", "stroke")}
        assert all(not str(ink).startswith("#") for ink in inks - {"#000"})


def test_what_may_be_too_wide_can_be_scrolled_by_the_keyboard(small: Tree) -> None:
    root = parsed(web.html(small))
    wide = [*root.iter("pre"), *root.findall(".//div[@class='table']")]
    wide += root.findall(".//div[@class='figure']")
    assert len(wide) >= 6
    assert all(each.get("tabindex") == "0" for each in wide)
    assert all(each.get("aria-label") for each in wide)


def test_releases_and_runs_are_said_in_words(small: Tree) -> None:
    root = parsed(web.html(small))
    badge = root.find(".//span[@class='badge']")
    assert badge is not None
    assert text(badge) == " depuis Python\u00a03.11"
    (group,) = root.findall(".//article[@id='group']")
    assert "3.15\u00a0– pas encore" in text(group) or "3.15\u00a0✓ oui" in text(group)


def test_what_is_printed_is_as_the_tree_says(small: Tree) -> None:
    outputs = [
        "\n".join(block.lines)
        for box in small.boxes()
        for block in box.blocks
        if isinstance(block, Output)
    ]
    found = [text(samp) for samp in parsed(web.html(small)).iter("samp")]
    assert found == outputs
    assert len(found) == 2


def test_each_word_is_there_in_both_languages() -> None:
    assert set(WORDS) == set(LANGS)
    for field in fields(Words):
        assert all(getattr(words, field.name) for words in WORDS.values())


# Its colours.


def used(key: str, css: str, known: dict[str, str]) -> set[str]:
    """Return the colours of a palette that the style gives to a property."""
    names = re.findall(rf"{key}: var\((--[-\w]+)\)", css)
    return {known[name] for name in names if name != "--family"}


@pytest.mark.parametrize("palette", [PRINT, DARK])
def test_every_pair_of_colours_can_be_told_apart(palette: Palette) -> None:
    css = STYLE.read_text(encoding="utf-8")
    known = dict(variables(palette))
    inks = used(r"(?<![-\w])color", css, known)
    papers = used("background", css, known)
    assert inks == {palette.ink, palette.red}
    assert papers == {palette.paper}
    for ink in inks:
        assert contrast(ink, palette.paper) >= 7


def test_no_colour_but_white_is_typed_in_the_style() -> None:
    css = STYLE.read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", css)) == {"#fff"}
    assert "rgb" not in css
