"""A pipe has two ends, for two tasks; closing one ends the other.

    $ python pipe_ends.py
    gardener: puts tulip in
    florist: takes tulip out
    gardener: puts iris in
    florist: takes iris out
    gardener: closes the end
    florist: the end

The loop reads and writes any pipe so, that of a child process too.
A pipe goes one way; `connect_write_pipe` has backpressure as well.
"""

import asyncio
import os
import sys
from asyncio import StreamReader, StreamReaderProtocol
from contextlib import closing


async def put_in(pipe: asyncio.WriteTransport, pause: float) -> None:
    """Write lines into the pipe, then close it."""
    with closing(pipe):
        for flower in ("tulip", "iris"):
            print("gardener: puts", flower, "in")
            pipe.write(f"{flower}\n".encode())
            await asyncio.sleep(pause)
        print("gardener: closes the end")


async def take_out(lines: StreamReader) -> None:
    """Read lines out of the pipe, to its end."""
    async for line in lines:  # the loop switches until one comes
        print("florist: takes", line.decode().strip(), "out")
    print("florist: the end")


async def main(*, pause: float = 0.1) -> None:
    """Make a pipe; write and read it in two tasks."""
    if sys.platform == "win32":
        raise OSError("on Windows asyncio cannot use os.pipe")
    loop, lines = asyncio.get_running_loop(), StreamReader()
    taking, putting = os.pipe()
    out, _ = await loop.connect_read_pipe(
        lambda: StreamReaderProtocol(lines), os.fdopen(taking, "rb")
    )
    pipe, _ = await loop.connect_write_pipe(
        asyncio.Protocol, os.fdopen(putting, "wb")
    )
    with closing(out):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(put_in(pipe, pause))
            tasks.create_task(take_out(lines))


if __name__ == "__main__":
    asyncio.run(main())
