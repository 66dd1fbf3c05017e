# /// script
# requires-python = ">=3.11"
# dependencies = ["telnetlib3>=5"]
# ///
"""The network's oldest dialogue is a coroutine, read line by line.

    $ python telnet.py
    Your name? florist
    Good day, florist!
    Your name? bye
    Goodbye!

Telnet is in clear text: for your own machine only; SSH took its place.
In two terminals: `--listen 2323`, then `telnet 127.0.0.1 2323`.
"""

import argparse
import asyncio
import logging
import sys
from asyncio import LimitOverrunError as Flood
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from typing import Any, ClassVar
from weakref import WeakSet

from telnetlib3 import BaseServer, open_connection
from telnetlib3 import TelnetReaderUnicode as Reader
from telnetlib3 import TelnetWriterUnicode as Writer


async def greet(reader: Reader, writer: Writer) -> None:
    """Ask for a name and say good day, until `bye`."""
    with closing(writer), suppress(OSError, UnicodeError):
        writer.write("Your name? ")
        while line := await reader.readline():  # others advance
            if (name := line.strip() or "stranger") == "bye":
                writer.write("Goodbye!\r\n")
                break
            writer.write(f"Good day, {name}!\r\nYour name? ")


async def introduce(where: str) -> None:
    """Answer each question; print what a terminal would show."""
    host, _, port = where.rpartition(":")
    dial: Any = open_connection(host, int(port), connect_maxwait=0.1)
    reader, writer = await dial
    with closing(writer):
        for name in "florist", "bye":
            said = await reader.readuntil(b"Your name? ")
            print(said.decode().replace("\r", "") + name)
            writer.write(f"{name}\r\n")
        print((await reader.readuntil(b"\n")).decode().strip())


class Guest(BaseServer):
    """A connection, cut after 16 KiB: `greet` needs no `drain`."""

    guests: ClassVar = WeakSet[asyncio.Transport]()
    reader: Any
    writer: Any

    def connection_made(self, transport: Any) -> None:
        self.guests.add(transport)
        super().connection_made(transport)
        self.writer.compression = False  # a little would be much
        self.talk = asyncio.create_task(greet(self.reader, self.writer))

    def data_received(self, data: bytes) -> None:
        if self.rx_bytes + len(data) < 1 << 14:
            return super().data_received(data)
        self.writer.transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(None)  # `readline` may miss an error


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, and give it; at the end hang up on everyone."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Guest, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for transport in Guest.guests:
            transport.abort()


async def main(
    *, timeout: float = 5, listen: int | None = None, connect: str = ""
) -> None:
    """Serve and call; or only serve, or only call."""
    if connect:
        return await asyncio.wait_for(introduce(connect), timeout)
    async with serve(listen or 0) as port:
        if listen is None:
            return await introduce(f"127.0.0.1:{port}")
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
    either.add_argument("--connect", metavar="HOST:PORT", default="")
    logging.getLogger("telnetlib3").addHandler(logging.NullHandler())
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, OverflowError, EOFError, ValueError, Flood):
        port = f"port {options.listen}, taken or forbidden"
        sys.exit(f"telnet: no dialogue at {options.connect or port}")
