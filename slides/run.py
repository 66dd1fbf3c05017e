"""Run every cell of a notebook, top to bottom, in a kernel like the stage's."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from slides.errors import Problem
from slides.paths import BUILD, HOME
from slides.server import environment
from slides.solutions import solve

LONGEST = 30
"""Seconds that a single cell may take."""


AT_ONCE = 4
"""Notebooks that run at the same time: their cells mostly sleep."""


def run(notebook: NotebookNode, progress: Callable[[int], None]) -> NotebookNode:
    """Return a copy of the notebook, solved, with its outputs.

    `progress` is called with the index of each code cell before it runs. Raises
    Problem, with file, line and cell, at the first cell that fails without the
    tag raises-exception, or that takes longer than `LONGEST`.
    """
    (done,) = run_together([notebook], progress)
    return done


def run_together(
    notebooks: list[NotebookNode], progress: Callable[[int], None]
) -> list[NotebookNode]:
    """Return copies of notebooks in one language, each run as by `run`, in a kernel.

    Raises Problem, as `run` does, for the first of them that fails.
    """
    with _settings(notebooks[0].metadata["tulipes"]):
        return asyncio.run(_run_all(notebooks, progress))


async def _run_all(
    notebooks: list[NotebookNode], progress: Callable[[int], None]
) -> list[NotebookNode]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(notebook: NotebookNode) -> NotebookNode:
        async with room:
            return await _run(notebook, progress)

    return await asyncio.gather(*map(one, notebooks))


async def _run(notebook: NotebookNode, progress: Callable[[int], None]) -> NotebookNode:
    copy: NotebookNode = nbformat.from_dict(dict(notebook))
    for cell in copy.cells:
        solve(cell)
    at = 0

    def on_start(cell: NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = cell_index
        if cell.cell_type == "code":
            assert client.kc
            client.kc.session.metadata = told(cell)
            progress(cell_index)

    client = NotebookClient(
        copy,
        timeout=LONGEST,
        kernel_name="python3",
        resources={"metadata": {"path": str(HOME)}},
        on_cell_start=on_start,
        on_notebook_start=_leave_signals,
    )
    try:
        await client.async_execute()
    except CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        reason = (
            f"still running after {LONGEST} s: a cell ends by itself, or gives up,"
            " by asyncio.timeout(2)"
        )
    except DeadKernelError:
        if (task := asyncio.current_task()) and task.cancelling():
            raise asyncio.CancelledError from None  # what nbclient took it for
        reason = "the kernel died"
    else:
        return copy
    place = copy.cells[at].metadata.get("tulipes", {}).get("place", f"cell {at + 1}")
    raise Problem(f"{place}: {' '.join(reason.split())}.")


def _leave_signals(notebook: NotebookNode) -> None:
    """Have Ctrl-C end all kernels: nbclient would end that of one notebook."""
    for number in signal.SIGINT, signal.SIGTERM:
        with suppress(NotImplementedError, RuntimeError):  # Windows; another thread
            asyncio.get_running_loop().remove_signal_handler(number)


def seconds(cell: NotebookNode) -> float:
    """Return how long a cell ran, by the kernel's own messages; an empty one, 0."""
    times = cell.metadata.get("execution", {})
    if "iopub.status.idle" not in times:
        return 0
    start, end = (
        datetime.fromisoformat(times[name])
        for name in ("iopub.status.busy", "iopub.status.idle")
    )
    return (end - start).total_seconds()


def told(cell: NotebookNode) -> dict[str, str | None]:
    """Return what the stage tells its kernel of a cell: its id, its lesson's address.

    The page does the same: `tellCells` in theme/custom/kernel.js.
    """
    return {
        "cellId": cell.metadata.get("tulipes", {}).get("id"),
        "demo": cell.metadata.get("demo"),
    }


@contextmanager
def _settings(facts: dict[str, str]) -> Iterator[None]:
    """Set the stage's Jupyter variables, apart from a show's and another talk's."""
    before = dict(os.environ)
    build = BUILD / "check" / facts["lang"] / facts["talk"]
    os.environ.update(environment(build, facts["lang"]))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
