"""The figures: the same each time, true to the demos, and legible on a stage."""

import inspect
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from demos.first_steps import fetch as fetch_demo
from demos.first_steps import pieces as pieces_demo
from demos.first_steps import starvation as starvation_demo
from demos.tasks import lives as lives_demo
from media import __main__ as command
from media.figures import fetch, figure, lives, names, nested, pieces, starvation
from media.lanes import End
from media.lang import LANGS, Lang
from media.picture import Picture
from media.scales import ticks_at
from media.svg import DARK, LIGHT, PAPER, PRINT, WIDTH, Page, Palette, night
from media.text import MONO
from tests.media.pictures import ROOT, SVG, Browser, contrast, defects, show

MEDIA = ROOT / "media"
ALL = [(name, lang) for name in names() for lang in LANGS]
SHEET = {"turns": 250, "life": 250, "years": 290}
"""The figures of the printed sheet, and how high each may be."""


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
    assert prose
    for text in prose:
        text = re.sub(r"CPython 3\.\d+", "", text)
        assert not re.search(r"[^\u00a0][:;!?»]|«[^\u00a0]|'|\d\.\d", text), text


@pytest.mark.parametrize("name", [n for n in names() if "WORDS" in vars(figure(n))])
def test_both_languages_have_the_same_words(name: str) -> None:
    words = vars(figure(name))["WORDS"]
    assert words["fr"].keys() == words["en"].keys()


@pytest.mark.parametrize("name", names())
def test_both_languages_have_the_same_code(name: str) -> None:
    """What is in code's font is Python's."""
    french, english = (
        [
            "".join(text.itertext())
            for text in ET.fromstring(drawn(name, lang)).iter(f"{SVG}text")
            if text.get("font-family") == MONO
        ]
        for lang in LANGS
    )
    assert french == english


STAGE, CONTENT, HIGHEST = 1280, 0.92 * 1280, 0.433 * 1280
"""Pixels: a stage's width, its content's, and the height that a title leaves."""

PROSE = 0.025 * STAGE
"""Size of prose on a slide, in pixels of that stage."""


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_texts_are_as_large_as_prose_on_a_slide(name: str, lang: Lang) -> None:
    """But on the printed sheet, whose pictures have a box of their own."""
    root = ET.fromstring(drawn(name, lang))
    _, _, width, height = map(float, root.get("viewBox", "").split())
    sizes = [float(text.get("font-size", 0)) for text in root.iter(f"{SVG}text")]
    if name in SHEET:
        assert width == PAPER
        assert height <= SHEET[name]
        assert min(sizes) >= 26
        return
    assert width == WIDTH
    scale = min(CONTENT / width, HIGHEST / height)
    assert scale * min(sizes) >= PROSE


def test_every_picture_of_a_deck_is_one_for_slides() -> None:
    decks = (ROOT / "slides").glob("??/*.md")
    shown = {
        image
        for deck in decks
        for image in re.findall(r"media/(\w+)\.\w+\.svg", deck.read_text("utf-8"))
    }
    assert len(shown) > 5
    assert shown <= {*names()} - {*SHEET}


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_what_is_drawn_starts_at_the_left_edge(
    browser: Browser, name: str, lang: Lang
) -> None:
    """A title stands there, too."""
    if name in SHEET:
        pytest.skip("it has no title")
    svg = drawn(name, lang)
    show(browser, svg)
    left = browser.do(lambda page: page.evaluate(LEFTMOST))
    assert -3 <= left <= 4


LEFTMOST = """() => Math.min(...[...document.querySelectorAll(
    'svg > :not(title, desc, rect:first-of-type)'
)].map(node => {
    const stroke = parseFloat(getComputedStyle(node).strokeWidth) / 2;
    const drawn = getComputedStyle(node).stroke !== 'none';
    return node.getBoundingClientRect().left - (drawn ? stroke : 0);
}))"""
"""Where what is first on the left begins."""


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("drawn", [LIGHT, PRINT])
def test_at_night_a_picture_is_as_if_drawn_in_dark(name: str, drawn: Palette) -> None:
    picture = figure(name).picture("fr")
    rules = re.findall(r'\[(\w+)="(#\w+)"\]\{\1:(#\w+)\}', night())
    svg = picture.svg(drawn)
    at_night = {f'{what}="{old}"': f'{what}="{new}"' for what, old, new in rules}
    seen = re.sub(
        r'\b(?:fill|stroke)="#\w+"', lambda found: at_night[found.group()], svg
    )
    assert seen == picture.svg(DARK)


@pytest.mark.parametrize(("palette", "colour"), [(LIGHT, "#7a3a00"), (DARK, "#ffb86b")])
def test_code_is_coloured_as_in_the_cells(palette: Palette, colour: str) -> None:
    page = Page(palette)
    page.code(0, 0, "async for x in await f('await in'): return x, None")
    (text,) = ET.fromstring(page.svg("", "", "en", 30)).iter(f"{SVG}text")
    runs = [(run.text, run.get("fill")) for run in text]
    waits = [("async for", colour), ("await", colour)]
    assert runs == [waits[0], ("in", palette.ink), waits[1], ("return", palette.ink)]
    assert {run.get("font-weight") for run in text} == {"700"}
    assert contrast(colour, palette.paper) >= 7
    assert contrast(colour, palette.free) >= 7


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_an_await_is_coloured_wherever_it_is_code(name: str, lang: Lang) -> None:
    if name in SHEET:
        pytest.skip("it is printed in grey")
    root = ET.fromstring(drawn(name, lang))
    for text in root.iter(f"{SVG}text"):
        if text.get("font-family") == MONO:
            plain = "".join(text.itertext())
            words = re.findall(r"\bawait\b|\basync (?:for|with)\b", plain)
            accent = [run.text for run in text if run.get("fill") == LIGHT.accent]
            assert accent == words, plain


