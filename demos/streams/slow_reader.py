"""Backpressure: a slow reader makes the writer pause.

    $ python slow_reader.py
    pause_writing
    resume_writing
    connection_lost: never more than 128 kB waited
    32 MB have come, in sips

Each line is told once. `await writer.drain()` waits for that same
`resume_writing`; a writer that never pauses keeps all 32 MB waiting.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import cache, partial
from math import ceil
from typing import Any
from weakref import WeakSet


class Torrent(asyncio.Protocol):
    """Write 32 MB, and rest only when told to."""

    def __init__(self, guests: WeakSet[Any], tell: Any) -> None:
        guests.add(self)  # as long as its connection lasts
        self.tell, self.left, self.most = tell, 512, 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.pour()

    def pour(self) -> None:
        self.paused, out = False, self.transport
        while self.left and not (self.paused or out.is_closing()):
            out.write(b"a tulip\n" * 8192)
            self.left -= 1
        if not self.left:  # close later, as `out` is calling us
            asyncio.get_running_loop().call_soon(out.close)

    def pause_writing(self) -> None:
        self.paused = True  # more than 64 kB are waiting
        waiting = self.transport.get_write_buffer_size()
        self.most = max(self.most, waiting)
        self.tell("pause_writing")

    def resume_writing(self) -> None:
        self.tell("resume_writing")
        self.pour()

    def eof_received(self) -> bool:
        return True  # do not close: who has said all may read on

    def connection_lost(self, error: Exception | None) -> None:
        most = 128 * ceil(self.most / 2**17)  # in kB, rounded up
        self.tell(f"connection_lost: never more than {most} kB waited")


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, and give it; at the end hang up on everyone."""
    loop, guests = asyncio.get_running_loop(), WeakSet[Torrent]()
    factory = partial(Torrent, guests, cache(print))  # a line once
    server = await loop.create_server(factory, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for guest in guests:
            guest.transport.abort()


async def sip(where: str) -> None:
    """Read a little, rest, and so on to the end."""
    host, _, port = where.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    total = 0
    with closing(writer):
        while data := await reader.read(1 << 16):
            total += len(data)
            await asyncio.sleep(0.001)
    if total != 32 << 20:
        raise EOFError
    print("32 MB have come, in sips")


async def main(
    *, timeout: float = 5, listen: int | None = None, connect: str = ""
) -> None:
    """Pour and sip; or only pour, or only sip."""
    if connect:
        return await asyncio.wait_for(sip(connect), timeout)
    async with serve(listen or 0) as port:
        if listen is None:
            return await sip(f"127.0.0.1:{port}")
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--timeout", type=float, default=5)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--listen", type=int, metavar="PORT")
    either.add_argument("--connect", default="", metavar="HOST:PORT")
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, OverflowError, EOFError, ValueError):
        where = options.connect or f"port {options.listen}: is it free?"
        sys.exit(f"slow_reader: no 32 MB at {where}")
