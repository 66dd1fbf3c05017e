"""UDP may lose a datagram: number it, wait a little, send it again.

    $ python udp.py
    1 tulip: answered
    2 narcissus: answered
    3 crocus: no answer in 0.30 s
    3 crocus: answered

The server drops every third datagram. Its client cannot tell a lost
question from a lost answer: what it repeats must be harmless twice.

    python -m demos streams.udp --listen 8080
    python -m demos streams.udp --connect 127.0.0.1:8080
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any


async def ask(sock: socket.socket, line: bytes, wait: float) -> bool:
    """Send a line; tell whether its echo comes in time."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, line)
    answer = b""
    try:
        async with asyncio.timeout(wait):
            while answer != line:  # another one comes late: go on
                answer = await loop.sock_recv(sock, 1024)
        return True
    except TimeoutError:
        return False


async def insist(sock: socket.socket, line: str, wait: float) -> None:
    """Ask until the answer comes, nine times at most."""
    for _ in range(9):
        if await ask(sock, line.encode(), wait):
            print(f"{line}: answered")
            return
        print(f"{line}: no answer in {wait:.2f} s")
    raise TimeoutError(f"{line}: never answered")


async def ask_all(where: str, wait: float) -> None:
    """Ask about each flower, by its number."""
    host, port = where.rsplit(":", 1)
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, (host, int(port)))
        for line in ("1 tulip", "2 narcissus", "3 crocus"):
            await insist(sock, line, wait)


class Echo(asyncio.DatagramProtocol):
    """Send each datagram back."""

    def connection_made(self, transport: Any) -> None:
        """Keep the transport, the same for all peers."""
        self.transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        """Answer whoever asks."""
        self.transport.sendto(data, peer)


class LossyEcho(Echo):
    """Lose every third, as a network may."""

    def __init__(self) -> None:
        self.count = 0

    def datagram_received(self, data: bytes, peer: Any) -> None:
        """Answer, or lose it."""
        self.count += 1
        if self.count % 3 != 0:
            super().datagram_received(data, peer)


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[int]:
    """Echo on a port, any free one by default, and give it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        LossyEcho, local_addr=("127.0.0.1", port)
    )
    with closing(transport):
        yield transport.get_extra_info("sockname")[1]


async def main(
    *,
    wait: float = 0.3,
    listen: int | None = None,
    connect: str | None = None,
) -> None:
    """Echo and ask; or only echo, or only ask."""
    if connect:
        return await ask_all(connect, wait)
    async with serve(listen or 0) as port:
        if listen is None:
            return await ask_all(f"127.0.0.1:{port}", wait)
        print(f"listening on 127.0.0.1:{port}", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
