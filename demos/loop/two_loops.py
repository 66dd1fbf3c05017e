"""Two threads run two loops: blocking one leaves the other alone.

    $ python two_loops.py
    iris: blocks its loop
    tulip: ticks
    tulip: ticks
    tulip: ticks
    iris: goes on
    main awaits the tulip's future: RuntimeError

A future, a task, a queue are of one loop: only its thread may touch
them. From elsewhere, `call_soon_threadsafe` and
`run_coroutine_threadsafe` go through; and most programs need one loop.
"""

import asyncio
import time


async def tick(rhythm: float) -> asyncio.Future[None]:
    """Tick three times; return a future of this loop."""
    for _ in range(3):
        await asyncio.sleep(rhythm)
        print("tulip: ticks")
    return asyncio.get_running_loop().create_future()


async def block(rhythm: float) -> None:
    """Block a loop, as nobody should."""
    print("iris: blocks its loop")
    time.sleep(5 * rhythm)
    print("iris: goes on")


async def borrow(future: asyncio.Future[None]) -> None:
    """Await what is of another loop."""
    try:
        await future
    except RuntimeError:
        print("main awaits the tulip's future: RuntimeError")


async def main(*, rhythm: float = 0.2) -> None:
    """Run two loops in two threads, then mix them up."""
    iris = asyncio.to_thread(asyncio.run, block(rhythm))
    tulip = asyncio.to_thread(asyncio.run, tick(rhythm))
    _, future = await asyncio.gather(iris, tulip)
    await borrow(future)


if __name__ == "__main__":
    asyncio.run(main())
