"""Lay a recorded run out as a picture of lanes: to a scale of time, or of steps.

On the scale of time, a hold is as wide as it was long; hand-overs that take
microseconds all look the same. On the scale of steps each run of a task is a
column: who comes after whom is seen, how long is not.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from media.lanes import (
    TICK,
    Block,
    End,
    Hold,
    Lane,
    Late,
    Note,
    Picture,
    Row,
    Say,
    Ticks,
    Wait,
)
from media.svg import (
    MARK,
    MONO,
    SANS,
    WIDTH,
    Lang,
    cut,
    decimal,
    legible,
    room,
    told,
)
from media.trace import STRIDE, Life, Trace

LANES = 40
"""Lanes drawn at most: the first and the last."""

STEPS = 100
"""Columns drawn at most on the scale of steps: the first."""

MARGIN = 24
CLOSE = 2
"""Units between two holds that are drawn as one, on the scale of time."""

NAME, WORD = 300, 400
"""Room for a lane's name, and for how it ends, at most."""

TOLD = 180
"""Room that what keeps the thread is told in, where the same follows."""

TELL = 3
"""Tasks that the sentence names at most, for each thing that it tells."""

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))

WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "title": "Who holds the thread, and when",
        "thread": "the thread",
        "busy": "{}% busy",
        "over": "nobody else runs",
        "start": "cannot start",
        "cancelled": "cancelled",
        "pending": "pending",
        "other": "… 1 more task …",
        "others": "… {} more tasks …",
        "later": "… 1 more step",
        "laters": "… {} more steps",
        "task": "1 task",
        "tasks": "{} tasks",
        "held": "the thread is held {}% of the time",
        "blocks": "{} keeps it for {} with {}",
        "keeps": "{} keeps it for {}",
        "fails": "{} fails with {}",
        "dies": "{} is cancelled",
        "waits": "{} is still pending",
        "more": "1 more too",
        "mores": "{} more too",
        "done": "the others end well",
        "all": "all end well",
    },
    "fr": {
        "title": "Qui tient le fil, et quand",
        "thread": "le fil",
        "busy": "occupé à {}\u00a0%",
        "over": "personne d’autre n’avance",
        "start": "ne peut pas démarrer",
        "cancelled": "annulée",
        "pending": "en attente",
        "other": "… 1 autre tâche …",
        "others": "… {} autres tâches …",
        "later": "… 1 étape de plus",
        "laters": "… {} étapes de plus",
        "task": "1 tâche",
        "tasks": "{} tâches",
        "held": "le fil est tenu {}\u00a0% du temps",
        "blocks": "{} le garde {} avec {}",
        "keeps": "{} le garde {}",
        "fails": "{} échoue avec {}",
        "dies": "{} est annulée",
        "waits": "{} attend encore",
        "more": "1 de plus aussi",
        "mores": "{} de plus aussi",
        "done": "les autres finissent bien",
        "all": "tout finit bien",
    },
}


def picture(
    trace: Trace, *, steps: bool = False, lang: Lang = "en", title: str = ""
) -> Picture:
    """Return the picture of a trace, on the scale of time or of steps.

    Texts that have no room are cut, or left out; tasks beyond 40 are counted.
    """
    words = WORDS[lang]
    scale: _Scale = _Steps(trace) if steps else _Time(trace)
    lives, names = _drawn(trace), numbered(trace)
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
        if rows and life.place - lives[len(rows) - 1].place > 1:
            rows.append(Note(_count(len(trace.lives) - len(lives), "other", lang)))
        rows.append(laid.lane(life, names, ends[life.place]))
    if scale.hidden:
        rows.append(Note(_count(scale.hidden, "later", lang)))
    unseen = (life for life in trace.lives if life.place not in drawn)
    width = made.right - made.left
    return replace(
        made,
        rows=tuple(rows),
        ticks=scale.ticks(lang, width),
        unseen=_merged(unseen, scale, width),
    )


def percent(trace: Trace) -> str:
    """Return the share of the time that the thread is held, in percent."""
    return "<1" if trace.busy < 0.005 else str(round(100 * trace.busy))


def numbered(trace: Trace) -> list[str]:
    """Return the lanes' names, by place: each cut to its room, and unique."""
    short = [cut(legible(life.name), NAME, SANS) for life in trace.lives]
    counts = Counter(short)
    seen: Counter[str] = Counter()
    taken = {name for name, count in counts.items() if count == 1}
    names = []
    for name in short:
        if counts[name] > 1:
            while True:
                seen[name] += 1
                unique = f"{name} {seen[name]}"
                if unique not in taken:
                    break
            name = unique
        names.append(name)
    return names


