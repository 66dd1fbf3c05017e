"""A Unix socket is a file: who may open its folder may connect.

    $ python unix_socket.py
    drwx------ folder, for the owner alone
    sent tulip, got tulip
    the socket's file is gone

In two terminals: `--listen /tmp/tulips`, `--connect /tmp/tulips`.
"""

import argparse
import asyncio
import os
import stat
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary


async def echo_here(reader: StreamReader, writer: StreamWriter) -> None:
    """Send back what comes: nothing here knows that it is not TCP."""
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.close()
        await writer.wait_closed()


async def call(path: str) -> None:
    """Send a word to the socket at that path, print what comes back."""
    reader, writer = await asyncio.open_unix_connection(path)
    with closing(writer):
        writer.write(b"tulip\n")
        writer.write_eof()
        if (echo := await reader.read(99)) != b"tulip\n":
            raise ValueError(f"sent b'tulip\\n', got {echo!r}")
    print("sent tulip, got tulip")


def spare(path: str) -> None:
    """Refuse a path in use: asyncio would take over a socket's."""
    if os.path.lexists(path):
        raise FileExistsError(f"{path} exists already")


async def leave(path: str, clients: Any) -> None:
    """Remove the file, as Python does from 3.13; hang up on all."""
    with suppress(FileNotFoundError):
        os.unlink(path)
    for writer in clients:
        writer.transport.abort()
    await asyncio.gather(*clients.values())


@asynccontextmanager
async def serve(path: str) -> AsyncIterator[None]:
    """Serve at a new path; at the end, leave nobody and no file."""
    clients = WeakKeyDictionary[StreamWriter, asyncio.Task[None]]()

    def welcome(reader: StreamReader, writer: StreamWriter) -> None:
        clients[writer] = asyncio.create_task(echo_here(reader, writer))

    spare(path)
    server = await asyncio.start_unix_server(welcome, path)
    try:
        yield
    finally:
        server.close()
        await leave(path, clients)


async def both() -> None:
    """Serve and call in a folder of our own."""
    with TemporaryDirectory() as folder:
        mode = stat.filemode(os.stat(folder).st_mode)
        print(mode, "folder, for the owner alone")
        async with serve(path := f"{folder}/socket"):
            await call(path)
        if not os.listdir(folder):
            print("the socket's file is gone")


async def main(
    *, timeout: float = 5, listen: str = "", connect: str = ""
) -> None:
    """Serve and call; or only serve, or only call."""
    if sys.platform == "win32":
        sys.exit("unix_socket: asyncio has no Unix sockets on Windows")
    if connect:
        return await asyncio.wait_for(call(connect), timeout)
    if not listen:
        return await both()
    async with serve(listen):
        print(f"listening on {listen}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--timeout", type=float, default=5)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--listen", default="", metavar="PATH")
    either.add_argument("--connect", default="", metavar="PATH")
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, ValueError) as error:
        sys.exit(f"unix_socket: no echo: {options.connect or error}")
