"""What is given, and when: the talks, a talk's slides, a chapter's, by their ids."""

from __future__ import annotations

from slides.paths import short
from slides.talks import Repertoire, Talk, alone


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


def list_chapter(repertoire: Repertoire, chapter: str, lang: str | None) -> None:
    """Print a chapter's slides, in each of its languages or one: as `list_slides`.

    A slide's minutes are those that its notes take to say. Raises as
    `Repertoire.found` does.
    """
    for path in repertoire.found(chapter, lang):
        print(short(path))
        list_slides(alone(repertoire.deck(path)))


def list_slides(talk: Talk) -> None:
    """Print a talk's slides: number, when it starts, its minutes, chapter, id, title.

    One that a translation lacks has its language before its title. The minutes that
    the talk keeps for questions follow.
    """
    width = max(map(len, talk.chapters))
    longest = max(len(slide.id) for slide in talk.slides)
    clock = 0.0
    for number, (slide, minutes) in enumerate(
        zip(talk.slides, talk.pace, strict=True), start=1
    ):
        print(f"{number:3} {_clock(clock):>5} +{_clock(minutes)}", end="  ")
        foreign = f"[{slide.lang}] " if slide.lang != talk.lang else ""
        print(f"{slide.chapter:{width}}  {slide.id:{longest}}  {foreign}{slide.title}")
        clock += minutes
    if talk.rest:
        print(f"    {_clock(clock):>5} +{_clock(talk.rest)}  kept for questions")


def _clock(minutes: float) -> str:
    """Return minutes as a clock shows them: 1.5 is 1:30."""
    seconds = round(60 * minutes)
    return f"{seconds // 60}:{seconds % 60:02}"
