"""Draw who holds the thread when: lanes in, SVG text out, nothing else touched.

Times are seconds from the start of the picture; sizes are units of the viewBox,
which is 1280 wide and as high as its rows need. Same data, same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

Lang = Literal["fr", "en"]
How = Literal["done", "failed", "cancelled"]

WIDTH = 1280
SIZE = 26
"""Of all text: 23 px once the picture is 1150 px wide, on a slide of 1280."""

INK, PAPER, GRID, FREE = "#1b2230", "#ffffff", "#d5dae3", "#e3e8ef"
RED, BAND = "#940f08", "#fbe8e6"
COLOURS = ("#0b5cad", "#8a5a00", "#6a35a8", "#00695c", "#a8326b", "#4a5263")
"""Of the lanes, by turns. Each 5:1 or more on paper, so lines survive grey."""

SANS = "Inter, 'DejaVu Sans', sans-serif"
MONO = "Iosevka, 'DejaVu Sans Mono', monospace"

TICK = 7
"""Width of a hold too short to be drawn to scale, and of its slot in the thread."""

MARK = 15
"""Radius of the mark at the end of a lane."""


@dataclass(frozen=True)
class Hold:
    """A stretch that holds the thread, from `start` to `end` in seconds."""

    start: float
    end: float


@dataclass(frozen=True)
class Block:
    """A stretch that holds the thread for too long: red, over everybody.

    `text` is its source, written in it; `over` is written in the thread's row.
    """

    start: float
    end: float
    text: str
    over: str = ""


@dataclass(frozen=True)
class Wait:
    """A stretch that waits, thread free; `text` is what is awaited."""

    start: float
    end: float
    text: str = ""


@dataclass(frozen=True)
class Late:
    """A stretch that could run, were the thread not taken; `text` says so."""

    start: float
    end: float
    text: str = ""


@dataclass(frozen=True)
class Say:
    """What a lane does at a time, under its line: after it, or `before` it."""

    at: float
    text: str
    before: bool = False


@dataclass(frozen=True)
class End:
    """The mark where a lane ends, and a word on its right."""

    at: float
    how: How
    word: str = ""


@dataclass(frozen=True)
class Kept:
    """What a finished task keeps, in a box; who reads it, and what `then`."""

    text: str
    read: str
    then: str = ""


@dataclass(frozen=True)
class Lane:
    """A coroutine or task, its stretches in order of time, and how it ends.

    `parent` is the name of a lane above it, an arrow from which starts this one;
    `short` is the name in the thread's row.
    """

    name: str
    stretches: tuple[Hold | Block | Wait | Late, ...]
    end: End | None = None
    says: tuple[Say, ...] = ()
    kept: Kept | None = None
    parent: str = ""
    short: str = ""


@dataclass(frozen=True)
class Total:
    """A row with a dark bar: what the lanes above it took, in seconds."""

    name: str
    seconds: float
    text: str


@dataclass(frozen=True)
class Heads:
    """A row of words over the boxes of `Kept`, and over who reads them."""

    kept: str
    read: str


@dataclass(frozen=True)
class Picture:
    """All that is drawn: `title` and `desc` are for those who cannot see it.

    `seconds` is the time at `right`, 0 is at `left` (units of the viewBox);
    `ticks` are the times written below, in seconds. `thread` names the bottom
    row; without it there is none.
    """

    lang: Lang
    title: str
    desc: str
    seconds: float
    ticks: tuple[float, ...]
    rows: tuple[Lane | Total | Heads, ...]
    thread: str = ""
    left: int = 190
    right: int = 1130

    def x(self, time: float) -> float:
        """Return where a time in seconds is, in units of the viewBox."""
        return self.left + (self.right - self.left) * time / self.seconds

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The rows that are lanes."""
        return tuple(row for row in self.rows if isinstance(row, Lane))


LEGEND: dict[Lang, dict[type, str]] = {
    "fr": {Hold: "tient le fil", Wait: "attend", Block: "bloque la boucle"},
    "en": {Hold: "holds the thread", Wait: "waits", Block: "blocks the loop"},
}


def seconds(time: float, lang: Lang, digits: int = 1) -> str:
    """Return a time in seconds as the language writes it: 0,5 s or 0.5 s."""
    text = f"{time:.{digits}f}\N{NO-BREAK SPACE}s"
    return text.replace(".", ",") if lang == "fr" else text


def draw(picture: Picture) -> str:
    """Return the picture as the text of an SVG file.

    Raises KeyError for a parent that is not a lane above its child.
    """
    names = list(dict.fromkeys(lane.name for lane in picture.lanes))
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
    body: list[str] = []
    lines: dict[str, float] = {}
    top = y = 54.0
    for row in picture.rows:
        above, below = _room(row)
        y += above
        if isinstance(row, Lane):
            if row.parent:
                body += _arrow(picture, lines[row.parent], y, row.stretches[0].start)
            body += _lane(picture, row, y, colours[row.name])
            lines[row.name] = y
        elif isinstance(row, Total):
            body += _total(picture, row, y)
        else:
            kept, read = _columns(picture)
            body += [_text(kept, y, row.kept), _text(read, y, row.read)]
        y += below
    if picture.thread:
        y += 34
        body += _thread(picture, y, colours)
        y += 30
    height = y + 50
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{picture.lang}"'
        f' viewBox="0 0 {WIDTH} {_number(height)}"'
        f' width="{WIDTH}" height="{_number(height)}">',
        f"<title>{escape(picture.title, quote=False)}</title>",
        f"<desc>{escape(picture.desc, quote=False)}</desc>",
        _rect(0, 0, WIDTH, height, PAPER),
    ]
    axis = _axis(picture, top, y)
    return "\n".join([*head, *axis, *_legend(picture), *body, "</svg>"]) + "\n"


