"""A talk's time: what its notes take to say and its cells to run, in its minutes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from slides.deck import Slide
from slides.talks import Part, Talk
from slides.words import speaking_time

Ran = Mapping[str, float]
"""Seconds that cells ran, by their places in the decks."""

NOT_RUN: Ran = {}


def faults(talk: Talk, ran: Ran) -> Iterator[str]:
    """Yield what is wrong with a talk's minutes, a line each."""
    minutes = sum(part.minutes for part in talk.parts)
    if not math.isclose(minutes + talk.rest, talk.minutes):
        kept = f" and its rest {talk.rest:g}" if talk.rest else ""
        yield f"{talk.name}: its parts take {minutes:g} min{kept} of {talk.minutes:g}."
    for part in talk.parts:
        for slides, given in _timed(part):
            said, run = _needed(slides, ran)
            if round(said + run, 2) > given:
                runs = f", the cells {run:.2f} to run" if run else ""
                yield (
                    f"{slides[0].place}: in {talk.name} the notes take {said:.2f} min"
                    f" to say{runs}; {given:g} are given."
                )


def total(talk: Talk, ran: Ran) -> str:
    """Return what a talk takes, and what it has, in one line."""
    what = "notes and runs" if ran else "notes"
    kept = f", {talk.rest:g} kept for questions" if talk.rest else ""
    needed = sum(_needed(talk.slides, ran))
    return (
        f"{talk.name}: {needed:.1f} min of {what} in {talk.minutes - talk.rest:g}{kept}"
    )


def _needed(slides: Sequence[Slide], ran: Ran) -> tuple[float, float]:
    """Return the minutes that slides take to say, and to run."""
    cells = [cell for slide in slides for cell in slide.shown]
    seconds = sum(ran.get(cell.place, 0) for cell in cells)
    return sum(map(speaking_time, slides)), seconds / 60


def _timed(part: Part) -> Iterator[tuple[Sequence[Slide], float]]:
    """Yield slides, and the minutes that they have together."""
    if part.given:
        yield from (([s], g) for s, g in zip(part.slides, part.given, strict=True))
    else:
        yield part.slides, part.minutes
