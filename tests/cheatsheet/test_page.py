"""The sheet as a page, in a real browser: on a phone, on a desk, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cheatsheet import entries, prose, tree, web
from cheatsheet.entries import LANGS
from cheatsheet.nodes import Listing, Tree
from cheatsheet.tree import Maker
from media.svg import DARK, PRINT
from slides.driver import launch
from tests.cheatsheet.small import cells, toml, write
from tests.clients import AXE, PREPARE
from tests.peers import need

SIZES = {"phone": (360, 740), "desk": (1280, 800)}

VIOLATIONS = """async () => {
    // Contrast of 7:1, which axe does not ask for by itself.
    const rules = {"color-contrast-enhanced": {enabled: true}};
    const found = await axe.run(document, {rules});
    return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`));
}"""

TOO_WIDE = """
    document.documentElement.scrollWidth - document.documentElement.clientWidth
"""

LEFTS = "[...document.querySelectorAll('article')].map(e => e.offsetLeft)"

SELECTED = """pre => {
    getSelection().selectAllChildren(pre);
    return getSelection().toString();
}"""

SCROLLED = """picture => new Promise(done => {
    picture.addEventListener("scroll", () => done());
    if (picture.scrollLeft) done();
})"""
# No wait_for_function: the page's policy lets nothing be evaluated again and again.

FOCUSED = "document.activeElement.className || document.activeElement.id"


@dataclass(frozen=True)
class Shown:
    """A page that is open: on what, in which scheme, and what it asked for."""

    page: Page
    on: str
    scheme: str
    requests: list[str]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The whole sheet in each language, and a small one with each kind of part."""
    folder = tmp_path_factory.mktemp("pages")
    sheets = {made.lang: made for made in tree.trees(LANGS)}
    sheets["small"] = small(folder)
    return {
        name: write(folder, web.html(made), f"{name}.html")
        for name, made in sheets.items()
    }


def small(folder: Path) -> Tree:
    made = entries.read(write(folder, toml(), "sheet.toml"))
    # The release is then said of the code, and not of the words before.
    words = cells().replace("`TaskGroup`", "`group`")
    return Maker(made, "fr", prose.read([write(folder, words, "d.md")])).tree()


def opened(browser: Browser, file: Path, on: str, scheme: str) -> Iterator[Shown]:
    width, height = SIZES[on]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    page.goto(file.as_uri())
    page.evaluate("document.fonts.ready.then(() => null)")
    yield Shown(page, on, scheme, requests)
    context.close()


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SIZES)
def shown(
    browser: Browser,
    files: dict[str, Path],
    scheme: str,
    request: pytest.FixtureRequest,
) -> Iterator[Shown]:
    """The French sheet: its words are longer."""
    yield from opened(browser, files["fr"], request.param, scheme)


@pytest.fixture
def phone(browser: Browser, files: dict[str, Path]) -> Iterator[Page]:
    """A small sheet on a phone."""
    for shown in opened(browser, files["small"], "phone", "light"):
        yield shown.page


def test_it_is_as_wide_as_the_screen_and_asks_for_nothing(shown: Shown) -> None:
    assert shown.page.evaluate(TOO_WIDE) == 0
    assert [url for url in shown.requests if not url.startswith("data:")] == [
        shown.page.url
    ]
    columns = len(set(shown.page.evaluate(LEFTS)))
    assert columns == 1 if shown.on == "phone" else columns > 1


def test_letters_twice_as_large_have_room(shown: Shown) -> None:
    shown.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert shown.page.evaluate(TOO_WIDE) == 0


def test_its_colours_and_those_of_pictures_follow_the_scheme(shown: Shown) -> None:
    palette = DARK if shown.scheme == "dark" else PRINT

    def colour(selector: str, key: str) -> str:
        found = f"e => getComputedStyle(e)[{key!r}]"
        rgb = str(shown.page.locator(selector).first.evaluate(found))
        return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", rgb))

    assert colour("html", "backgroundColor") == palette.paper
    assert colour("p", "color") == palette.ink
    assert colour(".figure text", "fill") == palette.ink
    assert colour(".figure svg > rect", "fill") == palette.paper


def test_pictures_are_in_the_fonts_that_they_are_laid_out_for(shown: Shown) -> None:
    families = "es => es.map(e => getComputedStyle(e).fontFamily.split(',')[0])"
    found = shown.page.locator(".figure text, .figure tspan").evaluate_all(families)
    assert set(found) == {"Inter", "Iosevka"}


@pytest.mark.parametrize("lang", LANGS)
def test_axe_finds_nothing_wrong(
    browser: Browser, files: dict[str, Path], scheme: str, lang: str
) -> None:
    folder = need(str(AXE.prepared or ""), f"axe ({PREPARE})")
    axe = Path(folder) / "node_modules" / "axe-core" / "axe.min.js"
    for shown in opened(browser, files[lang], "phone", scheme):
        shown.page.evaluate(axe.read_text(encoding="utf-8"))
        assert shown.page.evaluate(VIOLATIONS) == []


def test_all_code_is_seen_on_a_phone_and_what_is_wider_scrolls(shown: Shown) -> None:
    over = "es => es.filter(e => e.scrollWidth > e.clientWidth).length"
    assert shown.page.locator("pre").evaluate_all(over) == 0
    if shown.on == "phone":
        picture = shown.page.locator(".figure").first
        picture.focus()
        shown.page.keyboard.press("ArrowRight")
        picture.evaluate(SCROLLED)


def test_what_is_copied_is_the_program(phone: Page, tmp_path: Path) -> None:
    (group,) = (box for box in small(tmp_path).boxes() if box.id == "group")
    (listing,) = (block for block in group.blocks if isinstance(block, Listing))
    copied = phone.locator("#group pre").evaluate(SELECTED)
    assert copied.rstrip("\n") == "\n".join(line.text for line in listing.lines)
    assert "3.11" in phone.locator("#group pre").inner_text()


def test_the_first_key_offers_to_skip_to_the_content(phone: Page) -> None:
    phone.keyboard.press("Tab")
    assert phone.evaluate(FOCUSED) == "skip"
    box = phone.locator(".skip").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    phone.keyboard.press("Enter")
    assert phone.evaluate(FOCUSED) == "content"


def test_where_the_keyboard_is_can_be_seen(phone: Page) -> None:
    style = "getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(12):
        phone.keyboard.press("Tab")
        assert phone.evaluate(style) == "solid", phone.evaluate(FOCUSED)


def test_a_letter_leads_to_its_family_which_nothing_hides(shown: Shown) -> None:
    page = shown.page
    page.locator(".letters a").nth(2).click()
    title = page.locator("h2").nth(2).bounding_box()
    bar = page.locator(".letters").bounding_box()
    assert title is not None
    assert bar is not None
    assert bar["y"] == 0
    assert bar["height"] <= title["y"] < bar["height"] + 60
