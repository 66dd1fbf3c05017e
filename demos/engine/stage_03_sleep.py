"""`interrupt` is a bare yield; `sleep` looks at the clock, and yields.

    $ python stage_03_sleep.py
    tulip: day 0
    iris: day 0
    iris: day 1
    tulip: day 1
    iris: day 2
    tulip: day 2
    took 1.50 s, of which CPU 1.50 s

The second loop is too busy: both flowers sleep, and the processor has
no rest. `await interrupt()` is what `await asyncio.sleep(0)` is.
"""

import time
from collections import deque
from collections.abc import Coroutine, Generator
from types import coroutine

Task = Coroutine[None, None, object]


@coroutine
def interrupt() -> Generator[None, None, None]:
    """Let the others have their turn."""
    yield


async def sleep(seconds: float) -> None:
    """Look at the clock, turn after turn."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await interrupt()


async def grow(name: str, day_length: float) -> None:
    """Sleep after each day."""
    for day in range(3):
        print(f"{name}: day {day}")
        await sleep(day_length)


def run_tasks(*tasks: Task) -> None:
    """Step each in its turn, until all have ended."""
    ready = deque(tasks)
    while ready:
        task = ready.popleft()
        try:
            task.send(None)
        except StopIteration:
            continue
        ready.append(task)


def main(*, delay: float = 0.5) -> None:
    """Grow two flowers; say what it took, and what it cost."""
    start, cpu = time.monotonic(), time.process_time()
    run_tasks(grow("tulip", delay), grow("iris", delay * 0.7))
    took, cost = time.monotonic() - start, time.process_time() - cpu
    print(f"took {took:.2f} s, of which CPU {cost:.2f} s")


if __name__ == "__main__":
    main()
