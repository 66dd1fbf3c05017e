"""From a generator to a coroutine: a frozen stack, kept whole.

    $ python frozen.py
    generator: day 1, clouds
    coroutine: day 1, clouds
    generator: day 2, clouds
    coroutine: day 2, clouds
    plant {'name': 'tulip'}
    seed {'sky': Sky(days=2)}
    __await__ {'self': Sky(days=2), 'day': 2}
    generator: drinks rain
    coroutine: tulip drinks rain

`await x` is `yield from x.__await__()`. A function that returns forgets
its variables. A generator that yields is frozen, with its variables and
its place; and so is all that awaits it, a frame upon the other.
"""

import inspect
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

Steps = Generator[str, None, str]


@dataclass
class Sky:
    """An awaitable: it rains after some days."""

    days: int

    def __await__(self) -> Steps:
        for day in range(1, self.days + 1):
            yield f"day {day}, clouds"
        return "rain"


def seed_2012(sky: Sky) -> Steps:
    """Drink when it rains: a generator."""
    it = yield from sky.__await__()
    return f"drinks {it}"


async def seed(sky: Sky) -> str:
    """Drink when it rains: a coroutine."""
    it = await sky
    return f"drinks {it}"


async def plant(name: str) -> str:
    """Await what awaits the sky."""
    return f"{name} {await seed(Sky(2))}"


def step(who: str, steps: Any) -> None:
    """Send a generator or a coroutine to its next pause."""
    try:
        print(f"{who}: {steps.send(None)}")
    except StopIteration as end:
        print(f"{who}: {end.value}")


def show(paused: Any) -> None:
    """Print the variables of each frozen frame, outermost first."""
    while inspect.iscoroutine(paused):
        print(paused.__name__, inspect.getcoroutinelocals(paused))
        paused = paused.cr_await
    print(paused.__name__, inspect.getgeneratorlocals(paused))


def main() -> None:
    """Step both, and look at what is frozen in between."""
    generator, coroutine = seed_2012(Sky(2)), plant("tulip")
    for _ in range(2):
        step("generator", generator)
        step("coroutine", coroutine)
    show(coroutine)
    step("generator", generator)
    step("coroutine", coroutine)


if __name__ == "__main__":
    main()
