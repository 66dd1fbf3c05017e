"""Draw who holds the thread when: lanes in, SVG text out, nothing else touched.

Times are in the picture's own unit from its start, seconds or steps; sizes are
units of the viewBox, which is 1280 wide and as high as its rows need. Same
data, same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.svg import (
    LIGHT,
    MARK,
    MONO,
    SANS,
    SIZE,
    WIDTH,
    How,
    Lang,
    Page,
    Palette,
    decimal,
    number,
    room,
)

TICK = 7
"""Width of a hold too short to be drawn to scale, and of its slot in the thread."""

SLOTS = 60
"""Holds that the thread's row shows one by one; more are drawn to scale."""


@dataclass(frozen=True)
class Hold:
    """A stretch that holds the thread, from `start` to `end`."""

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
    red: bool = False


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
    `short` is the name in the thread's row; `tint` is its colour's number, by
    default that of its name.
    """

    name: str
    stretches: tuple[Hold | Block | Wait | Late, ...]
    end: End | None = None
    says: tuple[Say, ...] = ()
    kept: Kept | None = None
    parent: str = ""
    short: str = ""
    tint: int | None = None


@dataclass(frozen=True)
class Total:
    """A row with a bar: what the lanes above it took."""

    name: str
    end: float
    text: str


@dataclass(frozen=True)
class Heads:
    """A row of words over the boxes of `Kept`, and over who reads them."""

    kept: str
    read: str


@dataclass(frozen=True)
class Note:
    """A row of words."""

    text: str


Row = Lane | Total | Heads | Note
Ticks = tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Picture:
    """All that is drawn: `title` and `desc` are for those who cannot see it.

    `end` is the time at `right`, 0 is at `left` (units of the viewBox); `ticks`
    are times and what is written below them. `thread` names the bottom row,
    without it there is none; `busy` is written after that row, and `unseen`
    holds the thread in it without a lane of its own. `legend` are the words for
    what holds, waits, blocks.
    """

    lang: Lang
    title: str
    desc: str
    end: float
    ticks: Ticks
    rows: tuple[Row, ...]
    thread: str = ""
    busy: str = ""
    unseen: tuple[Hold, ...] = ()
    left: float = 190
    right: float = 1130
    legend: tuple[str, str, str] | None = None

    def x(self, time: float) -> float:
        """Return where a time is, in units of the viewBox."""
        return self.left + (self.right - self.left) * time / self.end

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The rows that are lanes."""
        return tuple(row for row in self.rows if isinstance(row, Lane))

    def svg(self, palette: Palette = LIGHT) -> str:
        """Return the picture as the text of an SVG file.

        Raises KeyError for a parent that is not a lane above its child.
        """
        return _Drawn(self, palette).svg()


LEGEND: dict[Lang, tuple[str, str, str]] = {
    "fr": ("tient le fil", "attend", "bloque la boucle"),
    "en": ("holds the thread", "waits", "blocks the loop"),
}
"""What holds, waits, blocks."""


def seconds(time: float, lang: Lang, digits: int = 1) -> str:
    """Return a time in seconds as the language writes it: 0,5 s or 0.5 s."""
    return decimal(f"{time:.{digits}f}", lang) + "\N{NO-BREAK SPACE}s"


def ticks(lang: Lang, *times: float) -> Ticks:
    """Return times in seconds with what is written below them."""
    return tuple((time, seconds(time, lang) if time else "0") for time in times)


