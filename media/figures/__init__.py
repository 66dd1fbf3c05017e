"""The figures: a module for each, with its drawing, its words and its alt texts.

A figure `name` has `ALT`, the alt text by language, and `picture(lang)`; it
becomes media/name.fr.svg and media/name.en.svg.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from media.lang import Lang
from media.svg import Drawing

STEP = 0.00001
"""Seconds for which a piece holds the thread: too short to be drawn to scale."""


class Figure(Protocol):
    """What a figure's module defines."""

    ALT: dict[Lang, str]

    def picture(self, lang: Lang) -> Drawing:
        """Return what to draw, with its words in a language."""
        ...


def names() -> list[str]:
    """Return the names of all figures, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def figure(name: str) -> Figure:
    """Return a figure's module; raise ModuleNotFoundError if there is none."""
    return cast(Figure, importlib.import_module(f"{__name__}.{name}"))
