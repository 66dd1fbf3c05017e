"""What hides a loop's `create_task` while it is recorded.

Not a task factory: the program may set and ask for its own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, ref

from media import proxy
from media.proxy import Coro, Loop, Recording


@dataclass(slots=True)
class _Shadow:
    """What hides a loop's create_task: for whom, and what the program had put there."""

    recorders: list[Recording]
    function: ref[Any]
    own: Any


_shadows: WeakKeyDictionary[Loop, _Shadow] = WeakKeyDictionary()


def shadow(recorder: Recording) -> None:
    """Let a recorder see what its loop starts."""
    loop = recorder.loop
    if loop in _shadows:
        _shadows[loop].recorders.append(recorder)
        return
    recorders = [recorder]
    create, ours = loop.create_task, {__file__, proxy.__file__}

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
            # As asyncio does with its own frames: else `created at` is here.
            frames[:] = [frame for frame in frames if frame.filename not in ours]
        return task

    # Asking the loop for its __dict__ would slow it down for good.
    own = None if create == type(loop).create_task.__get__(loop) else create
    _shadows[loop] = _Shadow(recorders, ref(create_task), own)
    loop.create_task = create_task  # type: ignore[assignment, method-assign]


def unshadow(recorder: Recording) -> None:
    """Let a recorder see nothing more."""
    loop = recorder.loop
    hidden = _shadows[loop]
    hidden.recorders.remove(recorder)
    if hidden.recorders:
        return
    del _shadows[loop]
    # What the program has put over ours stays, and ours under it sees nothing more.
    if loop.create_task is hidden.function():
        if hidden.own is None:
            del loop.create_task
        else:
            loop.create_task = hidden.own  # type: ignore[method-assign]
