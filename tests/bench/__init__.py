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

    @property
    def ok(self) -> bool:
        """Whether the value keeps to its limit."""
        return self.value <= self.limit
