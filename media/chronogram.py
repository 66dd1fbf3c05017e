"""Draw the same crawler as processes, as threads, as coroutines.

from media.chronogram import chronogram

await chronogram()        # crawls a local server for real, three times
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

from media.crawlers import KINDS, PageTimes
from media.lanes import End, Hold, Lane, Wait
from media.lang import Lang, duration, joined, language
from media.layout import left_of
from media.picture import Picture
from media.scales import round_ticks
from media.svg import DARK, LIGHT, WIDTH, Shown

LATENCIES = (0.2, 0.3, 0.25)
"""Seconds that the local server takes to answer each page."""

WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "title": "The same pages: as processes, threads, coroutines",
        "processes": "process",
        "threads": "thread",
        "coroutines": "coroutine",
        "works": "works",
        "waits": "waits",
        "sentence": "{kind} {page} starts in {start} and ends at {end}",
    },
    "fr": {
        "title": "Les mêmes pages\u00a0: en processus, en fils, en coroutines",
        "processes": "processus",
        "threads": "fil",
        "coroutines": "coroutine",
        "works": "travaille",
        "waits": "attend",
        "sentence": "{kind} {page} démarre en {start} et finit à {end}",
    },
}

Crawls = Mapping[str, Sequence[PageTimes]]
"""Times of pages by kind (`processes`, `threads`, `coroutines`), in order of pages."""


@dataclass(frozen=True)
class Chronogram(Shown):
    """Three real runs of a crawler; in a notebook it shows itself."""

    crawls: Crawls
    lang: Lang = "en"
    dark: bool = False

    @property
    def alt(self) -> str:
        """The picture in one sentence, for those who cannot see it."""
        words = WORDS[self.lang]
        parts = [
            words["sentence"].format(
                kind=words[kind],
                page=number,
                start=duration(page.began - page.born, self.lang),
                end=duration(page.ended - pages[0].born, self.lang),
            )
            for kind, pages in self.crawls.items()
            for number, page in enumerate(pages, 1)
        ]
        return joined(parts, self.lang)

    def svg(self) -> str:
        """Return the picture as the text of an SVG file."""
        title = WORDS[self.lang]["title"]
        drawn = picture(self.crawls, self.lang, title, self.alt)
        return drawn.svg(DARK if self.dark else LIGHT)

    def dumps(self) -> str:
        """Return the runs as JSON, to be read by `loads`: times in microseconds."""
        runs = {
            kind: [
                [round((time - pages[0].born) * 1e6) for time in astuple(page)]
                for page in pages
            ]
            for kind, pages in self.crawls.items()
        }
        lines = ",\n".join(f' "{kind}": {pages}' for kind, pages in runs.items())
        return f"{{\n{lines}\n}}\n"


def loads(text: str) -> Crawls:
    """Return the runs that `Chronogram.dumps` wrote; raise ValueError for others."""
    try:
        return {
            kind: [PageTimes(*(time / 1e6 for time in page)) for page in pages]
            for kind, pages in json.loads(text).items()
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

    `latencies` are the seconds that the server takes to answer each page. Raises
    OSError if a crawler fails.
    """
    from demos.first_steps.fetch import serve

    async with serve() as port:
        crawls = {
            kind: await asyncio.to_thread(crawl, port, latencies)
            for kind, crawl in KINDS.items()
        }
    return Chronogram(crawls, language(lang), dark)


def picture(crawls: Crawls, lang: Lang, title: str, alt: str) -> Picture:
    """Return the picture of crawls: a lane for each page, a colour for each kind."""
    words = WORDS[lang]
    end = max(page.ended - pages[0].born for pages in crawls.values() for page in pages)
    lanes = []
    for tint, (kind, pages) in enumerate(crawls.items()):
        start = pages[0].born
        for number, page in enumerate(pages, 1):
            born, _, sent, received, ended = (t - start for t in astuple(page))
            lanes.append(
                Lane(
                    f"{words[kind]} {number}",
                    (Hold(born, sent), Wait(sent, received), Hold(received, ended)),
                    End(ended, "done", duration(ended, lang)),
                    tint=tint,
                )
            )
    left = left_of([lane.name for lane in lanes])
    scale = round_ticks(end, lang, WIDTH - left - 150)
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
