"""Draw the same crawler run by processes, by threads, by coroutines.

from media.chronogram import chronogram

await chronogram()        # crawls a local server for real, three times
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

from media import layout
from media.crawlers import KINDS, Visit
from media.lanes import End, Hold, Lane, Picture, Wait
from media.svg import DARK, LIGHT, WIDTH, Lang, Shown, language, told

LATENCIES = (0.2, 0.3, 0.25)
"""Seconds that the local server takes to answer each page."""

WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "title": "Three pages: as processes, threads, coroutines",
        "processes": "process",
        "threads": "thread",
        "coroutines": "coroutine",
        "works": "works",
        "waits": "waits",
        "told": "{kind} {page} starts in {start} and ends at {end}",
    },
    "fr": {
        "title": "Trois pages\u00a0: en processus, en fils, en coroutines",
        "processes": "processus",
        "threads": "fil",
        "coroutines": "coroutine",
        "works": "travaille",
        "waits": "attend",
        "told": "{kind} {page} démarre en {start} et finit à {end}",
    },
}

Crawls = Mapping[str, Sequence[Visit]]
"""Visits by kind (`processes`, `threads`, `coroutines`), in order of pages."""


@dataclass(frozen=True)
class Chronogram(Shown):
    """Three real runs of a crawler; in a notebook it shows itself."""

    crawls: Crawls
    lang: Lang = "en"
    dark: bool = False

    @property
    def alt(self) -> str:
        """The picture told in a sentence, for those who cannot see it."""
        words = WORDS[self.lang]
        parts = [
            words["told"].format(
                kind=words[kind],
                page=page,
                start=layout.duration(visit.began - visit.born, self.lang),
                end=layout.duration(visit.ended - visits[0].born, self.lang),
            )
            for kind, visits in self.crawls.items()
            for page, visit in enumerate(visits, 1)
        ]
        return told(parts, self.lang)

    def svg(self) -> str:
        """Return the picture as the text of an SVG file."""
        title = WORDS[self.lang]["title"]
        drawn = picture(self.crawls, self.lang, title, self.alt)
        return drawn.svg(DARK if self.dark else LIGHT)

    def dumps(self) -> str:
        """Return the runs as JSON, to be read by `loads`: whole microseconds."""
        runs = {
            kind: [
                [round((time - visits[0].born) * 1e6) for time in astuple(visit)]
                for visit in visits
            ]
            for kind, visits in self.crawls.items()
        }
        lines = ",\n".join(f' "{kind}": {visits}' for kind, visits in runs.items())
        return f"{{\n{lines}\n}}\n"


def loads(text: str) -> Crawls:
    """Return the runs that `Chronogram.dumps` wrote; ValueError if it did not."""
    try:
        return {
            kind: [Visit(*(time / 1e6 for time in visit)) for visit in visits]
            for kind, visits in json.loads(text).items()
        }
    except (AttributeError, TypeError) as error:
        raise ValueError("no runs of crawlers") from error


async def chronogram(
    latencies: Sequence[float] = LATENCIES,
    *,
    lang: Lang | None = None,
    dark: bool = False,
) -> Chronogram:
    """Crawl a local server's pages in each way, one way after the other.

    The server takes so many seconds for each page. Raises OSError if a crawler
    fails.
    """
    from demos.first_steps.fetch import serve

    async with serve(latencies) as port:
        crawls = {
            kind: await asyncio.to_thread(crawl, port, len(latencies))
            for kind, crawl in KINDS.items()
        }
    return Chronogram(crawls, language(lang), dark)


def picture(crawls: Crawls, lang: Lang, title: str, alt: str) -> Picture:
    """Return the picture of crawls: a lane a page, each kind in a colour."""
    words = WORDS[lang]
    end = max(v.ended - visits[0].born for visits in crawls.values() for v in visits)
    lanes = []
    for tint, (kind, visits) in enumerate(crawls.items()):
        start = visits[0].born
        for page, visit in enumerate(visits, 1):
            born, _, sent, received, ended = (t - start for t in astuple(visit))
            lanes.append(
                Lane(
                    f"{words[kind]} {page}",
                    (Hold(born, sent), Wait(sent, received), Hold(received, ended)),
                    End(ended, "done", layout.duration(ended, lang)),
                    tint=tint,
                )
            )
    left = layout.left_of([lane.name for lane in lanes])
    scale = layout.ticks(end, lang, WIDTH - left - 150)
    return Picture(
        lang,
        title,
        alt,
        end,
        scale,
        tuple(lanes),
        left=left,
        right=WIDTH - 150,
        legend=(words["works"], words["waits"], ""),
    )
