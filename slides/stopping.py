"""What panic stops: all that cells started, in every thread and process.

A loop of another thread does it there: cancel its tasks, close its servers and
connections, stop. A thread that runs no loop, or whose loop is held by a task, cannot
be stopped from outside: it is counted, and said.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import FrameType
from typing import Any

import psutil

from slides import children

PATIENCE = 0.1
"""Seconds that cancelled tasks have, thrice, to clean up and end; loops once."""

KERNEL_PACKAGES = {"ipykernel", "IPython", "tornado", "zmq", "slides"}
"""Packages whose tasks and threads are the kernel's own: left alone."""

HELPERS = (
    *("asyncio.unix_events", "asyncio.base_events._do_shutdown"),
    *("multiprocessing.", "concurrent.futures.process"),
)
"""Where threads start that wait for child processes or for threads of a pool."""


async def stop_everything(servers: Iterable[Any], mark: str) -> str:
    """Stop what cells started; return one line that says what.

    `servers` are those that this thread's loop is known to have; `mark` is the
    kernel's (see `slides.children`).
    """
    here, threads = asyncio.get_running_loop(), user_threads()
    ours = [mark] if mark else [], psutil.Process()
    family = children.living(*ours)
    await _end_pools()  # they start a process for each that is killed
    living = _living(asyncio.AbstractEventLoop, *_server_kinds(), asyncio.BaseTransport)
    others = {each for each in living if _is_loop_in(each, threads)}
    timers = sum(map(_cancel_timers, {here, *others}))
    tasks = {task for loop in {here, *others} for task in asyncio.all_tasks(loop)}
    tasks = {task for task in tasks if not is_kernels(task)}
    tasks.discard(asyncio.current_task())
    theirs = [each for each in living if _loop(each) in others]
    listened = close([*servers, *_only(_server_kinds(), theirs)])
    family |= children.kill(*ours)
    # A loop of another thread may close with its last task: its connections first.
    connected = close(_only(asyncio.Transport, theirs))
    stubborn = await _end(tasks)
    # Of this loop those that no task of their own closed: a protocol's.
    transports = _only(asyncio.BaseTransport, living)
    remaining = [each for each in transports if _loop(each) is here]
    connected += close(_only(asyncio.Transport, remaining))
    close(remaining)  # pipes, and what a child left
    # asyncio waits for its own children: it complains of one taken from it.
    its = {each.get_pid() for each in _only(asyncio.SubprocessTransport, transports)}
    psutil.wait_procs([each for each in family if each.pid not in its], 0)
    for loop in others:
        _tell(loop, _stop_if_idle, loop)
    if others:
        await _until(lambda: not threads & user_threads())
    stuck = user_threads()
    stopped = {
        "server": sum(not _is_open(each) for each in listened),
        "task": len(tasks) - len(stubborn),
        "timer": timers,
        "child process": len(family),
        "connection": sum(not _is_open(each) for each in connected),
        "thread": len(threads - stuck),
    }
    line = "Stopped: " + (_counted(stopped) or "nothing was running") + "."
    if left := _counted({"task": len(stubborn), "thread": len(stuck)}):
        line += f" {left} will not end: restart."
    return line


def _server_kinds() -> tuple[Any, ...]:
    """Return the types of servers; uvloop's says of itself that it is none."""
    uvloop = sys.modules.get("uvloop")
    return (asyncio.AbstractServer, *([uvloop.loop.Server] if uvloop else []))


async def _end_pools() -> None:
    """End the pools of processes in a thread: one that is broken may never end."""
    module = sys.modules.get("multiprocessing.pool")
    ends = [
        threading.Thread(target=pool.terminate, daemon=True)
        for pool in (_living(module.Pool) if module else [])
    ]
    for end in ends:
        end.start()
    await _until(lambda: not any(end.is_alive() for end in ends), 10 * PATIENCE)


def _cancel_timers(loop: asyncio.AbstractEventLoop) -> int:
    """Cancel what cells asked to be called later; uvloop hides its own."""
    waiting = [
        *getattr(loop, "_scheduled", []),
        *getattr(loop, "_ready", []),
    ]
    timers = [
        handle
        for handle in waiting  # those that are due by now, too
        if isinstance(handle, asyncio.TimerHandle)
        and not handle.cancelled()
        and _is_users(getattr(handle, "_callback", None))
    ]
    for handle in timers:
        _tell(loop, handle.cancel)
    return len(timers)


