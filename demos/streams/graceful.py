"""On SIGTERM: accept no more, let who is served finish, cut the rest.

    $ python graceful.py
    gardener, wholesaler: a first tulip
    SIGTERM: we close
    latecomer: refused
    gardener has all: True
    1 drained, 1 cut
    wholesaler has all: False

Whatever ends the server, an error or Ctrl-C too, `finally` drains it.

    python -m demos streams.graceful --listen 8080

Then `nc 127.0.0.1 8080`, a number of tulips, and `kill` the server.
"""

import asyncio
import signal
import sys
from asyncio import StreamReader, StreamWriter, Task
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager


async def drain(served: set[Task[None]], deadline: float) -> None:
    """Wait so long for those who are served, then cut them off."""
    done, late = await asyncio.wait(served, timeout=deadline)
    for task in late:
        task.cancel()
    print(f"{len(done)} drained, {len(late)} cut")
    await asyncio.gather(*late, return_exceptions=True)


@asynccontextmanager
async def serve(
    port: int = 0, deadline: float = 1
) -> AsyncIterator[int]:
    """Sell on a port, and give it; in the end close, then drain."""
    served = set[Task[None]]()

    def welcome(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(sell(reader, writer))
        served.add(task)
        task.add_done_callback(served.discard)

    server = await asyncio.start_server(welcome, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()  # accepts no more
        if served:
            await drain(served, deadline)


async def sell(reader: StreamReader, writer: StreamWriter) -> None:
    """Read how many tulips, and send them one by one."""
    try:
        count = int(await reader.readline())
        for number in range(1, count + 1):
            writer.write(f"tulip {number}\n".encode())
            await writer.drain()
            await asyncio.sleep(0.05)
        writer.close()
        await writer.wait_closed()  # once all has left
    except (OSError, ValueError):
        pass  # it left, or cannot count
    finally:
        writer.transport.abort()


async def play(port: int) -> None:
    """Order tulips, and in the middle send ourselves SIGTERM."""
    gardener, one = await asyncio.open_connection("127.0.0.1", port)
    one.write(b"3\n")
    wholesaler, other = await asyncio.open_connection("127.0.0.1", port)
    other.write(b"999\n")
    await gardener.readline()
    await wholesaler.readline()
    print("gardener, wholesaler: a first tulip")
    signal.raise_signal(signal.SIGTERM)
    await asyncio.sleep(0.05)
    try:
        await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        print("latecomer: refused")
    rest = await gardener.read()  # to the end
    print("gardener has all:", rest.count(b"\n") == 2)
    rest = await wholesaler.read()
    print("wholesaler has all:", rest.count(b"\n") == 998)
    one.close()
    other.close()


@contextmanager
def hearing_sigterm() -> Iterator[asyncio.Event]:
    """Give an event that SIGTERM sets, in place of ending us."""
    loop = asyncio.get_running_loop()
    heard = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, heard.set)
    try:
        yield heard
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


async def main(
    *, deadline: float = 1.0, listen: int | None = None
) -> None:
    """Sell until SIGTERM; alone, play the scene."""
    if sys.platform == "win32":
        raise OSError("asyncio hears no SIGTERM on Windows")
    with hearing_sigterm() as heard:
        async with (
            asyncio.TaskGroup() as group,
            serve(listen or 0, deadline) as port,
        ):
            if listen is None:
                group.create_task(play(port))
            else:
                print(f"listening on 127.0.0.1:{port}", flush=True)
            await heard.wait()
            print("SIGTERM: we close", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
