r"""TCP carries bytes, not messages: the reader must find their ends.

    $ python framing.py
    read: 'tulip\nir'
      line: 'tulip'
    read: 'is\n�'
      line: 'iris'
    read: '�illet\n'
      line: 'œillet'
    wherever it is cut: ['tulip', 'iris', 'œillet']

`Lines` needs no socket: it is easily tried on any bytes, cut anywhere.
Its limit keeps a line that never ends from filling the memory.

    python -m demos streams.framing --listen 8080
    python -m demos streams.framing --connect 127.0.0.1:8080
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing


class Lines:
    """Find the lines in bytes, wherever these are cut."""

    rest = b""

    def feed(self, chunk: bytes) -> list[str]:
        """Give the lines that end here; keep what has no end yet."""
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        for line in [*lines, self.rest]:
            if len(line) > 1024:
                raise ValueError("a line of over 1024 bytes")
        return [line.decode(errors="replace") for line in lines]


async def read_both_ways(where: str) -> None:
    """Show what each read gives, and the lines found in it."""
    host, port = where.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, port)
    lines = Lines()
    with closing(writer):
        while chunk := await reader.read(1024):
            print(f"read: {chunk.decode(errors='replace')!r}")
            try:
                found = lines.feed(chunk)
            except ValueError as error:
                raise ConnectionAbortedError(str(error)) from None
            for line in found:
                print(f"  line: {line!r}")
    if lines.rest:
        raise EOFError("the end came inside a line")


def cut_anywhere(raw: bytes) -> None:
    """Feed the same bytes, cut in two at each place."""
    results = set[str]()
    for cut in range(len(raw) + 1):
        lines = Lines()
        found = lines.feed(raw[:cut]) + lines.feed(raw[cut:])
        results.add(str(found))
    print("wherever it is cut:", *results)


async def send_pieces(_: StreamReader, writer: StreamWriter) -> None:
    """Write, and leave each piece the time to arrive alone."""
    with closing(writer):
        for piece in (b"tulip\nir", b"is\n\xc5", b"\x93illet\n"):
            writer.write(piece)
            await asyncio.sleep(0.05)


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Send pieces to whoever comes to a port, and give it."""
    server = await asyncio.start_server(send_pieces, "127.0.0.1", port)
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def main(
    *, listen: int | None = None, connect: str | None = None
) -> None:
    """Send and read; or only send, or only read."""
    if connect:
        return await read_both_ways(connect)
    async with serve(listen or 0) as port:
        if listen is not None:
            print(f"listening on 127.0.0.1:{port}", flush=True)
            await asyncio.Event().wait()  # until Ctrl-C
        await read_both_ways(f"127.0.0.1:{port}")
        cut_anywhere("tulip\niris\nœillet\n".encode())


if __name__ == "__main__":
    asyncio.run(main())