def duration(time: float, lang: Lang) -> str:
    """Return a time in seconds as a few digits and a unit."""
    size, unit = next(
        (size, unit) for size, unit in UNITS if time >= 0.9995 * size or unit == "µs"
    )
    value = time / size
    text = f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"
    return decimal(text, lang) + f"\u00a0{unit}"


def _count(number: int, word: str, lang: Lang) -> str:
    return WORDS[lang][word if number == 1 else f"{word}s"].format(number)


def sentence(trace: Trace, lang: Lang) -> str:
    """Return the run told in one sentence, for those who cannot see it."""
    words, names = WORDS[lang], numbered(trace)
    count = len(trace.lives)
    parts = [f"{_count(count, 'task', lang)}, {duration(trace.seconds, lang)}"]
    parts.append(words["held"].format(percent(trace)))
    troubled: set[int] = set()
    for group in (
        list(_blocks_told(trace, names, lang, troubled)),
        list(_ends_told(trace, names, "failed", words["fails"], troubled)),
        list(_ends_told(trace, names, "cancelled", words["dies"], troubled)),
        list(_ends_told(trace, names, "pending", words["waits"], troubled)),
    ):
        parts += group[:TELL]
        untold = len(group) - TELL
        if untold > 0:
            parts.append(_count(untold, "more", lang))
    if len(troubled) < count:
        parts.append(words["done" if troubled else "all"])
    return told(parts, lang)


def _blocks_told(
    trace: Trace, names: list[str], lang: Lang, troubled: set[int]
) -> Iterator[str]:
    words = WORDS[lang]
    for life in trace.lives:
        for run, seconds in enumerate(life.holds):
            if seconds > trace.slow:
                name, time = names[life.place], duration(seconds, lang)
                text = legible(", ".join(life.blocked.get(run, ())))
                if life.how == "done":
                    troubled.add(life.place)
                yield words["blocks" if text else "keeps"].format(name, time, text)


def _ends_told(
    trace: Trace, names: list[str], how: str, words: str, troubled: set[int]
) -> Iterator[str]:
    for life in trace.lives:
        if life.how == how:
            troubled.add(life.place)
            yield words.format(names[life.place], legible(life.outcome))


class _Time:
    """Seconds, to scale."""

    hidden, close = 0, CLOSE

    def __init__(self, trace: Trace) -> None:
        self.end = trace.seconds

    def at(self, time: float) -> float:
        return min(max(time, 0), self.end)

    def run(self, start: float, end: float) -> tuple[float, float] | None:
        return self.at(start), self.at(end)

    def ticks(self, lang: Lang, width: float) -> Ticks:
        return ticks(self.end, lang, width)


class _Steps:
    """A column a run, in order of time."""

    close = 0

    def __init__(self, trace: Trace) -> None:
        starts = sorted(
            start - life.origin
            for life in trace.lives
            for start in life.runs[0::STRIDE]
        )
        self._starts = starts[:STEPS]
        self._last = starts[STEPS] if len(starts) > STEPS else math.inf
        self.hidden = max(0, len(starts) - STEPS)
        self.end = max(1, len(self._starts))

    def at(self, time: float) -> float:
        return max(0, bisect_right(self._starts, time) - 0.08)

    def run(self, start: float, end: float) -> tuple[float, float] | None:
        if start >= self._last:
            return None
        column = bisect_left(self._starts, start)
        return column + 0.08, column + 0.92

    def ticks(self, lang: Lang, width: float) -> Ticks:
        step = max(1, int(_step(self.end, width, "{:g}".format)))
        numbers = [1, *range(step, len(self._starts) + 1, step)]
        return tuple((n - 0.5, str(n)) for n in dict.fromkeys(numbers))


_Scale = _Time | _Steps


def ticks(end: float, lang: Lang, width: float) -> Ticks:
    """Return round times up to `end` seconds, as many as have room in a width."""
    size, unit = next(
        (size, unit) for size, unit in UNITS if end >= size or unit == "µs"
    )
    step = _step(end / size, width, lambda value: f"{value:g} {unit}")
    found = []
    for i in range(int(end / size / step + 1e-9) + 1):
        text = f"{decimal(f'{i * step:g}', lang)}\u00a0{unit}" if i else "0"
        found.append((i * step * size, text))
    return tuple(found)


def _step(span: float, width: float, write: Callable[[float], str]) -> float:
    """Return the least of 1, 2, 5, 10 … whose multiples have room to be written."""
    power = 10.0 ** math.floor(math.log10(span) - 1.5)
    while True:
        for step in (power, 2 * power, 5 * power):
            widest = max(room(write(step)), room(write(math.floor(span / step) * step)))
            if width * step / span > 1.3 * widest:
                return step
        power *= 10


