"""UDP may lose a datagram: number it, wait a little, send it again.

    $ python udp.py
    1 tulip: answered
    2 narcissus: answered
    3 crocus: no answer in 0.30 s
    3 crocus: answered

The server drops every third datagram. Its client cannot tell a lost
question from a lost answer: what it repeats must be harmless twice.
"""

import argparse
import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any


async def ask(sock: socket.socket, line: bytes, wait: float) -> bool:
    """Send a line; tell whether its echo comes in time."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, line)
    try:
        async with asyncio.timeout(wait):
            while await loop.sock_recv(sock, 2048) != line:
                pass  # it comes too late, or is nonsense
        return True
    except TimeoutError:
        return False


async def insist(sock: socket.socket, line: str, wait: float) -> None:
    """Ask until the answer comes; say when it does not."""
    while not await ask(sock, line.encode(), wait):
        print(f"{line}: no answer in {wait:.2f} s")
    print(f"{line}: answered")


async def ask_all(where: str, wait: float, timeout: float) -> None:
    """Ask about each flower, by its number."""
    host, _, port = where.rpartition(":")
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, (host, int(port)))  # one peer
        for line in "1 tulip", "2 narcissus", "3 crocus":
            async with asyncio.timeout(timeout):
                await insist(sock, line, wait)


class LossyEcho(asyncio.DatagramProtocol):
    """Send each datagram back, but lose some."""

    def __init__(self, drop: int) -> None:
        self.drop, self.count = drop, 0

    def connection_made(self, transport: Any) -> None:
        """Keep the transport, the same for all peers."""
        self.transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        """Answer whoever asks, or lose it."""
        self.count += 1
        if not self.drop or self.count % self.drop:
            self.transport.sendto(data, peer)


@asynccontextmanager
async def serve(drop: int, port: int = 0) -> AsyncIterator[int]:
    """Echo, but lose some; give the port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: LossyEcho(drop), local_addr=("127.0.0.1", port)
    )
    with closing(transport):
        yield transport.get_extra_info("sockname")[1]


async def main(
    *,
    drop: int = 3,
    wait: float = 0.3,
    timeout: float = 5.0,
    listen: int | None = None,
    connect: str | None = None,
) -> None:
    """Echo and ask; or only echo, or only ask."""
    if connect is not None:
        return await ask_all(connect, wait, timeout)
    async with serve(drop, listen or 0) as port:
        if listen is None:
            return await ask_all(f"127.0.0.1:{port}", wait, timeout)
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--drop", type=int, default=3)
    parser.add_argument("--wait", type=float, default=0.3)
    parser.add_argument("--timeout", type=float, default=5.0)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--listen", type=int, metavar="PORT")
    either.add_argument("--connect", metavar="HOST:PORT")
    where = (options := parser.parse_args()).connect
    try:
        asyncio.run(main(**vars(options)))
    except KeyboardInterrupt:
        sys.exit(130)
    except TimeoutError:
        sys.exit(f"udp: no answer from {where}")
    except (OSError, OverflowError, ValueError):
        port = f"port {options.listen} is taken or forbidden"
        sys.exit(f"udp: {f'nobody at {where}' if where else port}")
