"""A loop has a name, so that a task can add another one to it.

    $ python stage_04_loop.py
    tulip: day 0
    tulip: day 1
    iris: day 0
    tulip: day 2
    iris: day 1
    iris: day 2
    took 2.25 s, of which CPU 2.25 s

The tulip plants the iris. `Loop.current` is set back in the end: a loop
can run inside another one.
"""

import time
from collections import deque
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import ClassVar

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


class Loop:
    """Tasks, which have their steps in turn."""

    current: ClassVar["Loop"]

    def __init__(self) -> None:
        self.ready: deque[Task] = deque()

    def add_task(self, task: Task) -> None:
        """Have it run beside the others."""
        self.ready.append(task)

    def run_task(self, task: Task) -> None:
        """Run a task, and all that it adds."""
        outer = getattr(Loop, "current", self)
        Loop.current = self
        self.add_task(task)
        while self.ready:
            self.step(self.ready.popleft())
        Loop.current = outer

    def step(self, task: Task) -> None:
        """Run a task to its next pause, or to its end."""
        try:
            task.send(None)
        except StopIteration:
            return
        self.ready.append(task)


async def grow(name: str, day_length: float) -> None:
    """Sleep after each day."""
    for day in range(3):
        print(f"{name}: day {day}")
        await sleep(day_length)


async def garden(day_length: float) -> None:
    """Plant an iris beside the tulip half-way."""
    Loop.current.add_task(grow("tulip", day_length))
    await sleep(day_length * 1.5)
    Loop.current.add_task(grow("iris", day_length))


def main(*, delay: float = 0.5) -> None:
    """Have a garden; say what it took, and what it cost."""
    start, cpu = time.monotonic(), time.process_time()
    Loop().run_task(garden(delay))
    took, cost = time.monotonic() - start, time.process_time() - cpu
    print(f"took {took:.2f} s, of which CPU {cost:.2f} s")


if __name__ == "__main__":
    main()
