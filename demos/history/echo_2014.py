"""The echo as one wrote it in 2014: generators and `yield from`.

    $ python echo_2014.py
    sent tulip, got tulip
    sent iris, got iris
    sent the end, got the end

Python 3.4's `@asyncio.coroutine` left in 3.11: `types.coroutine` stands
in for it, and `ensure_future` for `asyncio.async`, a syntax error since
3.7. What serves and calls around them is today's Python.
"""

import asyncio
from asyncio import ensure_future
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from types import coroutine


@coroutine
def echo_2014(reader, writer):
    """Send back what comes, to its end."""
    data = yield from reader.read(1024)
    while data:
        writer.write(data)
        yield from writer.drain()  # waits for a slow reader
        data = yield from reader.read(1024)
    writer.close()


def welcome(reader, writer):
    """Start the coroutine, as `start_server` did by itself in 2014."""
    ensure_future(echo_2014(reader, writer))


@coroutine
def converse_2014(reader, writer):
    """Send each word when the one before has come back."""
    for word in "tulip", "iris":
        line = "{}\n".format(word).encode()
        writer.write(line)
        echo = yield from reader.readexactly(len(line))
        print("sent {}, got {}".format(word, echo.decode().strip()))
    writer.write_eof()
    if (yield from reader.read()) == b"":
        print("sent the end, got the end")


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, and give it: this is today's Python."""
    server = await asyncio.start_server(welcome, "127.0.0.1", port)
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def call(where: str) -> None:
    """Connect, and converse."""
    host, _, port = where.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with closing(writer):
        await converse_2014(reader, writer)


async def main(
    *, listen: int | None = None, connect: str | None = None
) -> None:
    """Serve and call; or only serve, or only call."""
    if connect is not None:
        await call(connect)
        return
    async with serve(listen or 0) as port:
        if listen is not None:
            print(f"listening on 127.0.0.1:{port}", flush=True)
            await asyncio.Event().wait()  # until Ctrl-C
        await call(f"127.0.0.1:{port}")


if __name__ == "__main__":
    asyncio.run(main())
