# /// script
# requires-python = ">=3.11"
# dependencies = ["uvloop>=0.19; sys_platform != 'win32'"]
# ///
"""Another event loop runs the same program, for less CPU.

    $ python event_loops.py
    asyncio 0.08 s of CPU
    uvloop  0.05 s of CPU, 1.6 times less

One argument changes: `loop_factory`. The loops take turns, in a thread,
and the best turn of each counts. asyncio's takes and frees 256 KiB at
each read: on Linux that costs several times more until a block as big
has been freed once, so `main` starts by freeing one.
"""

import asyncio
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any


def cpu_time(loop_factory: Callable[[], AbstractEventLoop]) -> float:
    """Run the program on a new loop; return its seconds of CPU."""
    runner = asyncio.Runner(debug=False, loop_factory=loop_factory)
    with runner:
        start = time.thread_time()
        runner.run(juggle(pairs=50, times=200))
        return time.thread_time() - start


class Juggler(asyncio.Protocol):
    """Send back what comes, so many times; then hang up."""

    def __init__(self, times: int) -> None:
        self.times, self.over = times, asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, ball: bytes) -> None:
        self.transport.write(ball)
        self.times -= 1
        if not self.times:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.over.set()


async def juggle(pairs: int, times: int) -> None:
    """Connect pairs; in each a tulip flies there and back."""
    loop = asyncio.get_running_loop()
    juggler = partial(Juggler, times)
    server = await loop.create_server(juggler, "127.0.0.1", 0)
    async with server:
        where = server.sockets[0].getsockname()
        jugglers = []
        for _ in range(pairs):
            hand, one = await loop.create_connection(juggler, *where)
            hand.write(b"tulip")
            jugglers.append(one)
        for one in jugglers:
            await one.over.wait()


def known_loops() -> dict[str, Callable[[], AbstractEventLoop]]:
    """Return what makes a loop, by name."""
    loops = {"asyncio": asyncio.new_event_loop}
    with suppress(ImportError):  # it is not for Windows
        import uvloop

        loops["uvloop"] = uvloop.new_event_loop
    return loops


async def main(*, rounds: int = 5) -> None:
    """Measure the loops in turn, in a thread; keep the best of each."""
    bytes(2**20)  # freed at once: malloc keeps the next such blocks
    loops = known_loops()
    best = dict.fromkeys(loops, float("inf"))
    for _ in range(rounds):
        for name, factory in loops.items():
            took = await asyncio.to_thread(cpu_time, factory)
            best[name] = min(best[name], took)
    slow, fast = best["asyncio"], best.get("uvloop")
    print(f"asyncio {slow:.2f} s of CPU")
    if fast is None:
        return print("uvloop  is not here: there is none for Windows")
    print(f"uvloop  {fast:.2f} s of CPU, {slow / fast:.1f} times less")


if __name__ == "__main__":
    asyncio.run(main())
