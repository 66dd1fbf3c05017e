# /// script
# requires-python = ">=3.11"
# dependencies = ["uvloop>=0.19; sys_platform != 'win32'"]
# ///
"""When to choose which: an echo of 1 KiB, served in four ways.

    $ python which.py
                         1 client            100 clients
    streams    12.2 k/s   0.11 ms    114.4 k/s   1.13 ms
    protocol   12.8 k/s   0.11 ms    206.0 k/s   0.52 ms
    threads    13.9 k/s   0.11 ms     63.2 k/s   2.53 ms
    uvloop     14.0 k/s   0.10 ms    258.0 k/s   0.42 ms

Echoes per second, in thousands, and the time that 99 of 100 take.
Measured on one machine, of two cores: the order stays, numbers differ.
Streams read best; a protocol costs less; threads suit few peers. Each
server has a process of its own, which ends with its standard input.
"""

import asyncio
import os
import socket
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from importlib.util import find_spec
from threading import Thread
from time import perf_counter
from typing import Any


async def echo_back(reader: StreamReader, writer: StreamWriter) -> None:
    """Echo in a task that suspends, one a connection."""
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()
    writer.close()


class Echo(asyncio.Protocol):
    """Echo in what the loop calls when bytes come: no task."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


def echo_in_thread(peer: socket.socket) -> None:
    """Echo in a thread that blocks, one a connection."""
    while data := peer.recv(1024):
        peer.sendall(data)
    peer.close()


def accept(listener: socket.socket) -> None:
    """Start a thread for each connection."""
    while True:
        peer, _ = listener.accept()
        Thread(target=echo_in_thread, args=[peer], daemon=True).start()


async def serve(kind: str) -> None:
    """Say the port; echo until standard input ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    if kind == "streams":
        await asyncio.start_server(echo_back, sock=listener)
    elif kind == "threads":
        Thread(target=accept, args=[listener], daemon=True).start()
    else:
        loop = asyncio.get_running_loop()
        await loop.create_server(Echo, sock=listener)
    print(listener.getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def run(kind: str) -> None:
    """Serve, on uvloop's loop or on asyncio's."""
    # Until a large block is freed, glibc returns memory to the system
    # after each of asyncio's reads, and asks for it again.
    block = bytearray(1 << 20)
    del block
    if kind == "uvloop":
        import uvloop

        uvloop.run(serve(kind))
    else:
        asyncio.run(serve(kind))


def load(peers: list[socket.socket], seconds: float) -> str:
    """Send 1 KiB to each, await all echoes, and again; time them."""
    times = []
    end = perf_counter() + seconds
    while perf_counter() < end:
        sent = perf_counter()
        for peer in peers:
            peer.sendall(bytes(1024))
        for peer in peers:
            peer.recv(1024, socket.MSG_WAITALL)
            times.append(1000 * (perf_counter() - sent))
    times.sort()
    most = times[len(times) * 99 // 100]
    rate = len(times) / seconds / 1000
    return f"{rate:6.1f} k/s {most:6.2f} ms"


def measure(kind: str, seconds: float) -> str:
    """Start a server; load it with one peer, then with a hundred."""
    with subprocess.Popen(
        [sys.executable, "-c", f"import which; which.run({kind!r})"],
        cwd=os.path.dirname(__file__),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,  # Ctrl-C is for us
    ) as server:
        assert server.stdout
        where = "127.0.0.1", int(server.stdout.readline())
        peers = [socket.create_connection(where) for _ in range(100)]
        alone, crowd = load(peers[:1], seconds), load(peers, seconds)
        for peer in peers:
            peer.close()
    return f"{kind:8} {alone}   {crowd}"


async def main(*, seconds: float = 0.25) -> None:
    """Measure each kind, from a thread: the loop stays free."""
    kinds = ["streams", "protocol", "threads"]
    if find_spec("uvloop"):  # there is none for Windows
        kinds.append("uvloop")
    print(f"{'1 client':>29}{'100 clients':>23}")
    for kind in kinds:
        print(await asyncio.to_thread(measure, kind, seconds))


if __name__ == "__main__":
    asyncio.run(main())
