"""With a protocol, the loop calls: one method for each event.

    $ python echo_protocol.py
    connection_made
    data_received b'tulip narcissus'
    eof_received
    connection_lost None

`Echo` keeps the default `eof_received`: close once all has left. The
server is a `PatientEcho`, which hears no more from a client that does
not read. In two terminals:

    python -m demos streams.echo_protocol --listen 8080
    python -m demos streams.echo_protocol --connect 127.0.0.1:8080
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any


class Echo(asyncio.Protocol):
    """Send back what comes: nothing here awaits."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class PatientEcho(Echo):
    """Hear no more from a client that does not read."""

    def pause_writing(self) -> None:
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()


class Asker(asyncio.Protocol):
    """Say two words, then the end; print each call."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        print("connection_made")
        transport.write(b"tulip narcissus")
        transport.write_eof()  # we have said all, and can still read

    def data_received(self, data: bytes) -> None:
        print("data_received", data)

    def eof_received(self) -> None:
        print("eof_received")

    def connection_lost(self, error: Exception | None) -> None:
        print("connection_lost", error)
        self.over.set()


async def ask(where: str) -> None:
    """Connect, and wait until all is over."""
    host, port = where.rsplit(":", 1)
    loop = asyncio.get_running_loop()
    transport, asker = await loop.create_connection(
        Asker, host, int(port)
    )
    with closing(transport):
        await asker.over.wait()  # meanwhile, the loop calls the asker


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, any free one by default, and give it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(PatientEcho, "127.0.0.1", port)
    with closing(server):  # listens no more
        yield server.sockets[0].getsockname()[1]


async def main(
    *, listen: int | None = None, connect: str | None = None
) -> None:
    """Serve and ask; or only serve, or only ask."""
    if connect:
        return await ask(connect)
    async with serve(listen or 0) as port:
        if listen is None:
            return await ask(f"127.0.0.1:{port}")
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
