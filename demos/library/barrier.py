"""A barrier lets nobody through before all have come.

    $ python barrier.py
    no barrier:
    Anna: starts with spade
    Bert: starts with spade, rake
    Cleo: starts with spade, rake, bulbs
    a barrier:
    Anna: is here
    Bert: is here
    Cleo: is here
    Cleo: starts with spade, rake, bulbs
    Anna: starts with spade, rake, bulbs
    Bert: starts with spade, rake, bulbs

Without bulbs, what do Anna and Bert plant? Anna is three times as fast
as Cleo, and waits for her. Who comes last does not wait. `wait` gives
each a number, from 0 on, so that one of them can do what is to be done
once.
"""

import asyncio
from collections.abc import Awaitable, Callable


class Shed:
    """What the gardeners have brought, and where they meet."""

    def __init__(self) -> None:
        self.things: list[str] = []
        self.all_here = asyncio.Barrier(3)


Come = Callable[[str, str, float, Shed], Awaitable[None]]


async def bring(thing: str, pause: float, shed: Shed) -> None:
    """Come, sooner or later, and bring something."""
    await asyncio.sleep(pause)
    shed.things.append(thing)


async def rush(name: str, thing: str, pause: float, shed: Shed) -> None:
    """Bring one's own, and start."""
    await bring(thing, pause, shed)
    print(f"{name}: starts with", ", ".join(shed.things))


async def meet(name: str, thing: str, pause: float, shed: Shed) -> None:
    """Bring one's own; start once all have come."""
    await bring(thing, pause, shed)
    print(f"{name}: is here")
    await shed.all_here.wait()  # until there are three
    print(f"{name}: starts with", ", ".join(shed.things))


async def garden(come: Come, pace: float) -> None:
    """Send three gardeners, each with a pace of their own."""
    shed = Shed()
    await asyncio.gather(
        come("Anna", "spade", pace, shed),
        come("Bert", "rake", 2 * pace, shed),
        come("Cleo", "bulbs", 3 * pace, shed),
    )


async def main(*, pace: float = 0.1) -> None:
    """Have them start without a barrier, then with one."""
    print("no barrier:")
    await garden(rush, pace)
    print("a barrier:")
    await garden(meet, pace)


if __name__ == "__main__":
    asyncio.run(main())
