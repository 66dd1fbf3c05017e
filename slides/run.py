"""Run every cell of a notebook, top to bottom, in a kernel like the stage's."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


def run(notebook: NotebookNode, progress: Callable[[int], None]) -> NotebookNode:
    """Return a copy of the notebook, solved, with its outputs.

    `progress` is called with the index of each code cell before it runs. Raises
    Problem, with file, line and cell, at the first cell that fails without the
    tag raises-exception, or that takes longer than `LONGEST`.
    """
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

    with _settings(notebook.metadata["tulipes"]):
        client = NotebookClient(
            copy,
            timeout=LONGEST,
            kernel_name="python3",
            resources={"metadata": {"path": str(HOME)}},
            on_cell_start=on_start,
        )
        try:
            asyncio.run(client.async_execute())
        except CellExecutionError as error:
            reason = f"{error.ename}: {error.evalue}"
        except CellTimeoutError:
            reason = (
                f"still running after {LONGEST} s: a cell ends by itself, or gives up,"
                " by asyncio.timeout(2)"
            )
        except DeadKernelError:
            reason = "the kernel died"
        else:
            return copy
    place = copy.cells[at].metadata.get("tulipes", {}).get("place", f"cell {at + 1}")
    raise Problem(f"{place}: {' '.join(reason.split())}.")


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
