"""Fixed: what must be finished is a task of its own, behind a shield.

    $ python cut_short_fixed.py
    gardener: closes the tap
    gardener: the tap is closed
    garden: cancelled() is True, tap.open is False

The second `cancel` ends the wait, not the task that closes the tap:
that is awaited again, then the cancellation goes on. A third one would
end it: clean-up must be short. One that may hang needs a `timeout` of
its own.
"""

import asyncio
from collections.abc import Coroutine


class Tap:
    """What must not stay open."""

    open = False


async def close(tap: Tap, delay: float) -> None:
    """Turn the valve, which takes a while."""
    print("gardener: closes the tap")
    await asyncio.sleep(delay)
    tap.open = False
    print("gardener: the tap is closed")


async def to_the_end(work: Coroutine[None, None, None]) -> None:
    """Await what must be finished, though cancelled meanwhile."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task  # the wait has ended, the work goes on
        raise


async def sprinkle(tap: Tap, delay: float) -> None:
    """Water until cancelled, then close the tap."""
    tap.open = True
    try:
        await asyncio.sleep(60)
    finally:
        await to_the_end(close(tap, delay))


async def hurry(task: asyncio.Task[None]) -> None:
    """Cancel, and again a turn later: it cleans up meanwhile."""
    await asyncio.sleep(0)  # it starts here
    task.cancel()
    await asyncio.sleep(0)  # it is in its `finally`
    task.cancel()
    await asyncio.wait([task])


async def main(*, delay: float = 0.2) -> None:
    """Cancel a gardener twice, and look at the tap."""
    tap = Tap()
    task = asyncio.create_task(sprinkle(tap, delay))
    await hurry(task)
    print(f"garden: cancelled() is {task.cancelled()},", end=" ")
    print("tap.open is", tap.open)


if __name__ == "__main__":
    asyncio.run(main())
