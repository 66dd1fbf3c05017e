"""The picture for a terminal: as wide as it may be, red where it must be."""

from __future__ import annotations

from array import array

import pytest
from rich.cells import cell_len
from rich.text import Text

from media.chart import ASCII, HELD, LATE, chart, writable
from media.lanes import Block
from media.lang import LANGS, Lang
from media.layout import picture
from media.trace import Life, Trace
from tests.media.renew import names, trace
from tests.media.stories import story

WIDTHS = (40, 55, 80, 200)


def red(text: Text) -> list[str]:
    """Return the parts that are red."""
    return [text.plain[s.start : s.end] for s in text.spans if s.style == "red"]


def lone(*times: tuple[float, float]) -> Trace:
    """Return the trace of one task that holds the thread at these times."""
    runs = array("d", [number for start, end in times for number in (start, end, -1)])
    life = Life("main", 0, None, 0.0, {}, runs, how="done")
    return Trace(1.0, 0.5, (life,))


def rows(text: Text) -> dict[str, str]:
    """Return the rows by the name that they begin with."""
    lines = text.plain.splitlines()
    width = len(lines[-1]) - len(lines[-1].lstrip())
    return {line[:width].rstrip(): line for line in lines}


@pytest.mark.parametrize("seed", range(60))
def test_no_line_is_wider(seed: int) -> None:
    told, lang = story(seed), LANGS[seed % 2]
    for steps in (False, True):
        for width in WIDTHS:
            lines = chart(told, width, lang=lang, steps=steps).plain.splitlines()
            assert max(map(cell_len, lines)) <= width
            assert len(lines) >= min(40, len(told.lives)) + 2


def test_the_width_is_used() -> None:
    told = trace("starvation")
    widest = [
        max(map(cell_len, chart(told, width).plain.splitlines()))
        for width in range(40, 201)
    ]
    assert widest == sorted(widest)
    assert widest[-1] > 190
    assert chart(told, 1).plain == chart(told, 40).plain


@pytest.mark.parametrize("seed", range(60))
def test_only_what_blocks_or_fails_is_red(seed: int) -> None:
    told = story(seed)
    blocks = any(
        isinstance(stretch, Block)
        for lane in picture(told).lanes
        for stretch in lane.stretches
    )
    fails = any(life.how == "failed" for life in told.lives)
    assert bool(red(chart(told, 100))) == (blocks or fails)


def test_what_blocks_is_red_on_its_lane_and_in_the_thread() -> None:
    text = chart(trace("starvation"), 100)
    assert "".join(red(text)).count("time.sleep(0.3)") == 1
    lines = text.plain.splitlines()
    starts = [text.plain.index(line) for line in lines]
    owners = {
        max(n for n, start in enumerate(starts) if start <= span.start)
        for span in text.spans
        if span.style == "red"
    }
    assert [lines[n].split()[0] for n in sorted(owners)] == ["rude", "bad", "the"]
    assert "✗ ValueError(…)" in "".join(red(text))


def test_only_names_are_bold() -> None:
    text = chart(trace("crowd"), 100)
    bold = {
        text.plain[s.start : s.end].rstrip() for s in text.spans if s.style == "bold"
    }
    assert bold == {
        *(lane.name for lane in picture(trace("crowd")).lanes),
        "the thread",
    }


def test_all_lanes_come_in_order() -> None:
    text = chart(trace("starvation"), 80)
    lines = rows(text)
    lanes = ["main", "sleeper", "polite 1", "polite 2", "rude", "bad"]
    assert list(lines) == [*lanes, "the thread", ""]
    assert lines["sleeper"].endswith("- cancelled")
    assert lines["rude"].endswith("✓ 'rude'")
    assert "55% busy" in lines["the thread"]


def test_holds_are_where_they_were() -> None:
    times = [(0, 0.2), (0.5, 0.6), (0.9, 1.0)]
    text = chart(lone(*times), 100)
    lane, thread, axis = text.plain.splitlines()
    start = thread.index(HELD)
    columns = thread.index(" 40% busy") - start
    for line in (lane, thread):
        held = [n - start for n, c in enumerate(line) if c == HELD]
        assert held[0] == 0
        for first, last in times:
            begin, end = int(first * columns), int(last * columns)
            assert set(range(begin, min(end, columns - 1))) <= set(held)
        free = range(int(0.2 * columns) + 1, int(0.5 * columns))
        assert not set(free) & set(held)
    assert axis.index("0") == start


def test_red_stays_red_where_others_hold_too() -> None:
    text = chart(lone((0, 0.0001), (0.0002, 0.8), (0.8001, 0.8002)), 100)
    _, thread, _ = text.plain.splitlines()
    assert thread.count(HELD) > 40
    assert len(red(text)) == 2 * thread.count(HELD)


@pytest.mark.parametrize("width", [40, 47, 80, 200])
def test_times_are_written_whole(width: int) -> None:
    for seed in range(60):
        told = story(seed)
        axis = chart(told, width).plain.splitlines()[-1].split("  ")
        written = [text.strip(" ") for text in axis if text.strip(" ")]
        ticks = [text for _, text in picture(told).ticks]
        assert written == [text for text in ticks if text in written]
        assert written[0] == "0"
        assert len(written) > 1


def test_more_steps_than_have_a_column() -> None:
    told = lone(*((n / 200, n / 200 + 0.001) for n in range(150)))
    lane, note, _, _ = chart(told, 80, steps=True).plain.splitlines()
    assert lane.count(HELD) > 50
    assert note.strip() == "… 50 more steps"


def test_who_cannot_start_is_shown_so() -> None:
    lines = rows(chart(trace("births"), 100))
    assert LATE in lines["weeds"]
    assert LATE not in lines["bed 2"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_words_are_in_the_language(lang: Lang) -> None:
    text = chart(trace("crowd"), 100, lang=lang).plain
    words = {"fr": ("le fil", "… 20 autres"), "en": ("the thread", "… 20 more")}
    assert all(word in text for word in words[lang])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("name", names())
def test_what_a_terminal_lacks_is_replaced(encoding: str, name: str) -> None:
    text = chart(trace(name), 80, lang="fr")
    shown = writable(text, encoding)
    shown.plain.encode(encoding)
    assert shown.cell_len == text.cell_len
    assert shown.spans == text.spans
    assert (shown.plain == text.plain) == (encoding == "utf-8")
    if encoding != "utf-8":
        assert "#" in shown.plain
        assert "?" not in shown.plain or encoding == "ascii"


@pytest.mark.parametrize("seed", range(60))
def test_any_chart_can_be_written(seed: int) -> None:
    text = chart(story(seed))
    ascii_ = writable(text, "ascii")
    assert ascii_.plain.isascii()
    assert ascii_.spans == text.spans
    for shown, meant in zip(ascii_.plain, text.plain, strict=True):
        plain = meant.translate(ASCII)
        assert shown == (plain if plain.isascii() else "?")
    assert writable(text, "utf-8") is text
