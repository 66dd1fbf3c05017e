"""In 2014 Python got a loop, and generators ran in it.

    $ python garden_2014.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

Python 3.4 brought asyncio, with its loop and `gather` (PEP 3156).
Changed to run today: `asyncio.coroutine` left in 3.11, and since 3.14
`get_event_loop` makes no loop, so both have a stand-in here; `main` is
for those who await.
"""

import asyncio
import types

# mypy: no-check-untyped-defs


def coroutine(function):
    """Stand in for asyncio.coroutine, which left in 3.11."""
    return types.coroutine(function)


def get_event_loop():
    """Stand in for asyncio's, which makes no loop since 3.14."""
    return asyncio.new_event_loop()


@coroutine
def rain(delay):
    """Wait, and answer."""
    yield from asyncio.sleep(delay)
    return "water"


@coroutine
def grow(name, delay):
    """Drink when it rains."""
    water = yield from rain(delay)
    print(name, "drinks", water)
    return name


@coroutine
def garden(delay):
    """Grow two flowers together."""
    names = yield from asyncio.gather(
        grow("tulip", 2 * delay), grow("iris", delay)
    )
    print("in flower:", ", ".join(names))


def run_2014(program):
    """Run a program in a loop, and close the loop."""
    loop = get_event_loop()
    try:
        return loop.run_until_complete(program)
    finally:
        loop.close()


async def main(*, delay: float = 0.1) -> None:
    """Grow them in a thread, beside a loop of today."""
    await asyncio.to_thread(run_2014, garden(delay))


if __name__ == "__main__":
    asyncio.run(main())
