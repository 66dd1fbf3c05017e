"""Draw nested awaits: which frames each `send` goes through, in and out.

    from media.stack import stack

    stack(w4(), "A", "B")     # send(None), send("A"), send("B")

No event loop is needed, and the coroutine must not be a task's. Frames are noted
as they are entered and left: https://docs.python.org/3/library/sys.html#sys.setprofile
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Generator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

from media.lang import Lang, joined, language
from media.svg import DARK, LIGHT, WIDTH, Page, Palette, Shown
from media.text import MONO, bare, cut, text_width

Response = Literal["yields", "returns", "raises"]
"""How a coroutine responds to a send."""

SENDS = 4
"""Sends at most, if none are given: there is no room for more."""

FRAMES = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ITERABLE_COROUTINE

GAP = 36
ROW, BAR = 58, 50
"""Height of a row, and of a bar in it."""

WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "title": "What each send goes through",
        "you": "you",
        "sends": "{send} goes through {frames} and {how} {got}",
        "sends no frame": "{send} {how} {got}",
        "yields": "brings back",
        "returns": "returns",
        "raises": "raises",
    },
    "fr": {
        "title": "Ce que traverse chaque send",
        "you": "vous",
        "sends": "{send} traverse {frames} et {how} {got}",
        "sends no frame": "{send} {how} {got}",
        "yields": "rapporte",
        "returns": "retourne",
        "raises": "lève",
    },
}


@dataclass(frozen=True)
class Visit:
    """A frame entered and left during a send: its row, its number, and when.

    `start` and `end` count the moves: frames entered or left in this send so far.
    """

    row: int
    start: int
    end: int
    frame: int


@dataclass(frozen=True)
class Send:
    """What goes in, the frames that it goes through, what comes out.

    `given` and `got` are reprs; `moves` is how often a frame is entered or left.
    """

    given: str
    got: str
    response: Response
    moves: int
    visits: tuple[Visit, ...]


@dataclass(frozen=True)
class Pyramid:
    """Nested frames, the outermost first, and the sends that go through them.

    `title` names it in a few words, `desc` is its alt text.
    """

    lang: Lang
    title: str
    desc: str
    names: tuple[str, ...]
    sends: tuple[Send, ...]

    def svg(self, palette: Palette = LIGHT) -> str:
        """Return the picture as the text of an SVG file."""
        page = Page(palette)
        names = [cut(name, 260) for name in self.names]
        you = WORDS[self.lang]["you"]
        left = 24 + max(
            [
                text_width(you, bold=True),
                *(text_width(name, MONO) for name in names),
            ]
        )
        width = (WIDTH - left + GAP) / len(self.sends) - GAP
        unit = width / max(4, max(send.moves for send in self.sends) + 1)
        base = ROW * len(names)
        for row, name in enumerate(names):
            y = base - ROW * row - ROW / 2
            page.code(0, y + 9, name)
        page.text(0, base + 18, you, bold=True)
        last: dict[int, float] = {}
        for number, send in enumerate(self.sends):
            x = left + number * (width + GAP)
            for visit in send.visits:
                y = base - ROW * visit.row - ROW / 2
                start, end = (x + unit * (at + 0.5) for at in (visit.start, visit.end))
                colour = page.lane(visit.row)
                if visit.frame in last:
                    since = last[visit.frame]
                    page.rect(since, y - 2, start - since, 4, colour)
                page.rect(start, y - BAR / 2, end - start, BAR, colour, round_=3)
                last[visit.frame] = end
            page.rect(x, base + 6, width, 7, "ink")
            _write(page, x, base, width, send)
        return page.svg(self.title, self.desc, self.lang, base + 100)


def sentence(names: Sequence[str], sends: Sequence[Send], lang: Lang) -> str:
    """Return the sends in one sentence, for those who cannot see them."""
    words = WORDS[lang]
    parts = []
    for send in sends:
        rows = dict.fromkeys(visit.row for visit in send.visits)
        frames = ", ".join(names[row] for row in rows)
        given, how = f"send({send.given})", words[send.response]
        parts.append(
            words["sends" if rows else "sends no frame"].format(
                send=given, frames=frames, how=how, got=send.got
            )
        )
    return joined(parts, lang)


def _write(page: Page, x: float, base: float, width: float, send: Send) -> None:
    """Write what goes in, and under it what comes out."""
    page.text(x, base + 52, cut(f"send({send.given})", width), MONO, bold=True)
    word = "" if send.response == "yields" else send.response.removesuffix("s") + " "
    fill = "red" if send.response == "raises" else "ink"
    page.arrow(x, base + 84, x + 32, base + 84, fill)
    ways = (word + send.got, word + bare(send.got), bare(send.got))
    fits = (way for way in ways if text_width(way, MONO) <= width - 44)
    text = next(fits, "") or cut(send.got, width - 44)
    page.text(x + 44, base + 93, text, MONO, fill)


class Stack(Shown):
    """A coroutine stepped by hand; in a notebook it shows its pyramid."""

    def __init__(self, pyramid: Pyramid, dark: bool) -> None:
        self.pyramid, self.dark = pyramid, dark

    @property
    def alt(self) -> str:
        """The picture in one sentence, for those who cannot see it."""
        return self.pyramid.desc

    def svg(self) -> str:
        """Return the picture as the text of an SVG file."""
        return self.pyramid.svg(DARK if self.dark else LIGHT)

    def __str__(self) -> str:
        lines = []
        for send in self.pyramid.sends:
            lines.append(f"send({send.given})")
            for visit in send.visits:
                lines.append("  " * (visit.row + 1) + self.pyramid.names[visit.row])
            lines.append(f"{send.response} {send.got}")
        return "\n".join(lines)


def stack(
    awaitable: Awaitable[Any] | Generator[Any, Any, Any],
    *sends: object,
    title: str = "",
    lang: Lang | None = None,
    dark: bool = False,
) -> Stack:
    """Step a coroutine or another awaitable by hand; return its picture.

    None is sent first, then each of `sends`; without any, None until it ends, SENDS
    times at most. If it has not ended, it is closed. Its exceptions are drawn, not
    raised, but for KeyboardInterrupt and SystemExit. Raises TypeError for what is
    neither awaitable nor a generator.
    """
    stepped: Any = awaitable
    if not hasattr(stepped, "send"):
        if not isinstance(stepped, Awaitable):
            kind = type(stepped).__name__
            raise TypeError(f"stack() steps an awaitable or a generator, not {kind}")
        stepped = stepped.__await__()
    watch = _Watch()
    given = (None, *(sends or (None,) * (SENDS - 1)))
    made = []
    try:
        for value in given:
            send = watch.send(stepped, value)
            made.append(send)
            if send.response != "yields":
                break
    finally:
        if hasattr(stepped, "close"):
            stepped.close()
    names, sent = tuple(f"{name}()" for name in watch.names), tuple(made)
    lang = language(lang)
    title = title or WORDS[lang]["title"]
    pyramid = Pyramid(lang, title, sentence(names, sent, lang), names, sent)
    return Stack(pyramid, dark)


class _Watch:
    """Notes which frames are entered and left; the outermost are the first rows."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._rows: dict[tuple[int, str], int] = {}
        self._frames: dict[FrameType, int] = {}
        self._open: list[tuple[FrameType, int, int]] = []
        self._visits: list[Visit] = []
        self._moves = 0

    def send(self, stepped: Any, value: object) -> Send:
        """Send a value; return what happened."""
        self._open, self._visits, self._moves = [], [], 0
        response: Response = "yields"
        before = sys.getprofile()
        sys.setprofile(self._seen)
        try:
            got = next(stepped) if not hasattr(stepped, "send") else stepped.send(value)
        except StopIteration as stop:
            response, got = "returns", stop.value
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            response, got = "raises", error
        finally:
            sys.setprofile(before)
        visits = sorted(self._visits, key=lambda visit: visit.start)
        return Send(repr(value), repr(got), response, self._moves, tuple(visits))

    def _seen(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if not code.co_flags & FRAMES or code.co_name.startswith("<"):
            return
        if event == "call":
            name = code.co_qualname.rpartition("<locals>.")[2]
            row = self._rows.setdefault((len(self._open), name), len(self._rows))
            if row == len(self.names):
                self.names.append(name)
            self._open.append((frame, row, self._moves))
            self._moves += 1
        elif event == "return" and self._open and self._open[-1][0] is frame:
            _, row, start = self._open.pop()
            number = self._frames.setdefault(frame, len(self._frames))
            self._visits.append(Visit(row, start, self._moves, number))
            self._moves += 1
