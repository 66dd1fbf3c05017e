"""Lessons that listen stay up, whatever their clients do, on this machine only.

Each meets clients that make no sense, that come and leave, one that sends and never
reads. Then it still serves, holds no more files, and little more memory. Those whose
lesson is robustness go through much more of it, and complain of nothing.
"""

from __future__ import annotations

import asyncio
import http.client
import random
import re
import socket
import ssl
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import asyncssh
import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import tests.served
from tests.served import (
    DATAGRAMS,
    LIMIT,
    PATHS,
    ROBUST,
    Served,
    come_and_go,
    connect,
    lessons,
    send_and_leave,
    served,
    told,
    until,
)

EXAMPLES = 25
"""Of nonsense, for each server that must be robust."""

CLIENTS = 500
"""Who come and go, at such a server."""

MUCH = 64 << 20
"""Bytes that who never reads sends, if they are taken."""

ALLOWED = 16 << 20
"""Bytes that a server's memory may grow by meanwhile."""

HEAD = b"HTTP/1.1\r\nHost: tulips\r\n"
UPGRADE = (
    b"GET / " + HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dHVsaXBzdHVsaXBzdHVsaQ==\r\n\r\n"
)
HELLO_SSH = b"SSH-2.0-tulips\r\n"
HELLO_TLS = bytes.fromhex("160301003a010000360303") + bytes(47)

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGINT to send"
)


# Is it alive, and right?


def by_its_client(server: Served, lesson: str) -> None:
    """Run the lesson's own client."""
    done = told(lesson, "--connect", server.address)
    assert (done.code, done.errors) == (0, "")
    assert done.output


def with_its_keys(server: Served, lesson: str) -> None:
    """Give a command over SSH; the server has said where the keys are."""

    async def ask() -> object:
        config = f"{SAID[server.port]}/config"
        async with asyncssh.connect("tulips", server.port, config=config) as client:
            return (await client.run("water")).stdout

    assert asyncio.run(asyncio.wait_for(ask(), LIMIT)) == "tulips drink\n"


def trusting_it(server: Served, lesson: str) -> None:
    """Ask over TLS, trusting what the server has said."""
    trust = ssl.create_default_context(cafile=SAID[server.port])
    with (
        connect(server.port) as sock,
        trust.wrap_socket(sock, server_hostname="127.0.0.1") as secure,
    ):
        secure.sendall(b"tulip\n")
        assert secure.recv(9) == b"tulip\n"


def echoes(server: Served, lesson: str) -> None:
    """Ask for what every echo gives back, to its end."""
    with connect(server.port) as sock:
        for word in b"tulip\n", random.Random(1).randbytes(9999):
            sock.sendall(word)
            echo = b""
            while len(echo) < len(word) and (part := sock.recv(len(word))):
                echo += part
            assert echo == word
        sock.shutdown(socket.SHUT_WR)
        assert sock.recv(1) == b""


def read_all(server: Served, asked: bytes = b"") -> bytes:
    with connect(server.port) as sock:
        sock.sendall(asked)
        parts = []
        while part := sock.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def greets(server: Served, lesson: str) -> None:
    assert asked(server, "GET", "/") == b"Hello, tulips!"


def sends_its_lines(server: Served, lesson: str) -> None:
    assert read_all(server).decode() == "tulip\niris\nœillet\n"


def pours(server: Served, lesson: str) -> None:
    assert len(read_all(server)) == 16 << 20


def sells(server: Served, lesson: str) -> None:
    assert read_all(server, b"2\n") == b"tulip 1\ntulip 2\n"


def chats(server: Served, lesson: str) -> None:
    """Be two members, and hear each other."""
    with (
        connect(server.port) as one,
        connect(server.port) as two,
        one.makefile("rb") as florist,
        two.makefile("rb") as gardener,
    ):
        one.sendall(b"florist\n")
        two.sendall(b"gardener\nred ones?\n")
        assert b"gardener: red ones?\n" in iter(florist.readline, b"")
        one.sendall(b"yellow\n")
        assert b"florist: yellow\n" in iter(gardener.readline, b"")


def asked(server: Served, method: str, path: str, body: bytes | None = None) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as client:
        client.request(method, path, body)
        answer = client.getresponse()
        assert answer.status == 200
        return answer.read()


def shows_flowers(server: Served, lesson: str) -> None:
    assert asked(server, "GET", "/flowers/tulip") == b'{"tulip": "red"}'


def counts_crates(server: Served, lesson: str) -> None:
    assert asked(server, "PUT", "/crates", bytes(99_999)) == b"99999\n"


def ticks(server: Served, lesson: str) -> None:
    async def follow() -> None:
        url = f"http://{server.address}"
        async with aiohttp.ClientSession(url) as http, http.ws_connect("/") as one:
            await one.send_str("tulips")
            assert await one.receive_str() == "tulips"

    asyncio.run(asyncio.wait_for(follow(), LIMIT))


SAID: dict[int, str] = {}
"""By port, the file or folder that a server has said its client needs."""


