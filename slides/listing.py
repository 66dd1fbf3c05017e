"""What is given, and when: the talks with their lengths, a talk's slides."""

from __future__ import annotations

from collections.abc import Sequence

from slides.talks import Talk


def list_talks(talks: Sequence[Talk]) -> None:
    """Print each talk: its name, its minutes, its slides, its title."""
    width = max(len(each.name) for each in talks)
    for each in talks:
        count = len(each.slides)
        print(f"{each.name:{width}} {each.minutes:4g} min {count:4} slides", end="  ")
        print(each.title)


def list_slides(talk: Talk) -> None:
    """Print a talk's slides: number, when it starts, its minutes, chapter, title.

    The minutes that it keeps for questions follow.
    """
    width = max(map(len, talk.chapters))
    clock = 0.0
    for number, (slide, minutes) in enumerate(
        zip(talk.slides, talk.pace, strict=True), start=1
    ):
        print(f"{number:3} {_clock(clock):>5} +{_clock(minutes)}", end="  ")
        print(f"{slide.chapter:{width}}  {slide.title}")
        clock += minutes
    if talk.rest:
        print(f"    {_clock(clock):>5} +{_clock(talk.rest)}  kept for questions")


def _clock(minutes: float) -> str:
    """Return minutes as a clock shows them: 1.5 is 1:30."""
    seconds = round(60 * minutes)
    return f"{seconds // 60}:{seconds % 60:02}"
