"""Record a run: wrap the coroutine of each task, and time each of its steps.

While a recording is on, the loop's `create_task` hands tasks a proxy of their
coroutine (https://docs.python.org/3/library/collections.abc.html, Coroutine)
that reads the clock before and after each step (media.proxy).
A thread of ours looks who holds the loop's thread for long, and with what.

The program sees its own coroutines, values, exceptions, tracebacks and task
factory, in debug mode too. What it can tell: `get_coro()` is equal to its
coroutine, and not the same object. What is not seen: tasks that it makes by
asyncio.Task(...) itself, and callbacks, which are no tasks.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
import threading
from array import array
from collections.abc import Callable
from contextvars import ContextVar, Token
from time import perf_counter
from types import CodeType, FrameType, TracebackType
from typing import Any
from weakref import ref

from media.outcome import how, outcome
from media.prints import Says
from media.proxy import OFFSETS, UNNAMED, Coro, Loop, Traced, nothing, task_name
from media.shadow import shadow, unshadow
from media.trace import NOTHING, Life, Source, Trace, uncover

Place = tuple[CodeType, int]
"""A code object, and the offset of an instruction in it."""

LOOKS = 3
"""Looks at the thread in `slow` seconds: a culprit is seen by the last."""

_NO_RUNS = array("d")

_active: ContextVar[tuple[Recorder, ...]] = ContextVar("recorders", default=())


class Recorder:
    """Records the tasks that are started under it, while its `with` lasts.

    `slow` is in seconds (by default the loop's slow_callback_duration); with
    `prints`, lines that those tasks print are kept, not written. `trace` is what
    was recorded, once the `with` is over.
    """

    def __init__(
        self, loop: Loop, slow: float | None = None, *, prints: bool = False
    ) -> None:
        self.loop = loop
        default = getattr(loop, "slow_callback_duration", 0.1)
        self.slow = default if slow is None else slow
        self.lives: list[Life] = []
        self.runs = array("d")
        self.note: Callable[[bytes], None] = self.runs.frombytes
        self._eager = False
        self._prints = prints
        self._says: Says | None = None
        self._wrapped: list[ref[Traced]] = []
        self._block: tuple[asyncio.Task[Any], Life] | None = None
        self._sources: dict[CodeType | None, Source] = {}
        self._thread = threading.get_ident()
        self._ended = threading.Event()
        self._seen: list[tuple[float, int, Place]] = []
        self._trace: Trace | None = None
        self._end = 0.0

    def __enter__(self) -> Recorder:
        self._start = perf_counter()
        self._token: Token[Any] = _active.set((*_active.get(), self))
        if self._prints:
            self._says = Says(self.current)
        shadow(self)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end = perf_counter()
        self._ended.set()
        self._watcher.join()
        self.note = nothing
        unshadow(self)
        if self._says is not None:
            self._says.end()
        with contextlib.suppress(ValueError):  # entered in another context
            _active.reset(self._token)
        for wrapped in self._wrapped:
            if (traced := wrapped()) is not None:
                traced.forget()
        for task in asyncio.all_tasks(self.loop):
            if (traced := self._traced(task)) is not None:
                traced.life.name = task_name(task, traced)
        if self._block is not None:
            life = self._block[1]
            life.runs.extend((self._end, self._end, -1))
            life.how, life.outcome = how(error), outcome(error) if error else ""

    def enter_block(self, task: asyncio.Task[Any]) -> None:
        """Count a task that already runs as the parent of those it starts.

        It cannot be wrapped any more: but for its start and its end, only what it
        holds for long is seen, as exactly as the watcher looks.
        """
        named = task.get_name()
        name = "async with" if UNNAMED.fullmatch(named) else named
        now = perf_counter()
        runs = array("d", (now, now, -1))
        life = Life(name, len(self.lives), None, now, NOTHING, runs)
        self._block = task, life
        self.lives.append(life)

    def wants(self) -> bool:
        """Tell whether a task that is started here and now is recorded."""
        return self in _active.get() or self.current() is not None

    def current(self) -> Life | None:
        """Return the life of the task that runs, if it is recorded."""
        try:
            task = asyncio.current_task()
        except RuntimeError:  # another thread
            return None
        if self._block and task is self._block[0]:
            return self._block[1]
        traced = self._traced(task) if task else None
        return traced.life if traced else None

    def wrap(self, coro: Coro) -> Traced:
        """Return a coroutine that does what `coro` does, and is recorded."""
        parent = self.current()
        code = getattr(coro, "cr_code", None)
        life = Life(
            getattr(coro, "__name__", type(coro).__name__),
            len(self.lives),
            parent.place if parent else None,
            perf_counter(),
            self._source(code),
            _NO_RUNS,
        )
        self.lives.append(life)
        traced = Traced(coro, life, self)
        self._wrapped.append(ref(traced))
        return traced

    def started(self, runs: int) -> None:
        """Note that a task exists, and if it has run since there were so many runs."""
        self._eager = self._eager or len(self.runs) > runs

    def dropped(self, life: Life) -> None:
        """Note that no task came of what was wrapped."""
        if self.lives[-1] is life:
            self.lives.pop()

    @property
    def trace(self) -> Trace:
        """What was recorded; raises RuntimeError before the `with` is over."""
        if self._trace is None:
            self._trace = self._made()
        return self._trace

    def _made(self) -> Trace:
        if not self._ended.is_set():
            raise RuntimeError("the recording is not over")
        lives, numbers = self.lives, iter(self.runs)
        for life in lives:
            life.runs = life.runs[:]  # until now, all share an empty one
            life.origin = self._start
            life.born -= self._start
            life.says = tuple((at - self._start, text) for at, text in life.says)
        for start, end, code in zip(numbers, numbers, numbers, strict=True):
            place, offset = divmod(int(code), OFFSETS)
            lives[place].runs.extend((start, end, offset - 1))
        self.runs = array("d")
        if self._eager:
            uncover(lives)
        for time, place, (code_, offset) in self._seen:
            text, life = self._source(code_)[offset], lives[place]
            run = life.at(time)
            texts = life.blocked.get(run, ())
            if run >= 0 and life.long(run, self.slow) and text and text not in texts:
                life.blocked = {**life.blocked, run: (*texts, text)}
        return Trace(self._end - self._start, self.slow, tuple(lives))

    def _source(self, code: CodeType | None) -> Source:
        if code not in self._sources:
            self._sources[code] = Source(code)
        return self._sources[code]

    def _traced(self, task: asyncio.Task[Any]) -> Traced | None:
        coro = task.get_coro()
        while type(coro) is Traced:
            if coro.recorder is self:
                return coro
            coro = coro.coro
        return None

    # The watcher

    def _watch(self) -> None:
        """Look, again and again, who holds the thread and with what."""
        tick = max(0.002, self.slow / LOOKS)
        while not self._ended.wait(tick):
            self._look(tick)

    def _look(self, tick: float) -> None:
        # Here and not in the loop: between two looks, no task is kept alive.
        task = asyncio.current_task(self.loop)
        if task is None:
            return
        if self._block and task is self._block[0]:
            self._watch_block(tick)
        elif traced := self._traced(task):
            self._see(traced.life)

    def _see(self, life: Life) -> None:
        place = _culprit(sys._current_frames().get(self._thread))
        if place is not None:
            self._seen.append((perf_counter(), life.place, place))

    def _watch_block(self, tick: float) -> None:
        """Watch the block's own task hold the thread: the loop does not answer."""
        assert self._block is not None
        task, life = self._block
        answered = threading.Event()
        start = end = perf_counter()
        try:
            self.loop.call_soon_threadsafe(answered.set)
        except RuntimeError:  # closed
            return
        while asyncio.current_task(self.loop) is task:
            end = perf_counter()
            self._see(life)
            if self._ended.is_set() or answered.wait(tick):
                break
        if end - start > self.slow:
            now = perf_counter()
            life.runs.extend((start, min(now, self._end or now), -1))


def _culprit(frame: FrameType | None) -> Place | None:
    """Return where the innermost coroutine of a stack is."""
    kinds = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    while frame is not None and not frame.f_code.co_flags & kinds:
        frame = frame.f_back
    return (frame.f_code, frame.f_lasti) if frame is not None else None
