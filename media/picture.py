"""Draw who holds the thread when: takes lanes, gives SVG, does nothing else.

Times are in the picture's own unit from its start, seconds or steps; sizes are
units of the viewBox, which is WIDTH wide and as high as its rows need. The same
data give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.lanes import (
    SLIVER,
    Block,
    End,
    Heads,
    Hold,
    Kept,
    Lane,
    Late,
    Note,
    Row,
    Total,
    Wait,
)
from media.lang import Lang
from media.marks import MARK, mark
from media.scales import Ticks
from media.svg import LIGHT, WIDTH, Page, Palette, number
from media.text import MONO, SANS, SIZE, fitting, text_width
from media.thread import Held, ThreadRow

LEGEND: dict[Lang, tuple[str, str, str]] = {
    "fr": ("tient le fil", "attend", "bloque la boucle"),
    "en": ("holds the thread", "waits", "blocks the loop"),
}
"""What holds, waits, blocks."""

SAYS = 33
"""Height of a line of words under a lane."""


@dataclass(frozen=True)
class Picture:
    """All that is drawn, its `title` and its `desc` (the alt text).

    `end` is the time at `right`, 0 is at `left` (units of the viewBox); `ticks`
    are times and what is written below them. `thread` is the name of the bottom
    row; if empty, there is none. `busy` is said of it at the top, and `unseen` are
    its holds that belong to no lane. `legend` are the words for what holds,
    waits, blocks.
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
    left: float = 150
    right: float = WIDTH - 24
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
        return _Drawing(self, palette).svg()


