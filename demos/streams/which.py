# /// script
# requires-python = ">=3.11"
# dependencies = ["uvloop>=0.19; sys_platform != 'win32'"]
# ///
"""When to choose which: an echo of 1 KiB, served in four ways.

    $ python which.py
    peers:       1    p50   p99 ms       100   p50   p99 ms
    streams     7.6 k/s  0.11  0.35 ms   62.4 k/s  1.01  2.23 ms
    protocol    7.7 k/s  0.10  0.41 ms  126.8 k/s  0.56  1.20 ms
    threads     8.7 k/s  0.10  0.39 ms   27.2 k/s  3.15  8.11 ms
    uvloop      9.0 k/s  0.09  0.28 ms  163.6 k/s  0.43  0.81 ms

Streams read best; a protocol costs less; threads suit few peers.
"""

import argparse
import asyncio
import os
import socket
import sys
from contextlib import suppress
from subprocess import PIPE, Popen
from threading import Thread
from time import perf_counter
from typing import Any


async def reply(reader: Any, writer: Any) -> None:
    """Echo in a task that suspends, one a connection."""
    while bulbs := await reader.read(65536):
        writer.write(bulbs)
        await writer.drain()
    writer.close()


class Replier(asyncio.Protocol):
    """Echo in what the loop calls when bytes come: no task."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, bulbs: bytes) -> None:
        self.transport.write(bulbs)


def send_back(peer: socket.socket) -> None:
    """Echo in a thread that blocks, one a connection."""
    with peer:
        while bulbs := peer.recv(65536):
            peer.sendall(bulbs)


async def serve(kind: str) -> None:
    """Say the port; echo until standard input ends."""
    bytes(1 << 20)  # else malloc asks the system anew for each read
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    Thread(target=lambda: os._exit(len(sys.stdin.read()))).start()
    while kind == "threads":
        Thread(target=send_back, args=listener.accept()[:1]).start()
    if kind == "streams":
        await asyncio.start_server(reply, sock=listener)
    else:
        loop = asyncio.get_running_loop()
        await loop.create_server(Replier, sock=listener)
    await asyncio.Event().wait()


def load(peers: list[socket.socket], span: float) -> str:
    """Send 1 KiB to each, await all echoes, and again; time them."""
    ms, end = list[float](), perf_counter() + span
    while (sent := perf_counter()) < end:
        for peer in peers:
            peer.sendall(bytes(1024))
        for peer in peers:
            peer.recv(1024, socket.MSG_WAITALL)
            ms.append(1000 * (perf_counter() - sent))
    p50, p99 = (sorted(ms)[len(ms) * n // 100] for n in (50, 99))
    return f"{len(ms) / span / 1e3:6.1f} k/s {p50:5.2f} {p99:5.2f} ms"


def measure(kind: str, loop: str, seconds: float) -> str:
    """Load a server in a process of its own; tell what came back."""
    code = f"import {loop}, which; {loop}.run(which.serve('{kind}'))"
    args, home = [sys.executable, "-c", code], os.path.dirname(__file__)
    with Popen(
        args, cwd=home, stdin=PIPE, stdout=PIPE, process_group=0
    ) as server:
        assert server.stdout
        where = "127.0.0.1", int(server.stdout.readline())
        peers = [socket.create_connection(where) for _ in range(100)]
        alone, crowd = load(peers[:1], seconds), load(peers, seconds)
        for peer in peers:
            peer.close()
    return f"{kind:8} {alone} {crowd}"


async def main(*, seconds: float = 0.25) -> None:
    """Measure each kind, alone and in a crowd, from a thread."""
    loops = dict.fromkeys(["streams", "protocol", "threads"], "asyncio")
    with suppress(ImportError):
        import uvloop

        loops["uvloop"] = uvloop.__name__
    print("peers:       1    p50   p99 ms       100   p50   p99 ms")
    for kind, loop in loops.items():
        print(await asyncio.to_thread(measure, kind, loop, seconds))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=0.25)
    try:
        asyncio.run(main(**vars(parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
