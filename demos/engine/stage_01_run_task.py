"""A `for` loop runs a coroutine to its end, then the next one.

    $ python stage_01_run_task.py
    tulip: day 0
    tulip: day 1
    tulip: day 2
    iris: day 0
    iris: day 1

The first loop is too naive: each coroutine pauses, and nobody makes
use of its pauses.
"""

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


def run_task(task: Task) -> None:
    """Step a task until it has ended."""
    for _ in task.__await__():
        pass


def main() -> None:
    """Grow two flowers."""
    run_task(grow("tulip", 3))
    run_task(grow("iris", 2))


if __name__ == "__main__":
    main()
