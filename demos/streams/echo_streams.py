"""With streams, each client has a coroutine, read from top to bottom.

    $ python echo_streams.py
    sent tulip, got tulip
    sent iris, got iris
    sent the end, got the end

`drain` waits while the client reads more slowly than we write: without
it, one who never reads would fill our memory. In two terminals:

    python -m demos streams.echo_streams --listen 8080
    python -m demos streams.echo_streams --connect 127.0.0.1:8080
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing


async def echo_back(reader: StreamReader, writer: StreamWriter) -> None:
    """Send back what comes, to its end."""
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()  # wait for a client who reads slowly
    writer.close()


async def call(where: str) -> None:
    """Send each word when the one before has come back."""
    host, port = where.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, port)
    with closing(writer):
        for word in ("tulip", "iris"):
            writer.write(f"{word}\n".encode())
            await writer.drain()
            echo = await reader.readuntil(b"\n")
            print(f"sent {word}, got {echo.decode().strip()}")
        writer.write_eof()  # we have said all, and can still read
        if await reader.read() == b"":
            print("sent the end, got the end")


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, any free one by default, and give it."""
    server = await asyncio.start_server(echo_back, "127.0.0.1", port)
    with closing(server):  # listens no more
        yield server.sockets[0].getsockname()[1]


async def main(
    *, listen: int | None = None, connect: str | None = None
) -> None:
    """Serve and call; or only serve, or only call."""
    if connect:
        return await call(connect)
    async with serve(listen or 0) as port:
        if listen is None:
            return await call(f"127.0.0.1:{port}")
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
