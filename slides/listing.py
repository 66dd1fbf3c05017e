"""What is given, and when: the talks with their lengths, a talk's slides."""

from __future__ import annotations

from slides.talks import Repertoire, Talk


def list_talks(repertoire: Repertoire) -> None:
    """Print each talk: its name, its minutes, its slides, its title; its sittings."""
    width = max(map(len, repertoire.entries))
    for name, entry in repertoire.entries.items():
        talk = repertoire.talk(name)
        _list_talk(f"{name:{width}}", talk, talk.title)
        for number, sitting in entry.sittings.items():
            chapters = [part.chapter for part in sitting.parts if part.sitting]
            late = set(chapters) - repertoire.paths(entry.lang).keys()
            label = f"{number:>{width}}"
            if late:
                print(f"{label} not there yet: {', '.join(sorted(late))}")
            else:
                talk = repertoire.talk(f"{name}-{number}")
                _list_talk(label, talk, ", ".join(chapters))


def _list_talk(label: str, talk: Talk, title: str) -> None:
    print(f"{label} {talk.minutes:4g} min {len(talk.slides):4} slides  {title}")


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
