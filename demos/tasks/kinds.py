"""Coroutine, Future, Task: who runs it, who sets its result.

    $ python kinds.py
    task: runs
    main: a turn later, awaits each of them
    coroutine: runs
    coroutine: 42
    coroutine again: cannot reuse already awaited coroutine
    future: 42
    future again: 42
    task: 42
    task again: 42

`await` runs the coroutine, the loop runs the task; the future's
result is an advance on salary: someone else must pay it in.
"""

import asyncio
from collections.abc import Awaitable


async def work(name: str) -> int:
    """Say that it runs, and return a number."""
    print(f"{name}: runs")
    return 42


async def read_twice(name: str, source: Awaitable[int]) -> None:
    """Await the same object two times."""
    print(f"{name}: {await source}")
    try:
        print(f"{name} again: {await source}")
    except RuntimeError as error:
        print(f"{name} again: {error}")


async def main() -> None:
    """Make one of each, then await each twice."""
    coroutine = work("coroutine")
    future = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(work("task"))
    await asyncio.sleep(0)  # a turn of the loop: the task runs
    print("main: a turn later, awaits each of them")
    future.set_result(42)
    await read_twice("coroutine", coroutine)
    await read_twice("future", future)
    await read_twice("task", task)


if __name__ == "__main__":
    asyncio.run(main())
