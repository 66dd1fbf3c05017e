"""What is drawn of a recorded run is true, legible, and the same each time."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import pytest

from media.lanes import Block, End, Hold, Lane, Late, Note, Wait
from media.lang import LANGS, Lang, duration
from media.layout import APART, NEAR, picture
from media.picture import Picture
from media.scales import CLOSE, STEPS
from media.svg import DARK, LIGHT, PIXELS, WIDTH, Palette
from media.text import MONO, SIZE, bare, legible, text_width
from media.trace import Life, Trace
from media.words import NAME, lane_names, percent, said, sentence
from tests.media.pictures import SVG, Browser, Shape, contrast, defects, show
from tests.media.renew import TRACES, drawings, names, trace
from tests.media.stories import HOUR, story

SCALES = (False, True)
STORIES = range(60)
FIXED = dict(drawings())

ARROW = re.compile(r"M([-\d.]+) ([-\d.]+)h-18V([-\d.]+)h8")


def task(name: str = "main", **told: Any) -> dict[str, Any]:
    """Return a task as a trace's JSON tells it; times in microseconds."""
    nothing = {"parent": None, "born": 0, "how": "done", "outcome": ""}
    return {"name": name, "runs": [], "blocked": {}, "says": [], **nothing, **told}


def made(*tasks: dict[str, Any], seconds: float, slow: float = 0.1) -> Trace:
    """Return a trace of tasks."""
    told = {"microseconds": seconds * 1e6, "slow": slow * 1e6, "tasks": tasks}
    return Trace.loads(json.dumps(told))


def texts(shapes: list[Shape]) -> list[str]:
    return [shape.text for shape in shapes if shape.tag == "text"]


def struck(svg: str, shapes: list[Shape]) -> list[str]:
    """Return the texts that an arrow goes through, with nothing in between."""
    arrows = [tuple(map(float, found)) for found in ARROW.findall(svg)]
    written = [shape for shape in shapes if shape.tag == "text"]
    nodes = list(ET.fromstring(svg).iter(f"{SVG}text"))
    return [
        text.text
        for text, node in zip(written, nodes, strict=True)
        if node.get("stroke") is None
        for x, top, bottom in arrows
        if text.left < x - 18 < text.right and top < text.bottom and text.top < bottom
    ]


# The same each time


@pytest.mark.parametrize("name", FIXED)
def test_picture_of_a_fixed_trace_is_the_committed_one(name: str) -> None:
    assert (TRACES / name).read_bytes() == FIXED[name].encode(), (
        "if this is meant, run `python -m tests.media.renew` and look at it"
    )


def test_every_committed_picture_is_of_a_trace() -> None:
    assert {path.name for path in TRACES.glob("*.svg")} == set(FIXED)


@pytest.mark.parametrize("name", names())
def test_a_trace_is_read_and_written_unchanged(name: str) -> None:
    assert json.loads(trace(name).dumps()) == json.loads(
        (TRACES / f"{name}.json").read_text(encoding="utf-8")
    )


# Legible


@pytest.mark.parametrize("name", FIXED)
def test_fixed_traces_are_legible(browser: Browser, name: str) -> None:
    shapes = show(browser, FIXED[name])
    assert len(texts(shapes)) > 10
    assert list(defects(shapes)) == []
    assert struck(FIXED[name], shapes) == []


