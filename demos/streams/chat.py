"""In a chat, a task reads each member, and nobody waits for the slow.

    $ python chat.py
    florist reads * welcome, florist: 1 here
    gardener reads * welcome, gardener: 2 here
    florist reads * gardener comes in
    gardener reads florist: tulips!
    florist reads gardener: red?
    gardener reads florist: yes

Try `--listen 8080`, and `nc 127.0.0.1 8080` for each; first say a name.
"""

import argparse
import asyncio
import sys
from asyncio import StreamReader, StreamWriter, Task, start_server
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing


class Room(dict[str, StreamWriter]):
    """The names of the members, and where to write to each."""

    def tell(self, line: str, but: str) -> None:
        """Write to all the others, and wait for none."""
        for name, writer in self.items():
            if writer.transport.get_write_buffer_size() > 1 << 16:
                writer.transport.abort()  # who does not read, leaves
            elif name != but and not writer.is_closing():
                writer.write(f"{line}\n".encode())


def clean(raw: bytes) -> str:
    """Give the text, without what would drive a terminal."""
    text = raw.decode(errors="replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()


async def listen_to(name: str, r: StreamReader, room: Room) -> None:
    """Pass each line on, to the end."""
    try:
        while raw := await r.readline():
            room.tell(f"{name}: {clean(raw)}", but=name)
            await asyncio.sleep(0)  # even in a flood, to each a turn
    finally:
        del room[name]
        room.tell(f"* {name} leaves", but=name)


async def meet(r: StreamReader, w: StreamWriter, room: Room) -> None:
    """Let in who has a new name; show out who breaks a rule."""
    try:
        name = clean(await r.readline())
        if name.isalnum() and room.setdefault(name, w) is w:
            w.write(f"* welcome, {name}: {len(room)} here\n".encode())
            room.tell(f"* {name} comes in", but=name)
            await listen_to(name, r, room)
        else:
            w.write(b"! choose another name\n")
    except (OSError, ValueError):
        w.write(b"! that line is too long\n")  # if it still hears us
    finally:
        w.transport.abort()


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Open a room on a port, and give it."""
    room, tasks = Room(), set[Task[None]]()

    def welcome(r: StreamReader, w: StreamWriter) -> None:
        tasks.add(task := asyncio.create_task(meet(r, w, room)))
        task.add_done_callback(tasks.discard)

    server = await start_server(welcome, "127.0.0.1", port, limit=1024)
    with closing(server):
        yield server.sockets[0].getsockname()[1]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def play(port: int) -> None:
    """Let the florist and the gardener meet, and talk in turn."""
    florist, one = await asyncio.open_connection("127.0.0.1", port)
    gardener, other = await asyncio.open_connection("127.0.0.1", port)
    turns = [("florist", florist, one), ("gardener", gardener, other)]
    words = "florist", "gardener", "tulips!", "red?", "yes", "how many?"
    with closing(one), closing(other):
        for line, (name, reader, out) in zip(
            words, 3 * turns, strict=True
        ):
            out.write(f"{line}\n".encode())
            await asyncio.sleep(0.1)
            print(name, "reads", clean(await reader.readline()))


async def main(*, listen: int | None = None) -> None:
    """Open a room, and talk there; or only open it."""
    async with serve(listen or 0) as port:
        if listen is None:
            return await play(port)
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--listen", type=int, metavar="PORT")
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, OverflowError):
        sys.exit(f"chat: no free port {options.listen}")
