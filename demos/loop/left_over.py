"""A task left over when a run ends is finished by a later run.

    $ python left_over.py
    crocus: in flower
    first run is over: tulip.done() is False
    tulip: in flower
    second run is over: tulip.done() is True

`run_until_complete` waits for what it was given, and then stands still:
the tulip is suspended, not lost. As long as nobody closes the loop,
another run goes on with all that it has.
"""

import asyncio


async def blossom(name: str, delay: float) -> None:
    """Flower after a while."""
    await asyncio.sleep(delay)
    print(f"{name}: in flower")


def spring(delay: float) -> None:
    """Wait for the crocus, then for the tulip, in two runs."""
    loop = asyncio.new_event_loop()
    tulip = loop.create_task(blossom("tulip", 3 * delay))
    loop.run_until_complete(blossom("crocus", delay))
    print("first run is over: tulip.done() is", tulip.done())
    loop.run_until_complete(tulip)
    print("second run is over: tulip.done() is", tulip.done())
    loop.close()


async def main(*, delay: float = 0.2) -> None:
    """Spend spring in a thread: here, a loop runs already."""
    await asyncio.to_thread(spring, delay)


if __name__ == "__main__":
    asyncio.run(main())
