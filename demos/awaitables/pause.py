"""A coroutine pauses at a `yield`, in the `__await__` of something.

    $ python pause.py
    sprout: waits
    for: one
    sprout: drinks water
    sprout: waits
    send: one
    send: two
    sprout: drinks water
    send: in flower, the end

An awaitable has an `__await__` that gives an iterator: a generator
will do. Each of its `yield`s comes out of the coroutine, as a pause;
what it returns is what `await` returns. `send(None)` is `next`.
"""

from collections.abc import Awaitable, Coroutine, Generator

Steps = Generator[str, None, str]


class Once:
    """An awaitable of one pause."""

    def __await__(self) -> Steps:
        yield "one"
        return "water"


class Twice:
    """An awaitable of two."""

    def __await__(self) -> Steps:
        yield "one"
        yield "two"
        return "water"


async def sprout(pause: Awaitable[str]) -> str:
    """Wait, then drink."""
    print("sprout: waits")
    water = await pause
    print("sprout: drinks", water)
    return "in flower"


def step(coroutine: Coroutine[str, None, str]) -> None:
    """Send it to its next pause, or to its end."""
    try:
        print("send:", coroutine.send(None))
    except StopIteration as end:
        print(f"send: {end.value}, the end")


def main() -> None:
    """Run one with a pause by `for`; step one with two."""
    for pause in sprout(Once()).__await__():
        print("for:", pause)
    tulip = sprout(Twice())
    step(tulip)
    step(tulip)
    step(tulip)


if __name__ == "__main__":
    main()
