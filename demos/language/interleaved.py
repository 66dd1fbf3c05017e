"""Lines of slow answers come interleaved, each to its own loop.

    $ python interleaved.py
    tulip: a leaf
    iris: a leaf
    rose: a leaf
    tulip: a bud
    iris: a bud
    tulip: a flower
    rose: a bud
    iris: a flower
    rose: a flower

A `StreamReader` is an asynchronous iterable of lines. Each `async for`
waits for the lines of one answer, while the others go on.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing


async def follow(name: str, reader: StreamReader) -> None:
    """Print each line of an answer when it comes."""
    async for line in reader:  # others go on
        stage = line.decode().strip()
        print(f"{name}: {stage}")


async def ask(port: int, name: str, pause: float) -> None:
    """Ask for a flower that takes its time, and follow it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer):
        writer.write(f"{pause}\n".encode())
        await follow(name, reader)


async def grow(reader: StreamReader, writer: StreamWriter) -> None:
    """Answer with three lines, at the pace that is asked for."""
    with closing(writer):
        pause = float(await reader.readline())
        for stage in b"a leaf\n", b"a bud\n", b"a flower\n":
            await asyncio.sleep(pause)
            writer.write(stage)
            await writer.drain()


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, any free one by default, and give it."""
    server = await asyncio.start_server(grow, "127.0.0.1", port)
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def main(*, pace: float = 0.16) -> None:
    """Ask for three flowers at once."""
    async with serve() as port, asyncio.TaskGroup() as group:
        group.create_task(ask(port, "tulip", 3 * pace))
        group.create_task(ask(port, "iris", 4 * pace))
        group.create_task(ask(port, "rose", 5 * pace))


if __name__ == "__main__":
    asyncio.run(main())
