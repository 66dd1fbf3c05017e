"""Lay out a recorded run as a picture of lanes: on a scale of time, or of steps.

On the scale of time, a hold is as wide as it was long; hand-overs that take
microseconds all look the same. On the scale of steps each run of a task is a
column: it shows who comes after whom, not for how long.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from media.lanes import (
    SLIVER,
    Block,
    End,
    Hold,
    Lane,
    Late,
    Note,
    Row,
    Say,
    Wait,
)
from media.lang import Lang, duration
from media.marks import MARK
from media.picture import Picture
from media.scales import CLOSE, Scale, StepScale, TimeScale
from media.svg import WIDTH
from media.text import MONO, SANS, bare, cut, fitting, legible, text_width
from media.trace import STRIDE, Life, Trace
from media.words import WORDS, counted, lane_names, percent, public, said, sentence

LANES = 40
"""Lanes drawn at most: the first and the last."""

WORD = 300
"""Width of the words at a lane's end, at most, in units of the viewBox."""

SAYS = 3
"""Lines of words under a lane, at most."""

APART, NEAR = 13, 40
"""Between two words in such a line; how far from its time a word may begin."""


def picture(
    trace: Trace, *, steps: bool = False, lang: Lang = "en", title: str = ""
) -> Picture:
    """Return the picture of a trace, on the scale of time or of steps.

    Texts without room are left out, words are never cut; of more than LANES tasks,
    those in the middle are only counted.
    """
    words = WORDS[lang]
    scale: Scale = StepScale(trace) if steps else TimeScale(trace)
    lives, names = _drawn(trace), lane_names(trace)
    ends = {life.place: _end(life, scale, lang) for life in lives}
    made = Picture(
        lang,
        title or words["title"],
        sentence(trace, lang),
        scale.end,
        (),
        (),
        words["thread"],
        words["busy"].format(percent(trace)),
        left=left_of([*(names[life.place] for life in lives), words["thread"]]),
    )
    made = replace(made, right=_right(made, [end for end in ends.values() if end]))
    rows: list[Row] = []
    drawn = {life.place for life in lives}
    laid = _Laid(made, scale, trace.slow, drawn)
    for life in lives:
        if len(rows) == LANES // 2 and len(lives) < len(public(trace)):
            others = len(public(trace)) - len(lives)
            rows.append(Note(counted(others, "other", lang)))
        rows.append(laid.lane(life, names, ends[life.place]))
    if scale.hidden:
        rows.append(Note(counted(scale.hidden, "later", lang)))
    unseen = (life for life in trace.lives if life.place not in drawn)
    width = made.right - made.left
    return replace(
        made,
        rows=tuple(rows),
        ticks=scale.ticks(lang, width),
        unseen=_merged(unseen, scale, width),
    )


def _drawn(trace: Trace) -> tuple[Life, ...]:
    """Return the tasks that get a lane."""
    lives, half = public(trace), LANES // 2
    return lives if len(lives) <= LANES else (*lives[:half], *lives[-half:])


def left_of(names: list[str]) -> float:
    """Return where the scale begins, so that there is room for all names."""
    return 32 + max(text_width(name, bold=True) for name in names)


def _right(made: Picture, ends: list[End]) -> float:
    """Return where the scale ends, so that there is room for all words."""
    right = made.right
    for end in ends:
        space = WIDTH - 2 * MARK - text_width(end.word) - made.left
        right = min(right, made.left + space / max(0.05, end.at / made.end))
    return right


def _end(life: Life, scale: Scale, lang: Lang) -> End | None:
    """Return how a life ends, or None if that is not in the picture."""
    if life.how == "pending":
        return End(scale.end, "pending", WORDS[lang]["pending"])
    last: tuple[float, float] | None = scale.end, scale.end
    if life.runs:
        start, end = (time - life.origin for time in life.runs[-3:-1])
        last = scale.run(start, end)
    if last is None:
        return None
    word = WORDS[lang].get(life.how, "") if life.how == "cancelled" else life.outcome
    return End(last[1], life.how, fitting(legible(word), WORD, SANS))


def _merged(lives: Iterator[Life], scale: Scale, width: float) -> tuple[Hold, ...]:
    """Return the holds of lives without a lane; those that touch are merged."""
    columns: set[int] = set()
    for life in lives:
        for start, end, _ in life:
            if where := scale.run(start, end):
                first, last = (int(at / scale.end * width) for at in where)
                columns.update(range(first, last + 1))
    holds: list[Hold] = []
    for column in sorted(columns):
        start, end = column * scale.end / width, (column + 1) * scale.end / width
        if holds and column - 1 in columns:
            start = holds.pop().start
        holds.append(Hold(start, end))
    return tuple(holds)