def masked_frame(text: bytes) -> bytes:
    """Encode what a WebSocket's client says; a mask of zeros changes nothing."""
    return b"\x81" + bytes([0x80 | len(text)]) + bytes(4) + text


# The table


@dataclass(frozen=True)
class Victim:
    """A lesson that listens: how to see that it is well, and what hurts it most."""

    is_well: Callable[[Served, str], None] = by_its_client
    pieces: tuple[bytes, ...] = (b"tulip\n", b"\n", b"\r\n", bytes(9), b"x" * 5000)
    hello: bytes = b""
    """What who never reads says once."""
    flood: bytes = b"tulip\n" * 10_000
    """What it then says again and again."""
    options: tuple[str, ...] = ()
    says: str = ""
    """What its second line says that a client needs: a pattern."""


def over_http(is_well: Callable[[Served, str], None], target: bytes) -> Victim:
    """Return a victim that speaks HTTP."""
    request = b"GET " + target + b" " + HEAD + b"\r\n"
    put = b"PUT /flowers/narcissus " + HEAD
    return Victim(
        is_well,
        (
            request,
            request[:9],
            b"GET /nothing " + HEAD + b"\r\n",
            put + b"Content-Length: 18\r\n\r\n" + b'{"colour": "blue"}',
            put + b"Content-Length: 99999\r\n\r\n{",
            put + b"Transfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\nzz\r\n",
            put + b"Content-Length: 4\r\n\r\n[\xff[[",
            b"GET / " + HEAD + b"X: " + b"x" * 9000 + b"\r\n\r\n",
        ),
        flood=request * 1000,
    )


def over_a_web_socket(is_well: Callable[[Served, str], None]) -> Victim:
    """Return a victim that speaks WebSocket."""
    return Victim(
        is_well,
        (
            UPGRADE,
            masked_frame(b"tulips"),
            masked_frame(b"\xff\xfe"),
            b"\x81\x05tulip",
            b"\x81\xff" + struct.pack(">Q", 1 << 62) + bytes(4),
            b"\x88\x80" + bytes(4),
            b"\x89\x85" + bytes(4) + b"tulip",
        ),
        hello=UPGRADE,
        flood=masked_frame(b"x" * 100) * 1000,
    )


VICTIMS = {
    "streams.echo_streams": Victim(echoes),
    "streams.echo_protocol": Victim(echoes),
    "streams.framing": Victim(sends_its_lines),
    "streams.slow_reader": Victim(pours),
    "streams.graceful": Victim(
        sells, (b"2\n", b"-1\n", b"x\n", b"9" * 5000, b"\xff\n")
    ),
    "streams.chat": Victim(
        chats,
        (b"iris\n", b"narcissus\n", b"\xff\xfe\n", b"\x1b[2J\n", b"x" * 99_999, b"\n"),
        hello=b"iris\n",
    ),
    "library.web": over_http(shows_flowers, b"/flowers/tulip"),
    "library.streaming": over_http(counts_crates, b"/flowers"),
    "library.web_socket": over_a_web_socket(ticks),
    "library.ssh_command": Victim(
        with_its_keys,
        (
            HELLO_SSH,
            HELLO_SSH + bytes.fromhex("0000000c0a14") + bytes(10),
            b"SSH-1.0\n",
        ),
        hello=HELLO_SSH,
        flood=bytes.fromhex("0000000c0a02") + bytes(10),
        says="-F (.+)/config",
    ),
    "library.telnet": Victim(
        pieces=(
            b"tulip\r\n",
            b"bye\r\n",
            b"\xff\xfd\x05",
            b"\xff\xfa\x18\xff\xfb",
            b"\xff\xfb\x57\xff\xfa\x57\xff\xf0nonsense",
            b"\x16\x03\x01",
            b"x" * 20_000,
        ),
    ),
    "streams.tls": Victim(
        trusting_it,
        (HELLO_TLS, HELLO_TLS[:9], b"GET / HTTP/1.1\r\n\r\n", b"\x15\x03\x01\0\2\2\0"),
        hello=HELLO_TLS,
        says="(.+)",
    ),
    "streams.unix_socket": Victim(echoes),
    "history.echo_2014": Victim(echoes),
    "engine.reverse": Victim(),
    "engine.hello_http": over_http(greets, b"/"),
}
"""All but those whose clients send datagrams."""


class UnixSocket(socket.socket):
    """A Unix socket that takes what only TCP's have for granted."""

    def setsockopt(self, *option: Any) -> None:
        with suppress(OSError):
            super().setsockopt(*option)


@contextmanager
def listening(lesson: str) -> Iterator[Served]:
    """Serve; whoever connects meanwhile does so at its port, or its path."""
    options = VICTIMS[lesson].options
    quiet = lesson in ROBUST
    if lesson not in PATHS:
        with served(lesson, *options, quiet=quiet) as server:
            yield server
        return
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = f"{folder}/socket"

        def to_the_path(port: int, *, buffer: int | None = None) -> socket.socket:
            sock = UnixSocket(socket.AF_UNIX)
            sock.settimeout(LIMIT)
            sock.connect(path)
            return sock

        for module in tests.served, sys.modules[__name__]:
            patch.setattr(module, "connect", to_the_path)
        with served(lesson, *options, listen=path, quiet=quiet) as server:
            yield server