class _Drawing:
    """Draws a picture on a page."""

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
        top = y = 40.0
        lines: list[tuple[Row, float]] = []
        words = False
        for row in picture.rows:
            above, below = _space(row)
            above = max(above, 19) if words else above
            words = isinstance(row, Lane) and bool(_says(row))
            lines.append((row, y + above))
            y += above + below
        y += 46 if picture.thread else 0
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
            self._thread(y - 22)
        return page.svg(picture.title, picture.desc, picture.lang, y + 37)

    def _name(self, y: float, name: str) -> None:
        self.page.text(0, y + 9, name, bold=True)

    def _lane(self, lane: Lane, y: float) -> None:
        page, colour = self.page, self.colours[lane.name]
        self._name(y, lane.name)
        for stretch in lane.stretches:
            x, end = self.picture.x(stretch.start), self.picture.x(stretch.end)
            match stretch:
                case Hold():
                    if end - x < SLIVER:
                        page.rect(x, y - 14, SLIVER, 28, colour, round_=2)
                    else:
                        page.rect(x, y - 12, end - x, 24, colour, round_=2)
                case Block(text=text):
                    middle = (x + end) / 2
                    page.rect(x, y - 18, end - x, 36, "red", round_=3)
                    page.text(middle, y + 9, text, MONO, "paper", "middle", bold=True)
                case Wait(text=text):
                    text = fitting(text, end - x - 16)
                    after = self._on_line(x, y, text, MONO)
                    if text:
                        page.rect(x, y - 2, 6, 4, colour)
                    if after < end:
                        page.rect(after, y - 2, end - after, 4, colour)
                case Late(text=text):
                    after = self._on_line(x, y, text, SANS, "red", bold=True)
                    if after < end:
                        page.line(after, y, end, y, "red", 4, dashes="4 8")
        for say in lane.says:
            x, anchor = self.picture.x(say.at), "end" if say.before else "start"
            shift = -MARK - 6 if say.before else 10 + say.aside
            colour_ = "red" if say.red else "ink"
            x, y_ = x + shift, y + _drop(lane) + SAYS * say.row
            width = text_width(say.text, MONO)
            halo = self._crossed(x - width if say.before else x, width, y_)
            page.text(x, y_, say.text, MONO, colour_, anchor, bold=say.red, halo=halo)
        if lane.end:
            self._mark(lane.end, y, colour)
        if lane.kept:
            self._kept(lane.kept, y)

    def _on_line(
        self,
        x: float,
        y: float,
        text: str,
        font: str,
        fill: str = "ink",
        *,
        bold: bool = False,
    ) -> float:
        """Write a text on a lane's line; return where the line goes on."""
        if not text:
            return x
        width = text_width(text, font, bold=bold)
        halo = self._crossed(x + 12, width, y + 9)
        self.page.text(x + 12, y + 9, text, font, fill, bold=bold, halo=halo)
        return x + width + 18

    def _crossed(self, x: float, width: float, y: float) -> bool:
        """Return whether an arrow passes behind a text that begins at (x, y)."""
        return any(
            x - 4 < at < x + width + 4 and top < y < bottom + SIZE
            for at, top, bottom in self.arrows
        )

    def _mark(self, end: End, y: float, colour: str) -> None:
        x = self.picture.x(end.at) + SLIVER / 2
        mark(
            self.page,
            x,
            y,
            end.how,
            {"done": colour, "failed": "red"}.get(end.how, "ink"),
        )
        self.page.text(x + MARK + 10, y + 9, end.word, halo=True)

    def _kept(self, kept: Kept, y: float) -> None:
        page = self.page
        box, read = _columns(self.picture)
        width = read - box - 36
        page.line(self.picture.right + MARK + 6, y, box, y)
        page.frame(box, y - 22, width, 44)
        page.text(box + 12, y + 9, kept.text, MONO)
        page.line(box + width + 6, y, read - 22, y, dashes="3 6")
        page.head(read - 10, y)
        page.text(read, y + 9, kept.read, MONO)

    def _total(self, total: Total, y: float) -> None:
        """Draw a span of time as an outline, since it is no hold."""
        x, end = self.picture.x(0), self.picture.x(total.end)
        self._name(y, total.name)
        path = f"M{number(x)} {number(y - 19)}H{number(end)}v38H{number(x)}z"
        self.page.path(path, width=3, fill="paper")
        middle = (x + end) / 2
        self.page.text(middle, y + 9, total.text, SANS, "ink", "middle", bold=True)

    def _arrows(self, lines: list[tuple[Row, float]]) -> None:
        """Draw arrows from the parents' lines down to where their children start."""
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
        """Draw the row that shows the holds of all lanes."""
        picture = self.picture
        holds = [
            (stretch.start, self._held(lane, stretch))
            for lane in picture.lanes
            for stretch in lane.stretches
            if isinstance(stretch, Hold | Block)
        ]
        holds += [(hold.start, self._held(None, hold)) for hold in picture.unseen]
        holds.sort(key=lambda hold: hold[0])
        self._name(y, picture.thread)
        row = ThreadRow(self.page, picture.left, picture.right, y)
        row.draw([held for _, held in holds])

    def _held(self, lane: Lane | None, stretch: Hold | Block) -> Held:
        """Return a hold of a lane, or of one that is not in the picture."""
        x, end = self.picture.x(stretch.start), self.picture.x(stretch.end)
        if lane is None:
            return Held(x, end, "ink", "…")
        colour, name = self.colours[lane.name], lane.short or lane.name
        if isinstance(stretch, Block):
            return Held(x, end, colour, name, blocks=True, over=stretch.over)
        return Held(x, end, colour, name)

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
            middle = min(x, WIDTH - 1 - text_width(text) / 2)
            page.text(middle, bottom + 30, text, SANS, "ink", "middle")

    def _legend(self) -> None:
        """Write what the shapes mean, if they are in the picture; and who is busy."""
        stretches = [s for lane in self.picture.lanes for s in lane.stretches]
        holds = [s for s in stretches if isinstance(s, Hold)]
        x = self.picture.x
        long = any(x(hold.end) - x(hold.start) > SLIVER for hold in holds)
        at = 0.0
        words = self.picture.legend or LEGEND[self.picture.lang]
        for kind, word in zip((Hold, Wait, Block), words, strict=True):
            if not any(isinstance(stretch, kind) for stretch in stretches):
                continue
            width = SLIVER if kind is Hold and not long else 36
            if kind is Hold:
                top, height = (5, 24) if long else (3, 28)
                self.page.rect(at, top, width, height, "ink", round_=2)
            elif kind is Wait:
                self.page.rect(at, 15, width, 4, "ink")
            else:
                self.page.rect(at, 0, width, 34, "red", round_=3)
            self.page.text(at + width + 12, 26, word)
            at += width + 12 + text_width(word) + 32
        if self.picture.busy:
            said = f"{self.picture.thread} {self.picture.busy}"
            if at + text_width(said) > WIDTH:
                said = self.picture.busy
            self.page.text(WIDTH, 26, said, anchor="end")


def _space(row: Row) -> tuple[int, int]:
    """Return the room that a row needs above and below its line."""
    if isinstance(row, Total):
        return 22, 22
    if isinstance(row, Heads):
        return 36, 12
    if isinstance(row, Note):
        return 18, 18
    under, blocks = _says(row), _blocks(row)
    above = 19 if blocks else 17
    return above, _drop(row) + 7 + SAYS * (under - 1) if under else 17


def _says(lane: Lane) -> int:
    """Return how many lines of words there are under a lane's line."""
    return max((say.row + 1 for say in lane.says), default=0)


def _blocks(lane: Lane) -> bool:
    return any(isinstance(stretch, Block) for stretch in lane.stretches)


def _drop(lane: Lane) -> int:
    """Return how far under the line its words are: further under a thick bar."""
    return 44 if _blocks(lane) else 41


def _columns(picture: Picture) -> tuple[float, float]:
    """Return where the boxes of `Kept` and their readers begin."""
    texts = [lane.kept.text for lane in picture.lanes if lane.kept]
    widest = max((text_width(text, MONO) for text in texts), default=0)
    box = picture.right + 3 * MARK
    return box, box + widest + 24 + 36
