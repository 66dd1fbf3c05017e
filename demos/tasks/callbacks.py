"""A done callback runs in the loop's turn after the completion.

    $ python callbacks.py
    removed: 1 callback
    set_result returns, no bell yet
    bell: tulip
    a turn later
    added to a done future, no bell yet
    bell: tulip

That is how a task waits: its own wake-up is a done callback of the
future that it awaits.
"""

import asyncio


def bell(future: asyncio.Future[str]) -> None:
    """Ring with the result."""
    print("bell:", future.result())


async def ring(future: asyncio.Future[str]) -> None:
    """Complete the future, give the loop a turn."""
    future.set_result("tulip")
    print("set_result returns, no bell yet")
    await asyncio.sleep(0)  # the callbacks run here
    print("a turn later")


async def ring_late(future: asyncio.Future[str]) -> None:
    """Add a callback once the future is done."""
    future.add_done_callback(bell)
    print("added to a done future, no bell yet")
    await asyncio.sleep(0)  # and here


async def main() -> None:
    """Add two callbacks, remove one, complete the future."""
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(bell)
    future.add_done_callback(print)
    removed = future.remove_done_callback(print)
    print("removed:", removed, "callback")
    await ring(future)
    await ring_late(future)


if __name__ == "__main__":
    asyncio.run(main())
