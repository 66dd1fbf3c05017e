"""The figures: the same each time, true to the demos, and legible on a stage."""

import base64
import inspect
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from demos.first_steps import fetch as fetch_demo
from demos.first_steps import pieces as pieces_demo
from demos.first_steps import starvation as starvation_demo
from demos.tasks import lives as lives_demo
from media import __main__ as command
from media.figures import fetch, figure, lives, names, pieces, starvation
from media.lanes import End, Picture, ticks
from media.svg import LANGS, LIGHT, WIDTH, Lang

ROOT = Path(__file__).resolve().parents[2]
MEDIA = ROOT / "media"
FONTS = ROOT / "slides" / "theme" / "fonts"
SVG = "{http://www.w3.org/2000/svg}"
ALL = [(name, lang) for name in names() for lang in LANGS]

CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

FACES = (
    ("Inter", "Inter.woff2", "100 900"),
    ("Iosevka", "Iosevka-Regular.woff2", "400"),
    ("Iosevka", "Iosevka-Bold.woff2", "700"),
)

MEASURE = """() => [...document.querySelectorAll('text, rect, circle')].map(node => {
    const box = node.getBoundingClientRect();
    return [node.tagName, node.textContent, node.getAttribute('fill'),
            box.left, box.top, box.right, box.bottom];
})"""


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True)
class Shape:
    """What Chromium drew: its box in units of the viewBox."""

    tag: str
    text: str
    fill: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Shape") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: "Shape") -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


def defects(shapes: list[Shape]) -> Iterator[str]:
    """Say which texts leave the page, meet something, or are hard to read."""
    for place, text in enumerate(shapes):
        if text.tag != "text":
            continue
        if not shapes[0].holds(text):
            yield f"{text.text!r} leaves the picture"
        for later in shapes[place + 1 :]:
            if text.meets(later):
                yield f"{text.text!r} is met by {later.tag} {later.text!r}"
        for under in reversed(shapes[:place]):
            if under.tag == "circle" and text.meets(under):
                yield f"{text.text!r} crosses a mark"
            if under.tag == "rect" and text.meets(under):
                if contrast(text.fill, under.fill) < 7:
                    yield f"{text.text!r} is pale on {under.fill}"
                if under.holds(text):
                    break


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Page]:
    """Open a page in a browser that has nothing of its own to ask."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=CHROMIUM_ARGS
        )
        yield browser.new_page(viewport={"width": WIDTH, "height": 720})
        browser.close()


def show(page: Page, drawing: str) -> list[Shape]:
    """Draw at its own size, in the stage's fonts; return the shapes as measured."""
    faces = "".join(
        f"@font-face {{ font-family: {family}; font-weight: {weight}; src:"
        f" url(data:font/woff2;base64,"
        f"{base64.b64encode((FONTS / file).read_bytes()).decode()}) }}"
        for family, file, weight in FACES
    )
    page.set_content(f"<style>{faces} body {{ margin: 0 }}</style>{drawing}")
    page.evaluate(
        "() => Promise.all([...document.fonts].map(face => face.load()))"
        ".then(() => document.fonts.ready).then(() => null)"
    )
    return [Shape(*measured) for measured in page.evaluate(MEASURE)]


def drawn(name: str, lang: Lang) -> str:
    return figure(name).picture(lang).svg()


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_committed_is_what_is_drawn(name: str, lang: Lang) -> None:
    drawing = drawn(name, lang)
    assert drawing == drawn(name, lang)
    assert (MEDIA / f"{name}.{lang}.svg").read_bytes() == drawing.encode()


