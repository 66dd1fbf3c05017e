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
In two terminals:

    python -m demos library.telnet --listen 2323
    telnet 127.0.0.1 2323
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from telnetlib3 import BaseServer, create_server, open_connection
from telnetlib3 import TelnetReaderUnicode as Reader
from telnetlib3 import TelnetWriterUnicode as Writer


async def greet(reader: Reader, writer: Writer) -> None:
    """Ask for a name and say good day, until `bye`."""
    with closing(writer):
        writer.write("Your name? ")
        while line := await reader.readline():  # others advance
            if line.strip() == "bye":
                break
            writer.write(f"Good day, {line.strip()}!\r\nYour name? ")
            await writer.drain()
        writer.write("Goodbye!\r\n")


async def introduce(where: str) -> None:
    """Answer each question; print what a terminal would show."""
    host, port = where.rsplit(":", 1)
    reader, writer = await open_connection(
        host, int(port), connect_maxwait=0.1
    )
    with closing(writer):
        for name in ("florist", "bye"):
            said = await reader.readuntil(b"Your name? ")
            print(said.decode().replace("\r", "") + name)
            writer.write(f"{name}\r\n")  # type: ignore[arg-type]
        said = await reader.readuntil(b"\n")
        print(said.decode().strip())


class Guest(BaseServer):
    """A connection: one who says too much waits until it is read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self.reader
        self.reader.set_transport(transport)


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, any free one by default, and give it."""
    server = await create_server(
        "127.0.0.1",
        port,
        protocol_factory=Guest,
        shell=greet,  # type: ignore[arg-type]
        connect_maxwait=0.1,
    )
    with closing(server):
        assert server.sockets
        yield server.sockets[0].getsockname()[1]


async def main(
    *, listen: int | None = None, connect: str | None = None
) -> None:
    """Serve and call; or only serve, or only call."""
    if connect:
        return await introduce(connect)
    async with serve(listen or 0) as port:
        if listen is None:
            return await introduce(f"127.0.0.1:{port}")
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
