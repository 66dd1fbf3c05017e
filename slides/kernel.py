"""The kernel of the stage: an IPython extension that keeps a deck unstuck.

A plain kernel lets a speaker down in three places. An interrupt that comes
while a cell awaits is noticed only when something else wakes the loop; here a
heartbeat wakes it every 50 ms, and whoever holds the thread is interrupted
where it stands. What cells left behind (tasks, servers, connections, child
processes) lives until the kernel dies; here `panic` stops it all and keeps the
variables: see `slides.stopping`. A cell that serves on a fixed port cannot run
twice; here its second run first closes what its first one opened. Two more rooms look
after the names that cells share (slides.namespaces) and the lessons that they edit
(slides.edits).

Smaller things are mended on the way. `breakpoint()` asks on the slide: debugpy, which
ipykernel imports, has it do nothing. A task that is a cell's last value is not kept by
IPython: its exception, if nobody awaits it, is told when asyncio tells it.

Loaded by the kernel that `slides.server` describes; see
https://ipython.readthedocs.io/en/stable/config/extensions/
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import weakref
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from slides.children import MARK
from slides.edits import Edits
from slides.namespaces import Namespaces
from slides.stopping import close, is_kernels, stop_everything

if TYPE_CHECKING:
    from IPython.core.interactiveshell import (
        ExecutionInfo,
        ExecutionResult,
        InteractiveShell,
    )

BEAT = 0.05
"""Seconds between two heartbeats: an interrupt waits for one at the most."""

T = TypeVar("T")

_stage: Stage | None = None
_cell: ContextVar[str] = ContextVar("cell", default="")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Prepare the kernel that runs `shell`."""
    global _stage
    _stage = Stage(shell)
    sys.breakpointhook = sys.__breakpointhook__
    untyped: Any = shell
    untyped.set_custom_exc((BaseExceptionGroup,), _show_group)
    # What panic cancelled has nothing to say, in no thread.
    logging.getLogger("asyncio").addFilter(_is_no_cancellation)
    threading.excepthook = _but_cancelled(threading.excepthook)
    hook = untyped.displayhook
    for keep in "update_user_ns", "fill_exec_result":
        setattr(hook, keep, _but_tasks(getattr(hook, keep)))


async def panic() -> None:
    """Stop everything that cells have started; `said` then tells what."""
    if _stage is not None:
        _stage.said = await _stage.panic()


def said() -> str:
    """Return what the last panic stopped, in one line."""
    return "This kernel is not the stage's." if _stage is None else _stage.said