@pytest.mark.parametrize("seed", STORIES)
def test_any_run_is_legible(browser: Browser, seed: int) -> None:
    lang: Lang = LANGS[seed % 2]
    palette: Palette = (LIGHT, DARK)[seed // 2 % 2]
    for steps in SCALES:
        drawn = picture(story(seed), steps=steps, lang=lang)
        svg = drawn.svg(palette)
        shapes = show(browser, svg)
        root = ET.fromstring(svg)
        assert root[1].text == sentence(story(seed), lang)
        assert {text.get("font-size") for text in root.iter(f"{SVG}text")} == {"26"}
        written = {text.replace("\u00a0", " ") for text in texts(shapes)}
        assert "".join(written).isprintable()
        names = {lane.name.replace("\u00a0", " ") for lane in drawn.lanes}
        assert names - {""} <= written
        assert list(defects(shapes)) == []
        assert struck(svg, shapes) == []


def test_a_block_keeps_off_the_words_above_it(browser: Browser) -> None:
    ended = task(runs=[[0, 400_000, ""]], outcome="'a word over the block'")
    blocks = task("rude", born=400_000, runs=[[400_000, 950_000, ""]])
    shapes = show(browser, picture(made(ended, blocks, seconds=1, slow=0.5)).svg())
    assert "'a word over the block'" in texts(shapes)
    assert list(defects(shapes)) == []


def test_a_block_that_gives_way_in_the_thread_says_nothing(browser: Browser) -> None:
    """Its text had room on the scale of time; not left of nine holds at the end."""
    others = [
        task(name, runs=[[999_900 + n, 999_901 + n, ""]], born=999_900)
        for n, name in enumerate("abcdefghi")
    ]
    drawn, over = picture(made(task(), seconds=1)), ""
    for start in range(880_000, 0, -10_000):  # the shortest whose text has room
        rude = task(runs=[[0, 9, ""], [start, 999_900, ""]])
        drawn = picture(made(rude, *others, seconds=1))
        (over,) = (s.over for s in drawn.lanes[0].stretches if isinstance(s, Block))
        if over:
            break
    shapes = show(browser, drawn.svg())
    assert list(defects(shapes)) == []
    assert over == "nobody else runs"
    assert over not in texts(shapes)


def test_stories_are_of_all_kinds() -> None:
    told = [story(seed) for seed in STORIES]
    assert {len(each.lives) for each in told} >= {1, 2, 41, 45}
    assert {life.how for each in told for life in each.lives} == {
        "done",
        "failed",
        "cancelled",
        "pending",
    }
    spans = [each.seconds for each in told]
    assert min(spans) < 1e-4
    assert max(spans) == HOUR / 1e6
    assert 1e-6 in {round(run, 9) for each in told for run in holds(each)}
    assert any(first_blocks(each) and last_blocks(each) for each in told)
    assert any(life.parent for each in told for life in each.lives)
    assert any(len(each.lives) > 5 and not long_holds(each) for each in told)


def holds(told: Trace) -> list[float]:
    return [seconds for life in told.lives for seconds in life.holds]


def long_holds(told: Trace) -> list[tuple[float, float]]:
    return sorted(
        (start, end)
        for life in told.lives
        for run, (start, end, _) in enumerate(life)
        if life.long(run, told.slow)
    )


def first_blocks(told: Trace) -> bool:
    return any(start == 0 for start, _ in long_holds(told))


def last_blocks(told: Trace) -> bool:
    return any(end == told.seconds for _, end in long_holds(told))


def test_one_at_a_time_holds_the_thread_in_a_story() -> None:
    for seed in STORIES:
        runs = sorted(
            (start, end) for life in story(seed).lives for start, end, _ in life
        )
        assert all(end <= start + 1e-9 for (_, end), (start, _) in pairwise(runs))


def test_an_arrow_through_a_text_is_seen(browser: Browser) -> None:
    svg = FIXED["births.steps.en.svg"]
    plain = svg.replace(f' stroke="{LIGHT.paper}" stroke-width="6"', "")
    assert "sleep(1)" in struck(plain, show(browser, plain))


def test_a_pale_text_is_seen_on_a_dark_page(browser: Browser) -> None:
    svg = FIXED["ends.time.en.dark.svg"]
    pale = svg.replace(f'fill="{DARK.ink}"', 'fill="#808080"')
    assert any(f"pale on {DARK.paper}" in each for each in defects(show(browser, pale)))


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_colours_stand_out(palette: Palette) -> None:
    for colour in (palette.ink, palette.red):
        assert contrast(colour, palette.paper) >= 7
        assert contrast(colour, palette.band) >= 7
    assert min(contrast(colour, palette.paper) for colour in palette.lanes) >= 4.5
    assert len(set(palette.lanes)) == len(palette.lanes)


# True


def spans(lane: Lane) -> list[tuple[float, float]]:
    return [(s.start, s.end) for s in lane.stretches if isinstance(s, Hold | Block)]


def covers(held: list[tuple[float, float]], start: float, end: float) -> bool:
    return any(first <= start + 1e-9 and end <= last + 1e-9 for first, last in held)


@pytest.mark.parametrize("seed", STORIES)
def test_every_hold_is_where_it_was(seed: int) -> None:
    told = story(seed)
    drawn = picture(told)
    unit = (drawn.right - drawn.left) / told.seconds
    lanes = dict(zip(lanes_of(told), drawn.lanes, strict=True))
    for life, lane in lanes.items():
        assert lane.name == lane_names(told)[life.place]
        held = spans(lane)
        assert all(covers(held, start, end) for start, end, _ in life)
        for first, last in held:
            runs = [run[:2] for run in life if first <= run[0] < last]
            assert (runs[0][0], runs[-1][1]) == (first, last)
            gaps = [start - end for (_, end), (start, _) in pairwise(runs)]
            assert all(gap * unit < CLOSE for gap in gaps)
        red = [(s.start, s.end) for s in lane.stretches if isinstance(s, Block)]
        assert red == [
            (start, end)
            for run, (start, end, _) in enumerate(life)
            if life.long(run, told.slow)
        ]
        assert lane.end is not None
        assert lane.end.how == life.how
        if life.how != "pending":
            assert lane.end.at == list(life)[-1][1]
        assert [s.start for s in lane.stretches] == sorted(
            s.start for s in lane.stretches
        )


def lanes_of(told: Trace) -> list[Life]:
    """Return the tasks that have a lane: all, or the first 20 and the last 20."""
    lives = list(told.lives)
    return lives if len(lives) <= 40 else lives[:20] + lives[-20:]


def rects(svg: str, fill: str) -> list[tuple[float, float, float, float]]:
    """Return what is filled with a colour: x, y, width, height."""
    return [
        (
            float(rect.get("x", 0)),
            float(rect.get("y", 0)),
            float(rect.get("width", 0)),
            float(rect.get("height", 0)),
        )
        for rect in ET.fromstring(svg).iter(f"{SVG}rect")
        if rect.get("fill") == fill
    ]


def test_places_are_proportional_to_times() -> None:
    times = [(0, 0.2), (0.5, 0.6), (0.9, 1.0)]
    runs = [[start * 1e6, end * 1e6, ""] for start, end in times]
    drawn = picture(made(task(runs=runs), seconds=1, slow=0.5))
    assert (drawn.x(0), drawn.x(1)) == (drawn.left, drawn.right)
    width = drawn.right - drawn.left
    colour = LIGHT.lanes[0]
    on_lane = [box for box in rects(drawn.svg(), colour) if box[3] == 24]
    shares = [((x - drawn.left) / width, w / width) for x, _, w, _ in on_lane]
    for share, (start, end) in zip(shares, times, strict=True):
        assert share == pytest.approx((start, end - start), abs=1e-3)


def test_ticks_are_at_their_times() -> None:
    for seed in STORIES:
        told = story(seed)
        for lang in LANGS:
            drawn = picture(told, lang=lang)
            units = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}
            assert len(drawn.ticks) >= 2
            for at, text in drawn.ticks:
                value, _, unit = text.replace(",", ".").partition("\u00a0")
                assert float(value) * units.get(unit, 1) == pytest.approx(at)
                assert at <= told.seconds * 1.0001
                assert ("." in text) <= (lang == "en")


