"""A program that is mostly asynchronous runs until a signal ends it.

    $ python signals.py
    fountain: plays
    fountain: plays
    SIGTERM
    fountain: shut off

`add_signal_handler` has the loop call a function between two steps, and
wakes it for that. Only the main thread may ask for it, and Windows
cannot: there, `signal.signal` does, whose handler breaks in anywhere,
and so leaves the call to the loop.
"""

import asyncio
import signal
from collections.abc import Callable


def on_term(call: Callable[[], None]) -> None:
    """Have the loop call a function at SIGTERM."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGTERM, call)
    except NotImplementedError:  # Windows
        signal.signal(
            signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(call)
        )


def restore() -> None:
    """Have SIGTERM end the program again."""
    loop = asyncio.get_running_loop()
    try:
        loop.remove_signal_handler(signal.SIGTERM)
    except NotImplementedError:  # Windows
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


async def fountain(rhythm: float) -> None:
    """Play for ever; shut off when cancelled."""
    try:
        while True:
            print("fountain: plays")
            await asyncio.sleep(rhythm)
    finally:
        print("fountain: shut off")


async def park(rhythm: float) -> None:
    """Let the fountain play until SIGTERM."""
    stop = asyncio.Event()
    on_term(stop.set)
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(fountain(rhythm))
        await stop.wait()
        print("SIGTERM")
        playing.cancel()


async def main(*, rhythm: float = 0.4) -> None:
    """Open the park, and play who ends it, from elsewhere."""
    loop = asyncio.get_running_loop()
    delay = 1.5 * rhythm
    end = loop.call_later(delay, signal.raise_signal, signal.SIGTERM)
    try:
        await park(rhythm)
    finally:
        end.cancel()
        restore()


if __name__ == "__main__":
    asyncio.run(main())
