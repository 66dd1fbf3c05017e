"""A loop whose clock only advances when it would wait: exact schedules, at once."""

from __future__ import annotations

import asyncio
import io
import selectors
from collections.abc import Coroutine
from contextlib import redirect_stdout
from typing import Any


class Skips(selectors.DefaultSelector):
    """A selector that does not wait: the time jumps instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "nothing is due: the loop would wait for ever"
        self.now += max(timeout, 0)
        return super().select(0)


class Virtual(asyncio.SelectorEventLoop):
    """A loop whose clock only advances when it would wait."""

    def __init__(self) -> None:
        self.skips = Skips()
        super().__init__(self.skips)

    def time(self) -> float:
        return self.skips.now


def run_virtual(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=Virtual) as runner:
        runner.run(main)


class Timed(io.StringIO):
    """What is printed, each line with the second of its loop, rounded."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[float, str]] = []

    def write(self, text: str) -> int:
        done = super().write(text)
        if text.endswith("\n"):
            now = round(asyncio.get_running_loop().time(), 3)
            self.lines.append((now, self.getvalue().rstrip("\n")))
            self.seek(0)
            self.truncate()
        return done


def schedule(main: Coroutine[Any, Any, None]) -> list[tuple[float, str]]:
    """Run a coroutine; return what it prints, each line with its second."""
    timed = Timed()
    with redirect_stdout(timed):
        run_virtual(main)
    return timed.lines
