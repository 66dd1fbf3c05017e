r"""TCP carries bytes, not messages: the reader must find their ends.

    $ python framing.py
    read: 'tulip\nir'
      line: 'tulip'
    read: 'is\n�'
      line: 'iris'
    read: '�illet\n'
      line: 'œillet'
    cut in two anywhere: ['tulip', 'iris', 'œillet']

`Lines` needs no socket: it is easily tried on any bytes, cut anywhere.
"""

import argparse
import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing


class Lines:
    """Find the lines in bytes, wherever these are cut."""

    rest = b""

    def feed(self, chunk: bytes, limit: int = 1024) -> list[str]:
        """Give the lines that end here; keep what has no end yet."""
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        if max(map(len, [*lines, self.rest])) > limit:
            raise ValueError(f"a line of over {limit} bytes")
        return [line.decode(errors="replace") for line in lines]


async def read_both_ways(where: str, timeout: float) -> None:
    """Show what each read gives, and the lines found in it."""
    host, _, port = where.rpartition(":")
    lines, line = Lines(), None
    async with asyncio.timeout(timeout):
        reader, writer = await asyncio.open_connection(host, port)
        with closing(writer):
            while chunk := await reader.read(1024):
                print(f"read: {chunk.decode(errors='replace')!r}")
                for line in lines.feed(chunk):
                    print(f"  line: {line!r}")
    if lines.rest or line is None:
        raise EOFError("hung up before the end of a line")


def cut_anywhere(raw: bytes) -> None:
    """Feed the same bytes, cut in two at each place."""
    found = set[str]()
    for at in range(len(raw) + 1):
        lines = Lines()
        found.add(str(lines.feed(raw[:at]) + lines.feed(raw[at:])))
    print("cut in two anywhere:", *found)


async def send_pieces(writer: StreamWriter, pause: float) -> None:
    """Write, and leave each piece the time to arrive alone."""
    with closing(writer):  # so little never waits for a slow reader
        for piece in b"tulip\nir", b"is\n\xc5", b"\x93illet\n":
            writer.write(piece)
            await asyncio.sleep(pause)


@asynccontextmanager
async def serve(pause: float, port: int = 0) -> AsyncIterator[int]:
    """Send pieces to whoever comes; give the port."""
    tasks = set[asyncio.Task[None]]()

    def welcome(_: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(send_pieces(writer, pause))
        tasks.add(task)  # the loop alone would not keep it
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(welcome, "127.0.0.1", port)
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def main(
    *,
    pause: float = 0.1,
    timeout: float = 5.0,
    listen: int | None = None,
    connect: str | None = None,
) -> None:
    """Send and read; or only send, or only read."""
    if connect is not None:
        return await read_both_ways(connect, timeout)
    async with serve(pause, listen or 0) as port:
        if listen is not None:
            print(f"listening on 127.0.0.1:{port}", flush=True)
            await asyncio.Event().wait()  # until Ctrl-C
        await read_both_ways(f"127.0.0.1:{port}", timeout)
        cut_anywhere("tulip\niris\nœillet\n".encode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--pause", type=float, default=0.1)
    parser.add_argument("--timeout", type=float, default=5.0)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--listen", type=int, metavar="PORT")
    either.add_argument("--connect", metavar="HOST:PORT")
    where = (options := parser.parse_args()).connect
    try:
        asyncio.run(main(**vars(options)))
    except KeyboardInterrupt:
        sys.exit(130)
    except (EOFError, TimeoutError, ValueError) as error:
        sys.exit(f"framing: {where}: {str(error) or 'no answer'}")
    except (OSError, OverflowError):
        port = f"port {options.listen} is taken or forbidden"
        sys.exit(f"framing: {f'nobody at {where}' if where else port}")
