"""What sheet.toml says, by types: a wrong word in it is one line that names its key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from slides.errors import Problem
from slides.paths import short

HERE = Path(__file__).resolve().parent
SHEET = HERE / "sheet.toml"

LANGS = ("fr", "en")
PAPERS = {"a4": "A4", "us-letter": "US Letter"}

Words = dict[str, str]
"""A text in each language."""

Made = TypeVar("Made", bound=msgspec.Struct)


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table whose keys are all known."""


class Family(Strict, frozen=True):
    """Boxes that share a letter, a name, and a dark colour (#rrggbb)."""

    name: Words
    colour: Annotated[str, msgspec.Meta(pattern="^#[0-9a-f]{6}$")]


class Part(Strict, frozen=True, rename={"start": "from", "end": "to"}):
    """What stands in the place of a rule (`---`) of a box's prose: one of these.

    `code` is the address of a demo's definition, of which `start` and `end` choose
    a run of lines: the first that starts with the one, then the first with the other.
    `output` is a demo, whose sample is printed; `figure` a module of media.figures;
    `table` the name of a table that tables.py makes of data; `address` the size of the
    QR code in mm.
    """

    code: str | None = None
    start: str | None = None
    end: str | None = None
    output: str | None = None
    figure: str | None = None
    table: str | None = None
    address: Annotated[float, msgspec.Meta(gt=0)] | None = None


class Box(Strict, frozen=True):
    """A box: its family's letter, its page of Python's documentation, its parts.

    `lessons` are patterns for demos that run what the box says, and does not print.
    """

    family: str
    doc: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+/[\w.-]+\.html(#[\w.-]+)?$")]
    parts: tuple[Part, ...] = ()
    lessons: tuple[str, ...] = ()


Column = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
Span = Annotated[float, msgspec.Meta(gt=0)]


class Page(Strict, frozen=True):
    """A page: the ids of its boxes by columns, and those at its foot with their span.

    A span is a number of columns.
    """

    title: Words
    columns: Annotated[tuple[Column, ...], msgspec.Meta(min_length=1)]
    foot: tuple[tuple[str, Span], ...] = ()

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield the keys at which boxes stand, and their ids."""
        for number, column in enumerate(self.columns):
            for row, box in enumerate(column):
                yield f"columns[{number}][{row}]", box
        for number, (box, _) in enumerate(self.foot):
            yield f"foot[{number}]", box


class Sheet(Strict, frozen=True):
    """The whole file.

    `since` gives, for names of slides/changes.toml, how their use looks in code, as a
    regular expression: where it matches, the release is printed beside it.
    """

    name: str
    title: Words
    description: Words
    running: Words
    updated: date
    families: dict[str, Family]
    pages: Annotated[tuple[Page, ...], msgspec.Meta(min_length=2, max_length=2)]
    since: dict[str, str]
    boxes: dict[str, Box]

    def placed(self) -> list[str]:
        """Return the ids of all boxes, in the order of pages and columns."""
        return [box for page in self.pages for _, box in page.places()]


def read(file: Path = SHEET) -> Sheet:
    """Return what the file says.

    Raises Problem for one that cannot be read, that is not made so (with the key, what
    was expected and what was found), or whose pages and boxes do not agree.
    """
    where = short(file)
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"{where}: {error.strerror}.") from None
    except ValueError as error:  # no TOML, or no UTF-8
        raise Problem(f"{where}: {error}.") from None
    # Part by part: of a box, msgspec would not say which one.
    for key, part, kind in _parts(said):
        _made(where, key, part, kind)
    sheet = _made(where, "", said, Sheet)
    _agree(where, sheet)
    return sheet


def _parts(said: dict[str, Any]) -> Iterator[tuple[str, Any, type[msgspec.Struct]]]:
    """Yield the tables of the file, the inner ones first: key, table, kind."""
    for letter, family in _items(said, "families"):
        yield f"families.{letter}", family, Family
    for number, page in _items(said, "pages"):
        yield f"pages[{number}]", page, Page
    for name, box in _items(said, "boxes"):
        if isinstance(box, dict):
            for number, part in _items(box, "parts"):
                yield f"boxes.{name}.parts[{number}]", part, Part
        yield f"boxes.{name}", box, Box


def _items(said: dict[str, Any], key: str) -> Iterable[tuple[Any, Any]]:
    """Return what a table or an array holds, by names or by numbers."""
    found = said.get(key)
    if isinstance(found, dict):
        return found.items()
    return enumerate(found) if isinstance(found, list) else ()


def _made(where: str, key: str, said: Any, kind: type[Made]) -> Made:
    """Return a table as a struct; raises Problem with its key, and what is wrong."""
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        reason, _, inside = str(error).partition(" - at ")
        path = f"{key}{inside.strip('`$')}".lstrip(".") or "top"
        if "unknown field" in reason:
            reason += f"; known are {', '.join(kind.__struct_encode_fields__)}"
        raise Problem(f"{where}: {path}: {reason}.") from None


def _agree(where: str, sheet: Sheet) -> None:
    _languages(where, sheet)
    seen: dict[str, str] = {}
    for number, page in enumerate(sheet.pages):
        for inside, box in page.places():
            key = f"pages[{number}].{inside}"
            if box not in sheet.boxes:
                raise Problem(f"{where}: {key}: there is no [boxes.{box}].")
            if box in seen:
                raise Problem(f"{where}: {key}: {box} is at {seen[box]} already.")
            seen[box] = key
    for name, entry in sheet.boxes.items():
        if name not in seen:
            raise Problem(f"{where}: boxes.{name} is on no page.")
        if entry.family not in sheet.families:
            known = ", ".join(sheet.families)
            raise Problem(
                f"{where}: boxes.{name}.family: one of {known}, not {entry.family}."
            )
        for number, part in enumerate(entry.parts):
            _one_kind(f"{where}: boxes.{name}.parts[{number}]", part)


def _languages(where: str, sheet: Sheet) -> None:
    """Raise Problem for a text that is not there in each language."""
    texts = {
        "title": sheet.title,
        "description": sheet.description,
        "running": sheet.running,
        **{f"pages[{n}].title": page.title for n, page in enumerate(sheet.pages)},
        **{f"families.{x}.name": family.name for x, family in sheet.families.items()},
    }
    for key, text in texts.items():
        if set(text) != set(LANGS):
            found = ", ".join(text) or "nothing"
            raise Problem(f"{where}: {key}: {' and '.join(LANGS)}, not {found}.")


def _one_kind(where: str, part: Part) -> None:
    kinds = ("code", "output", "figure", "table", "address")
    given = [kind for kind in kinds if getattr(part, kind) is not None]
    if len(given) != 1:
        raise Problem(f"{where}: one of {', '.join(kinds)}, not {given or 'none'}.")
    if (part.start or part.end) and part.code is None:
        raise Problem(f"{where}: `from` and `to` choose lines of `code`.")
