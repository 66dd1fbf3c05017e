"""In 2015 coroutines got words of their own: `async`, `await`.

    $ python garden_2015.py
    iris drinks water
    tulip drinks water
    in flower: tulip, iris

Python 3.5 brought `async def`, which makes no generator any more, and
`await`, which refuses generators (PEP 492). The loop did not change.
Changed to run today: `get_event_loop` makes no loop since 3.14, so
`new_event_loop` does.
"""

import asyncio


async def rain(delay):
    """Wait, and answer."""
    await asyncio.sleep(delay)
    return "water"


async def grow(name, delay):
    """Drink when it rains."""
    water = await rain(delay)
    print(name, "drinks", water)
    return name


async def garden(delay):
    """Grow two flowers together."""
    names = await asyncio.gather(
        grow("tulip", 2 * delay), grow("iris", delay)
    )
    print("in flower:", ", ".join(names))


def run_2015(program):
    """Run a program in a loop, and close the loop."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(program)
    finally:
        loop.close()


async def main(*, delay: float = 0.1) -> None:
    """Grow them in a thread, beside a loop of today."""
    await asyncio.to_thread(run_2015, garden(delay))


if __name__ == "__main__":
    asyncio.run(main())
