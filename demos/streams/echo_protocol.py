"""With a protocol, the loop calls: one method for each event.

    $ python echo_protocol.py
    connection_made
    data_received b'tulip narcissus'
    eof_received
    connection_lost None

`Echo` keeps the default `eof_received`: close once all has left.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any
from weakref import WeakSet


class Echo(asyncio.Protocol):
    """Send back what comes: nothing here awaits."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class PatientEcho(Echo):
    """Hear no more from a client that does not read."""

    def __init__(self, guests: WeakSet[Echo]) -> None:
        guests.add(self)  # as long as its connection lasts

    def pause_writing(self) -> None:
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()


class Asker(asyncio.Protocol):
    """Print each call; `over` is a future, to await the last one."""

    def __init__(self) -> None:
        self.got, self.over = b"", asyncio.Future[bytes]()

    def connection_made(self, transport: Any) -> None:
        print("connection_made")

    def data_received(self, data: bytes) -> None:
        print("data_received", data)
        self.got = (self.got + data)[:99]  # should it not stop

    def eof_received(self) -> None:
        print("eof_received")

    def connection_lost(self, error: Exception | None) -> None:
        print("connection_lost", error)
        self.over.set_result(self.got)


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, and give it; at the end hang up on everyone."""
    loop, guests = asyncio.get_running_loop(), WeakSet[Echo]()
    server = await loop.create_server(
        lambda: PatientEcho(guests), "127.0.0.1", port
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for guest in guests:
            guest.transport.abort()


async def ask(where: str) -> None:
    """Say two words, then the end; wait until all is over."""
    host, _, port = where.rpartition(":")
    connect = asyncio.get_running_loop().create_connection
    transport, asker = await connect(Asker, host, int(port))
    with closing(transport):
        transport.write(b"tulip narcissus")
        transport.write_eof()  # we can still read
        if await asyncio.shield(asker.over) != b"tulip narcissus":
            raise ValueError("another echo")


async def main(
    *, timeout: float = 5, listen: int | None = None, connect: str = ""
) -> None:
    """Serve and ask; or only serve, or only ask."""
    if connect:
        return await asyncio.wait_for(ask(connect), timeout)
    async with serve(listen or 0) as port:
        if listen is None:
            return await ask(f"127.0.0.1:{port}")
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
    except (OSError, OverflowError, ValueError):
        where = options.connect or f"port {options.listen}: is it free?"
        sys.exit(f"echo_protocol: no echo at {where}")
