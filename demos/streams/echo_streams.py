"""With streams, each client has a coroutine, read from top to bottom.

    $ python echo_streams.py
    sent tulip, got tulip
    sent iris, got iris
    sent the end, got the end

In two terminals: `--listen 8080`, `--connect 127.0.0.1:8080`. Without
`drain`, a client that never reads would fill the server's memory.
"""

import argparse
import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from weakref import WeakKeyDictionary


async def echo_back(reader: StreamReader, writer: StreamWriter) -> None:
    """Send back what comes, to its end."""
    with suppress(ConnectionError):  # a client may vanish
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()  # wait for a client who reads slowly
        writer.close()
        await writer.wait_closed()  # once all has left


async def converse(
    reader: StreamReader, writer: StreamWriter, words: Sequence[str]
) -> None:
    """Send each word when the one before has come back."""
    for word in words:
        writer.write(line := f"{word}\n".encode())
        echo = await reader.readexactly(len(line))
        if echo != line:
            raise ValueError(f"sent {line!r}, got {echo!r}")
        print(f"sent {word}, got {echo.decode().strip()}")
    writer.write_eof()  # we can still read
    if late := await reader.read(99):
        raise ValueError(f"sent the end, got {late!r}")
    print("sent the end, got the end")


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, and give it; at the end hang up on everyone."""
    clients = WeakKeyDictionary[StreamWriter, asyncio.Task[None]]()

    def welcome(reader: StreamReader, writer: StreamWriter) -> None:
        clients[writer] = asyncio.create_task(echo_back(reader, writer))

    server = await asyncio.start_server(welcome, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in clients:
            writer.transport.abort()
        await asyncio.gather(*clients.values())


async def call(where: str, words: Sequence[str]) -> None:
    """Connect, and converse."""
    host, _, port = where.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with closing(writer):
        await converse(reader, writer, words)
    await writer.wait_closed()


async def main(
    *,
    words: Sequence[str] = ("tulip", "iris"),
    timeout: float = 5,
    listen: int | None = None,
    connect: str | None = None,
) -> None:
    """Serve and call; or only serve, or only call."""
    if connect is not None:
        async with asyncio.timeout(timeout):
            return await call(connect, words)
    async with serve(listen or 0) as port:
        if listen is not None:
            print(f"listening on 127.0.0.1:{port}", flush=True)
            await asyncio.Event().wait()  # until Ctrl-C
        await call(f"127.0.0.1:{port}", words)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--words", nargs="+", default=("tulip", "iris"))
    parser.add_argument("--timeout", type=float, default=5)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--listen", type=int, metavar="PORT")
    either.add_argument("--connect", metavar="HOST:PORT")
    where = (options := parser.parse_args()).connect
    try:
        asyncio.run(main(**vars(options)))
    except KeyboardInterrupt:
        sys.exit(130)
    except (EOFError, ValueError) as error:
        sys.exit(f"echo_streams: {where} is no echo: {error}")
    except (OSError, OverflowError):
        port = f"port {options.listen} is taken or forbidden"
        answer = f"no answer from {where}" if where else port
        sys.exit(f"echo_streams: {answer}")
