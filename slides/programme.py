"""What is given, and when: the talks with their lengths, a talk's slides."""

from __future__ import annotations

from slides.talks import talk, talks


def list_talks() -> None:
    """Print each talk: its name, its minutes, its slides, its title."""
    known = talks().values()
    width = max(len(each.name) for each in known)
    for each in known:
        count = len(each.slides())
        print(f"{each.name:{width}} {each.minutes:4g} min {count:4} slides", end="  ")
        print(each.title)


def list_slides(name: str, lang: str | None = None) -> None:
    """Print a talk's slides: number, when it starts, its minutes, chapter, title.

    Raises Problem for an unknown talk or language.
    """
    parts = talk(name).shown(lang)
    width = max(len(part.chapter) for part, _ in parts)
    number, clock = 0, 0.0
    for part, slides in parts:
        for slide, minutes in zip(slides, part.pace(slides), strict=True):
            number += 1
            print(f"{number:3} {_clock(clock):>5} +{_clock(minutes)}", end="  ")
            print(f"{part.chapter:{width}}  {slide.title}")
            clock += minutes


def _clock(minutes: float) -> str:
    """Return minutes as a clock shows them: 1.5 is 1:30."""
    seconds = round(60 * minutes)
    return f"{seconds // 60}:{seconds % 60:02}"
