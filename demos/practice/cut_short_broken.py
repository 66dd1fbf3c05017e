"""Broken: a `finally` that awaits is cut short by the next `cancel`.

    $ python cut_short_broken.py
    gardener: closes the tap
    garden: cancelled() is True, tap.open is True

`finally` begins for sure. It ends for sure only as long as it does not
await: there a task can be cancelled once more, by a timeout that ends
meanwhile, or by somebody in a hurry. Python says nothing.
"""

import asyncio


class Tap:
    """What must not stay open."""

    open = False


async def close(tap: Tap, delay: float) -> None:
    """Turn the valve, which takes a while."""
    print("gardener: closes the tap")
    await asyncio.sleep(delay)
    tap.open = False
    print("gardener: the tap is closed")


async def sprinkle(tap: Tap, delay: float) -> None:
    """Water until cancelled, then close the tap."""
    tap.open = True
    try:
        await asyncio.sleep(60)
    finally:
        await close(tap, delay)


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
