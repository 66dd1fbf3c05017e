"""The kit's two languages, and how each writes numbers, times and sentences."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Literal

Lang = Literal["fr", "en"]
LANGS: tuple[Lang, ...] = ("fr", "en")

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
"""Units of time, the largest first: each in seconds, and how it is written."""


def language(lang: Lang | None) -> Lang:
    """Return the language of a picture: by default $TULIPES_LANG, or English."""
    if lang is not None:
        return lang
    return "fr" if os.environ.get("TULIPES_LANG") == "fr" else "en"


def decimal(text: str, lang: Lang) -> str:
    """Return a number as the language writes it: 0,5 or 0.5."""
    return text.replace(".", ",") if lang == "fr" else text


def seconds(time: float, lang: Lang, digits: int = 1) -> str:
    """Return a time in seconds as the language writes it: 0,5 s or 0.5 s."""
    return decimal(f"{time:.{digits}f}", lang) + "\N{NO-BREAK SPACE}s"


def duration(time: float, lang: Lang) -> str:
    """Return a time, given in seconds, with few digits and a unit: 1,2 ms or 1.2 ms."""
    size, unit = next(
        (size, unit) for size, unit in UNITS if time >= 0.9995 * size or unit == "µs"
    )
    value = time / size
    text = f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"
    return decimal(text, lang) + f"\u00a0{unit}"


def joined(parts: Iterable[str], lang: Lang) -> str:
    """Return parts as one sentence, with the language's semicolons."""
    return ("\u00a0; " if lang == "fr" else "; ").join(parts) + "."
