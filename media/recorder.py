"""Record a run: wrap the coroutine of each task, and note when it is stepped.

While a recording is on, the loop's `create_task` hands tasks a proxy of their
coroutine (https://docs.python.org/3/library/collections.abc.html, Coroutine)
that notes the clock before and after each step: 24 bytes a step, in an array a
task. The program sees its own coroutines, values, exceptions and factories. A
thread of ours looks who holds the loop's thread for long, and with what.
"""

from __future__ import annotations

import asyncio
import inspect
import io
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar, Token
from time import perf_counter
from types import CodeType, FrameType, SimpleNamespace, TracebackType
from typing import Any, TextIO
from weakref import WeakKeyDictionary

from media.svg import How
from media.trace import STRIDE, Life, Source, Trace, uncover

Loop = asyncio.AbstractEventLoop
Coro = Coroutine[Any, Any, Any]
Place = tuple[CodeType, int]
"""A code object, and the offset of an instruction in it."""

LOOKS = 5
"""Looks at the thread in `slow` seconds: a culprit is seen by the last."""

PLAIN = {bool, int, float, str, bytes}
"""Types of results that are shown: their repr runs no code of the program's."""

SHORT = 40
"""Characters of a result that is shown, at most."""

_NO_FRAME = SimpleNamespace(f_lasti=-1)
_UNNAMED = re.compile(r"Task-\d+|None")
"""The names that asyncio gives; None is 3.13.0's."""

