"""Lines that recorded tasks print: kept with who printed them, not written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, TextIO, cast

from media.trace import Life


class Says:
    """Standard output while prints are kept; `current` gives the life that runs."""

    def __init__(self, current: Callable[[], Life | None]) -> None:
        self._current: Callable[[], Life | None] | None = current
        self._begun: dict[int, tuple[Life, str]] = {}
        self._real = sys.stdout
        sys.stdout = cast(TextIO, self)

    def write(self, text: str) -> int:
        """Keep what a recorded task writes; write what others do."""
        life = self._current() if self._current else None
        if life is None:
            return self._real.write(text)
        _, begun = self._begun.get(life.place, (life, ""))
        *lines, rest = (begun + text).split("\n")
        self._begun[life.place] = life, rest
        now = perf_counter()
        life.says += tuple((now, line) for line in lines if line)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Keep or write each."""
        for line in lines:
            self.write(line)

    def end(self) -> None:
        """Keep the lines that were not ended; be standard output no more."""
        for life, rest in self._begun.values():
            if rest:
                life.says += ((perf_counter(), rest),)
        self._current = None
        # What came over it meanwhile stays, and may be the last to end.
        while isinstance(sys.stdout, Says) and sys.stdout._current is None:
            sys.stdout = sys.stdout._real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
