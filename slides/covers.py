"""The dark slides of a talk: its title, what opens its parts, what it gives, its end.

They are the slides whose heading is of the first rank. The page gives each part a hue
and a segment of the bar of progress: see theme/custom/dress.js.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slides.deck import Slide


def covers(slides: Iterable[Slide]) -> Iterator[tuple[str, int]]:
    """Yield what each slide is, and the number of the part that it stands in.

    It is "title", "divider", "file" or "end" for a dark slide, "" for another. Parts
    count from 1; 0 is what comes before the first.
    """
    part = 0
    for number, slide in enumerate(slides):
        cover = ""
        if slide.is_end:
            cover = "end"
        elif slide.file:
            cover = "file"
        elif slide.rank == 1:
            cover = "divider" if number else "title"
        part += cover == "divider"
        yield cover, part
