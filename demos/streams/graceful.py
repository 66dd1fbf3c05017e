"""On SIGTERM: accept no more, let who is served finish, cut the rest.

    $ python graceful.py
    gardener, wholesaler: a first tulip
    SIGTERM: we close
    latecomer: refused
    gardener has all: True
    1 drained, 1 cut
    wholesaler has all: False

The handler can come between any two instructions: it wakes the loop.
"""

import argparse
import asyncio
import signal
import sys
from asyncio import Barrier, StreamReader, StreamWriter, Task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress


async def drain(served: set[Task[None]], deadline: float) -> None:
    """Wait so long for those who are served, then cut them off."""
    done, late = await asyncio.wait(served, timeout=deadline)
    for task in late:
        task.cancel()
    print(f"{len(done)} drained, {len(late)} cut", flush=True)
    await asyncio.gather(*late, return_exceptions=True)


@asynccontextmanager
async def serve(deadline: float, port: int = 0) -> AsyncIterator[int]:
    """Sell on a port, and give it; in the end close, then drain."""
    served = set[Task[None]]()

    def welcome(r: StreamReader, w: StreamWriter) -> None:
        served.add(task := asyncio.create_task(sell(r, w)))
        task.add_done_callback(served.discard)

    server = await asyncio.start_server(welcome, "127.0.0.1", port)
    with closing(server):  # accepts no more, whatever ends this
        yield server.sockets[0].getsockname()[1]
    print("SIGTERM: we close", flush=True)
    if served:
        await drain(served, deadline)


async def sell(reader: StreamReader, writer: StreamWriter) -> None:
    """Read how many tulips, and send them one by one."""
    try:
        with suppress(OSError, ValueError):  # it left, or cannot count
            for number in range(int(await reader.readline())):
                writer.write(b"tulip %d\n" % (number + 1))
                await writer.drain()
                await asyncio.sleep(0.05)
            writer.close()
            await writer.wait_closed()  # once all has left
    finally:
        writer.transport.abort()


async def buy(name: str, count: int, port: int, both: Barrier) -> None:
    """Order tulips; tell whether they have all come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer):
        writer.write(b"%d\n" % count)
        tulips = await reader.readline()
        await both.wait()
        tulips += await reader.read()  # to the end
    print(f"{name} has all:", tulips.count(b"\n") == count)


async def play(port: int, alone: bool) -> None:
    """Buy, and in the middle send ourselves SIGTERM."""
    if not alone:
        return print(f"listening on 127.0.0.1:{port}", flush=True)
    both = Barrier(3)
    async with asyncio.TaskGroup() as group:
        group.create_task(buy("gardener", 3, port, both))
        group.create_task(buy("wholesaler", 999, port, both))
        await both.wait()
        print("gardener, wholesaler: a first tulip", flush=True)
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0.05)
        try:
            await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            print("latecomer: refused")


async def main(
    *, deadline: float = 1.0, listen: int | None = None
) -> None:
    """Sell until SIGTERM; alone, play the scene."""
    heard = asyncio.Event()
    call = asyncio.get_running_loop().call_soon_threadsafe
    before = signal.signal(signal.SIGTERM, lambda *_: call(heard.set))
    try:
        async with serve(deadline, listen or 0) as port:
            scene = asyncio.create_task(play(port, listen is None))
            await heard.wait()
        await scene
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--deadline", type=float, default=1.0)
    parser.add_argument("--listen", type=int, metavar="PORT")
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, OverflowError):
        sys.exit(f"graceful: no free port {options.listen}")