def test_no_picture_without_a_figure() -> None:
    files = {path.name for path in MEDIA.glob("*.svg")}
    assert files == {f"{name}.{lang}.svg" for name, lang in ALL}


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_told_to_those_who_cannot_see_it(name: str, lang: Lang) -> None:
    root = ET.fromstring(drawn(name, lang))
    assert root.get("role") == "img"
    assert root.get("lang") == lang
    assert [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text
    assert root[1].text == figure(name).ALT[lang]


@pytest.mark.parametrize("name", names())
def test_french_typography(name: str) -> None:
    root = ET.fromstring(drawn(name, "fr"))
    prose = [
        element.text or ""
        for element in root.iter()
        if "Iosevka" not in element.get("font-family", "")
    ]
    assert len(prose) > 10
    for text in prose:
        assert not re.search(r"[^\u00a0][:;!?»]|«[^\u00a0]|'|\d\.\d", text), text


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_fits_a_slide(name: str, lang: Lang) -> None:
    root = ET.fromstring(drawn(name, lang))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    assert width == WIDTH
    assert 360 <= height <= 540
    sizes = [float(text.get("font-size", 0)) for text in root.iter(f"{SVG}text")]
    assert sizes
    assert min(sizes) >= 26


def test_lines_survive_on_white() -> None:
    assert min(contrast(colour, "#ffffff") for colour in LIGHT.lanes) >= 4.5


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_every_text_is_legible(page: Page, name: str, lang: Lang) -> None:
    shapes = show(page, drawn(name, lang))
    assert sum(shape.tag == "text" for shape in shapes) > 10
    assert list(defects(shapes)) == []


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_the_fonts_have_every_character(page: Page, name: str, lang: Lang) -> None:
    show(page, drawn(name, lang))
    assert strangers(page) == []


def strangers(page: Page) -> list[str]:
    """Return the fonts used by the texts that are not those of the stage."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    query = {"nodeId": root, "selector": "text"}
    nodes = session.send("DOM.querySelectorAll", query)["nodeIds"]
    fonts = [
        font
        for node in nodes
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})[
            "fonts"
        ]
    ]
    session.detach()
    assert fonts
    return [font["familyName"] for font in fonts if not font["isCustomFont"]]


def broken(**changes: object) -> str:
    picture = starvation.picture("fr")
    return replace(picture, **changes).svg()  # type: ignore[arg-type]


def test_an_overlap_is_seen(page: Page) -> None:
    close = show(page, broken(ticks=ticks("fr", 0.3, 0.31)))
    assert any("is met by text" in defect for defect in defects(close))


def test_a_text_outside_is_seen(page: Page) -> None:
    wide = show(page, broken(thread="le thread, et rien que lui"))
    assert any("leaves the picture" in defect for defect in defects(wide))


def test_a_text_too_wide_for_its_bar_is_seen(page: Page) -> None:
    narrow = show(page, broken(right=700))
    assert any("is pale on" in defect for defect in defects(narrow))


def test_a_text_over_a_mark_is_seen(page: Page) -> None:
    first, *others = starvation.picture("fr").lanes
    early = replace(first, end=End(0.1, "done"))
    shapes = show(page, broken(rows=(early, *others)))
    assert any("is met by circle" in defect for defect in defects(shapes))
    first_is_page, *rest = shapes
    backwards = [first_is_page, *reversed(rest)]
    assert any("crosses a mark" in defect for defect in defects(backwards))


def test_a_pale_text_is_seen(page: Page) -> None:
    pale = broken().replace('fill="#1b2230"', 'fill="#767676"')
    assert any("is pale on #ffffff" in each for each in defects(show(page, pale)))


def test_a_stranger_font_is_seen(page: Page) -> None:
    show(page, broken(thread="le →"))
    assert strangers(page)


def default(demo: object, name: str) -> object:
    main = getattr(demo, "main")  # noqa: B009 (any demo's)
    return inspect.signature(main).parameters[name].default


def sample(demo: object) -> list[str]:
    """Return the sample run in a demo's docstring, without its command."""
    lines = re.findall(r"(?m)^    (.+)$", inspect.getdoc(demo) or "")
    return [line for line in lines if not line.startswith("$")]


def said(picture: Picture) -> list[str]:
    """Return what the lanes with a name say, in order of time."""
    says = [
        (say.at, lane.name, say.text) for lane in picture.lanes for say in lane.says
    ]
    told = sorted(says, key=lambda say: say[0])
    return [f"{name}: {text}" for _, name, text in told if name != "main"]


def test_durations_are_the_demos() -> None:
    for module, demo in ((pieces, pieces_demo), (starvation, starvation_demo)):
        assert default(demo, "first") == module.FIRST
        assert default(demo, "second") == module.SECOND
    assert default(fetch_demo, "latencies") == fetch.LATENCIES
    assert default(lives_demo, "delay") == lives.DELAY


def test_pieces_come_in_the_order_of_the_sample_run() -> None:
    *alone_then_both, results = sample(pieces_demo)
    picture = pieces.picture("en")
    assert said(picture) == alone_then_both[3:]
    assert [say.text for say in picture.lanes[0].says] == [results]


def test_starved_pieces_come_in_the_order_of_the_sample_run() -> None:
    run = sample(starvation_demo)
    assert said(starvation.picture("en")) == [line.partition(",")[0] for line in run]
    late = starvation.SECOND
    assert f"polite A: middle, {late:.2f} s late" in run


def test_lives_keep_what_the_sample_run_reads() -> None:
    run = sample(lives_demo)
    for lane in lives.picture("en").lanes:
        if lane.kept:
            line = f"{lane.name}: {lane.kept.read} is {lane.kept.text}"
            assert line in run
            assert callable(getattr(lives_demo, lane.name))


def test_figures_are_drawn_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.figures(["pieces"], check=False, folder=tmp_path) == 0
    assert capsys.readouterr().out == "pieces.fr.svg drawn\npieces.en.svg drawn\n"
    assert command.figures(["pieces"], check=False, folder=tmp_path) == 0
    assert "pieces.fr.svg unchanged\n" in capsys.readouterr().out


def test_check_names_what_differs_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.figures(["pieces", "lives"], check=False, folder=tmp_path)
    (tmp_path / "lives.en.svg").write_text("<svg/>")
    capsys.readouterr()
    assert command.figures(["pieces", "lives"], check=True, folder=tmp_path) == 1
    told = capsys.readouterr().err
    assert "lives.en.svg" in told
    assert "pieces" not in told
    assert told.count("\n") == 1
    assert (tmp_path / "lives.en.svg").read_text() == "<svg/>"
    assert command.main(["figures", "--check"]) == 0


def test_misuse_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["figures", "tulip"]) == 2
    assert capsys.readouterr().err.startswith("no figure tulip; there are ")
    for arguments in ([], ["paint"]):
        with pytest.raises(SystemExit) as exit_:
            command.main(arguments)
        assert exit_.value.code == 2