class _Laid:
    """Lays out lives in the room that a picture has."""

    def __init__(
        self, made: Picture, scale: Scale, slow: float, drawn: set[int]
    ) -> None:
        self.made, self.scale, self.slow, self.drawn = made, scale, slow, drawn

    def lane(self, life: Life, names: list[str], end: End | None) -> Lane:
        """Return the lane of a life."""
        says = [(self.scale.at(at), text, False) for at, text in said(life)[1]]
        stretches = list(self._stretches(life, end, says))
        drawn = life.parent is not None and life.parent in self.drawn
        parent = names[life.parent or 0] if drawn else ""
        return Lane(
            names[life.place],
            tuple(stretches),
            end,
            tuple(self._says(says)),
            parent=parent,
        )

    def _stretches(
        self, life: Life, end: End | None, says: list[tuple[float, str, bool]]
    ) -> Iterator[Hold | Block | Wait | Late]:
        """Yield what is drawn on a lane's line; add to `says` what does not fit."""
        x, words = self.made.x, WORDS[self.made.lang]
        free, text = self.scale.at(life.born), ""
        held: Hold | None = None
        first = True
        for run, (start, stop, awaited) in enumerate(life):
            where = self.scale.run(start, stop)
            if where is None:
                break
            blocks = stop - start > self.slow
            if held and not blocks and x(where[0]) - x(held.end) < self.scale.close:
                held = Hold(held.start, where[1])
            else:
                if held:
                    yield held
                limit = x(where[0]) - 2
                if end is not None:
                    limit = min(limit, x(end.at) - MARK)
                space = limit - x(free) - 12
                if first and start - life.born > self.slow:
                    fits = text_width(words["start"], bold=True) < space
                    yield Late(free, where[0], words["start"] if fits else "")
                elif x(where[0]) - x(free) >= (SLIVER if first else CLOSE):
                    yield Wait(free, where[0], fitting(text, space))
                if blocks:
                    held = None
                    marked = end is not None and x(end.at) - x(where[1]) < MARK
                    yield self._block(life, run, where, marked, says)
                else:
                    held = Hold(*where)
            first = False
            free, text = where[1], legible(awaited)
        if held:
            yield held
        if not life.runs or end is None or end.how == "pending":
            space = x(self.scale.end) - x(free) - 18 - MARK
            yield Wait(free, self.scale.end, fitting(text, space))

    def _block(
        self,
        life: Life,
        run: int,
        where: tuple[float, float],
        marked: bool,
        says: list[tuple[float, str, bool]],
    ) -> Block:
        """Return a run that blocks; add its text to `says` if it does not fit in it.

        It is `marked` if the mark of the lane's end reaches into it.
        """
        made = self.made
        width = made.x(where[1]) - made.x(where[0]) - (2 * MARK if marked else 16)
        start, end = life.runs[run * STRIDE : run * STRIDE + 2]
        time = duration(end - start, made.lang)
        texts = [legible(text) for text in life.blocked.get(run, ())]
        full = "  ".join((*texts, time))
        more = " …" if len(texts) > 1 else ""
        ways = [
            full,
            *(
                f"{call}{more}  {time}"
                for text in texts[:1]
                for call in (text, bare(text))
            ),
        ]
        text = next((way for way in ways if text_width(way, MONO) <= width), "")
        if not text:
            room = max(WIDTH - made.x(where[0]), made.x(where[0]) - MARK) - 10
            fits = (way for way in ways if text_width(way, MONO, bold=True) <= room)
            says.append((where[0], next(fits, ways[-1]), True))
        over = WORDS[made.lang]["over"]
        return Block(*where, text, over if text_width(over, bold=True) < width else "")

    def _says(self, says: list[tuple[float, str, bool]]) -> Iterator[Say]:
        """Yield the words under a lane, in as many lines as they need, up to SAYS.

        Lines that are printed at one moment are one; what has no room is an
        ellipsis.
        """
        x = self.made.x
        groups: list[tuple[float, list[str], bool]] = []
        for at, text, red in sorted(says, key=lambda say: (say[0], not say[2])):
            before = groups[-1] if groups else (-math.inf, [], True)
            if x(at) - x(before[0]) < 2 * SLIVER and not red and not before[2]:
                before[1].append(text)
            else:
                groups.append((at, [text], red))
        taken: list[list[tuple[float, float]]] = [[] for _ in range(SAYS)]
        for at, texts, red in groups:
            say = self._placed(at, _listed(texts, WIDTH - x(at) - 10), red, taken)
            if say or (say := self._placed(at, "…", red, taken)):
                yield say

    def _placed(
        self, at: float, text: str, red: bool, taken: list[list[tuple[float, float]]]
    ) -> Say | None:
        """Return words where they have room: on the right of their time, or left."""
        x, width = self.made.x(at), text_width(text, MONO, bold=red)
        right, left = x + 10, x - MARK - 6 - width
        if right + width > WIDTH + NEAR and left < 0:
            # Longer than any line: the one thing that is cut.
            width = max(WIDTH - right, x - MARK - 6)
            text, left = cut(text, width), 0
        for row, spans in enumerate(taken):
            after = [right, *(end + APART for _, end in spans)]
            begins = [min(begin, WIDTH - width) for begin in after]
            near = [(abs(at - right), at, False) for at in begins if at >= 0]
            sides = sorted(each for each in near if each[0] <= NEAR)
            sides += [(0, left, True)] if left >= 0 and right + width > WIDTH else []
            for _, begin, before in sides:
                span = begin, begin + width
                if all(b + APART <= span[0] or span[1] + APART <= a for a, b in spans):
                    spans.append(span)
                    aside = 0 if before else begin - right
                    return Say(at, text, before, red, row, aside)
        return None


def _listed(texts: list[str], width: float) -> str:
    """Return as many texts as fit in a width, at least one, and then an ellipsis."""
    whole = ", ".join(texts)
    if text_width(whole, MONO) <= width:
        return whole
    for count in range(len(texts) - 1, 0, -1):
        listed = ", ".join([*texts[:count], "…"])
        if text_width(listed, MONO) <= width or count == 1:
            return listed
    return whole