def test_no_lesson_that_listens_is_forgotten() -> None:
    assert set(lessons("--listen")) == set(VICTIMS) | DATAGRAMS


# The attacks


@dataclass
class Attacked:
    """A lesson under attack, and what it held before."""

    lesson: str
    victim: Victim
    server: Served
    descriptors: int = 0

    def is_well(self) -> None:
        """It serves; and has given back what it held for others."""
        self.victim.is_well(self.server, self.lesson)
        self.descriptors = self.descriptors or self.server.descriptors
        until(lambda: self.server.descriptors <= self.descriptors)


@contextmanager
def under_attack(lesson: str) -> Iterator[Attacked]:
    """Serve for those who attack; it must serve this machine only."""
    with listening(lesson) as server:
        if pattern := VICTIMS[lesson].says:
            said = re.search(pattern, server.line())
            assert said
            SAID[server.port] = said[1]
        open_to = psutil.Process(server.process.pid).net_connections()
        assert all(each.laddr.ip == "127.0.0.1" for each in open_to)
        assert open_to or lesson in PATHS
        one = Attacked(lesson, VICTIMS[lesson], server)
        one.victim.is_well(server, lesson)  # it may keep some file from now on
        one.is_well()
        yield one


def talk_nonsense(attacked: Attacked) -> None:
    """Say each piece, and leave in each way."""
    for piece in attacked.victim.pieces:
        for ending in "close", "half", "reset":
            send_and_leave(attacked.server.port, [piece], ending)


def talk_any_nonsense(attacked: Attacked) -> None:
    """Say all sorts of pieces one after the other, and random bytes."""
    chunk = st.binary(max_size=200) | st.sampled_from(attacked.victim.pieces)
    endings = st.sampled_from(["close", "half", "reset"])

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(chunk, max_size=5), endings)
    def attack(chunks: list[bytes], ending: str) -> None:
        send_and_leave(attacked.server.port, chunks, ending)

    attack()


def come_in_crowds(attacked: Attacked, clients: int) -> None:
    """Come and go."""
    port = attacked.server.port
    for _ in range(clients // 50):
        come_and_go(port, 50)
        send_and_leave(port, [], "half")  # else the kernel's queue of 100 is full


@contextmanager
def who_never_reads(port: int, hello: bytes, flood: bytes) -> Iterator[int]:
    """Send until no more is taken; stay, and give how many bytes were."""
    with closing(connect(port, buffer=4096)) as sock:
        taken = 0
        sock.sendall(hello)
        sock.settimeout(0.3)
        with suppress(OSError):
            while taken < MUCH:
                rest = memoryview(flood)
                while rest:
                    taken += (sent := sock.send(rest))
                    rest = rest[sent:]
        yield taken


def never_read(attacked: Attacked) -> None:
    """Send and never read: what the server keeps of it is bounded."""
    server, victim = attacked.server, attacked.victim
    before = server.resident
    with who_never_reads(server.port, victim.hello, victim.flood) as taken:
        assert taken > 0
        assert server.resident - before < ALLOWED, f"{taken} bytes were taken"


@pytest.mark.parametrize("lesson", sorted(set(VICTIMS) - ROBUST))
def test_it_stays_up(lesson: str) -> None:
    with under_attack(lesson) as attacked:
        talk_nonsense(attacked)
        come_in_crowds(attacked, 50)
        never_read(attacked)
        attacked.is_well()


@pytest.mark.parametrize("lesson", sorted(ROBUST))
def test_it_is_robust(lesson: str) -> None:
    with under_attack(lesson) as attacked:
        talk_nonsense(attacked)
        talk_any_nonsense(attacked)
        attacked.is_well()
        come_in_crowds(attacked, CLIENTS)
        attacked.is_well()
        never_read(attacked)
        attacked.is_well()


# Datagrams


@pytest.mark.parametrize("lesson", sorted(DATAGRAMS))
def test_datagrams(lesson: str) -> None:
    chance = random.Random(lesson)
    with served(lesson) as server, socket.socket(type=socket.SOCK_DGRAM) as sock:
        (here,) = psutil.Process(server.process.pid).net_connections()
        assert here.laddr.ip == "127.0.0.1"
        by_its_client(server, lesson)
        before, files = server.resident, server.descriptors
        for size in (0, 1, 9, 1400, 60_000) * 40:
            sock.sendto(chance.randbytes(size), ("127.0.0.1", server.port))
        for _ in range(99):  # who asks and is gone before the answer
            with socket.socket(type=socket.SOCK_DGRAM) as gone:
                gone.sendto(b"tulip", ("127.0.0.1", server.port))
        by_its_client(server, lesson)
        assert server.resident - before < ALLOWED
        assert server.descriptors == files