def _room(row: Lane | Total | Heads) -> tuple[int, int]:
    """Return the room that a row needs above and below its line."""
    if isinstance(row, Total):
        return 24, 30
    if isinstance(row, Heads):
        return 36, 2
    labels = any(isinstance(s, Wait | Late) and s.text for s in row.stretches)
    under = bool(row.says) or bool(row.kept and row.kept.then)
    below = _drop(row) + 4 if under else 20
    return 48 if labels else 32 if under else 20, below


def _drop(lane: Lane) -> int:
    """Return how far under the line the words stand: lower under a thick bar."""
    return 48 if any(isinstance(stretch, Block) for stretch in lane.stretches) else 40


def _columns(picture: Picture) -> tuple[float, float]:
    """Return where the boxes of `Kept` and their readers begin."""
    texts = [len(lane.kept.text) for lane in picture.lanes if lane.kept]
    box = picture.right + 3 * MARK
    return box, box + max(texts, default=0) * SIZE / 2 + 24 + 56


def _lane(picture: Picture, lane: Lane, y: float, colour: str) -> Iterator[str]:
    yield _name(picture, y, lane.name)
    for stretch in lane.stretches:
        x, end = picture.x(stretch.start), picture.x(stretch.end)
        match stretch:
            case Hold():
                yield _hold(x, y, end, colour)
            case Block():
                yield _rect(x, y - 20, end - x, 40, RED, round_=3)
                middle = (x + end) / 2
                yield _text(
                    middle, y + 9, stretch.text, MONO, PAPER, "middle", bold=True
                )
            case Wait():
                yield _rect(x, y - 2, end - x, 4, colour)
                yield _text(x + 12, y - 12, stretch.text, MONO)
            case Late():
                yield _line(x, y, end, y, RED, 4, dashes="4 8")
                yield _text(x + 12, y - 12, stretch.text, SANS, RED, bold=True)
    for say in lane.says:
        x, anchor = picture.x(say.at), "end" if say.before else "start"
        shift = -MARK - 6 if say.before else 10
        yield _text(x + shift, y + _drop(lane), say.text, MONO, INK, anchor)
    if lane.end:
        yield from _mark(picture, lane.end, y, colour)
    if lane.kept:
        yield from _kept(picture, lane.kept, y)


def _hold(x: float, y: float, end: float, colour: str) -> str:
    if end - x < TICK:
        return _rect(x, y - 16, TICK, 32, colour, round_=2)
    return _rect(x, y - 12, end - x, 24, colour, round_=2)


def _mark(picture: Picture, end: End, y: float, colour: str) -> Iterator[str]:
    """Draw a tick, a cross or a dash: the shape tells, not only the colour."""
    x = picture.x(end.at) + TICK / 2
    shapes = {"done": "M-7 0l5 6l9-11", "failed": "M-6-6l12 12m0-12l-12 12"}
    shape = shapes.get(end.how, "M-7 0h14")
    ring = {"done": colour, "failed": RED}.get(end.how, INK)
    yield (
        f'<g transform="translate({_number(x)} {_number(y)})" fill="none"'
        f' stroke="{ring}" stroke-width="4" stroke-linecap="round">'
        f'<circle r="{MARK}" fill="{PAPER}"/><path d="{shape}"/></g>'
    )
    yield _text(x + MARK + 10, y + 9, end.word, SANS, INK)


def _kept(picture: Picture, kept: Kept, y: float) -> Iterator[str]:
    box, read = _columns(picture)
    yield _line(picture.right + MARK + 6, y, box, y, INK, 3)
    width = read - box - 56
    yield (
        f'<rect x="{_number(box)}" y="{_number(y - 22)}" width="{_number(width)}"'
        f' height="44" rx="6" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>'
    )
    yield _text(box + 12, y + 9, kept.text, MONO)
    yield _line(box + width + 6, y, read - 22, y, INK, 3, dashes="3 6")
    yield _head(read - 10, y)
    yield _text(read, y + 9, kept.read, MONO)
    yield _text(read, y + 42, kept.then, MONO)


def _total(picture: Picture, total: Total, y: float) -> Iterator[str]:
    x, end = picture.x(0), picture.x(total.seconds)
    yield _name(picture, y, total.name)
    # A span, not a hold: an outline, like a dimension on a drawing.
    path = f"M{_number(x)} {_number(y - 19)}H{_number(end)}v38H{_number(x)}z"
    yield f'<path d="{path}" fill="{PAPER}" stroke="{INK}" stroke-width="3"/>'
    yield _text((x + end) / 2, y + 9, total.text, SANS, INK, "middle", bold=True)