def test_what_holds_for_longer_than_slow_is_red() -> None:
    blocked = {"1": ["time.sleep(0.3)"]}
    runs = [[0, 100_000, ""], [200_000, 300_001, ""], [500_000, 500_001, ""]]
    lane = picture(made(task(runs=runs, blocked=blocked), seconds=1)).lanes[0]
    assert [type(s) for s in lane.stretches] == [Hold, Wait, Block, Wait, Hold]
    (block,) = (s for s in lane.stretches if isinstance(s, Block))
    assert (block.start, block.end) == pytest.approx((0.2, 0.300001))
    told = [block.text, *(say.text for say in lane.says if say.red)]
    assert "time.sleep(0.3)  100\u00a0ms" in told


def test_a_long_block_names_all_that_kept_the_thread() -> None:
    blocked = {"0": ["time.sleep(0.3)", "sum(range(9))"]}
    wide = made(task(runs=[[0, 900_000, ""]], blocked=blocked), seconds=1)
    (block,) = picture(wide).lanes[0].stretches
    assert isinstance(block, Block)
    assert block.text == "time.sleep(0.3)  sum(range(9))  900\u00a0ms"
    assert block.over == "nobody else runs"
    narrow = made(task(runs=[[0, 150_000, ""]], blocked=blocked), seconds=1)
    lane = picture(narrow).lanes[0]
    assert isinstance(lane.stretches[0], Block)
    assert not lane.stretches[0].text
    assert [(say.text, say.red) for say in lane.says] == [
        ("time.sleep(0.3)  sum(range(9))  150\u00a0ms", True)
    ]


