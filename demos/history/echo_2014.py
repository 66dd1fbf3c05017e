"""The echo as one wrote it in 2014: generators and `yield from`.

    $ python echo_2014.py
    sent tulip, got tulip
    sent iris, got iris
    sent the end, got the end

Python 3.4's `@asyncio.coroutine` left in 3.11: `types.coroutine` stands
in for it; `new_event_loop` for the `get_event_loop` of the time, and
`ensure_future` for `asyncio.async`, a syntax error since 3.7.
"""

import argparse
import asyncio
import signal
import sys
from asyncio import Future, StreamReader, StreamWriter, ensure_future
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from types import coroutine
from weakref import WeakKeyDictionary


@coroutine
def echo_2014(reader, writer):
    """Send back what comes, to its end."""
    with suppress(ConnectionError):  # a client may vanish
        data = yield from reader.read(65536)
        while data:
            writer.write(data)
            yield from writer.drain()  # wait for a slow reader
            data = yield from reader.read(65536)
        writer.close()  # once all has left


@coroutine
def converse_2014(reader, writer):
    """Send each word when the one before has come back."""
    for word in "tulip", "iris":
        line = (word + "\n").encode()
        writer.write(line)
        echo = yield from reader.readexactly(len(line))
        if echo != line:
            raise ValueError("another echo")
        print("sent {}, got {}".format(word, echo.decode().strip()))
    writer.write_eof()
    if (yield from reader.read(99)):
        raise ValueError("no end")
    print("sent the end, got the end")


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Serve on a port, and give it; at the end hang up on everyone."""
    clients = WeakKeyDictionary[StreamWriter, Future[None]]()

    def welcome(reader: StreamReader, writer: StreamWriter) -> None:
        clients[writer] = ensure_future(echo_2014(reader, writer))

    server = await asyncio.start_server(welcome, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in clients:
            writer.transport.abort()
        await asyncio.gather(*clients.values())


async def call(where: str) -> None:
    """Connect, and converse."""
    host, _, port = where.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    with closing(writer):
        await converse_2014(reader, writer)


async def main(
    *, timeout: float = 5, listen: int | None = None, connect: str = ""
) -> None:
    """Serve and call; or only serve, or only call."""
    if connect:
        return await asyncio.wait_for(call(connect), timeout)
    async with serve(listen or 0) as port:
        if listen is None:
            return await call(f"127.0.0.1:{port}")
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


def run_2014(program):
    """Make a loop, run it, tidy up: `asyncio.run` came in 2018."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(program)
    cancel = partial(loop.call_soon_threadsafe, task.cancel)
    signal.signal(signal.SIGINT, lambda *_: cancel())
    with closing(loop):
        loop.run_until_complete(task)


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
        run_2014(main(**vars(options := parser.parse_args())))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
    except (OSError, OverflowError, EOFError, ValueError):
        where = options.connect or f"port {options.listen}: is it free?"
        sys.exit(f"echo_2014: no echo at {where}")
