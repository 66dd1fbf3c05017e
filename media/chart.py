"""Draw a recorded run in a terminal: the lanes of `layout`, in characters."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from media.lanes import Block, Hold, Lane, Late, Note, Wait
from media.lang import Lang
from media.layout import picture
from media.picture import Picture
from media.trace import How, Trace

HELD, WAITS, LATE, FREE = "█", "─", "┄", "·"
MARKS: dict[How, str] = {"done": "✓", "failed": "✗", "cancelled": "-", "pending": "…"}
ASCII = str.maketrans("█─┄·✓✗…µ’\u00a0", "#-~.vx~u' ")
"""What replaces each where the terminal's encoding lacks them."""

NARROWEST = 40
"""Columns of a chart, at least."""

NAME = 16
"""Columns of a lane's name, at most."""


def chart(
    trace: Trace, width: int = 80, *, lang: Lang = "en", steps: bool = False
) -> Text:
    """Return a trace as a chart `width` columns wide; what blocks is red.

    Narrower than NARROWEST, it is NARROWEST columns wide.
    """
    made = picture(trace, steps=steps, lang=lang)
    return _Chart(made, max(NARROWEST, width)).text()


def writable(text: Text, encoding: str) -> Text:
    """Return a text with other characters for those that an encoding lacks.

    Raises LookupError for an encoding that Python does not know.
    """
    try:
        text.plain.encode(encoding)
    except UnicodeEncodeError:
        plain = text.plain.translate(ASCII).encode(encoding, "replace")
        return Text(plain.decode(encoding), spans=text.spans)
    return text


class _Chart:
    """Draws a picture in columns of characters."""

    def __init__(self, made: Picture, width: int) -> None:
        self.made, self.width = made, width
        names = [made.thread, *(lane.name for lane in made.lanes)]
        self.name = min(NAME, width // 4, max(map(cell_len, names)))
        words = [cell_len(lane.end.word) for lane in made.lanes if lane.end]
        after = max(cell_len(made.busy), 2 + min(width // 4, max(words, default=0)))
        self.columns = width - self.name - after - 3

    def text(self) -> Text:
        """Return all rows."""
        rows = []
        for row in self.made.rows:
            if isinstance(row, Lane):
                rows += self._lane(row)
            elif isinstance(row, Note):
                rows.append(Text(" " * (self.name + 1)).append(row.text, "dim"))
        rows += [self._thread(), self._axis()]
        for each in rows:
            each.truncate(self.width, overflow="ellipsis")
        return Text("\n").join(rows)

    def _column(self, time: float) -> int:
        return min(self.columns - 1, int(time / self.made.end * self.columns))

    def _row(self, name: str) -> Text:
        return Text().append(set_cell_size(name, self.name), "bold").append(" ")

    def _lane(self, lane: Lane) -> list[Text]:
        """Return a lane's row, and the one under it if it has one."""
        line, styles = [" "] * self.columns, [""] * self.columns
        for stretch in sorted(lane.stretches, key=_depth):
            first, last = self._column(stretch.start), self._column(stretch.end)
            count = last + 1 - first
            match stretch:
                case Wait(text=text):
                    line[first : last + 1] = WAITS * count
                    _write(line, first + 1, count - 3, text)
                case Late():
                    line[first : last + 1] = LATE * count
                case Hold():
                    line[first : last + 1] = HELD * count
                case Block(text=text):
                    line[first : last + 1] = HELD * count
                    styles[first : last + 1] = ["red"] * count
                    _write(line, first + 1, count - 2, f" {text} " if text else "")
        row = self._row(lane.name)
        end = self.columns
        if lane.end and lane.end.how != "pending":
            end = self._column(lane.end.at) + 1
        _append(row, line[:end], styles)
        if lane.end:
            style = "red" if lane.end.how == "failed" else ""
            row.append(f" {MARKS[lane.end.how]} {lane.end.word}".rstrip(), style)
        return [row, self._said(lane)] if lane.says else [row]

    def _said(self, lane: Lane) -> Text:
        """Return the row under a lane: what it prints, what holds the thread."""
        row = Text(" " * (self.name + 1))
        for say in lane.says:
            column = self.name + 1 + self._column(say.at)
            if column >= row.cell_len:
                row.append(" " * (column - row.cell_len))
                row.append(say.text, "red" if say.red else "")
                row.append(" ")
        row.rstrip()
        return row

    def _thread(self) -> Text:
        row = self._row(self.made.thread)
        line, styles = [FREE] * self.columns, ["dim"] * self.columns
        stretches = [s for lane in self.made.lanes for s in lane.stretches]
        for stretch in sorted([*self.made.unseen, *stretches], key=_depth):
            if isinstance(stretch, Hold | Block):
                first, last = self._column(stretch.start), self._column(stretch.end)
                count = last + 1 - first
                line[first : last + 1] = HELD * count
                style = "red" if isinstance(stretch, Block) else ""
                styles[first : last + 1] = [style] * count
        _append(row, line, styles)
        return row.append(f" {self.made.busy}")

    def _axis(self) -> Text:
        row = Text(" " * (self.name + 1))
        for at, text in self.made.ticks:
            column = self.name + 1 + self._column(at)
            if column >= row.cell_len:
                row.append(" " * (column - row.cell_len) + text + "  ")
        row.rstrip()
        return row


def _depth(stretch: Hold | Block | Wait | Late) -> int:
    """Return the place in the drawing order: holds over waits, blocks over all."""
    return (Wait, Late, Hold, Block).index(type(stretch))


def _write(line: list[str], start: int, room: int, text: str) -> None:
    """Write as much of a text as fits into `room` columns of a line.

    A wide character takes two columns; the second holds an empty string.
    """
    if cell_len(text) > room:
        text = set_cell_size(text, room - 1).rstrip() + "…" if room > 3 else ""
    for character in text:
        width = cell_len(character)
        if width:
            line[start : start + width] = [character, *[""] * (width - 1)]
            start += width


def _append(row: Text, line: list[str], styles: list[str]) -> None:
    """Append a line's columns; a wide character that is cut in two is left out."""
    for column, (character, style) in enumerate(zip(line, styles, strict=False)):
        after = line[column + 1 : column + 2]
        before = line[column - 1] if column else ""
        if cell_len(character) == 2 and after != [""]:
            character = " "
        if character or cell_len(before) != 2:
            row.append(character or " ", style)
