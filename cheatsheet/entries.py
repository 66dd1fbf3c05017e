"""What sheet.toml says, by types: a wrong word in it is one line that names its key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from slides.errors import Problem
from slides.paths import short

HERE = Path(__file__).resolve().parent
SHEET = HERE / "sheet.toml"

LANGS = ("fr", "en")
PAPERS = {"a4": "A4", "us-letter": "US Letter"}

Words = dict[str, str]
"""A text in each language."""


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table whose keys are all known."""


class Family(Strict, frozen=True):
    """Boxes that share a letter, a name, and a dark colour (#rrggbb)."""

    name: Words
    colour: str


class Part(Strict, frozen=True, rename={"start": "from", "end": "to"}):
    """What stands in the place of a rule (`---`) of a box's prose: one of these.

    `code` is the address of a demo's definition, of which `start` and `end` choose
    a run of lines: the first that starts with the one, then the first with the other.
    `output` is a demo, whose sample is printed; `figure` a module of media.figures;
    `table` the name of a table that tree.py makes of data; `address` the size of the
    QR code in mm.
    """

    code: str | None = None
    start: str | None = None
    end: str | None = None
    output: str | None = None
    figure: str | None = None
    table: str | None = None
    address: float | None = None


class Box(Strict, frozen=True):
    """A box: its family's letter, its page of Python's documentation, its parts.

    `lessons` are patterns for demos that run what the box says, and does not print.
    """

    family: str
    doc: str
    parts: tuple[Part, ...] = ()
    lessons: tuple[str, ...] = ()


class Page(Strict, frozen=True):
    """A page: the ids of its boxes by columns, and those at its foot with their span.

    A span is a number of columns.
    """

    title: Words
    columns: Annotated[tuple[tuple[str, ...], ...], msgspec.Meta(min_length=1)]
    foot: tuple[tuple[str, float], ...] = ()


class Sheet(Strict, frozen=True):
    """The whole file.

    `since` gives, for names of slides/changes.toml, how their use looks in code, as a
    regular expression: where it matches, the release is printed beside it.
    """

    name: str
    title: Words
    description: Words
    running: Words
    updated: str
    families: dict[str, Family]
    pages: Annotated[tuple[Page, ...], msgspec.Meta(min_length=2, max_length=2)]
    since: dict[str, str]
    boxes: dict[str, Box]

    def placed(self) -> list[str]:
        """Return the ids of all boxes, in the order of pages and columns."""
        return [
            box
            for page in self.pages
            for box in (
                *(box for column in page.columns for box in column),
                *(box for box, _ in page.foot),
            )
        ]


def read(file: Path = SHEET) -> Sheet:
    """Return what the file says.

    Raises Problem for one that cannot be read, that is not made so (with the key, what
    was expected and what was found), or whose pages and boxes do not agree.
    """
    try:
        sheet = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Sheet)
    except OSError as error:
        raise Problem(f"{short(file)}: {error.strerror}.") from None
    except msgspec.ValidationError as error:
        said, _, key = str(error).partition(" - at ")
        raise Problem(f"{short(file)}: {key.strip('`$.') or 'top'}: {said}.") from None
    except ValueError as error:  # no TOML, or no UTF-8
        raise Problem(f"{short(file)}: {error}.") from None
    _agree(short(file), sheet)
    return sheet


def _agree(where: str, sheet: Sheet) -> None:
    placed = sheet.placed()
    for box in placed:
        if box not in sheet.boxes:
            raise Problem(f"{where}: pages have a box {box}, which boxes lacks.")
        if placed.count(box) > 1:
            raise Problem(f"{where}: pages have the box {box} twice.")
    for name, entry in sheet.boxes.items():
        if name not in placed:
            raise Problem(f"{where}: boxes.{name} is on no page.")
        if entry.family not in sheet.families:
            raise Problem(f"{where}: boxes.{name}.family: there is no {entry.family}.")
        for number, part in enumerate(entry.parts):
            _one_kind(f"{where}: boxes.{name}.parts[{number}]", part)


def _one_kind(where: str, part: Part) -> None:
    kinds = ("code", "output", "figure", "table", "address")
    given = [kind for kind in kinds if getattr(part, kind) is not None]
    if len(given) != 1:
        raise Problem(f"{where}: one of {', '.join(kinds)}, not {given or 'none'}.")
    if (part.start or part.end) and part.code is None:
        raise Problem(f"{where}: `from` and `to` choose lines of `code`.")