def test_two_blocks_side_by_side_are_both_told() -> None:
    blocked = {"0": ["time.sleep(0.3)  # and what is longer than its room"]}
    blocked |= {"1": ["sum(range(9))"]}
    runs = [[0, 300_000, ""], [300_001, 500_000, ""], [999_998, 1_000_000, ""]]
    lane = picture(made(task(runs=runs, blocked=blocked), seconds=1)).lanes[0]
    first, second = lane.says
    assert first.text.startswith("time.sleep(0.3)  # and what is longer than its room")
    assert second.text.startswith("sum(range(9))")
    assert first.row != second.row


@pytest.mark.parametrize(("apart", "count"), [(0, 1), (1, 1), (3, 2), (200, 2)])
def test_only_holds_that_touch_are_one(apart: float, count: int) -> None:
    whole = picture(made(task(runs=[[0, 1_000_000, ""]]), seconds=1, slow=9))
    gap = apart * 1e6 / (whole.right - whole.left)
    runs = [[0, 300_000, ""], [300_000 + gap, 1_000_000, ""]]
    lane = picture(made(task(runs=runs), seconds=1, slow=9)).lanes[0]
    assert len(spans(lane)) == count


def test_who_is_kept_from_starting_is_late() -> None:
    rude = task(runs=[[10, 800_000, ""]])
    kept = task("kept", parent=0, born=100, runs=[[800_010, 800_020, ""]])
    soon = task("soon", parent=0, born=799_000, runs=[[800_030, 800_040, ""]])
    drawn = picture(made(rude, kept, soon, seconds=1))
    _, late, waits = drawn.lanes
    assert late.stretches[0] == Late(0.0001, 0.80001, "cannot start")
    assert not any(isinstance(s, Late) for s in waits.stretches)
    assert (late.parent, waits.parent) == ("main", "main")


def test_ends_have_their_marks_and_words() -> None:
    drawn = picture(trace("ends"), lang="fr")
    ends = {lane.name: lane.end for lane in drawn.lanes}
    assert ends["returns"] == End(0.30226, "done", "'in flower'")
    assert ends["returns nothing"] == End(0.70206, "done", "")
    assert ends["is cancelled"] == End(0.60242, "cancelled", "annulée")
    assert ends["never ends"] == End(1.0, "pending", "en attente")
    assert ends["fails"] == End(0.50242, "failed", "ExceptionGroup(…)")


@pytest.mark.parametrize("lang", LANGS)
def test_beyond_forty_lanes_the_others_are_counted(lang: Lang) -> None:
    told = trace("crowd")
    drawn = picture(told, lang=lang)
    expected = ["main", *(f"fetch {n}" for n in (*range(1, 20), *range(40, 60)))]
    assert [lane.name for lane in drawn.lanes] == expected
    note = drawn.rows[20]
    assert isinstance(note, Note)
    assert "20" in note.text
    unseen = [life for life in told.lives if life not in lanes_of(told)]
    assert len(unseen) == 20
    held = [(hold.start, hold.end) for hold in drawn.unseen]
    for life in unseen:
        for start, end, _ in life:
            assert covers(held, start, end)
    assert held == sorted(held)
    runs = sum(len(list(life)) for life in unseen)
    assert len(held) <= runs


