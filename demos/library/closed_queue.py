# /// script
# requires-python = ">=3.13"
# ///
"""A queue that is shut down takes nothing more, and gives what it has.

    $ python closed_queue.py
    put iris: waits
    shutdown
    put rose: QueueShutDown
    put iris: QueueShutDown
    get: tulip
    get: QueueShutDown

Who waits in `put` is told, too, and nobody waits for ever in `get`.
`shutdown(immediate=True)` throws away what is left.
"""

import asyncio
import sys


async def put(flower: str, basket: asyncio.Queue[str]) -> None:
    """Put a flower into the basket, if that is still open."""
    try:
        await basket.put(flower)
    except asyncio.QueueShutDown:
        print(f"put {flower}: QueueShutDown")


async def get_all(basket: asyncio.Queue[str]) -> None:
    """Get what there is, until there will be no more."""
    try:
        while True:
            print("get:", await basket.get())
    except asyncio.QueueShutDown:
        print("get: QueueShutDown")


async def main() -> None:
    """Shut a full basket, with somebody before it."""
    if sys.version_info < (3, 13):
        print("closed_queue: needs Python 3.13 or newer")
        return
    basket = asyncio.Queue[str](maxsize=1)
    await put("tulip", basket)
    iris = asyncio.create_task(put("iris", basket))
    await asyncio.sleep(0)  # it starts, and finds no room
    print("put iris: waits")
    print("shutdown")
    basket.shutdown()
    await put("rose", basket)
    await iris
    await get_all(basket)


if __name__ == "__main__":
    asyncio.run(main())
