"""What a picture of lanes is made of: who holds the thread, who waits, when.

Times are in the picture's own unit from its start, seconds or steps; sizes are
units of the viewBox.
"""

from __future__ import annotations

from dataclasses import dataclass

from media.trace import How

SLIVER = 7
"""Width of a hold too short to be drawn to scale."""


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
