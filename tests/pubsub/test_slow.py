"""How much waits for a subscriber that sleeps: what the lesson `slow` says."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from tests.pubsub.servers import DEADLINE, Server
from tests.pubsub.test_differential import array

MEGABYTE = 1 << 20
MOST = 80 * MEGABYTE


def published(port: int, size: int) -> int:
    """Publish to one who reads nothing until it is dropped; give the bytes, or MOST."""
    with closing(socket.socket()) as sleeper, closing(socket.socket()) as publisher:
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for sock, words in (sleeper, [b"SUBSCRIBE", b"news"]), (publisher, [b"PING"]):
            sock.settimeout(DEADLINE)
            sock.connect(("127.0.0.1", port))
            sock.sendall(array(words))
            assert sock.recv(100)
        sent = 0
        while sent < MOST:
            publisher.sendall(array([b"PUBLISH", b"news", b"x" * size]))
            if publisher.recv(100) == b":0\r\n":
                break
            sent += size
        return sent


@pytest.mark.parametrize("size", [8_000, 64_000])
@pytest.mark.parametrize("name", ["redis", "redis_8", "valkey_9", "stub"])
def test_a_sleeper_is_dropped(
    request: pytest.FixtureRequest, name: str, size: int
) -> None:
    server: Server = request.getfixturevalue(name)
    sent = published(server.port, size)
    if (name, size) == ("valkey_9", 64_000):
        assert sent >= MOST
    else:
        assert 32 * MEGABYTE <= sent < 44 * MEGABYTE
