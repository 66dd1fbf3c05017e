"""Which Pythons ran which lesson, as it is today: ran.json, which the tests write.

The tests note each lesson whose sample was right in build/ran.txt: lesson, Python,
digest of its text. `python -m cheatsheet --ran` moves these notes into ran.json. A
lesson that has changed since has not been run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from cheatsheet.entries import HERE
from slides.errors import Problem
from slides.files import replacing
from slides.paths import DEMOS, ROOT, short

RAN = HERE / "ran.json"
NOTES = ROOT / "build" / "ran.txt"

PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
"""Those that the sheet tells of."""

Record = dict[str, dict[str, str]]
"""Of each lesson, the digest of what a Python ran: {"tasks/group.py": {"3.11": …}}."""


def digest(lesson: str) -> str:
    """Return what tells a lesson's text from another, with what it imports of ours."""
    file = DEMOS / lesson
    texts = [file.read_bytes()]
    if b"from demos." in texts[0]:
        texts += [each.read_bytes() for each in sorted(file.parent.glob("*.py"))]
    text = b"".join(texts).replace(b"\r\n", b"\n")
    return hashlib.sha256(text).hexdigest()[:12]


def note(lesson: str, python: str) -> None:
    """Note that a Python ran a lesson, and printed what its docstring says."""
    NOTES.parent.mkdir(exist_ok=True)
    with NOTES.open("a", encoding="utf-8") as notes:
        notes.write(f"{lesson} {python} {digest(lesson)}\n")


def record(file: Path = RAN) -> Record:
    """Return what has been recorded; raises Problem for a file that is not made so."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Record)
    except msgspec.DecodeError as error:
        raise Problem(f"{short(file)}: {error}.") from None


def pythons(lesson: str, recorded: Record) -> tuple[bool, ...]:
    """Tell of each Python whether it ran the lesson as it is today."""
    known, today = recorded.get(lesson, {}), digest(lesson)
    return tuple(known.get(python) == today for python in PYTHONS)


def add_notes(lessons: Iterable[str], notes: Path = NOTES, file: Path = RAN) -> int:
    """Move the tests' notes on these lessons to the record; return its number of runs.

    Other lessons leave it, and so does what is no longer true of a lesson's text.
    Raises Problem if there are no notes.
    """
    try:
        lines = notes.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise Problem(f"no {short(notes)}: the tests write it.") from None
    found = record(file) if file.exists() else {}
    for line in lines:
        lesson, python, text = line.split(" ")
        found.setdefault(lesson, {})[python] = text
    kept: Record = {}
    for lesson in sorted(set(lessons) & set(found)):
        runs, today = found[lesson], digest(lesson)
        kept[lesson] = {p: runs[p] for p in sorted(runs) if runs[p] == today}
    with replacing(file) as whole:
        whole.write(json.dumps(kept, indent=1) + "\n")
    notes.unlink()
    return sum(map(len, kept.values()))
