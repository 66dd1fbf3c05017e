"""What talks.toml says, by types: a wrong word in it is one line that names its key.

The format is told by the file's own first lines.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from slides.errors import Problem
from slides.paths import short

T = TypeVar("T")


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a talk shows of a chapter: all of it in `minutes`, or some slides.

    `slides` gives the minutes of each by its id, in the order shown. A course is given
    in several sittings: what has no number is in all of them.
    """

    chapter: str
    minutes: float | None = None
    slides: dict[str, Any] | None = None
    sitting: Annotated[int, msgspec.Meta(ge=1)] | None = None

    @property
    def total(self) -> float:
        """The minutes that it takes."""
        return self.minutes or sum((self.slides or {}).values())

    def __post_init__(self) -> None:
        """Refuse a part without minutes, and one that gives them twice."""
        if self.minutes is None and not self.slides:
            raise ValueError("Expected `minutes` or `slides`, got neither")
        if self.minutes is not None and self.slides is not None:
            raise ValueError("Expected `minutes` or `slides`, got both")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A talk: `minutes` is the length of its slot, `rest` what its slides leave of it.

    The rest is for questions, and for what is shown in a terminal.
    """

    title: str
    lang: str
    minutes: float
    parts: Annotated[tuple[Choice, ...], msgspec.Meta(min_length=1)]
    rest: Annotated[float, msgspec.Meta(ge=0)] = 0

    @property
    def sittings(self) -> dict[str, Entry]:
        """Its sittings by their numbers, each a talk of its own."""
        numbers = sorted({part.sitting for part in self.parts if part.sitting})
        return {str(number): self._sitting(number) for number in numbers}

    def _sitting(self, number: int) -> Entry:
        parts = tuple(part for part in self.parts if part.sitting in {None, number})
        minutes = sum(part.total for part in parts)
        return Entry(f"{self.title}, {number}", self.lang, minutes, parts)


def read(file: Path) -> dict[str, Entry]:
    """Return what the file says of each talk, by name, in its order.

    Raises Problem for a file that cannot be read, and for one that is not made so:
    with the key, what was expected there and what was found.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"{short(file)}: {error.strerror}.") from None
    except ValueError as error:  # no TOML, or no UTF-8
        raise Problem(f"{short(file)}: {error}.") from None
    if not tables:
        raise Problem(f"{short(file)}: there is no talk in it.")
    return {
        name: _entry(f"{short(file)}: {name}", table) for name, table in tables.items()
    }


def _entry(where: str, table: object) -> Entry:
    entry = _typed(where, table, Entry)
    for number, part in enumerate(entry.parts):
        for slide, minutes in (part.slides or {}).items():
            # One by one: of a table's values, msgspec does not say which is wrong.
            _typed(f"{where}.parts[{number}].slides.{slide}", minutes, float)
    return entry


def _typed(where: str, value: object, kind: type[T]) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        said, _, key = str(error).partition(" - at ")
        key = key.strip("`$")
        if "unknown field" in said:
            known = Choice if key else Entry
            said += f", known are {', '.join(known.__struct_fields__)}"
        raise Problem(f"{where}{key}: {said}.") from None