class Stage:
    """What the stage knows of a kernel: its heartbeat, its cells' servers."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.said = ""
        self._mark = os.environ.get(MARK, "")
        self._namespace = shell.user_ns
        self._names = Namespaces(shell.user_ns)
        self._edits = Edits(shell.user_ns)
        # What the page and slides.run tell of a cell: its id, its lesson's address.
        self._request: Callable[[], dict[str, Any]] = getattr(shell, "get_parent", dict)
        self._heartbeat: asyncio.Task[None] | None = None
        self._task: asyncio.Task[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._servers: defaultdict[str, weakref.WeakSet[Any]]
        self._servers = defaultdict(weakref.WeakSet)
        shell.events.register("pre_run_cell", self._before_cell)
        shell.events.register("post_run_cell", self._after_cell)
        signal.signal(signal.SIGINT, self._interrupt)
        kernel: Any = getattr(shell, "kernel", None)
        if kernel is not None:
            # Else an interrupt between two cells is raised inside the kernel, and
            # the message that it was reading is lost.
            kernel.pre_handler_hook = kernel.post_handler_hook = _nothing

    # Cells

    def _before_cell(self, info: ExecutionInfo) -> None:
        """Beat, own the interrupt, and close what the cell's last run opened."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._adopt(loop)
        if self._heartbeat is None or self._heartbeat.done():
            self._heartbeat = loop.create_task(_beat(), name="heartbeat")
        if signal.getsignal(signal.SIGINT) != self._interrupt:
            # The cell awaits: ipykernel runs it in a task of its own.
            self._task = asyncio.current_task()
            signal.signal(signal.SIGINT, self._interrupt)
        cell = str(getattr(info, "cell_id", None) or "")
        _cell.set(cell)
        if cell:
            close(self._servers.pop(cell, ()))
        self._names.enter(cell)
        if demo := self._demo():
            self._edits.lend(demo, str(info.raw_cell))

    def _demo(self) -> str | None:
        """Return the address of the lesson that the cell shows."""
        demo: str | None = self._request().get("metadata", {}).get("demo")
        return demo

    def _after_cell(self, result: ExecutionResult | None) -> None:
        self._task = None
        if result is None or result.info is None:
            return
        source = result.info.raw_cell
        self._names.leave(source, failed=not result.success)
        self._edits.bind(source)
        demo = self._demo()
        if demo and result.success:
            self._edits.heed(demo, source)

    def _adopt(self, loop: asyncio.AbstractEventLoop) -> None:
        """Note, under the cell that runs, every server that `loop` makes."""
        self._loop = loop
        makers: dict[str, Callable[[Any], Any]] = {
            "create_server": lambda server: server,
            "create_unix_server": lambda server: server,
            "create_datagram_endpoint": lambda made: made[0],
        }
        for name, server in makers.items():
            setattr(loop, name, self._noting(getattr(loop, name), server))

    def _noting(
        self,
        create: Callable[..., Awaitable[T]],
        server: Callable[[T], Any],
    ) -> Callable[..., Awaitable[T]]:
        async def noting(*args: Any, **options: Any) -> T:
            await asyncio.sleep(0)  # a turn in which what was aborted closes
            made = await create(*args, **options)
            self._servers[_cell.get()].add(server(made))
            return made

        return noting

    # Interrupt

    def _interrupt(self, _number: int, frame: FrameType | None) -> None:
        """Interrupt whoever holds the thread, and cancel what the cell awaits.

        ipykernel's own handler only cancels what the cell awaits: a task that
        blocks the loop would keep it for as long as it likes.
        """
        cell, loop = self._task, self._loop
        holder = asyncio.current_task(loop) if loop is not None else None
        in_user_code = self._runs_user_code(frame)
        if in_user_code and holder and (holder is cell or is_kernels(holder)):
            raise KeyboardInterrupt
        if cell is not None and loop is not None:
            loop.call_soon_threadsafe(cell.cancel)
        if in_user_code:
            # KeyboardInterrupt would go through the loop and end the kernel.
            raise asyncio.CancelledError("interrupted")

    def _runs_user_code(self, frame: FrameType | None) -> bool:
        while frame is not None:
            if frame.f_globals is self._namespace:
                return True
            frame = frame.f_back
        return False

    # Panic

    async def panic(self) -> str:
        """Stop what the cells started; return one line that says what."""
        servers = [server for kept in self._servers.values() for server in kept]
        self._servers.clear()
        return await stop_everything(servers, self._mark)


def _show_group(
    shell: Any, kind: type, group: BaseException, _trace: Any, **_options: Any
) -> list[str]:
    """Show a group as short as any error; IPython prints its whole traceback."""
    lines = list(_lines(group))
    shell._showtraceback(kind, group, lines)
    return lines


def _lines(error: BaseException, indent: str = "") -> Iterator[str]:
    yield f"{indent}{type(error).__name__}: {error}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _lines(each, indent + "    ")


def _nothing() -> None:
    """Do nothing, as a hook."""


def _but_tasks(keep: Callable[[Any], None]) -> Callable[[Any], None]:
    def keep_others(value: Any) -> None:
        if not isinstance(value, asyncio.Future):
            keep(value)

    return keep_others


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    # 3.11 logs each connection of a server whose handler is cancelled.
    return not record.exc_info or record.exc_info[0] is not asyncio.CancelledError


def _but_cancelled(
    report: Callable[[threading.ExceptHookArgs], Any],
) -> Callable[[threading.ExceptHookArgs], Any]:
    def report_others(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not asyncio.CancelledError:
            report(args)

    return report_others


async def _beat() -> None:
    while True:  # noqa: ASYNC110  (no event: waking up is the point)
        await asyncio.sleep(BEAT)
