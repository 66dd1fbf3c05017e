"""A deadlock: each of the two waits for the other's end.

    $ python deadlock.py
    broken: no answer in 0.50 s
    fixed: 2 flowers

The server reads to the end before it answers. The broken client has
sent all, but has not said so: TCP cannot guess it. `write_eof` says
it, and leaves the other direction open for the answer.
"""

# The broken and the fixed one are for narrow columns, side by side.
# mypy: allow-untyped-defs, allow-untyped-calls

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing


async def broken(reader, writer):
    """Send two lines, and read the answer to its end."""
    writer.write(b"tulip\niris\n")
    return await reader.read()


async def fixed(reader, writer):
    """Do the same, but say that this is all."""
    writer.write(b"tulip\niris\n")
    writer.write_eof()
    return await reader.read()


async def count(reader: StreamReader, writer: StreamWriter) -> None:
    """Read to the end, then say how many flowers have come."""
    lines = await reader.read()  # waits for the client's end
    number = lines.count(b"\n")
    writer.write(f"{number} flowers".encode())
    writer.close()


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Count on a port, any free one by default, and give it."""
    server = await asyncio.start_server(count, "127.0.0.1", port)
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def main(*, patience: float = 0.5) -> None:
    """Ask in the broken way, then in the fixed one."""
    async with serve() as port:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port
        )
        with closing(writer):
            try:
                async with asyncio.timeout(patience):
                    answer = await broken(reader, writer)
                    print("broken:", answer.decode())
            except TimeoutError:
                print(f"broken: no answer in {patience:.2f} s")
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port
        )
        with closing(writer):
            answer = await fixed(reader, writer)
            print("fixed:", answer.decode())


if __name__ == "__main__":
    asyncio.run(main())
