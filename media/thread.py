"""Draw the thread's row of a picture: the holds of all lanes, in order.

Sizes are units of the viewBox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from media.lanes import SLIVER
from media.svg import WIDTH, Page
from media.text import SANS, text_width

SLOTS = 60
"""Holds that are drawn one by one, at most; more are drawn to scale."""


@dataclass(frozen=True)
class Held:
    """The thread held from `x` to `end`, in a lane's colour and under its name.

    If it `blocks`, it is red, and `over` is written in it if that fits.
    """

    x: float
    end: float
    colour: str
    name: str
    blocks: bool = False
    over: str = ""


@dataclass(frozen=True)
class ThreadRow:
    """The row, and its place on the page."""

    page: Page
    left: float
    right: float
    y: float

    def draw(self, holds: Sequence[Held]) -> None:
        """Draw holds, which are in order of time."""
        self.page.rect(self.left, self.y - 20, self.right - self.left, 40, "free")
        slots = self._slots(holds) if len(holds) <= SLOTS else []
        if slots:
            self._one_by_one(holds, slots)
        else:
            self._to_scale(holds)

    def _slots(self, holds: Sequence[Held]) -> list[tuple[float, float]]:
        """Return where each hold starts and ends; nothing if there is no room.

        Those that follow each other too closely are put side by side, in order; if
        that goes beyond the end, they are moved to the left.
        """
        free, limit = self.left, self.right + SLIVER
        slots: list[tuple[float, float]] = []
        for hold in holds:
            x = max(hold.x, free)
            slots.append((x, max(x + SLIVER, hold.end)))
            free = slots[-1][1] + 2
        for place, (x, end) in reversed(list(enumerate(slots))):
            end = min(end, limit)
            slots[place] = min(x, end - SLIVER), end
            limit = slots[place][0] - 2
        return slots if slots and slots[0][0] > self.left - 0.1 else []

    def _one_by_one(
        self, holds: Sequence[Held], slots: Sequence[tuple[float, float]]
    ) -> None:
        """Draw holds in their slots, with their names where there is room."""
        page, y, free = self.page, self.y, self.left
        names: list[str] = []
        for hold, (x, end) in zip(holds, slots, strict=True):
            if x > free:
                self._write(names, free, x)
                names = []
            free = end + 2
            if hold.blocks:
                page.rect(x, y - 20, end - x, 40, "red")
                middle = (x + end) / 2
                fits = text_width(hold.over, bold=True) + 24 < end - x
                text = hold.over if fits else ""
                page.text(middle, y + 9, text, SANS, "paper", "middle", bold=True)
                names = []
            else:
                page.rect(x, y - 20, end - x, 40, hold.colour)
                names.append(hold.name)
        self._write(names, free + 2, WIDTH)

    def _write(self, names: Sequence[str], free: float, limit: float) -> None:
        """Write the names of those who held the thread, if they fit before `limit`."""
        text = " ".join(names)
        if free + 6 + text_width(text) + 6 <= limit:
            self.page.text(free + 6, self.y + 9, text)

    def _to_scale(self, holds: Sequence[Held]) -> None:
        """Draw holds that are too many for slots; those in the same unit are one."""
        free = 0.0
        for hold in holds:
            if hold.blocks:
                self.page.rect(hold.x, self.y - 20, hold.end - hold.x, 40, "red")
            elif hold.end > free:
                x = max(hold.x, free)
                end = max(hold.end, x + 1)
                self.page.rect(x, self.y - 20, end - x, 40, hold.colour)
                free = end
            free = max(free, hold.end)
