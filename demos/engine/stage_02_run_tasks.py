"""A queue: who pauses goes to its end, and the next one has a step.

    $ python stage_02_run_tasks.py
    tulip: day 0
    iris: day 0
    tulip: day 1
    iris: day 1
    tulip: day 2

Two flowers grow together, in one thread, and neither knows of the
other. `run_tasks` does what `gather` did in the first steps.
"""

from collections import deque
from collections.abc import Coroutine, Generator

Task = Coroutine[None, None, object]


class Night:
    """An awaitable of one pause."""

    def __await__(self) -> Generator[None, None, None]:
        yield


async def grow(name: str, days: int) -> None:
    """Pause after each day."""
    for day in range(days):
        print(f"{name}: day {day}")
        await Night()


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


def main() -> None:
    """Grow two flowers."""
    run_tasks(grow("tulip", 3), grow("iris", 2))


if __name__ == "__main__":
    main()
