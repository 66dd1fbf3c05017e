"""How a run ended, and with what, in few characters."""

from __future__ import annotations

import asyncio
from typing import Any

from media.trace import How

PLAIN = {bool, int, float, str, bytes}
"""Types of results that are shown: their repr runs no code of the program's."""

FEW, LONG, SHORT = 9, 1000, 40
"""Values in a list that is shown, at most; characters of one, and of their repr."""


def how(error: BaseException | None) -> How:
    """Return how a coroutine ended that raised this, or nothing."""
    if error is None or isinstance(error, StopIteration):
        return "done"
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "failed"


def outcome(error: BaseException) -> str:
    """Return the repr of an exception, or of a plain result, made short."""
    if isinstance(error, asyncio.CancelledError):
        return ""
    if isinstance(error, StopIteration):
        return _result(error.value)
    try:
        return repr(error)
    except Exception:  # its own repr fails: not ours to tell
        return type(error).__name__


def _result(value: object) -> str:
    """Return the repr of a plain value, or of a few in a list; else nothing."""
    values: Any = value if type(value) in (list, tuple) else (value,)
    if len(values) > FEW or any(type(each) not in PLAIN for each in values):
        return ""
    if any(isinstance(each, str | bytes) and len(each) > LONG for each in values):
        return ""
    try:
        text = repr(value)
    except ValueError:  # an int of too many digits
        return ""
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
