"""What Python refuses: a first `send` of a value, a list to await.

    $ python refused.py
    a value is sent first
    can't send non-None value to a just-started coroutine
    __await__ gives a list
    __await__() returned non-iterator of type 'list'
    __await__ gives an iterator
    brings water

3.15 and newer:

    $ python refused.py
    a value is sent first
    can't send non-None value to a just-started coroutine
    __await__ gives a list
    Vase.__await__() must return an iterator, not list
    __await__ gives an iterator
    brings water

The first `send` goes to the beginning, where no `yield` waits for a
value. A list is iterable, but is no iterator: `iter` gives one.
"""

from collections.abc import Awaitable, Iterator


class Vase:
    """No awaitable: its `__await__` gives a list."""

    def __await__(self) -> list[str]:
        return ["water"]


class Spring:
    """An awaitable: its `__await__` gives an iterator."""

    def __await__(self) -> Iterator[str]:
        return iter(["water"])


async def drink(source: Awaitable[str]) -> None:
    """Wait for water."""
    print("drinks", await source)


def start(source: Awaitable[str], value: str | None) -> None:
    """Send a first value; tell what Python says."""
    flower = drink(source)
    try:
        print("brings", flower.send(value))
    except TypeError as error:
        print(error)
    flower.close()  # begun or not, it is left here


def main() -> None:
    """Do the wrong thing twice, then the right one."""
    print("a value is sent first")
    start(Spring(), "water")  # type: ignore[arg-type]
    print("__await__ gives a list")
    start(Vase(), None)  # type: ignore[arg-type]
    print("__await__ gives an iterator")
    start(Spring(), None)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
