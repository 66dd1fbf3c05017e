"""In a TaskGroup, a task that fails has its siblings cancelled.

    $ python group.py
    iris: in flower
    tulip: wilts
    rose: cancelled
    ExceptionGroup: unhandled errors in a TaskGroup
    (ValueError('no water'),)

The group waits for all of them before it raises: no task outlives
the `async with`.
"""

import asyncio


async def bloom(name: str, delay: float) -> None:
    """Flower in the end, unless cancelled."""
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        print(f"{name}: cancelled")
        raise
    print(f"{name}: in flower")


async def wilt(name: str, delay: float) -> None:
    """Fail in the end."""
    await asyncio.sleep(delay)
    print(f"{name}: wilts")
    raise ValueError("no water")


async def border(delay: float) -> None:
    """Start three tasks; the second that ends fails."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(bloom("iris", delay))
            group.create_task(wilt("tulip", 2 * delay))
            group.create_task(bloom("rose", 60))
    except* ValueError as errors:
        print("ExceptionGroup:", errors.message)
        print(errors.exceptions)


async def main(*, delay: float = 0.5) -> None:
    """Grow one border of three flowers."""
    await border(delay)


if __name__ == "__main__":
    asyncio.run(main())
