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
    """A stretch that holds the thread for too long, drawn in red.

    `text` is its source code, written in it; `over` is written in the thread's row.
    """

    start: float
    end: float
    text: str
    over: str = ""


@dataclass(frozen=True)
class Wait:
    """A stretch that waits and leaves the thread free; `text` is what is awaited."""

    start: float
    end: float
    text: str = ""


@dataclass(frozen=True)
class Late:
    """A stretch that could run if the thread were free; `text` says so."""

    start: float
    end: float
    text: str = ""


@dataclass(frozen=True)
class Say:
    """What a lane says at a time, under its line: on the right, or left if `before`.

    `row` is the line of words that it is in, from 0; it begins `aside` of its time.
    """

    at: float
    text: str
    before: bool = False
    red: bool = False
    row: int = 0
    aside: float = 0


@dataclass(frozen=True)
class End:
    """How a lane ends: a mark there, and a word on its right."""

    at: float
    how: How
    word: str = ""


@dataclass(frozen=True)
class Kept:
    """What a finished task keeps, in a box; and what reads it."""

    text: str
    read: str


@dataclass(frozen=True)
class Lane:
    """A coroutine or task, its stretches in order of time, and how it ends.

    `parent` is the name of a lane above it, from which an arrow leads to this one;
    `short` is its name in the thread's row; `tint` is the number of its colour: by
    default, each name has its own.
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
    """A row with a bar: how long the lanes above it took together."""

    name: str
    end: float
    text: str


@dataclass(frozen=True)
class Heads:
    """A row of column heads, over the boxes of `Kept` and over what reads them."""

    kept: str
    read: str


@dataclass(frozen=True)
class Note:
    """A row of words."""

    text: str


Row = Lane | Total | Heads | Note
