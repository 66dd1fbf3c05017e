"""Measure what the kit promises, side by side with its peers: `make bench`.

Nothing here is a test: machines differ, ratios less so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A figure measured: its value, its unit, its limit, what it is held against."""

    name: str
    value: float
    unit: str
    limit: float
    beside: str
    at_least: bool = False
    """Whether the limit is the lowest value allowed, not the highest."""

    @property
    def ok(self) -> bool:
        """Whether the value keeps to its limit."""
        if self.at_least:
            return self.value >= self.limit
        return self.value <= self.limit

    @property
    def bound(self) -> str:
        """The limit as it is read: which side of it is good, and its unit."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"
