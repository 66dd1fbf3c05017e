"""Through nested awaits, the pause is at the `yield` far below.

    $ python nested.py
    send brings one
    from w4 > w3 > w2 > __await__
    send brings two
    from w4 > w3 > w2 > __await__
    send ends with three

w4 awaits w3, w3 awaits w2, w2 awaits W1. Each `send` goes through all
of them, down to W1, and what it yields comes back up. In w2, w3 and w4
nothing runs between two pauses. `media.stack` draws it.
"""

import inspect
from collections.abc import Coroutine, Generator
from typing import Any

Steps = Generator[str, None, str]


class W1:
    """An awaitable of two pauses."""

    def __await__(self) -> Steps:
        yield "one"
        yield "two"
        return "three"


async def w2() -> str:
    """Await W1."""
    return await W1()


async def w3() -> str:
    """Await w2."""
    return await w2()


async def w4() -> str:
    """Await w3."""
    return await w3()


def path(paused: Any) -> str:
    """Name who awaits whom, down to the one that yields."""
    names = []
    while inspect.iscoroutine(paused):
        names.append(paused.__name__)
        paused = paused.cr_await
    return " > ".join([*names, paused.__name__])


def step(coroutine: Coroutine[str, None, str]) -> None:
    """Send it to its next pause; tell where that is."""
    try:
        print("send brings", coroutine.send(None))
        print("from", path(coroutine))
    except StopIteration as end:
        print("send ends with", end.value)


def main() -> None:
    """Send three times."""
    nested = w4()
    step(nested)
    step(nested)
    step(nested)


if __name__ == "__main__":
    main()
