"""A Unix socket is a file: who may open its folder may connect.

    $ python unix_socket.py
    drwx------ folder, for the owner alone
    sent tulip, got tulip
    the socket's file is gone

A server takes the place of another one at the same path, without a
word; any other file it leaves alone. In two terminals:

    python -m demos streams.unix_socket --listen /tmp/tulips
    python -m demos streams.unix_socket --connect /tmp/tulips
"""

import asyncio
import os
import stat
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory


async def echo_back(reader: StreamReader, writer: StreamWriter) -> None:
    """Send back what comes: nothing here knows that it is not TCP."""
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()
    writer.close()


async def call(path: Path) -> None:
    """Send a word to the socket at that path, print what comes back."""
    reader, writer = await asyncio.open_unix_connection(path)
    with closing(writer):
        writer.write(b"tulip\n")
        writer.write_eof()
        echo = await reader.readuntil(b"\n")
        print("sent tulip, got", echo.decode().strip())
        await reader.read()  # to the end


@asynccontextmanager
async def serve(path: Path) -> AsyncIterator[None]:
    """Serve at a path; leave no file there."""
    server = await asyncio.start_unix_server(echo_back, path)
    try:
        yield
    finally:
        server.close()
        with suppress(FileNotFoundError):  # 3.13 and newer: it is gone
            os.unlink(path)


async def both() -> None:
    """Serve and call in a folder of our own."""
    with TemporaryDirectory() as folder:
        mode = stat.filemode(os.stat(folder).st_mode)
        print(mode, "folder, for the owner alone")
        path = Path(folder, "tulips")
        async with serve(path):
            await call(path)
        if not os.listdir(folder):
            print("the socket's file is gone")


async def main(
    *, listen: Path | None = None, connect: Path | None = None
) -> None:
    """Serve and call; or only serve, or only call."""
    if sys.platform == "win32":
        raise OSError("asyncio has no Unix sockets on Windows")
    if connect:
        return await call(connect)
    if listen is None:
        return await both()
    async with serve(listen):
        print(f"listening on {listen}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