def test_one_more_is_not_many() -> None:
    tasks = [task("fetch", born=n, runs=[[n, n + 1, ""]]) for n in range(41)]
    drawn = picture(made(*tasks, seconds=1))
    assert drawn.rows[20] == Note("… 1 more task …")


@pytest.mark.parametrize("seed", STORIES)
def test_a_step_is_a_column_in_order(seed: int) -> None:
    told = story(seed)
    runs = sorted((start, life.place) for life in told.lives for start, *_ in life)
    shown, hidden = runs[:STEPS], runs[STEPS:]
    drawn = picture(told, steps=True)
    assert drawn.end == len(shown)
    seen = {
        int(start): life.place
        for life, lane in zip(lanes_of(told), drawn.lanes, strict=True)
        for start, end in spans(lane)
        if int(start) == int(end)
    }
    laned = {life.place for life in lanes_of(told)}
    assert seen == {
        column: place for column, (_, place) in enumerate(shown) if place in laned
    }
    unseen = [column for column, (_, place) in enumerate(shown) if place not in laned]
    for column in unseen:
        held = [(hold.start, hold.end) for hold in drawn.unseen]
        assert covers(held, column + 0.1, column + 0.9)
    notes = [row.text for row in drawn.rows if isinstance(row, Note)]
    assert any(f" {len(hidden)} more step" in note for note in notes) == bool(hidden)
    numbers = [(at, text) for at, text in drawn.ticks]
    assert numbers[0] == (0.5, "1")
    assert all(at == int(text) - 0.5 for at, text in numbers)


def test_the_thread_shows_all_holds_in_their_order() -> None:
    """Microsecond hand-overs stand side by side, and none is left out."""
    told = trace("hand_overs")
    svg = FIXED["hand_overs.time.en.svg"]
    boxes = sorted(
        (x, colour)
        for colour in LIGHT.lanes[:3]
        for x, _, _, height in rects(svg, colour)
        if height == 40
    )
    runs = sorted((start, life.place) for life in told.lives for start, *_ in life)
    assert [colour for _, colour in boxes] == [LIGHT.lanes[i] for _, i in runs]


def test_crowded_ends_stay_in_the_thread() -> None:
    """Ten tasks that end at once: their holds lie left of the last, in order."""
    tasks = [task(runs=[[0, 5, ""], [999_990, 1_000_000, ""]])]
    for n in range(10):
        end = [999_900 + n, 999_901 + n, ""]
        tasks.append(task("x", parent=0, runs=[[10 + n, 11 + n, ""], end]))
    drawn = picture(made(*tasks, seconds=1))
    names = dict.fromkeys(lane.name for lane in drawn.lanes)
    assert len(names) == 11
    found = [
        (x, width)
        for colour in LIGHT.lanes
        for x, _, width, height in rects(drawn.svg(), colour)
        if height == 40
    ]
    assert len(found) == 22
    found.sort()
    assert all(x + width <= after for (x, width), (after, _) in pairwise(found))
    assert found[-1][0] + found[-1][1] <= drawn.right + 7.1
    assert found[10][0] < drawn.left + 100
    assert found[11][0] > drawn.right - 100


@pytest.mark.parametrize("lang", LANGS)
def test_the_busy_share_is_that_of_the_holds(lang: Lang) -> None:
    share = {0: "<1", 4_000: "<1", 6_000: "1", 500_000: "50", 1_000_000: "100"}
    for held, text in share.items():
        told = made(task(runs=[[0, held, ""]]), seconds=1, slow=9)
        assert percent(told) == text
        assert text in picture(told, lang=lang).busy
        assert text in sentence(told, lang)


