"""Who runs, and when: what the sheet's figure draws is what was recorded."""

import asyncio
import inspect
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from media import turns
from media.figures import turns as figure
from media.lang import LANGS, Lang, seconds
from media.svg import LIGHT
from media.trace import Life, Trace

SVG = "{http://www.w3.org/2000/svg}"
WAYS = [way.__name__ for way in turns.WAYS]


@pytest.fixture(scope="module")
def fresh() -> dict[str, Trace]:
    return asyncio.run(turns.record(0.1))


def span(life: Life) -> tuple[float, float]:
    """Return when a life began to run, and when it ended."""
    runs = [(start, end) for start, end, _ in life]
    return runs[0][0], runs[-1][1]


def order(trace: Trace) -> list[str]:
    """Return whose turn it was, turn by turn."""
    turns = [(start, life.name) for life in trace.lives for start, _, _ in life]
    return [name for _, name in sorted(turns)]


def late(trace: Trace) -> list[str]:
    """Return who was ready long before it could run."""
    return [life.name for life in trace.lives if span(life)[0] - life.born > trace.slow]


def blocking(trace: Trace) -> list[str]:
    """Return who held the thread too long."""
    return [
        life.name for life in trace.lives for held in life.holds if held > trace.slow
    ]


def test_the_committed_runs_are_what_a_new_recording_gives(
    fresh: dict[str, Trace],
) -> None:
    assert list(fresh) == list(figure.RUNS) == WAYS
    for way, trace in figure.RUNS.items():
        again = fresh[way]
        for of in (order, blocking, late):
            assert of(again) == of(trace), way
        assert [life.how for life in again.lives] == ["done"] * 3


def test_each_waits_as_long_as_the_program_says() -> None:
    for way, trace in figure.RUNS.items():
        assert trace.slow == turns.WAIT / 2
        for life in trace.lives:
            start, end = span(life)
            assert end - start == pytest.approx(turns.WAIT, rel=0.05), (way, life.name)


def test_they_take_three_times_once_and_twice_the_wait() -> None:
    ratios = [trace.seconds / turns.WAIT for trace in figure.RUNS.values()]
    assert ratios == pytest.approx([3, 1, 2], rel=0.05)


def test_one_by_one_each_begins_when_the_one_before_has_ended() -> None:
    spans = [span(life) for life in figure.RUNS["one_by_one"].lives]
    assert all(end < start for (_, end), (start, _) in pairwise(spans))
    assert order(figure.RUNS["one_by_one"]) == list("aabbcc")


def test_together_all_have_begun_before_one_ends() -> None:
    spans = [span(life) for life in figure.RUNS["together"].lives]
    assert max(start for start, _ in spans) < min(end for _, end in spans)
    assert blocking(figure.RUNS["together"]) == late(figure.RUNS["together"]) == []


def test_who_blocks_makes_who_is_ready_late() -> None:
    trace = figure.RUNS["blocked"]
    assert blocking(trace) == ["b"]
    assert late(trace) == ["c"]
    _, b, c = trace.lives
    assert c.born < span(b)[1] < span(c)[0]
    assert f"{figure.CALL}(" in inspect.getsource(turns.rude)


def test_written_and_read_again(fresh: dict[str, Trace]) -> None:
    text = turns.dumps(fresh)
    assert turns.dumps(turns.loads(text)) == text


# The picture


def shapes(lang: Lang, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(figure.picture(lang).svg()).iter(f"{SVG}{tag}"))


@pytest.mark.parametrize("lang", LANGS)
def test_the_times_drawn_and_told_are_those_recorded(lang: Lang) -> None:
    totals = [seconds(trace.seconds, lang) for trace in figure.RUNS.values()]
    drawn = [text.text or "" for text in shapes(lang, "text")]
    assert [text for text in drawn if text.endswith("\u00a0s")] == totals
    assert re.findall(r"\d[.,]\d\u00a0s", figure.ALT[lang]) == totals
    for each in figure.PANELS:
        assert each.code in drawn


def test_what_is_drawn_is_to_scale() -> None:
    """Each outline begins and ends where its life does."""
    lives = [
        (each.left, life)
        for each in figure.PANELS
        for life in figure.RUNS[each.way].lives
    ]
    expected = [
        (left + figure.SECOND * time) for left, life in lives for time in span(life)
    ]
    outlines = [
        re.match(r"M([\d.]+) [\d.]+H([\d.]+)v", path.get("d", ""))
        for path in shapes("en", "path")
    ]
    found = [float(x) for outline in outlines if outline for x in outline.groups()]
    # After them, the two of the legend.
    assert found[:-4] == pytest.approx(expected, abs=0.1)


def test_short_holds_are_seen() -> None:
    holds = [
        float(rect.get("width", 0))
        for rect in shapes("fr", "rect")
        if rect.get("fill") == LIGHT.ink
    ]
    runs = sum(len([*life]) for trace in figure.RUNS.values() for life in trace.lives)
    # All but the one that is hatched, and the legend's.
    assert len(holds) == runs - 1 + 1
    assert min(holds) >= figure.HOLD
