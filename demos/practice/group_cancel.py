# /// script
# requires-python = ">=3.15"
# ///
"""`TaskGroup.cancel` ends a group early, without an exception.

    $ python group_cancel.py
    tulip: in flower
    rose: cancelled
    group.cancel(): the program goes on
    tulip: in flower
    rose: cancelled
    except* Enough: the program goes on

It cancels the tasks, and the body if that still runs; `async with` then
ends as if all were done. Before 3.15 one task raises what the program
catches outside: `first_before` runs on 3.11 and newer.
"""

import asyncio
import sys
from collections.abc import Callable


async def bloom(
    name: str, delay: float, enough: Callable[[], None]
) -> None:
    """Flower, and say that one flower is enough."""
    try:
        await asyncio.sleep(delay)
    except asyncio.CancelledError:
        print(f"{name}: cancelled")
        raise
    print(f"{name}: in flower")
    enough()


async def first(delay: float) -> None:
    """Wait for the first flower only."""
    async with asyncio.TaskGroup() as group:
        group.create_task(bloom("tulip", delay, group.cancel))
        group.create_task(bloom("rose", 60, group.cancel))
    print("group.cancel(): the program goes on")


class Enough(Exception):
    """What a task raises to end its group."""


def stop() -> None:
    """End the group, as one did before 3.15."""
    raise Enough


async def first_before(delay: float) -> None:
    """Wait for the first flower only, with an exception."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(bloom("tulip", delay, stop))
            group.create_task(bloom("rose", 60, stop))
    except* Enough:
        pass
    print("except* Enough: the program goes on")


async def main(*, delay: float = 0.3) -> None:
    """End one group, then one more as before 3.15."""
    if sys.version_info < (3, 15):
        print("group_cancel: needs Python 3.15 or newer")
        return
    await first(delay)
    await first_before(delay)


if __name__ == "__main__":
    asyncio.run(main())
