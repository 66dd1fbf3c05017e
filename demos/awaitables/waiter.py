"""A Waiter is awaited here and set there: it makes two agree.

    $ python waiter.py
    rain?
    gardener: digs
    rain?
    gardener: plants
    rain?
    rain: falls

The rain was stepped before the gardener, and again in his night: it
looked, and went on waiting. Whatever the order of the steps, it does
not fall before the tulip is planted.
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
        """Let those go on who await it."""
        self.done = True

    def __await__(self) -> Pauses:
        while not self.done:
            yield


async def dig(planted: Waiter) -> None:
    """Plant, and say so."""
    print("gardener: digs")
    await Night()
    print("gardener: plants")
    planted.set()


async def shower(planted: Waiter) -> None:
    """Rain once the tulip is planted."""
    await planted
    print("rain: falls")


def step(coroutine: Coroutine[None, None, None]) -> None:
    """Send it to its next pause, or to its end."""
    with suppress(StopIteration):
        coroutine.send(None)


def main() -> None:
    """Step the rain more often than the gardener."""
    planted = Waiter()
    gardener, rain = dig(planted), shower(planted)
    print("rain?")
    step(rain)
    step(gardener)
    print("rain?")
    step(rain)
    step(gardener)
    print("rain?")
    step(rain)


if __name__ == "__main__":
    main()
