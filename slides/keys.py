"""The speaker's keys: the page binds them, `present` and F1 print them.

One table, for all who need it: README's is compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest


@dataclass(frozen=True)
class Row:
    """Keys that belong together, and what they do, in a few words and at length.

    `always` and `reading` give what is done at each key, the second but in a cell
    that is edited. A key is called by what it prints; one that prints nothing, or a
    space, has the name that browsers give it, after `Shift-`; `Control-` comes first.
    What is done is a function of keys.js or, with a colon, an action of the notebook
    or of RISE. No other key does anything: keys.js unbinds them.
    """

    label: str
    says: str
    at_length: str = ""
    always: Mapping[str, str] = field(default_factory=dict)
    reading: Mapping[str, str] = field(default_factory=dict)


TABLE = (
    Row(
        "Space, Page Down",
        "next slide",
        "next slide: a clicker is enough, even out of an editor",
        always={"PageDown": "next"},
        reading={" ": "next"},
    ),
    Row("Page Up", "previous slide", always={"PageUp": "previous"}),
    Row(
        "Left, Right",
        "slide back, on",
        "previous, next slide",
        reading={"ArrowLeft": "previous", "ArrowRight": "next"},
    ),
    Row(
        "Home, End",
        "first, last slide",
        reading={"Home": "RISE:firstSlide", "End": "RISE:lastSlide"},
    ),
    Row(
        "Up, Down",
        "select a cell",
        "select the cell above, below, that can run on this slide",
        reading={"ArrowUp": "selectAbove", "ArrowDown": "selectBelow"},
    ),
    Row("Enter", "edit the cell", reading={"Enter": "edit"}),
    Row("Esc", "leave the cell", always={"Escape": "leave"}),
    Row("b, .", "black screen", reading={"b": "black", ".": "black"}),
    Row(
        "t",
        "speaker view",
        "speaker view: this slide and the next, notes, time taken and planned",
        reading={"t": "speakerView"},
    ),
    Row("w", "overview", "all slides at once", reading={"w": "RISE:toggleOverview"}),
    Row(
        "Shift-Enter",
        "run the cell",
        "run the cell, and select the next one",
        always={"Shift-Enter": "run"},
    ),
    Row(
        "Ctrl-Enter",
        "run it, and stay there",
        "run the cell, and keep it selected",
        always={"Control-Enter": "jupyter-notebook:run-cell"},
    ),
    Row(
        "F2",
        "interrupt",
        "interrupt what runs, whoever holds the thread",
        always={"F2": "interrupt"},
    ),
    Row(
        "F4",
        "panic: stop what cells started",
        "panic: stop every task, timer, server, connection and child process that"
        " cells started, in every thread; variables stay",
        always={"F4": "panic"},
    ),
    Row(
        "F7",
        "the solution of live coding",
        "the solution of this slide's live coding, and what it changes; again: back",
        always={"F7": "solution"},
    ),
    Row(
        "F8",
        "run all before this slide",
        "run every cell before this slide, solved (after a jump or a restart)",
        always={"F8": "catchUp"},
    ),
    Row("F9, F9", "restart the kernel, then F8", always={"F9": "restart"}),
    Row(
        "Ctrl-S",
        "save now",
        "save now: it is done every two seconds",
        always={"Control-s": "jupyter-notebook:save-notebook"},
    ),
    Row("F1, ?", "these keys", "all these keys", {"F1": "help"}, {"?": "help"}),
)
"""All keys, in the order in which they are printed."""


def card() -> str:
    """Return all keys and what they do, in two columns, 80 characters wide."""
    half = (len(TABLE) + 1) // 2
    left, right = _column(TABLE[:half]), _column(TABLE[half:])
    width = max(map(len, left)) + 2
    pairs = zip_longest(left, right, fillvalue="")
    return "\n".join(f"{one:{width}}{other}".rstrip() for one, other in pairs)


def _column(rows: tuple[Row, ...]) -> list[str]:
    width = max(len(row.label) for row in rows) + 2
    return [f"{row.label:{width}}{row.says}" for row in rows]


@dataclass(frozen=True)
class Page:
    """What keys.js is given: what is done at each key, and the help."""

    always: Mapping[str, str]
    reading: Mapping[str, str]
    help: str


def page() -> Page:
    """Return the table as the page needs it."""
    return Page(
        {key: action for row in TABLE for key, action in row.always.items()},
        {key: action for row in TABLE for key, action in row.reading.items()},
        card(),
    )