def _is_users(callback: Any) -> bool:
    """Tell whether a function is neither the kernel's nor asyncio's own."""
    while isinstance(callback, functools.partial):
        callback = callback.func
    package = str(getattr(callback, "__module__", "")).split(".")[0]
    return package not in {*KERNEL_PACKAGES, "asyncio", "_asyncio"}


async def _end(tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Cancel tasks until they end, thrice; return those that did not."""
    left = tasks
    for _ in range(3):
        for task in left:
            _tell(task.get_loop(), task.cancel)
        await _until(lambda: all(task.done() for task in tasks))
        left = {task for task in tasks if not task.done()}
        if not left:
            break
    for task in tasks - left:
        if not task.cancelled():
            task.exception()  # read: its story is over
    return left


async def _until(done: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for what other threads do as well, which wakes nobody here."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while not done() and loop.time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.002)


def close(things: Iterable[Any]) -> list[Any]:
    """Close servers and transports that are still open; return them."""
    opened = [each for each in things if _is_open(each)]
    for each in opened:
        # Neither a server nor a pipe that reads can abort.
        _tell(_loop(each), getattr(each, "abort", each.close))
    return opened


def _is_open(thing: Any) -> bool:
    if isinstance(thing, _server_kinds()):
        return bool(thing.is_serving())
    return not thing.is_closing()


def is_kernels(task: asyncio.Task[Any]) -> bool:
    """Tell whether a task runs the kernel and not a cell's code."""
    frame = getattr(task.get_coro(), "cr_frame", None)
    return frame is not None and _module(frame).split(".")[0] in KERNEL_PACKAGES


def user_threads() -> set[int]:
    """Return the threads that run what cells started; an idle pool's do not."""
    here = {threading.get_ident(), threading.main_thread().ident}
    return {
        ident
        for ident, frame in sys._current_frames().items()
        if ident not in here and _runs_user_code(frame)
    }


def _runs_user_code(frame: FrameType) -> bool:
    stack = [
        f"{_module(each)}.{each.f_code.co_name}"
        for each, _ in traceback.walk_stack(frame)
    ]
    if stack[0] == "concurrent.futures.thread._worker":
        return False  # it waits for work
    first = next((each for each in reversed(stack) if each[:10] != "threading."), "")
    return first.split(".")[0] not in KERNEL_PACKAGES and not first.startswith(HELPERS)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _is_loop_in(thing: Any, threads: set[int]) -> bool:
    """Tell whether a loop runs in one of the threads; uvloop's do not say where."""
    if not isinstance(thing, asyncio.AbstractEventLoop) or not thing.is_running():
        return False
    return getattr(thing, "_thread_id", None) in {None, *threads}


def _loop(thing: Any) -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop | None = getattr(thing, "_loop", None)
    if loop is None and isinstance(thing, _server_kinds()):
        loop = thing.get_loop()
    return loop or asyncio.get_running_loop()


def _tell(
    loop: asyncio.AbstractEventLoop, call: Callable[..., Any], *args: Any
) -> None:
    """Call a function in the loop's own thread."""
    if loop is asyncio.get_running_loop():
        call(*args)
    else:
        with suppress(RuntimeError):  # it was closed meanwhile
            loop.call_soon_threadsafe(call, *args)


def _stop_if_idle(loop: asyncio.AbstractEventLoop) -> None:
    """Stop a loop that runs for ever; one that runs a task ends with it."""
    if not asyncio.all_tasks(loop):
        loop.stop()


def _living(*kinds: type) -> list[Any]:
    # issubclass of the type: isinstance would wake lazy proxies.
    return [each for each in gc.get_objects() if issubclass(type(each), kinds)]


def _only(kind: type | tuple[type, ...], things: Iterable[Any]) -> list[Any]:
    return [each for each in things if isinstance(each, kind)]


def _counted(things: dict[str, int]) -> str:
    plural = {"child process": "child processes"}
    return ", ".join(
        f"{count} {name if count == 1 else plural.get(name, name + 's')}"
        for name, count in things.items()
        if count
    )
