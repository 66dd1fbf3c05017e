"""Backpressure: a slow reader makes the writer wait, if it drains.

    $ python slow_reader.py
    pour_broken: up to 16 MB wait in memory
    16 MB read, late
    pour_fixed: up to 64 kB wait in memory
    16 MB read, late

`drain` returns at once while less than 64 kB wait to be sent; else it
suspends the coroutine until they have left. In two terminals:

    python -m demos streams.slow_reader --listen 8080
    nc -d 127.0.0.1 8080 | (sleep 5; wc --bytes)
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress


async def pour_broken(
    writer: StreamWriter,
) -> None:
    """Write 16 MB at once."""
    for _ in range(256):
        writer.write(bytes(65536))


async def pour_fixed(
    writer: StreamWriter,
) -> None:
    """Write 16 MB, no faster than they leave."""
    for _ in range(256):
        writer.write(bytes(65536))
        await writer.drain()


def rounded_up(size: int) -> str:
    """Say a size: 64 kB, or twice that, or twice that again."""
    kilobytes = 64
    while 1024 * kilobytes < size:
        kilobytes *= 2
    if kilobytes < 1024:
        return f"{kilobytes} kB"
    return f"{kilobytes // 1024} MB"


async def read_late(where: str) -> None:
    """Connect, have a rest, then read to the end."""
    host, port = where.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, port)
    size = 0
    with closing(writer):
        await asyncio.sleep(0.1)
        while data := await reader.read(1024):
            size += len(data)
    if size < 16 << 20:
        raise EOFError(f"only {size} bytes have come")
    print("16 MB read, late")


@asynccontextmanager
async def serve(
    pour: Callable[[StreamWriter], Awaitable[None]], port: int = 0
) -> AsyncIterator[int]:
    """Pour for whoever comes to a port, and give it."""

    async def welcome(_: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError), closing(writer):
            await pour(writer)
            size = rounded_up(writer.transport.get_write_buffer_size())
            print(f"{pour.__name__}: up to {size} wait in memory")

    server = await asyncio.start_server(welcome, "127.0.0.1", port)
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def main(
    *, listen: int | None = None, connect: str | None = None
) -> None:
    """Pour, and read late, twice; or only pour, or only read."""
    if connect:
        return await read_late(connect)
    if listen is None:
        async with serve(pour_broken) as port:
            await read_late(f"127.0.0.1:{port}")
        async with serve(pour_fixed) as port:
            return await read_late(f"127.0.0.1:{port}")
    async with serve(pour_fixed, listen) as port:
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
