"""The coroutine that a task gets while it is recorded: a proxy that times each step.

24 bytes a step, in one array. The program sees its own coroutine: but for `get_coro()`,
which is equal to it, and not the same object.
"""

from __future__ import annotations

import asyncio
import re
from array import array
from collections.abc import Callable, Coroutine, Generator
from struct import Struct
from time import perf_counter
from types import CoroutineType, GeneratorType, SimpleNamespace
from typing import Any, Protocol, cast

from media.outcome import how, outcome
from media.trace import Life

Loop = asyncio.AbstractEventLoop
Coro = Coroutine[Any, Any, Any]

OFFSETS = 1 << 24
"""Offsets of instructions in a number that also says whose run it was."""

UNNAMED = re.compile(r"Task-\d+|None")
"""The names that asyncio gives; None is 3.13.0's."""

_pack = Struct("3d").pack
"""A run as the bytes of an array: at once, for less than its numbers one by one."""

_NO_FRAME = SimpleNamespace(f_lasti=-1)


class Recording(Protocol):
    """Who has coroutines wrapped: what the proxy and the shadow ask of it."""

    loop: Loop
    runs: array[float]
    note: Callable[[bytes], None]

    def wants(self) -> bool:
        """Tell whether a task that is started here and now is recorded."""

    def wrap(self, coro: Coro) -> Traced:
        """Return a coroutine that does what `coro` does, and is recorded."""

    def started(self, runs: int) -> None:
        """Note that a task exists, and if it has run since there were so many runs."""

    def dropped(self, life: Life) -> None:
        """Note that no task came of what was wrapped."""


class Traced(Coroutine[Any, Any, Any]):
    """A coroutine that notes in a life when it is stepped; else it is `coro`."""

    __slots__ = (
        "__weakref__",
        "_frame",
        "_note",
        "_place",
        "coro",
        "life",
        "recorder",
    )

    def __init__(self, coro: Coro, life: Life, recorder: Recording) -> None:
        self.coro = coro
        self.life = life
        self.recorder = recorder
        self._note = recorder.note
        self._place = life.place * OFFSETS + 1.0
        self._frame: Any = getattr(coro, "cr_frame", None) or _NO_FRAME

    # Tasks written in C step by __next__, others by send(None); a cancellation
    # comes by throw.

    def __next__(self) -> Any:
        start = perf_counter()
        try:
            awaited = self.coro.send(None)
        except BaseException as error:
            self._end(start, error)
            raise
        self._note(_pack(start, perf_counter(), self._place + self._frame.f_lasti))
        return awaited

    def send(self, value: Any) -> Any:
        """Step the coroutine; raise what it raises."""
        start = perf_counter()
        try:
            awaited = self.coro.send(value)
        except BaseException as error:
            self._end(start, error)
            raise
        self._went(start)
        return awaited

    def throw(self, error: Any, *more: Any) -> Any:
        """Raise an error where the coroutine waits; raise what it raises."""
        start = perf_counter()
        try:
            # Not (error, *more): the program would see a tuple refer to its error.
            throw = self.coro.throw
            awaited = throw(error, *more) if more else throw(error)
        except BaseException as raised:
            self._end(start, raised)
            raise
        finally:
            # Its traceback leads to this frame: a cycle would keep the coroutine's.
            del error, more
        self._went(start)
        return awaited

    def _went(self, start: float) -> None:
        self._note(_pack(start, perf_counter(), self._place + self._frame.f_lasti))

    def close(self) -> None:
        """End the coroutine where it waits; raise what it raises."""
        self._frame = _NO_FRAME
        try:
            self.coro.close()
        except BaseException as error:
            _leave(error)
            raise

    def __iter__(self) -> Traced:
        return self

    def __await__(self) -> Generator[Any, Any, Any]:
        # A task factory of the program's may have put a coroutine of its own around.
        if isinstance(self.coro, CoroutineType | GeneratorType):
            return cast(Generator[Any, Any, Any], self)
        return self.coro.__await__()

    def forget(self) -> None:
        """Note no more: the recording is over, while this may still go on."""
        self._note = nothing

    def _end(self, start: float, error: BaseException) -> None:
        # Kept, the frame would keep the coroutine's variables.
        self._frame = _NO_FRAME
        _leave(error)
        if self._note is nothing:
            return
        self._went(start)
        self._note = nothing
        life, task = self.life, asyncio.current_task(self.recorder.loop)
        life.how = how(error)
        life.outcome = outcome(error)
        if task is not None:
            life.name = task_name(task, self)

    # Whoever looks sees the coroutine.

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(self.coro)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.coro, name)

    def __repr__(self) -> str:
        return repr(self.coro)

    def __eq__(self, other: object) -> bool:
        return self is other or self.coro == other

    def __hash__(self) -> int:
        return hash(self.coro)


def _leave(error: BaseException) -> None:
    """Take the proxy's own frame out of a traceback: raising again adds none."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def task_name(task: asyncio.Task[Any], traced: Traced) -> str:
    """Return a task's name, or its coroutine's if it was given none."""
    name = task.get_name()
    return traced.life.name if UNNAMED.fullmatch(name) else name


def nothing(_run: bytes) -> None:
    """Note nothing."""