def _arrow(picture: Picture, above: float, y: float, time: float) -> Iterator[str]:
    """Draw the elbow from a parent's line down to the start of its child."""
    x = picture.x(time)
    path = f"M{_number(x)} {_number(above)}h-18V{_number(y)}h8"
    yield f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="2"/>'
    yield _head(x - 1, y)


def _thread(picture: Picture, y: float, colours: dict[str, str]) -> Iterator[str]:
    """Draw the row that adds up all holds, and name who holds it.

    Holds that follow each other too closely stand side by side, in order.
    """
    holds = [
        (stretch.start, lane, stretch)
        for lane in picture.lanes
        for stretch in lane.stretches
        if isinstance(stretch, Hold | Block)
    ]
    free = float(picture.left)
    held: list[str] = []
    names: list[str] = []
    for start, lane, stretch in sorted(holds, key=lambda hold: hold[0]):
        x, end = picture.x(start), picture.x(stretch.end)
        if names and x > free:
            held.append(_text(free + 6, y + 9, " ".join(names)))
            names = []
        x = max(x, free)
        end = max(x + TICK, end)
        free = end + 2
        if isinstance(stretch, Block):
            held.append(_rect(x, y - 22, end - x, 44, RED))
            over = stretch.over
            middle = (x + end) / 2
            held.append(_text(middle, y + 9, over, SANS, PAPER, "middle", bold=True))
            names = []
        else:
            held.append(_rect(x, y - 22, end - x, 44, colours[lane.name]))
            names.append(lane.short or lane.name)
    yield _name(picture, y, picture.thread)
    right = max(picture.right, free - 2)
    yield _rect(picture.left, y - 22, right - picture.left, 44, FREE)
    yield from held
    yield _text(free + 8, y + 9, " ".join(names))


def _axis(picture: Picture, top: float, bottom: float) -> Iterator[str]:
    """Draw the bands of what blocks, the grid and its times."""
    for lane in picture.lanes:
        for stretch in lane.stretches:
            if isinstance(stretch, Block):
                x, end = picture.x(stretch.start), picture.x(stretch.end)
                yield _rect(x, top, end - x, bottom - 8 - top, BAND)
    for tick in picture.ticks:
        x = picture.x(tick)
        yield _line(x, top, x, bottom, GRID, 2)
        text = seconds(tick, picture.lang) if tick else "0"
        yield _text(x, bottom + 34, text, SANS, INK, "middle")


def _legend(picture: Picture) -> Iterator[str]:
    """Say what the shapes mean, of those in the picture only."""
    stretches = [s for lane in picture.lanes for s in lane.stretches]
    long = any(
        picture.x(stretch.end) - picture.x(stretch.start) > TICK
        for stretch in stretches
        if isinstance(stretch, Hold)
    )
    hold = _rect(0, 14, 36, 24, INK, round_=2)
    swatches = (
        (Hold, 36 if long else TICK, hold if long else _rect(0, 10, TICK, 32, INK)),
        (Wait, 36, _rect(0, 24, 36, 4, INK)),
        (Block, 36, _rect(0, 8, 36, 36, RED, round_=3)),
    )
    x = picture.left
    for kind, width, swatch in swatches:
        if any(isinstance(stretch, kind) for stretch in stretches):
            yield f'<g transform="translate({x})">{swatch}</g>'
            word = LEGEND[picture.lang][kind]
            yield _text(x + width + 14, 35, word)
            x += width + 60 + 13 * len(word)


def _name(picture: Picture, y: float, name: str) -> str:
    return _text(picture.left - 32, y + 9, name, SANS, INK, "end", bold=True)


def _head(x: float, y: float) -> str:
    """Draw an arrow's head that points right, its tip at x."""
    path = f"M{_number(x)} {_number(y)}l-12-7v14z"
    return f'<path d="{path}" fill="{INK}"/>'


def _text(
    x: float,
    y: float,
    text: str,
    font: str = SANS,
    fill: str = INK,
    anchor: str = "start",
    *,
    bold: bool = False,
) -> str:
    if not text:
        return ""
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{_number(x)}" y="{_number(y)}" font-family="{font}"'
        f' font-size="{SIZE}"{weight} fill="{fill}" text-anchor="{anchor}">'
        f"{escape(text, quote=False)}</text>"
    )


def _rect(
    x: float, y: float, width: float, height: float, fill: str, *, round_: int = 0
) -> str:
    corner = f' rx="{round_}"' if round_ else ""
    return (
        f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}"'
        f' height="{_number(height)}"{corner} fill="{fill}"/>'
    )


def _line(
    x: float, y: float, x2: float, y2: float, stroke: str, width: int, dashes: str = ""
) -> str:
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{_number(x)}" y1="{_number(y)}" x2="{_number(x2)}"'
        f' y2="{_number(y2)}" stroke="{stroke}" stroke-width="{width}"{dash}/>'
    )


def _number(value: float) -> str:
    """Write every coordinate: a tenth of a unit, no trailing zero, no -0."""
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")
