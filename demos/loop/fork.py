"""A task starts work without waiting for it; a group waits at its end.

    $ python fork.py
    2015: digs
      tap: runs
    2015: goes home
      tap: shut
    today: digs
      tap: runs
    today: goes home
      tap: shut
    group: digs
      tap: runs
      tap: shut
    group: goes home

One word differs between 2015 and today. The tap runs once the gardener
awaits something, not before, and would run on after him: whoever holds
the task must await it. A group does, before it lets him go.
"""

import asyncio


async def run_tap(delay: float) -> None:
    """Let a tap run for a while."""
    print("  tap: runs")
    await asyncio.sleep(delay)
    print("  tap: shut")


async def garden_2015(delay: float) -> asyncio.Future[None]:
    """Open the tap midway, as of 2015; leave before it is shut."""
    tap = asyncio.ensure_future(run_tap(2 * delay))
    print("2015: digs")
    await asyncio.sleep(delay)  # the tap starts here
    print("2015: goes home")
    return tap


async def garden(delay: float) -> asyncio.Task[None]:
    """Open the tap midway; leave before it is shut."""
    tap = asyncio.create_task(run_tap(2 * delay))
    print("today: digs")
    await asyncio.sleep(delay)  # the tap starts here
    print("today: goes home")
    return tap


async def wait_for_both(delay: float) -> None:
    """Wait for the gardener, then for his tap."""
    gardener = asyncio.create_task(garden(delay))
    tap = await gardener
    await tap


async def garden_group(delay: float) -> None:
    """Open the tap midway; stay until it is shut."""
    async with asyncio.TaskGroup() as group:
        group.create_task(run_tap(2 * delay))
        print("group: digs")
        await asyncio.sleep(delay)  # the tap starts here
    print("group: goes home")


async def main(*, delay: float = 0.2) -> None:
    """Garden in three ways; await the tap that was left open."""
    old_tap = await garden_2015(delay)
    await old_tap
    await wait_for_both(delay)
    await garden_group(delay)


if __name__ == "__main__":
    asyncio.run(main())
