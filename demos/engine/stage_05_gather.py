"""A `Waiter` is set once for each coroutine: that is all of `gather`.

    $ python stage_05_gather.py
    tulip: day 0
    iris: day 0
    iris: day 1
    tulip: day 1
    iris: day 2
    tulip: day 2
    ['tulip blooms', 'iris blooms']
    took 1.50 s, of which CPU 1.50 s

Results come in the order of the arguments. The waiter looks at its
number turn after turn, as `sleep` looks at the clock.
"""

import time
from collections import deque
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import ClassVar, TypeVar

T = TypeVar("T")
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


class Waiter:
    """Awaited until it was set n times."""

    def __init__(self, n: int) -> None:
        self.left = n

    def set(self) -> None:
        """Bring it one nearer to its end."""
        self.left -= 1

    def __await__(self) -> Generator[None, None, None]:
        while self.left:
            yield


async def gather(*coros: Coroutine[None, None, T]) -> list[T]:
    """Run coroutines together; return their results in order."""
    results: dict[int, T] = {}
    waiter = Waiter(len(coros))

    async def run(number: int, coro: Coroutine[None, None, T]) -> None:
        results[number] = await coro
        waiter.set()

    for number, coro in enumerate(coros):
        Loop.current.add_task(run(number, coro))
    await waiter
    return [results[number] for number in range(len(coros))]


async def grow(name: str, day_length: float) -> str:
    """Sleep after each day."""
    for day in range(3):
        print(f"{name}: day {day}")
        await sleep(day_length)
    return f"{name} blooms"


async def garden(day_length: float) -> None:
    """Grow two flowers together."""
    tulip = grow("tulip", day_length)
    iris = grow("iris", day_length * 0.7)
    print(await gather(tulip, iris))


def main(*, delay: float = 0.5) -> None:
    """Have a garden; say what it took, and what it cost."""
    start, cpu = time.monotonic(), time.process_time()
    Loop().run_task(garden(delay))
    took, cost = time.monotonic() - start, time.process_time() - cpu
    print(f"took {took:.2f} s, of which CPU {cost:.2f} s")


if __name__ == "__main__":
    main()
