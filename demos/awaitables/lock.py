"""A Waiter the other way round is a lock: one at a time.

    $ python lock.py
    tulip: comes
    tulip: opens the tap
    iris: comes
    tulip: closes the tap
    iris: opens the tap
    iris: closes the tap

The iris comes while the tap is open: it pauses until the tulip has
closed it. Nothing below needs a lock: between a look at `taken` and
its change there is no pause, so nobody else runs.
"""

from collections.abc import Coroutine, Generator
from contextlib import suppress

Pauses = Generator[None, None, None]


class Night:
    """An awaitable of one pause."""

    def __await__(self) -> Pauses:
        yield


class Lock:
    """An awaitable that pauses while somebody has it."""

    def __init__(self) -> None:
        self.taken = False

    def release(self) -> None:
        """Give it back."""
        self.taken = False

    def __await__(self) -> Pauses:
        while self.taken:
            yield
        self.taken = True


async def water(name: str, tap: Lock) -> None:
    """Have the tap for a while."""
    print(f"{name}: comes")
    await tap
    print(f"{name}: opens the tap")
    await Night()
    print(f"{name}: closes the tap")
    tap.release()


def step(coroutine: Coroutine[None, None, None]) -> None:
    """Send it to its next pause, or to its end."""
    with suppress(StopIteration):
        coroutine.send(None)


def main() -> None:
    """Step one who has the tap, and one who wants it."""
    tap = Lock()
    tulip, iris = water("tulip", tap), water("iris", tap)
    step(tulip)
    step(iris)
    step(tulip)
    step(iris)
    step(iris)


if __name__ == "__main__":
    main()
