"""What a talk chooses of a chapter has what its cells need, or lacks which slide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from slides.announced import runs
from slides.deck import Cell, Deck, Slide
from slides.names import names
from slides.talks import Talk


def faults(talk: Talk) -> Iterator[str]:
    """Yield each name that a cell needs and only a slide left out binds, a line each.

    A lesson is lent what its file has: it needs no other slide.
    """
    homes = {source.path: _homes(source) for source in talk.decks}
    bound: set[str] = set()
    for slide in talk.slides:
        for cell in filter(_runs_here, slide.cells):
            for name in sorted(_needed(cell) - bound):
                places = homes[cell.deck].get(name)
                if places and slide.id not in [home.id for home in places]:
                    yield (
                        f"{cell.place}: in {talk.name} it needs {name}: before it, add"
                        f" the slide «{_nearest(places, cell).id}» of {slide.chapter}."
                    )
            bound |= names(cell.source).bound


def _runs_here(cell: Cell) -> bool:
    return cell.is_code and not cell.on_sheet


def _needed(cell: Cell) -> set[str]:
    """Return the names that a cell needs of others, where it must not fail."""
    if cell.demo or "raises-exception" in cell.node.metadata.get("tags", []):
        return set()
    found = names(cell.source)
    return (found.now | (found.later if runs(cell.source) else set())) - found.bound


def _homes(source: Deck) -> dict[str, list[Slide]]:
    """Return the slides that bind each name."""
    homes: defaultdict[str, list[Slide]] = defaultdict(list)
    for slide in source.slides():
        cells = [names(cell.source) for cell in slide.cells if cell.is_code]
        for name in set().union(*(cell.bound for cell in cells)):
            homes[name].append(slide)
    return homes


def _nearest(homes: list[Slide], cell: Cell) -> Slide:
    """Return the last of the slides before a cell, or the first."""
    before = [home for home in homes if home.cells[0].number < cell.number]
    return before[-1] if before else homes[0]
