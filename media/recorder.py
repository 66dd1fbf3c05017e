"""Record a run: wrap the coroutine of each task, and time each of its steps.

While a recording is on, the loop's `create_task` hands tasks a proxy of their
coroutine (https://docs.python.org/3/library/collections.abc.html, Coroutine)
that reads the clock before and after each step: 24 bytes a step, in one array.
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
import re
import sys
import threading
from array import array
from collections.abc import Callable, Coroutine, Generator, Iterable
from contextvars import ContextVar, Token
from dataclasses import dataclass
from struct import Struct
from time import perf_counter
from types import (
    CodeType,
    CoroutineType,
    FrameType,
    GeneratorType,
    SimpleNamespace,
    TracebackType,
)
from typing import Any, TextIO, cast
from weakref import WeakKeyDictionary, ref

from media.trace import NOTHING, How, Life, Source, Trace, uncover

Loop = asyncio.AbstractEventLoop
Coro = Coroutine[Any, Any, Any]
Place = tuple[CodeType, int]
"""A code object, and the offset of an instruction in it."""

LOOKS = 3
"""Looks at the thread in `slow` seconds: a culprit is seen by the last."""

PLAIN = {bool, int, float, str, bytes}
"""Types of results that are shown: their repr runs no code of the program's."""

FEW, LONG, SHORT = 9, 1000, 40
"""Values in a list that is shown, at most; characters of one, and of their repr."""

_OFFSETS = 1 << 24
"""Offsets of instructions in a number that also says whose run it was."""

_pack = Struct("3d").pack
"""A run as the bytes of an array: at once, for less than its numbers one by one."""

_NO_RUNS = array("d")
_NO_FRAME = SimpleNamespace(f_lasti=-1)
_UNNAMED = re.compile(r"Task-\d+|None")
"""The names that asyncio gives; None is 3.13.0's."""

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
        self._says: _Says | None = None
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
            self._says = _Says(self)
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
        self._end = perf_counter()
        self._ended.set()
        self._watcher.join()
        self.note = _nothing
        _unshadow(self)
        if self._says is not None:
            self._says.end()
        with contextlib.suppress(ValueError):  # entered in another context
            _active.reset(self._token)
        for wrapped in self._wrapped:
            if (traced := wrapped()) is not None:
                traced.forget()
        for task in asyncio.all_tasks(self.loop):
            if (traced := self._traced(task)) is not None:
                traced.life.name = _name(task, traced)
        if self._block is not None:
            life = self._block[1]
            life.runs.extend((self._end, self._end, -1))
            life.how, life.outcome = _how(error), _outcome(error) if error else ""

    def enter_block(self, task: asyncio.Task[Any]) -> None:
        """Count a task that already runs as the parent of those it starts.

        It cannot be wrapped any more: but for its start and its end, only what it
        holds for long is seen, as exactly as the watcher looks.
        """
        named = task.get_name()
        name = "async with" if _UNNAMED.fullmatch(named) else named
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
            place, offset = divmod(int(code), _OFFSETS)
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

    def __init__(self, coro: Coro, life: Life, recorder: Recorder) -> None:
        self.coro = coro
        self.life = life
        self.recorder = recorder
        self._note = recorder.note
        self._place = life.place * _OFFSETS + 1.0
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
        self._note = _nothing

    def _end(self, start: float, error: BaseException) -> None:
        # Kept, the frame would keep the coroutine's variables.
        self._frame = _NO_FRAME
        _leave(error)
        if self._note is _nothing:
            return
        self._went(start)
        self._note = _nothing
        life, task = self.life, asyncio.current_task(self.recorder.loop)
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


class _Says:
    """Standard output while prints are kept: those of recorded tasks."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder: Recorder | None = recorder
        self._begun: dict[int, tuple[Life, str]] = {}
        self._real = sys.stdout
        sys.stdout = cast(TextIO, self)

    def write(self, text: str) -> int:
        life = self._recorder.current() if self._recorder else None
        if life is None:
            return self._real.write(text)
        _, begun = self._begun.get(life.place, (life, ""))
        *lines, rest = (begun + text).split("\n")
        self._begun[life.place] = life, rest
        now = perf_counter()
        life.says += tuple((now, line) for line in lines if line)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def end(self) -> None:
        """Keep the lines that were not ended; be standard output no more."""
        for life, rest in self._begun.values():
            if rest:
                life.says += ((perf_counter(), rest),)
        self._recorder = None
        # What came over it meanwhile stays, and may be the last to end.
        while isinstance(sys.stdout, _Says) and sys.stdout._recorder is None:
            sys.stdout = sys.stdout._real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@dataclass(slots=True)
class _Shadow:
    """What hides a loop's create_task: for whom, and what the program had put there."""

    recorders: list[Recorder]
    function: ref[Any]
    own: Any


_shadows: WeakKeyDictionary[Loop, _Shadow] = WeakKeyDictionary()


def _shadow(recorder: Recorder) -> None:
    """Let a recorder see what its loop starts.

    `create_task` is shadowed, rather than a task factory set: the program may
    set and ask for its own.
    """
    loop = recorder.loop
    if loop in _shadows:
        _shadows[loop].recorders.append(recorder)
        return
    recorders = [recorder]
    create, here = loop.create_task, _shadow.__code__.co_filename

    def create_task(coro: Coro, **options: Any) -> asyncio.Task[Any]:
        traced, wrapped = coro, []
        if asyncio.iscoroutine(coro):
            for recorder in recorders:
                if recorder.wants():
                    traced = recorder.wrap(traced)
                    wrapped.append(traced)
        counts = [len(each.recorder.runs) for each in wrapped]
        try:
            task = create(traced, **options)
        except BaseException:
            for each in wrapped:
                each.recorder.dropped(each.life)
            raise
        for each, before in zip(wrapped, counts, strict=True):
            each.recorder.started(before)
        if frames := getattr(task, "_source_traceback", None):
            # As asyncio does with its own frame: else `created at` is here.
            frames[:] = [frame for frame in frames if frame.filename != here]
        return task

    # Asking the loop for its __dict__ would slow it down for good.
    own = None if create == type(loop).create_task.__get__(loop) else create
    _shadows[loop] = _Shadow(recorders, ref(create_task), own)
    loop.create_task = create_task  # type: ignore[assignment, method-assign]


def _unshadow(recorder: Recorder) -> None:
    loop = recorder.loop
    shadow = _shadows[loop]
    shadow.recorders.remove(recorder)
    if shadow.recorders:
        return
    del _shadows[loop]
    # What the program has put over ours stays, and ours under it sees nothing more.
    if loop.create_task is shadow.function():
        if shadow.own is None:
            del loop.create_task
        else:
            loop.create_task = shadow.own  # type: ignore[method-assign]


def _culprit(frame: FrameType | None) -> Place | None:
    """Return where the innermost coroutine of a stack is."""
    kinds = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    while frame is not None and not frame.f_code.co_flags & kinds:
        frame = frame.f_back
    return (frame.f_code, frame.f_lasti) if frame is not None else None


def _leave(error: BaseException) -> None:
    """Take the proxy's own frame out of a traceback: raising again adds none."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _name(task: asyncio.Task[Any], traced: Traced) -> str:
    """Return a task's name, or its coroutine's if it was given none."""
    name = task.get_name()
    return traced.life.name if _UNNAMED.fullmatch(name) else name


def _how(error: BaseException | None) -> How:
    if error is None or isinstance(error, StopIteration):
        return "done"
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "failed"


def _outcome(error: BaseException) -> str:
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


def _nothing(_run: bytes) -> None:
    """Note nothing."""