def test_each_drawing_word_is_shown() -> None:
    root = ET.fromstring(drawn("shapes", "en"))
    shown = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    words = {name for name in vars(Page) if not name.startswith("_")}
    assert words - {"add", "svg"} <= shown


STRANGE = "DejaVu Serif"
"""A font that is none of the stage's, and wider than they are."""


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_it_is_right_without_the_fonts(browser: Browser, name: str, lang: Lang) -> None:
    if name in SHEET:
        pytest.skip("the sheet has its own letters, always")
    svg = re.sub('font-family="[^"]*"', f'font-family="{STRANGE}"', drawn(name, lang))
    wide = [
        defect
        for defect in defects(show(browser, svg))
        if "leaves" in defect or "is met by text" in defect
    ]
    assert wide == []


def test_lines_survive_on_white() -> None:
    for paper in ("#ffffff", LIGHT.paper):
        assert min(contrast(colour, paper) for colour in LIGHT.lanes) >= 4.5


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_every_text_is_legible(browser: Browser, name: str, lang: Lang) -> None:
    shapes = show(browser, drawn(name, lang))
    assert any(shape.tag == "text" for shape in shapes)
    assert list(defects(shapes)) == []


def broken(**changes: object) -> str:
    picture = starvation.picture("fr")
    return replace(picture, **changes).svg()  # type: ignore[arg-type]


def test_an_overlap_is_seen(browser: Browser) -> None:
    close = show(browser, broken(ticks=ticks_at("fr", 0.3, 0.31)))
    assert any("is met by text" in defect for defect in defects(close))


def test_a_text_outside_is_seen(browser: Browser) -> None:
    wide = show(browser, broken(right=1000))
    assert any("leaves the picture" in defect for defect in defects(wide))


def test_a_text_too_wide_for_its_bar_is_seen(browser: Browser) -> None:
    narrow = show(browser, broken(right=700))
    assert any("is pale on" in defect for defect in defects(narrow))


def test_a_text_over_a_mark_is_seen(browser: Browser) -> None:
    first, *others = starvation.picture("fr").lanes
    early = replace(first, end=End(1.0, "done"))
    shapes = show(browser, broken(rows=(early, *others)))
    assert any("is met by circle" in defect for defect in defects(shapes))
    first_is_page, *rest = shapes
    backwards = [first_is_page, *reversed(rest)]
    assert any("crosses a mark" in defect for defect in defects(backwards))


def test_a_pale_text_is_seen(browser: Browser) -> None:
    pale = broken().replace('fill="#1b2230"', 'fill="#767676"')
    assert any(
        f"is pale on {LIGHT.paper}" in each for each in defects(show(browser, pale))
    )


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


def told_seconds(name: str, lang: Lang) -> set[float]:
    """Return the times in seconds that a figure's alt text tells."""
    alt = figure(name).ALT[lang].replace(",", ".")
    return set(map(float, re.findall(r"([\d.]+)(?=\u00a0s\b| à [\d.]+\u00a0s)", alt)))


@pytest.mark.parametrize("lang", LANGS)
def test_alt_texts_tell_the_times_drawn(lang: Lang) -> None:
    assert told_seconds("fetch", lang) == {
        sum(fetch.LATENCIES),
        max(fetch.LATENCIES),
    }
    a, b = (lane.end for lane in pieces.picture(lang).lanes[1:])
    assert a is not None
    assert b is not None
    assert told_seconds("pieces", lang) == {round(a.at, 3), round(b.at, 3)}
    assert b.at < a.at
    assert told_seconds("lives", lang) == {lives.DELAY}
    rude = starvation.FIRST + starvation.SECOND
    times = {starvation.FIRST, starvation.SECOND, round(rude, 3)}
    assert told_seconds("starvation", lang) - {0} == times


def test_nested_awaits_pause_at_the_yield_only() -> None:
    pyramid = nested.picture("en")
    assert pyramid.names == ("w4() await", "w3() await", "w2() await", "w1() yield")
    assert [send.given for send in pyramid.sends] == ["None", *map(repr, nested.SENDS)]
    told = re.findall(r"“(\w+)”", nested.ALT["en"])
    assert [send.got for send in pyramid.sends] == [repr(word) for word in told]
    assert [f"«\u00a0{word}\u00a0»" in nested.ALT["fr"] for word in told] == [True] * 3
    for send in pyramid.sends:
        # Down from the first row to the last, and back up.
        assert [visit.row for visit in send.visits] == [0, 1, 2, 3]
        assert [visit.start for visit in send.visits] == [0, 1, 2, 3]
        assert [visit.end for visit in send.visits] == [7, 6, 5, 4]
    assert [send.response for send in pyramid.sends] == ["yields", "yields", "returns"]


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
