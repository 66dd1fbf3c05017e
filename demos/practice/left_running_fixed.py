"""Fixed: a group ends its others before it raises.

    $ python left_running_fixed.py
    rose: cancelled
    garden: (ValueError('no water'),)
    garden: closed

When `async with` ends, well or not, none of its tasks runs any more. If
several have failed, the group raises all of their errors.
"""

import asyncio


async def wilt(flower: str) -> None:
    """Fail at once."""
    raise ValueError("no water")


async def soak(flower: str, delay: float) -> None:
    """Water a flower, slowly."""
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        print(f"{flower}: cancelled")
        raise
    print(f"{flower}: watered")


async def garden(delay: float) -> None:
    """Work on both."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(wilt("tulip"))
            group.create_task(soak("rose", delay))
    except* ValueError as errors:
        print("garden:", errors.exceptions)


async def main(*, delay: float = 0.2) -> None:
    """Run the garden, close it, and stay for a while."""
    await garden(delay)
    print("garden: closed")
    await asyncio.sleep(2 * delay)


if __name__ == "__main__":
    asyncio.run(main())
