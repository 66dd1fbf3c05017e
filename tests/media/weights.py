"""Weigh what waits: how many kilobytes a process, a thread, a task each takes.

    $ python tests/media/weights.py threads
    43.9

Linux only: a thread's stack and page tables are its process's, its kernel stack
and its structures the system's (https://docs.kernel.org/filesystems/proc.html).
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path


def kilobytes(file: str, *names: str) -> int:
    """Return the sum of some of the numbers in a file of /proc."""
    lines = Path("/proc", file).read_text().splitlines()
    pairs = (line.split()[:2] for line in lines if line.endswith(" kB"))
    return sum(int(number) for name, number in pairs if name[:-1] in names)


def taken() -> int:
    """Return what this process takes, and what the kernel does for all."""
    gc.collect()
    own = kilobytes("self/status", "VmRSS", "VmPTE")
    return own + kilobytes("meminfo", "KernelStack", "Slab")


def each(count: int, make: Callable[[], object]) -> float:
    """Return what one of so many takes."""
    before = taken()
    kept = [make() for _ in range(count)]
    return (taken() - before) / len(kept)


def processes() -> float:
    """Weigh a process that has imported asyncio: what it shares with nobody."""
    return kilobytes("self/smaps_rollup", "Private_Dirty")


def threads() -> float:
    """Weigh threads that wait."""
    forever = threading.Event()

    def make() -> threading.Thread:
        thread = threading.Thread(target=forever.wait, daemon=True)
        thread.start()
        return thread

    return each(1_000, make)


def callbacks() -> float:
    """Weigh calls that wait for their turn."""
    loop = asyncio.new_event_loop()
    return each(50_000, lambda: loop.call_soon(print))


def coroutines() -> float:
    """Weigh tasks that sleep."""

    async def sleep() -> None:
        await asyncio.sleep(3600)

    async def main() -> float:
        before, tasks = taken(), [asyncio.create_task(sleep()) for _ in range(50_000)]
        await asyncio.sleep(0)
        return (taken() - before) / len(tasks)

    loop = asyncio.new_event_loop()
    return loop.run_until_complete(main())


if __name__ == "__main__":
    print(globals()[sys.argv[1]](), flush=True)
    os._exit(0)  # what waits would wait for ever
