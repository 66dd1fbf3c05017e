"""One loop hears the keyboard, a child process and the network at once.

    $ python one_loop.py
    file: tulips are in the shed
    keyboard: water the tulips
    network: rain at noon
    child: all watered

The system tells the loop who has something to read: a terminal, a pipe,
a socket. A file on a disk is always "ready", even while the disk turns:
to read it blocks, so a thread does. A pipe stands for the keyboard;
`python -m demos why.one_loop --keyboard` hears yours, up to Ctrl-D. On
Windows asyncio can hear neither.
"""

import asyncio
import os
import sys
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter
from asyncio.subprocess import PIPE
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO


async def report(name: str, lines: StreamReader) -> None:
    """Print each line as it comes: the same for all."""
    async for line in lines:  # others advance until one comes
        print(f"{name}: {line.decode().strip()}")


async def hear(keyboard: IO[str]) -> None:
    """Read a terminal, or a pipe, without blocking."""
    loop, lines = asyncio.get_running_loop(), StreamReader()
    transport, _ = await loop.connect_read_pipe(
        lambda: StreamReaderProtocol(lines), keyboard
    )
    with closing(transport):
        await report("keyboard", lines)


async def listen(port: int) -> None:
    """Read what the network says."""
    lines, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer):
        await report("network", lines)


async def follow(child: list[str]) -> None:
    """Read what a child process prints."""
    process = await asyncio.create_subprocess_exec(
        *child, stdout=PIPE, start_new_session=True
    )
    try:
        assert process.stdout
        await report("child", process.stdout)
        await process.wait()
    finally:
        if process.returncode is None:  # cancelled
            process.kill()
            await process.communicate()


def terminal() -> IO[str]:
    """Open the terminal anew: the shell's own has to go on blocking."""
    return open(os.ttyname(0))


def write_note(folder: str) -> Path:
    """Leave a note in a folder."""
    note = Path(folder, "note.txt")
    note.write_text("tulips are in the shed")
    return note


async def read(path: Path) -> None:
    """Read a file in a thread: this one stays free for the others."""
    text = await asyncio.to_thread(path.read_text)
    print(f"file: {text}")


async def type_late(keys: int, seconds: float) -> None:
    """Be at the keyboard: type a line, then go."""
    with closing(os.fdopen(keys, "w")) as keyboard:
        await asyncio.sleep(seconds)
        keyboard.write("water the tulips\n")


async def speak_late(
    seconds: float, reader: StreamReader, writer: StreamWriter
) -> None:
    """Be the network: say a line, then hang up."""
    with closing(writer):
        await asyncio.sleep(seconds)
        writer.write(b"rain at noon\n")


async def main(*, pause: float = 0.2, keyboard: bool = False) -> None:
    """Hear all three at once, and read a file."""
    if sys.platform == "win32":
        raise OSError("on Windows asyncio cannot hear a keyboard")
    code = f"import time; time.sleep({3 * pause}); print('all watered')"
    serve = partial(speak_late, 2 * pause)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with TemporaryDirectory() as folder:
        note = write_note(folder)
        async with server, asyncio.TaskGroup() as group:
            group.create_task(read(note))
            group.create_task(follow([sys.executable, "-c", code]))
            group.create_task(listen(port))
            if keyboard:
                group.create_task(hear(terminal()))
            else:
                hearing, typing = os.pipe()
                group.create_task(hear(os.fdopen(hearing)))
                group.create_task(type_late(typing, pause))


if __name__ == "__main__":
    asyncio.run(main())
