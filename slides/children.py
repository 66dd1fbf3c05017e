"""The processes that a kernel's cells started, even those that it no longer knows.

A child can leave its kernel's process group, ignore every signal but one, and
outlive its kernel. So each kernel has a mark in its environment, which its children
inherit and nobody else has: they are found by it, and by who started whom.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

import psutil

MARK = "TULIPES_KERNEL"
"""The variable that holds a kernel's mark."""


def kill(
    marks: Collection[str], kernel: psutil.Process | None = None
) -> set[psutil.Process]:
    """Kill what bears one of the marks, or descends from `kernel`; return it.

    `kernel` itself lives on; without it kernels, which bear their marks, die too.
    """
    killed: set[psutil.Process] = set()
    while new := living(marks, kernel) - killed:  # one may start another meanwhile
        for process in new:
            with suppress(psutil.Error):
                process.kill()
        killed |= new
    return killed


def living(
    marks: Collection[str], kernel: psutil.Process | None = None
) -> set[psutil.Process]:
    """Return what `kill` would kill first."""
    family = set(_descendants(kernel)) if kernel else set()
    for process in psutil.process_iter() if marks else ():
        # What ended, or is not ours to look into, bears no mark of ours.
        with suppress(psutil.Error, OSError):
            if process not in family and process.environ().get(MARK) in marks:
                family.add(process)
                if process != kernel:
                    family.update(_descendants(process))
    return {each for each in family if each != kernel and not _ended(each)}


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return process.children(recursive=True)
    return []


def _ended(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True
