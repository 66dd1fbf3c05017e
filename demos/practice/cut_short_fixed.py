"""Fixed: what must be finished is a task of its own, behind a shield.

    $ python cut_short_fixed.py
    gardener: closes the tap
    gardener: the tap is closed
    garden: cancelled() is True, tap.open is False

The second `cancel` ends the wait, not the task that closes the tap:
that is awaited again, then the cancellation goes on. A deadline of its
own keeps the clean-up from taking for ever.
"""

import asyncio


class Tap:
    """What must not stay open."""

    open = False


async def close(tap: Tap, delay: float) -> None:
    """Turn the valve; give up if it is stuck."""
    print("gardener: closes the tap")
    async with asyncio.timeout(5 * delay):
        await asyncio.sleep(delay)
    tap.open = False
    print("gardener: the tap is closed")


async def water(tap: Tap, delay: float) -> None:
    """Water until cancelled, then close the tap, whatever comes."""
    tap.open = True
    try:
        await asyncio.sleep(60)
    finally:
        closing = asyncio.create_task(close(tap, delay))
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await closing
            raise


async def hurry(task: asyncio.Task[None]) -> None:
    """Cancel, and again when it cleans up."""
    await asyncio.sleep(0)  # it starts here
    task.cancel()
    await asyncio.sleep(0)  # it is in its `finally`
    task.cancel()
    await asyncio.wait([task])


async def main(*, delay: float = 0.2) -> None:
    """Cancel a gardener twice, and look at the tap."""
    tap = Tap()
    task = asyncio.create_task(water(tap, delay))
    await hurry(task)
    print(f"garden: cancelled() is {task.cancelled()},", end=" ")
    print("tap.open is", tap.open)


if __name__ == "__main__":
    asyncio.run(main())
