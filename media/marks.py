"""How a task ended, as a mark: a shape tells, not only a colour."""

from __future__ import annotations

from media.svg import Page, number
from media.trace import How

SHAPES: dict[How, str] = {
    "done": "M-7 0l5 6l9-11",
    "failed": "M-6-6l12 12m0-12l-12 12",
    "cancelled": "M-7 0h14",
    "pending": "M-7 0h.1m6.9 0h.1m6.9 0h.1",
}
MARK = 15
"""Radius of the mark of an end."""


def mark(page: Page, x: float, y: float, how: How, colour: str = "ink") -> None:
    """Draw how a task ended, its middle at (x, y): a check, a cross, a dash, dots."""
    page.add(
        f'<g transform="translate({number(x)} {number(y)})" fill="none"'
        f' stroke="{page.colour(colour)}" stroke-width="4" stroke-linecap="round">'
        f'<circle r="{MARK}" fill="{page.palette.paper}"/>'
        f'<path d="{SHAPES[how]}"/></g>'
    )
