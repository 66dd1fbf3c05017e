"""From another thread, one asks the loop; one does not touch it.

    $ python from_thread.py
    bell: waits
    thread: asks for a tulip
    loop: cuts a tulip
    thread: got a tulip
    thread: rings the bell
    bell: rung

`result` blocks the thread, never the loop. `bell.set()` is not for the
thread to call: nothing would tell the loop, which may sleep on. Debug
mode raises a RuntimeError there.
"""

import asyncio


async def cut(flower: str) -> str:
    """Cut a flower, in the loop's thread."""
    print("loop: cuts a", flower)
    await asyncio.sleep(0.1)
    return f"a {flower}"


def florist(
    loop: asyncio.AbstractEventLoop, bell: asyncio.Event
) -> None:
    """Ask for a flower, then ring, from another thread."""
    print("thread: asks for a tulip")
    future = asyncio.run_coroutine_threadsafe(cut("tulip"), loop)
    flower = future.result()  # blocks here
    print("thread: got", flower)
    print("thread: rings the bell")
    loop.call_soon_threadsafe(bell.set)


async def listen(bell: asyncio.Event) -> None:
    """Wait for the bell."""
    print("bell: waits")
    await bell.wait()
    print("bell: rung")


async def main() -> None:
    """Listen to the bell that another thread rings."""
    loop = asyncio.get_running_loop()
    bell = asyncio.Event()
    await asyncio.gather(
        listen(bell), asyncio.to_thread(florist, loop, bell)
    )


if __name__ == "__main__":
    asyncio.run(main())
