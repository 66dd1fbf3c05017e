"""`asyncio.run` cancels what is left over; a Runner, when it is closed.

    $ python runner.py
    crocus: in flower
    tulip: cancelled
    crocus: in flower
    between two runs
    tulip: in flower

The first two lines are of one call, one loop: `asyncio.run` makes it,
cancels, closes. A Runner keeps its loop from one `run` to the next, for
ordinary code that comes back to it; `with` closes it.
"""

import asyncio


async def bloom(name: str, delay: float) -> None:
    """Flower after a while, unless cancelled."""
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        print(f"{name}: cancelled")
        raise
    print(f"{name}: in flower")


async def sow(delay: float) -> asyncio.Task[None]:
    """Sow a tulip and a crocus; wait for the crocus only."""
    tulip = asyncio.create_task(bloom("tulip", 3 * delay))
    await bloom("crocus", delay)
    return tulip


async def see(tulip: asyncio.Task[None]) -> None:
    """Wait for the tulip."""
    await tulip


def run_once(delay: float) -> None:
    """Leave the tulip to the end of `asyncio.run`."""
    asyncio.run(sow(delay))


def run_twice(delay: float) -> None:
    """Sow in a run, see the tulip in the next."""
    with asyncio.Runner() as runner:
        tulip = runner.run(sow(delay))
        print("between two runs")
        runner.run(see(tulip))


async def main(*, delay: float = 0.2) -> None:
    """Run both in a thread: here, a loop runs already."""
    await asyncio.to_thread(run_once, delay)
    await asyncio.to_thread(run_twice, delay)


if __name__ == "__main__":
    asyncio.run(main())