_active: ContextVar[tuple[Recorder, ...]] = ContextVar("recorders", default=())
_recorders: WeakKeyDictionary[Loop, list[Recorder]] = WeakKeyDictionary()


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
        self.trace: Trace | None = None
        self._eager = False
        self._prints = prints
        self._block: tuple[asyncio.Task[Any], Life] | None = None
        self._sources: dict[CodeType | None, Source] = {}
        self._thread = threading.get_ident()
        self._ended = threading.Event()
        self._seen: defaultdict[int, defaultdict[int, dict[Place, int]]]
        self._seen = defaultdict(lambda: defaultdict(dict))

    def __enter__(self) -> Recorder:
        self._start = perf_counter()
        self._token: Token[Any] = _active.set((*_active.get(), self))
        if self._prints:
            sys.stdout = _Says(self)
        _shadow(self)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        end = perf_counter()
        self._ended.set()
        self._watcher.join()
        _unshadow(self)
        if isinstance(sys.stdout, _Says):
            sys.stdout = sys.stdout.end()
        _active.reset(self._token)
        for task in asyncio.all_tasks(self.loop):
            if traced := self._traced(task):
                traced.forget(end)
                traced.life.name = _name(task, traced)
        if self._block is not None:
            self._block[1].how = _how(error)
        self.trace = self._made(end - self._start)

    def enter_block(self, task: asyncio.Task[Any]) -> None:
        """Count a task that already runs as the parent of those it starts.

        It cannot be wrapped any more: only what it holds for long is seen, as
        exactly as the watcher looks.
        """
        named = task.get_name()
        name = "async with" if _UNNAMED.fullmatch(named) else named
        life = Life(name, len(self.lives), None, perf_counter())
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
            texts=self._sources.setdefault(code, Source(code)),
        )
        self.lives.append(life)
        return Traced(coro, life, self)

    def started(self, life: Life) -> None:
        """Note that a task exists, and whether its first step is behind it."""
        self._eager = self._eager or bool(life.runs)

    def dropped(self, life: Life) -> None:
        """Note that no task came of what was wrapped."""
        if self.lives[-1] is life:
            self.lives.pop()

    def _made(self, seconds: float) -> Trace:
        for life in self.lives:
            life.origin = self._start
            life.born -= self._start
            life.says = [(at - self._start, text) for at, text in life.says]
            for run, places in self._seen.get(id(life), {}).items():
                texts = (self._source(code)[at] for code, at in places)
                life.blocked[run] = tuple(dict.fromkeys(filter(None, texts)))
        if self._eager:
            uncover(self.lives)
        return Trace(seconds, self.slow, tuple(self.lives))

    def _source(self, code: CodeType) -> Source:
        return self._sources.setdefault(code, Source(code))

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
            task = asyncio.current_task(self.loop)
            if task is None:
                continue
            if self._block and task is self._block[0]:
                self._watch_block(tick)
                continue
            traced = self._traced(task)
            if traced is None:
                continue
            runs = traced.life.runs
            length = len(runs)
            if length % STRIDE == 1 and perf_counter() - runs[length - 1] > tick:
                self._look(traced.life, length // STRIDE)

    def _look(self, life: Life, run: int) -> None:
        place = _culprit(sys._current_frames().get(self._thread))
        if place is not None:
            seen = self._seen[id(life)][run]
            seen[place] = seen.get(place, 0) + 1

    def _watch_block(self, tick: float) -> None:
        """Watch the block's own task hold the thread: the loop does not answer."""
        assert self._block is not None
        life, start = self._block[1], perf_counter()
        answered = threading.Event()
        try:
            self.loop.call_soon_threadsafe(answered.set)
        except RuntimeError:  # closed
            return
        run = len(life.runs) // STRIDE
        end = start
        while asyncio.current_task(self.loop) is self._block[0]:
            self._look(life, run)
            end = perf_counter()
            if self._ended.is_set() or answered.wait(tick):
                break
        if end - start > self.slow:
            life.runs.extend((start, end, -1))
        else:
            self._seen[id(life)].pop(run, None)


class Traced(Coroutine[Any, Any, Any]):
    """A coroutine that notes in a life when it is stepped; else it is `coro`."""

    __slots__ = ("_frame", "_note", "_send", "coro", "life", "recorder")

    def __init__(self, coro: Coro, life: Life, recorder: Recorder) -> None:
        self.coro = coro
        self.life = life
        self.recorder = recorder
        self._note: Callable[[float], None] = life.runs.append
        self._send = coro.send
        self._frame: Any = getattr(coro, "cr_frame", None) or _NO_FRAME

    # Tasks written in C step by __next__, others by send(None); a cancellation
    # comes by throw.

    def __next__(self) -> Any:
        __tracebackhide__ = True
        self._note(perf_counter())
        try:
            awaited = self._send(None)
        except BaseException as error:
            self._end(error)
            raise
        self._note(perf_counter())
        self._note(self._frame.f_lasti)
        return awaited

    def send(self, value: Any) -> Any:
        """Step the coroutine; raise what it raises."""
        return self._step(self._send, value)

    def throw(self, *error: Any) -> Any:
        """Raise an error where the coroutine waits; raise what it raises."""
        return self._step(self.coro.throw, *error)

    def _step(self, step: Callable[..., Any], *arguments: Any) -> Any:
        __tracebackhide__ = True
        self._note(perf_counter())
        try:
            awaited = step(*arguments)
        except BaseException as error:
            self._end(error)
            raise
        self._note(perf_counter())
        self._note(self._frame.f_lasti)
        return awaited

    def close(self) -> None:
        """End the coroutine where it waits."""
        self.coro.close()

    def __iter__(self) -> Traced:
        return self

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.coro.__await__()

    def forget(self, end: float) -> None:
        """Note no more: the recording is over, while this may still go on."""
        if len(self.life.runs) % STRIDE:
            self._note(end)
            self._note(-1)
        self._note = _nothing

    def _end(self, error: BaseException) -> None:
        # Kept, the frame would keep the coroutine's variables.
        self._frame = _NO_FRAME
        if self._note is _nothing:
            return
        self._note(perf_counter())
        self._note(-1)
        self._note = _nothing
        # Before anybody reads the exception, our frame leaves its traceback.
        if not isinstance(error, StopIteration) and not self.recorder.loop.is_closed():
            self.recorder.loop.call_soon(_unframe, error)
        life, task = self.life, asyncio.current_task()
        life.how = _how(error)
        life.outcome = _outcome(error)
        if task is not None:
            life.name = _name(task, self)

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


class _Says(io.TextIOBase):
    """Standard output while prints are kept: those of recorded tasks."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._real: TextIO = sys.stdout
        self._begun: dict[int, tuple[Life, str]] = {}

    def write(self, text: str) -> int:
        life = self._recorder.current()
        if life is None:
            return self._real.write(text)
        _, begun = self._begun.get(life.place, (life, ""))
        *lines, rest = (begun + text).split("\n")
        self._begun[life.place] = life, rest
        life.says += [(perf_counter(), line) for line in lines if line]
        return len(text)

    def flush(self) -> None:
        self._real.flush()

    def end(self) -> TextIO:
        """Keep the lines that were not ended; return the real standard output."""
        for life, rest in self._begun.values():
            if rest:
                life.says.append((perf_counter(), rest))
        return self._real


_FRAMES = {
    function.__code__
    for function in (Traced.__next__, Traced.send, Traced.throw, Traced._step)
}


def _shadow(recorder: Recorder) -> None:
    """Let a recorder see what its loop starts.

    `create_task` is shadowed, rather than a task factory set: the program may
    set and ask for its own.
    """
    loop = recorder.loop
    recorders = _recorders.setdefault(loop, [])
    recorders.append(recorder)
    if len(recorders) > 1:
        return
    create = loop.create_task

    def create_task(coro: Coro, **options: Any) -> asyncio.Task[Any]:
        traced, wrapped = coro, []
        if asyncio.iscoroutine(coro):
            for recorder in recorders:
                if recorder.wants():
                    traced = recorder.wrap(traced)
                    wrapped.append(traced)
        try:
            task = create(traced, **options)
        except BaseException:
            for each in wrapped:
                each.recorder.dropped(each.life)
            raise
        for each in wrapped:
            each.recorder.started(each.life)
        if wrapped and loop.get_debug():
            # As asyncio does with its own frame: else `created at` is here.
            del task._source_traceback[-1]  # type: ignore[attr-defined]
        return task

    loop.create_task = create_task  # type: ignore[assignment, method-assign]


def _unshadow(recorder: Recorder) -> None:
    recorders = _recorders[recorder.loop]
    recorders.remove(recorder)
    if not recorders:
        del recorder.loop.create_task
        del _recorders[recorder.loop]


def _culprit(frame: FrameType | None) -> Place | None:
    """Return where the innermost coroutine of a stack is."""
    kinds = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    while frame is not None and not frame.f_code.co_flags & kinds:
        frame = frame.f_back
    return (frame.f_code, frame.f_lasti) if frame is not None else None


def _name(task: asyncio.Task[Any], traced: Traced) -> str:
    """Return a task's name, or its coroutine's if it was given none."""
    name = task.get_name()
    return traced.life.name if _UNNAMED.fullmatch(name) else name


def _how(error: BaseException | None) -> How:
    if error is None or isinstance(error, StopIteration):
        return "done"
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "failed"


def _unframe(error: BaseException) -> None:
    """Take the frames of this file out of the head of a traceback."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code in _FRAMES:
        trace = trace.tb_next
    error.__traceback__ = trace


def _outcome(error: BaseException) -> str:
    """Return the repr of an exception, or of a result that is plain and short."""
    if isinstance(error, StopIteration):
        value = error.value
        plain = type(value) in PLAIN and len(str(value)) <= SHORT
        return repr(value) if plain else ""
    if isinstance(error, asyncio.CancelledError):
        return ""
    try:
        return repr(error)
    except Exception:  # its own repr fails: not ours to tell
        return type(error).__name__


def _nothing(_number: float) -> None:
    """Note nothing."""