def test_durations_have_a_few_digits() -> None:
    written = {
        0.000001: "1\u00a0µs",
        0.0000000004: "0\u00a0µs",
        0.0009996: "1\u00a0ms",
        0.00123: "1.2\u00a0ms",
        0.0999: "100\u00a0ms",
        0.9999: "1\u00a0s",
        12.34: "12\u00a0s",
        3600: "3600\u00a0s",
    }
    assert {time: duration(time, "en") for time in written} == written
    assert duration(0.00123, "fr") == "1,2\u00a0ms"


# Told


def test_the_sentence_tells_what_went_wrong() -> None:
    assert sentence(trace("starvation"), "en") == (
        "6 tasks, 552\u00a0ms; the thread is held 55% of the time; rude holds it for"
        " 300\u00a0ms in time.sleep(0.3); bad fails with ValueError('no such"
        " tulip'); sleeper is cancelled; the others succeed."
    )
    assert sentence(trace("starvation"), "fr") == (
        "6 tâches, 552\u00a0ms\u00a0; le fil est tenu 55\u00a0% du temps\u00a0; rude"
        " le garde 300\u00a0ms avec time.sleep(0.3)\u00a0; bad échoue avec"
        " ValueError('no such tulip')\u00a0; sleeper est annulée\u00a0; les autres"
        " finissent bien."
    )


def test_the_sentence_stays_short() -> None:
    told = sentence(trace("crowd"), "en")
    assert told.count("TimeoutError()") == 3
    assert "; and 3 more; the others succeed." in told


def test_nobody_else_is_told_of_where_there_is_nobody() -> None:
    told = made(task(how="failed", outcome="OSError()", runs=[[0, 9, ""]]), seconds=1)
    assert sentence(told, "en").endswith("; main fails with OSError().")
    assert sentence(told, "en").startswith("1 task, ")


def test_names_are_unique_and_in_order() -> None:
    named = [task(name, runs=[[n, n + 1, ""]]) for n, name in enumerate("aba")]
    taken = [task("a 1", runs=[[9, 10, ""]]), task("W" * 60, runs=[[11, 12, ""]])]
    told = made(*named, *taken, seconds=1)
    *short, long = lane_names(told)
    assert short == ["a 2", "b", "a 3", "a 1"]
    assert long.endswith("…")
    assert text_width(long) <= NAME


def test_a_name_that_is_printed_further_right_is_no_further_right() -> None:
    says = [[0, "  tap: runs"], [500_000, "  tap: shut"]]
    told = made(task(runs=[[0, 9, ""]], says=says), seconds=1)
    assert lane_names(told) == ["tap"]


def test_prints_are_under_their_lane_at_their_time() -> None:
    says = [[0, "first"], [500_000, "second"], [501_000, "third"]]
    (lane,) = picture(made(task(runs=[[0, 9, ""]], says=says), seconds=1)).lanes
    assert [(say.at, say.text) for say in lane.says] == [
        (0, "first"),
        (0.5, "second, third"),
    ]


def test_a_line_of_a_megabyte_is_cut() -> None:
    says = [[0, "x" * 1_000_000]]
    runs = [[0, 9, "y" * 1_000_000], [900_000, 900_009, ""]]
    told = made(
        task("z" * 1_000_000, runs=runs, says=says, outcome="o" * 1_000_000), seconds=1
    )
    assert len(picture(told).svg()) < 1_010_000  # the sentence has no result


# What no font and no file can hold


def test_only_what_has_a_shape_is_drawn() -> None:
    assert legible("two\nlines\tand\u00a0more") == "two lines and more"
    assert legible("\x1b[1mbold\x07") == "\ufffd[1mbold\ufffd"
    assert legible("\ud800") == "\ufffd"
    assert legible("\u202eright to left") == "right to left"
    assert legible("e\u0301té") == "été"
    assert legible("→ « 漢字 » 🌷") == "→ « 漢字 » 🌷"


@pytest.mark.parametrize("steps", SCALES)
def test_a_title_is_written_whatever_is_in_it(steps: bool) -> None:
    told = made(task("<&>\x00\ud800", runs=[[0, 9, ""]]), seconds=1)
    svg = picture(told, steps=steps, title="a <b> & \x1b\ud800").svg()
    root = ET.fromstring(svg.encode("utf-8"))
    assert root[0].text == "a <b> & \ufffd\ufffd"
    assert "<&>\ufffd\ufffd" in [text.text for text in root.iter(f"{SVG}text")]


