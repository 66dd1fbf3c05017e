"""In a chat, a task reads each member, and nobody waits for the slow.

    $ python chat.py
    florist reads * welcome, florist: 1 here
    gardener reads * welcome, gardener: 2 here
    florist reads * gardener comes in
    gardener reads florist: tulips!
    florist reads gardener: red?
    gardener reads * florist leaves

A line goes to the others' buffers; who lets 64 kB of them wait, leaves.
The first line that a member says is a name: try

    python -m demos streams.chat --listen 8080

and `nc 127.0.0.1 8080` in two other terminals.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing


class Room(dict[str, StreamWriter]):
    """The names of the members, and where to write to each."""

    async def meet(
        self, reader: StreamReader, writer: StreamWriter
    ) -> None:
        """Let in who has a new name."""
        name = clean(await reader.readline())
        if name.isalnum() and name not in self:
            self[name] = writer
            hello = f"* welcome, {name}: {len(self)} here\n"
            writer.write(hello.encode())
            self.tell(f"* {name} comes in", but=name)
            await self.listen_to(name, reader)
        else:
            writer.write(b"! choose another name\n")
        writer.close()

    async def listen_to(self, name: str, reader: StreamReader) -> None:
        """Pass each line on, to the end."""
        try:
            while raw := await reader.readline():
                self.tell(f"{name}: {clean(raw)}", but=name)
                await asyncio.sleep(0)  # in a flood, others get a turn
        finally:
            del self[name]
            self.tell(f"* {name} leaves", but=name)

    def tell(self, line: str, but: str) -> None:
        """Write to all the others, and wait for none."""
        for name, writer in self.items():
            if name != but:
                writer.write(f"{line}\n".encode())
                if writer.transport.get_write_buffer_size() > 65536:
                    writer.transport.abort()  # it does not read


def clean(raw: bytes) -> str:
    """Give the text, without what would drive a terminal."""
    text = raw.decode(errors="replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()


async def hear(name: str, reader: StreamReader) -> None:
    """Wait for a line, and print it."""
    line = await reader.readline()
    print(name, "reads", line.decode().strip())


async def play(port: int) -> None:
    """Let the florist and the gardener meet, and talk in turn."""
    florist, one = await asyncio.open_connection("127.0.0.1", port)
    one.write(b"florist\n")
    await hear("florist", florist)
    gardener, other = await asyncio.open_connection("127.0.0.1", port)
    other.write(b"gardener\n")
    await hear("gardener", gardener)
    await hear("florist", florist)
    one.write(b"tulips!\n")
    await hear("gardener", gardener)
    other.write(b"red?\n")
    await hear("florist", florist)
    one.close()
    await hear("gardener", gardener)
    other.write_eof()
    await gardener.read()  # until the room has let go
    other.close()


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Open a room on a port, and give it."""
    room = Room()
    server = await asyncio.start_server(room.meet, "127.0.0.1", port)
    with closing(server):
        yield server.sockets[0].getsockname()[1]


async def main(*, listen: int | None = None) -> None:
    """Open a room, and talk there; or only open it."""
    async with serve(listen or 0) as port:
        if listen is None:
            return await play(port)
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