class _Drawn:
    """A picture on its way to the page."""

    def __init__(self, picture: Picture, palette: Palette) -> None:
        self.picture = picture
        self.page = Page(palette)
        self.arrows: list[tuple[float, float, float]] = []
        names = dict.fromkeys(lane.name for lane in picture.lanes)
        self.colours = {name: self.page.lane(i) for i, name in enumerate(names)}
        for lane in picture.lanes:
            if lane.tint is not None:
                self.colours[lane.name] = self.page.lane(lane.tint)

    def svg(self) -> str:
        picture, page = self.picture, self.page
        top = y = 54.0
        lines: list[tuple[Row, float]] = []
        words = False
        for row in picture.rows:
            above, below = _room(row)
            above = max(above, 28) if words else above
            words = isinstance(row, Lane) and _says(row)
            lines.append((row, y + above))
            y += above + below
        y += 60 if picture.thread else 0
        self._axis(top, y)
        self._legend()
        self._arrows(lines)
        for row, line in lines:
            match row:
                case Lane():
                    self._lane(row, line)
                case Total():
                    self._total(row, line)
                case Heads():
                    kept, read = _columns(picture)
                    page.text(kept, line, row.kept)
                    page.text(read, line, row.read)
                case Note():
                    page.text(picture.left + 14, line + 9, row.text)
        if picture.thread:
            self._thread(y - 28)
        return page.svg(picture.title, picture.desc, picture.lang, y + 48)

    def _name(self, y: float, name: str) -> None:
        self.page.text(
            self.picture.left - 32, y + 9, name, SANS, "ink", "end", bold=True
        )

    def _lane(self, lane: Lane, y: float) -> None:
        page, colour = self.page, self.colours[lane.name]
        self._name(y, lane.name)
        for stretch in lane.stretches:
            x, end = self.picture.x(stretch.start), self.picture.x(stretch.end)
            match stretch:
                case Hold():
                    if end - x < TICK:
                        page.rect(x, y - 16, TICK, 32, colour, round_=2)
                    else:
                        page.rect(x, y - 12, end - x, 24, colour, round_=2)
                case Block(text=text):
                    middle = (x + end) / 2
                    page.rect(x, y - 20, end - x, 40, "red", round_=3)
                    page.text(middle, y + 9, text, MONO, "paper", "middle", bold=True)
                case Wait(text=text):
                    page.rect(x, y - 2, end - x, 4, colour)
                    halo = self._crossed(x + 12, room(text, MONO), y - 12)
                    page.text(x + 12, y - 12, text, MONO, halo=halo)
                case Late(text=text):
                    page.line(x, y, end, y, "red", 4, dashes="4 8")
                    halo = self._crossed(x + 12, room(text), y - 12)
                    page.text(x + 12, y - 12, text, SANS, "red", bold=True, halo=halo)
        for say in lane.says:
            x, anchor = self.picture.x(say.at), "end" if say.before else "start"
            shift = -MARK - 6 if say.before else 10
            colour_ = "red" if say.red else "ink"
            x, y_ = x + shift, y + _drop(lane)
            width = room(say.text, MONO)
            halo = self._crossed(x - width if say.before else x, width, y_)
            page.text(x, y_, say.text, MONO, colour_, anchor, bold=say.red, halo=halo)
        if lane.end:
            self._mark(lane.end, y, colour)
        if lane.kept:
            self._kept(lane.kept, y)

    def _crossed(self, x: float, width: float, y: float) -> bool:
        """Return whether an arrow passes behind a text that begins at (x, y)."""
        return any(
            x - 4 < at < x + width + 4 and top < y < bottom + SIZE
            for at, top, bottom in self.arrows
        )

    def _mark(self, end: End, y: float, colour: str) -> None:
        x = self.picture.x(end.at) + TICK / 2
        self.page.mark(
            x, y, end.how, {"done": colour, "failed": "red"}.get(end.how, "ink")
        )
        self.page.text(x + MARK + 10, y + 9, end.word, halo=True)

    def _kept(self, kept: Kept, y: float) -> None:
        page = self.page
        box, read = _columns(self.picture)
        width = read - box - 56
        page.line(self.picture.right + MARK + 6, y, box, y)
        page.frame(box, y - 22, width, 44)
        page.text(box + 12, y + 9, kept.text, MONO)
        page.line(box + width + 6, y, read - 22, y, dashes="3 6")
        page.head(read - 10, y)
        page.text(read, y + 9, kept.read, MONO)
        page.text(read, y + 42, kept.then, MONO)

    def _total(self, total: Total, y: float) -> None:
        """Draw a span, not a hold: an outline, like a dimension on a drawing."""
        x, end = self.picture.x(0), self.picture.x(total.end)
        self._name(y, total.name)
        path = f"M{number(x)} {number(y - 19)}H{number(end)}v38H{number(x)}z"
        self.page.path(path, width=3, fill="paper")
        middle = (x + end) / 2
        self.page.text(middle, y + 9, total.text, SANS, "ink", "middle", bold=True)

    def _arrows(self, lines: list[tuple[Row, float]]) -> None:
        """Draw elbows from the parents' lines down to the starts of the children."""
        above: dict[str, float] = {}
        for row, y in lines:
            if not isinstance(row, Lane):
                continue
            if row.parent:
                x, parent = self.picture.x(row.stretches[0].start), above[row.parent]
                self.arrows.append((x - 18, parent, y))
                self.page.path(f"M{number(x)} {number(parent)}h-18V{number(y)}h8")
                self.page.head(x - 1, y)
            above[row.name] = y

    def _thread(self, y: float) -> None:
        """Draw the row that adds up all holds."""
        picture = self.picture
        holds: list[tuple[float, Lane | None, Hold | Block]] = [
            (stretch.start, lane, stretch)
            for lane in picture.lanes
            for stretch in lane.stretches
            if isinstance(stretch, Hold | Block)
        ]
        holds += [(hold.start, None, hold) for hold in picture.unseen]
        holds.sort(key=lambda hold: hold[0])
        self._name(y, picture.thread)
        width = picture.right - picture.left
        self.page.rect(picture.left, y - 22, width, 44, "free")
        few = len(holds) <= SLOTS
        slots = self._slots([stretch for _, _, stretch in holds]) if few else []
        end = self._one_by_one(y, holds, slots) if slots else self._to_scale(y, holds)
        self.page.text(max(picture.right, end) + 14, y + 9, picture.busy)

    def _slots(self, stretches: list[Hold | Block]) -> list[tuple[float, float]]:
        """Return where holds go in the thread's row, none if they have no room.

        Those that follow each other too closely stand side by side, in order;
        those at the end, to the left of the last.
        """
        left, limit = self.picture.left, self.picture.right + TICK
        free = left
        slots: list[tuple[float, float]] = []
        for stretch in stretches:
            x = max(self.picture.x(stretch.start), free)
            slots.append((x, max(x + TICK, self.picture.x(stretch.end))))
            free = slots[-1][1] + 2
        for place, (x, end) in reversed(list(enumerate(slots))):
            end = min(end, limit)
            slots[place] = min(x, end - TICK), end
            limit = slots[place][0] - 2
        return slots if slots and slots[0][0] > left - 0.1 else []

    def _one_by_one(
        self,
        y: float,
        holds: list[tuple[float, Lane | None, Hold | Block]],
        slots: list[tuple[float, float]],
    ) -> float:
        """Draw holds, and name their lanes where there is room; return the end."""
        page, free = self.page, float(self.picture.left)
        names: list[str] = []
        limit = self.picture.right if self.picture.busy else WIDTH
        for (_, lane, stretch), (x, end) in zip(holds, slots, strict=True):
            if x > free:
                self._names(free, y, names, x)
                names = []
            free = end + 2
            colour = self.colours[lane.name] if lane else "ink"
            if isinstance(stretch, Block):
                page.rect(x, y - 22, end - x, 44, "red")
                middle = (x + end) / 2
                text = stretch.over if room(stretch.over) < end - x else ""
                page.text(middle, y + 9, text, SANS, "paper", "middle", bold=True)
                names = []
            else:
                page.rect(x, y - 22, end - x, 44, colour)
                names.append((lane.short or lane.name) if lane else "…")
        self._names(free + 2, y, names, limit)
        return free - 2

    def _names(self, free: float, y: float, names: list[str], limit: float) -> None:
        """Name those who held the thread, if that fits before `limit`."""
        text = " ".join(names)
        if free + 6 + room(text) <= limit:
            self.page.text(free + 6, y + 9, text)

    def _to_scale(
        self, y: float, holds: list[tuple[float, Lane | None, Hold | Block]]
    ) -> float:
        """Draw too many holds, those within the same unit as one; return the end."""
        free = 0.0
        for _, lane, stretch in holds:
            x, end = self.picture.x(stretch.start), self.picture.x(stretch.end)
            if isinstance(stretch, Block):
                self.page.rect(x, y - 22, end - x, 44, "red")
            elif end > free:
                x = max(x, free)
                colour = self.colours[lane.name] if lane else "ink"
                end = max(end, x + 1)
                self.page.rect(x, y - 22, end - x, 44, colour)
            free = max(free, end)
        return free

    def _axis(self, top: float, bottom: float) -> None:
        """Draw the bands of what blocks, the grid and its times."""
        page = self.page
        for lane in self.picture.lanes:
            for stretch in lane.stretches:
                if isinstance(stretch, Block):
                    x, end = self.picture.x(stretch.start), self.picture.x(stretch.end)
                    page.rect(x, top, end - x, bottom - 8 - top, "band")
        for at, text in self.picture.ticks:
            x = self.picture.x(at)
            page.line(x, top, x, bottom, "grid", 2)
            page.text(x, bottom + 34, text, SANS, "ink", "middle")

    def _legend(self) -> None:
        """Say what the shapes mean, of those in the picture only."""
        stretches = [s for lane in self.picture.lanes for s in lane.stretches]
        holds = [s for s in stretches if isinstance(s, Hold)]
        x = self.picture.x
        long = any(x(hold.end) - x(hold.start) > TICK for hold in holds)
        at = self.picture.left
        words = self.picture.legend or LEGEND[self.picture.lang]
        for kind, word in zip((Hold, Wait, Block), words, strict=True):
            if not any(isinstance(stretch, kind) for stretch in stretches):
                continue
            width = TICK if kind is Hold and not long else 36
            if kind is Hold:
                top, height = (14, 24) if long else (10, 32)
                self.page.rect(at, top, width, height, "ink", round_=2)
            elif kind is Wait:
                self.page.rect(at, 24, width, 4, "ink")
            else:
                self.page.rect(at, 8, width, 36, "red", round_=3)
            self.page.text(at + width + 14, 35, word)
            at += width + 60 + 13 * len(word)


def _room(row: Row) -> tuple[int, int]:
    """Return the room that a row needs above and below its line."""
    if isinstance(row, Total):
        return 24, 30
    if isinstance(row, Heads):
        return 36, 2
    if isinstance(row, Note):
        return 18, 18
    labels = any(isinstance(s, Wait | Late) and s.text for s in row.stretches)
    under, blocks = _says(row), _blocks(row)
    above = 44 if labels else 30 if under else 24 if blocks else 20
    return above, _drop(row) + 2 if under else 14


def _says(lane: Lane) -> bool:
    """Return whether there are words under a lane's line."""
    return bool(lane.says) or bool(lane.kept and lane.kept.then)


def _blocks(lane: Lane) -> bool:
    return any(isinstance(stretch, Block) for stretch in lane.stretches)


def _drop(lane: Lane) -> int:
    """Return how far under the line the words stand: lower under a thick bar."""
    return 48 if _blocks(lane) else 42


def _columns(picture: Picture) -> tuple[float, float]:
    """Return where the boxes of `Kept` and their readers begin."""
    texts = [len(lane.kept.text) for lane in picture.lanes if lane.kept]
    box = picture.right + 3 * MARK
    return box, box + max(texts, default=0) * SIZE / 2 + 24 + 56
