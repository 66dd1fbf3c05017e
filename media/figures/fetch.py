"""2.5: four pages in turn, then together: the sum beside the longest."""

from itertools import accumulate

from media.figures import STEP
from media.lanes import End, Hold, Lane, Total, Wait
from media.lang import Lang, seconds
from media.picture import Picture
from media.scales import ticks_at

LATENCIES = (0.1, 0.2, 0.3, 0.4)
"""Seconds that each page takes: the default of demos/first_steps/fetch.py."""

TITLE: dict[Lang, str] = {
    "fr": "Quatre pages\u00a0: la somme, ou la plus longue",
    "en": "Four pages: the sum, or the longest",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Deux chronologies à la même échelle\u00a0: quatre pages demandées l’une"
        " après l’autre occupent le fil 1\u00a0s, la somme de leurs attentes"
        "\u00a0; demandées ensemble, elles attendent en même temps et tout est là"
        " en 0,4\u00a0s, la plus longue."
    ),
    "en": (
        "Two timelines on one scale: four pages asked for one after the other"
        " hold the thread for 1\u00a0s, the sum of their waits; asked for"
        " together, they wait at the same time and all have arrived after"
        " 0.4\u00a0s, the longest."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "turn": "à la suite",
        "sum": "{}\u00a0: la somme",
        "together": "ensemble",
        "longest": "{}\u00a0: la plus longue",
    },
    "en": {
        "turn": "in turn",
        "sum": "{}: the sum",
        "together": "together",
        "longest": "{}: the longest",
    },
}


def picture(lang: Lang) -> Picture:
    """Return both ways to fetch the pages, one group over the other."""
    words = WORDS[lang]
    ends = list(accumulate(LATENCIES))
    total, longest = ends[-1], max(LATENCIES)
    in_turn = (
        Lane(
            f"/{number}",
            (Hold(end - latency, end),),
            End(end, "done", seconds(latency, lang)),
        )
        for number, (latency, end) in enumerate(zip(LATENCIES, ends, strict=True), 1)
    )
    together = (
        Lane(
            f"/{number}",
            (Wait(0, latency), Hold(0, STEP), Hold(latency, latency + STEP)),
            End(latency, "done", seconds(latency, lang)),
        )
        for number, latency in enumerate(LATENCIES, 1)
    )
    return Picture(
        lang,
        TITLE[lang],
        ALT[lang],
        total,
        ticks_at(lang, *(total * step / 5 for step in range(6))),
        (
            *in_turn,
            Total(words["turn"], total, words["sum"].format(seconds(total, lang))),
            *together,
            Total(
                words["together"],
                longest,
                words["longest"].format(seconds(longest, lang)),
            ),
        ),
        right=816,
    )
