"""Draw a recorded run in a terminal: the lanes of `layout`, in characters."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from media.lanes import Block, Hold, Lane, Late, Note, Picture, Wait
from media.layout import picture
from media.svg import How, Lang
from media.trace import Trace

HELD, WAITS, LATE, FREE = "█", "─", "┄", "·"
MARKS: dict[How, str] = {"done": "✓", "failed": "✗", "cancelled": "-", "pending": "…"}
ASCII = str.maketrans("█─┄·✓✗…\u00a0µ", "#-~.vx~ u")
"""What stands for them where the terminal's encoding has no such characters."""

NAME = 16
"""Columns of a lane's name, at most."""


def chart(
    trace: Trace, width: int = 80, *, lang: Lang = "en", steps: bool = False
) -> Text:
    """Return the lanes of a trace, so many columns wide; red is what blocks."""
    made = picture(trace, steps=steps, lang=lang)
    names = [made.thread, *(lane.name for lane in made.lanes)]
    return _Chart(made, max(40, width), min(NAME, max(map(cell_len, names)))).text()


class _Chart:
    """A picture on its way to the terminal."""

    def __init__(self, made: Picture, width: int, name: int) -> None:
        self.made, self.width, self.name = made, width, name
        word = max(cell_len(lane.end.word) for lane in made.lanes if lane.end)
        self.columns = max(20, width - name - 5 - min(word, width // 4))

    def text(self) -> Text:
        """Return all rows."""
        rows = []
        for row in self.made.rows:
            if isinstance(row, Lane):
                rows.append(self._lane(row))
            elif isinstance(row, Note):
                rows.append(Text(" " * (self.name + 1) + row.text, "dim"))
        return Text("\n").join([*rows, self._thread(), self._axis()])

    def _column(self, time: float) -> int:
        return min(self.columns - 1, int(time / self.made.end * self.columns))

    def _row(self, name: str) -> Text:
        return Text(set_cell_size(name, self.name) + " ", "bold")

    def _lane(self, lane: Lane) -> Text:
        line = [" "] * self.columns
        styles = [""] * self.columns
        holds = [s for s in lane.stretches if isinstance(s, Hold | Block)]
        for stretch in lane.stretches:
            first, last = self._column(stretch.start), self._column(stretch.end)
            match stretch:
                case Wait(text=text):
                    line[first : last + 1] = WAITS * (last + 1 - first)
                    _write(line, first + 1, last - first - 2, text)
                case Late():
                    line[first : last + 1] = LATE * (last + 1 - first)
        for stretch in holds:
            first, last = self._column(stretch.start), self._column(stretch.end)
            line[first : last + 1] = HELD * (last + 1 - first)
            if isinstance(stretch, Block):
                styles[first : last + 1] = ["red"] * (last + 1 - first)
                _write(line, first + 1, last - first - 1, f" {stretch.text} ")
        row = self._row(lane.name)
        end = self.columns
        if lane.end and lane.end.how != "pending":
            end = self._column(lane.end.at) + 1
        for character, style in zip(line[:end], styles[:end], strict=True):
            row.append(character, style)
        if lane.end:
            style = "red" if lane.end.how == "failed" else ""
            row.append(f" {MARKS[lane.end.how]} {lane.end.word}".rstrip(), style)
        row.truncate(self.width, overflow="ellipsis")
        said = self._said(lane)
        return Text("\n").join([row, said]) if said else row

    def _said(self, lane: Lane) -> Text | None:
        """Return the row under a lane: what it prints, what keeps the thread."""
        row = Text(" " * (self.name + 1))
        for say in lane.says:
            column = self.name + 1 + self._column(say.at)
            if column >= len(row):
                row.append(" " * (column - len(row)))
                row.append(say.text + " ", "red" if say.red else "")
        row.truncate(self.width, overflow="ellipsis")
        return row if lane.says else None

    def _thread(self) -> Text:
        row = self._row(self.made.thread)
        line, styles = [FREE] * self.columns, ["dim"] * self.columns
        stretches = [s for lane in self.made.lanes for s in lane.stretches]
        for stretch in [*stretches, *self.made.unseen]:
            if isinstance(stretch, Hold | Block):
                first, last = self._column(stretch.start), self._column(stretch.end)
                line[first : last + 1] = HELD * (last + 1 - first)
                style = "red" if isinstance(stretch, Block) else ""
                styles[first : last + 1] = [style] * (last + 1 - first)
        for character, style in zip(line, styles, strict=True):
            row.append(character, style)
        return row.append(f" {self.made.busy}")

    def _axis(self) -> Text:
        row = Text(" " * (self.name + 1))
        for at, text in self.made.ticks:
            column = self.name + 1 + self._column(at)
            if column >= len(row):
                row.append(" " * (column - len(row)) + text + " ")
        row.rstrip()
        return row


def _write(line: list[str], start: int, room: int, text: str) -> None:
    """Write a text over a line, as much as fits in a number of columns."""
    if not text.strip():
        return
    if len(text) > room:
        text = text[: room - 1] + "…" if room > 3 else ""
    line[start : start + len(text)] = text
