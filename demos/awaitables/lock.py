"""A Waiter is a lock, if who passes takes the place.

    $ python lock.py
    tulip: opens the tap
    iris?
    tulip: closes the tap
    iris: opens the tap
    iris: closes the tap

The iris is stepped while the tap is open: it looks, and goes on
waiting. Nothing below needs a lock: from the last look at `done` to its
change there is no pause, so nobody else runs.
"""

from collections.abc import Coroutine, Generator
from contextlib import suppress

Pauses = Generator[None, None, None]


class Night:
    """An awaitable of one pause."""

    def __await__(self) -> Pauses:
        yield


class Waiter:
    """An awaitable that pauses until somebody sets it."""

    done = False

    def set(self) -> None:
        """Let one go on who awaits it."""
        self.done = True

    def __await__(self) -> Pauses:
        while not self.done:
            yield


async def water(name: str, free: Waiter) -> None:
    """Have the tap for a night."""
    await free
    free.done = False  # nobody ran in between
    print(f"{name}: opens the tap")
    await Night()
    print(f"{name}: closes the tap")
    free.set()


def step(coroutine: Coroutine[None, None, None]) -> None:
    """Send it to its next pause, or to its end."""
    with suppress(StopIteration):
        coroutine.send(None)


def main() -> None:
    """Step one who has the tap, and one who wants it."""
    free = Waiter()
    free.set()
    tulip, iris = water("tulip", free), water("iris", free)
    step(tulip)
    print("iris?")
    step(iris)
    step(tulip)
    step(iris)
    step(iris)


if __name__ == "__main__":
    main()