CONTENT = (0.92 - 0.026) * 1280
"""Width of what a cell of a slide shows, in pixels of a stage of 1280x720."""


def test_texts_are_as_large_as_prose_on_a_slide() -> None:
    for name, svg in FIXED.items():
        root = ET.fromstring(svg)
        assert root.get("width") == str(PIXELS), name
        assert root.get("viewBox", "").startswith(f"0 0 {WIDTH} ")
        assert float(root.get("height", 0)) > 200
    assert SIZE / WIDTH * CONTENT >= 0.025 * 1280


def drawn_lanes() -> Iterator[tuple[Life, Lane]]:
    """Yield all lanes of all fixed and invented runs, on both scales."""
    told = [*map(trace, names()), *map(story, STORIES)]
    for each, steps in product(told, SCALES):
        lanes = picture(each, steps=steps).lanes
        yield from zip(lanes_of(each), lanes, strict=True)


def test_no_word_is_cut() -> None:
    """Code loses its arguments, a line what follows a word; or it is left out."""
    seen = set()
    for life, lane in drawn_lanes():
        awaited = {legible(text) for *_, text in life}
        shorter = {bare(text) for text in awaited}
        shorter |= {text.rpartition(".")[2] for text in awaited | shorter}
        waits = {s.text for s in lane.stretches if isinstance(s, Wait)}
        assert waits <= awaited | shorter | {""}
        outcome = legible(life.outcome)
        if lane.end and life.how in {"done", "failed"}:
            assert lane.end.word in {outcome, bare(outcome), ""}
        lines = {text for _, text in said(life)[1]}
        for say in lane.says:
            if not say.red and say.text not in lines | {"…"}:
                first, *_ = say.text.split(", ")
                whole = any(line.startswith(say.text.rstrip("…")) for line in lines)
                assert first in lines or whole
                seen.add(say.text)
    assert any(text.endswith("…") for text in seen)


def test_what_has_no_room_beside_another_stands_under_it() -> None:
    says = [[0, "polite: start"], [300_000, "rude and long enough"], [600_000, "end"]]
    (lane,) = picture(made(task(runs=[[0, 9, ""]], says=says), seconds=2)).lanes
    assert [(say.text, say.row) for say in lane.says] == [
        ("polite: start", 0),
        ("rude and long enough", 1),
        ("end", 0),
    ]


def test_what_nearly_fits_begins_a_little_aside() -> None:
    says = [[0, "x" * 18], [600_000, "soon after"], [1_990_000, "end"]]
    drawn = picture(made(task(runs=[[0, 9, ""]], says=says), seconds=2))
    (lane,) = drawn.lanes
    first, second, last = lane.says
    assert (first.row, second.row, last.row) == (0, 0, 0)
    start = drawn.x(second.at) + 10 + second.aside
    assert 0 < second.aside <= NEAR
    assert start == drawn.x(0) + 10 + text_width("x" * 18, MONO) + APART
    assert drawn.x(last.at) + 10 + last.aside + text_width("end", MONO) == WIDTH


def test_a_task_is_called_what_its_lines_begin_with() -> None:
    says = [[0, "polite A: start"], [900_000, "polite A: middle: 0.60 s late"]]
    told = made(task("polite", runs=[[0, 9, ""]], says=says), seconds=2)
    (lane,) = picture(told).lanes
    assert lane.name == "polite A"
    assert [say.text for say in lane.says] == ["start", "middle: 0.60 s late"]
    told = made(task("polite", runs=[[0, 9, ""]], says=says[:1]), seconds=2)
    (lane,) = picture(told).lanes
    assert lane.name == "polite"


def test_a_parent_must_be_above() -> None:
    drawn = Picture("en", "", "", 1, (), (Lane("a", (Hold(0, 1),), parent="b"),))
    with pytest.raises(KeyError, match="b"):
        drawn.svg()