def _drawn(trace: Trace) -> tuple[Life, ...]:
    """Return the tasks that get a lane."""
    lives, half = trace.lives, LANES // 2
    return lives if len(lives) <= LANES else (*lives[:half], *lives[-half:])


def left_of(names: list[str]) -> float:
    """Return where the scale begins, so that all names have room."""
    return MARGIN + 32 + max(map(room, names))


def _right(made: Picture, ends: list[End]) -> float:
    """Return how far right the scale may go, so that all words have room."""
    right = WIDTH - 2 * MARGIN - room(made.busy)
    for end in ends:
        space = WIDTH - MARGIN - 2 * MARK - room(end.word) - made.left
        right = min(right, made.left + space / max(0.05, end.at / made.end))
    return right


def _end(life: Life, scale: _Scale, lang: Lang) -> End | None:
    """Return the mark where a life ends, if that is in the picture."""
    if life.how == "pending":
        return End(scale.end, "pending", WORDS[lang]["pending"])
    last: tuple[float, float] | None = scale.end, scale.end
    if life.runs:
        start, end = (time - life.origin for time in life.runs[-3:-1])
        last = scale.run(start, end)
    if last is None:
        return None
    word = WORDS[lang].get(life.how, "") if life.how == "cancelled" else life.outcome
    return End(last[1], life.how, cut(legible(word), WORD, SANS))


def _merged(lives: Iterator[Life], scale: _Scale, width: float) -> tuple[Hold, ...]:
    """Return the holds of lives without a lane, those that touch as one."""
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
    """Lays lives out in the room that a picture has."""

    def __init__(
        self, made: Picture, scale: _Scale, slow: float, drawn: set[int]
    ) -> None:
        self.made, self.scale, self.slow, self.drawn = made, scale, slow, drawn

    def lane(self, life: Life, names: list[str], end: End | None) -> Lane:
        """Return the lane of a life."""
        says = [(self.scale.at(at), legible(text), False) for at, text in life.says]
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
        """Yield what is drawn on a lane's line; add to says what has no room on it."""
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
                    fits = room(words["start"]) * 1.05 < space
                    yield Late(free, where[0], words["start"] if fits else "")
                elif x(where[0]) - x(free) >= (TICK if first else CLOSE):
                    yield Wait(free, where[0], cut(text, space))
                if blocks:
                    held = None
                    is_last = end is not None and end.at == where[1]
                    yield self._block(life, run, where, is_last, says)
                else:
                    held = Hold(*where)
            first = False
            free, text = where[1], legible(awaited)
        if held:
            yield held
        if not life.runs or end is None or end.how == "pending":
            space = x(self.scale.end) - x(free) - 18 - MARK
            yield Wait(free, self.scale.end, cut(text, space))

    def _block(
        self,
        life: Life,
        run: int,
        where: tuple[float, float],
        is_last: bool,
        says: list[tuple[float, str, bool]],
    ) -> Block:
        made = self.made
        width = made.x(where[1]) - made.x(where[0]) - (2 * MARK if is_last else 16)
        start, end = life.runs[run * STRIDE : run * STRIDE + 2]
        time = duration(end - start, made.lang)
        texts = [legible(text) for text in life.blocked.get(run, ())]
        full = "  ".join((*texts, time))
        short = f"{texts[0]} …  {time}" if len(texts) > 1 else full
        text = next((text for text in (full, short) if room(text, MONO) <= width), "")
        if not text:
            says.append((where[0], full, True))
        over = WORDS[made.lang]["over"]
        return Block(*where, text, over if room(over) * 1.05 < width else "")

    def _says(self, says: list[tuple[float, str, bool]]) -> Iterator[Say]:
        """Yield the words under a lane, each cut where the next begins."""
        x = self.made.x
        groups: list[tuple[float, str, bool]] = []
        for at, text, red in sorted(says, key=lambda say: (say[0], not say[2])):
            before = groups[-1] if groups else (-math.inf, "", False)
            apart = x(at) - x(before[0])
            if before[2] and apart < (TOLD if red else room(before[1], MONO) + 20):
                continue  # what keeps the thread goes first
            if apart < 2 * TICK and not red:
                groups[-1] = before[0], f"{before[1]}, {text}", False
            else:
                groups.append((at, text, red))
        free = self.made.left
        for i, (at, text, red) in enumerate(groups):
            limit = x(groups[i + 1][0]) if i + 1 < len(groups) else WIDTH - MARGIN
            width = room(text, MONO)
            is_last, is_cut = i + 1 == len(groups), x(at) + 20 + width > limit
            if is_last and is_cut and free + width + MARK + 16 < x(at):
                yield Say(at, text, before=True, red=red)
                continue
            if text := cut(text, limit - x(at) - 20):
                free = x(at) + 20 + room(text, MONO)
                yield Say(at, text, red=red)
