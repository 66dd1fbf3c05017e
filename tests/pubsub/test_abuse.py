"""Clients that misbehave: both servers stay up, small, and fair to the others.

What Redis bounds is asked of both; `stub` alone where Redis sets no bound itself.
"""

from __future__ import annotations

import random
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, suppress

import psutil
import pytest

from tests.pubsub.servers import DEADLINE, Line, Server, redis_server, stub_server

MEGABYTE = 1 << 20
HARD = 4 * MEGABYTE
RESET = struct.pack("ii", 1, 0)
PING = b"*1\r\n$4\r\nPING\r\n"
STUBS = ("own", "hiredis")


def start(
    kind: str, hard: int, soft: int = 0, seconds: int = 0
) -> AbstractContextManager[Server]:
    """Start Redis or the stub with these limits for a subscriber."""
    if kind == "redis":
        limits = f"pubsub {hard} {soft} {seconds}"
        return redis_server(client_output_buffer_limit=limits)
    numbers = {"--hard": hard, "--soft": soft, "--soft-seconds": seconds}
    options = [word for name, n in numbers.items() for word in (name, str(n))]
    return stub_server("--parser", kind, *options)


@pytest.fixture(scope="module", params=["redis", *STUBS])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Redis, and the stub with each of its parsers."""
    with start(request.param, HARD) as server:
        yield server


@pytest.fixture(scope="module", params=STUBS)
def stub(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The stub alone, with each of its parsers."""
    with start(request.param, HARD) as server:
        yield server


@pytest.fixture(autouse=True)
def up(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check that the server is still there after each test, with no one left."""
    yield
    for name in {"server", "stub"} & set(request.fixturenames):
        check_quiet(request.getfixturevalue(name).port)


def check_quiet(port: int) -> None:
    """Check that the server answers, and knows of no subscriber."""
    assert ask(port, b"PING\r\n") == b"+PONG\r\n"
    until(lambda: ask(port, b"PUBSUB CHANNELS\r\n") == b"*0\r\n")


def ask(port: int, data: bytes) -> bytes:
    """Ask on a connection of its own; give the start of the answer."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as sock:
        sock.sendall(data)
        return sock.recv(1 << 16)


def until(done: Callable[[], bool]) -> None:
    """Wait for a state that must come."""
    end = time.monotonic() + DEADLINE
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def resident(server: Server) -> int:
    """Give the bytes of memory that the server's process holds."""
    size: int = psutil.Process(server.pid).memory_info().rss
    return size


def descriptors(server: Server) -> int:
    """Give how many files and sockets the server has open."""
    count: int = psutil.Process(server.pid).num_fds()
    return count


def quiet_line(port: int) -> socket.socket:
    """Connect as a client whose own buffer holds little."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(DEADLINE)
    sock.connect(("127.0.0.1", port))
    return sock


def exactly(sock: socket.socket, size: int) -> bytes:
    """Read so many bytes."""
    data = bytearray()
    while len(data) < size:
        part = sock.recv(min(size - len(data), 1 << 20))
        assert part, "the server hung up"
        data += part
    return bytes(data)


def hung_up(sock: socket.socket) -> bool:
    """Read to the end; tell whether there is one."""
    with suppress(ConnectionResetError):
        while sock.recv(1 << 20):
            pass
    return True


def array(*words: bytes) -> bytes:
    """Write a command as clients do."""
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n" % len(words) + b"".join(parts)


def message(channel: bytes, value: bytes) -> bytes:
    """Write what a subscriber gets."""
    return array(b"message", channel, value)


def confirmed(channel: bytes) -> bytes:
    """Write what a subscriber gets first."""
    return b"*3\r\n$9\r\nsubscribe\r\n$%d\r\n%b\r\n:1\r\n" % (len(channel), channel)


# Comings and goings.

OPENINGS = (
    b"",
    PING,
    b"*2\r\n$4\r\nECHO\r\n$10\r\nhal",
    array(b"SUBSCRIBE", b"a", b"b") + array(b"PSUBSCRIBE", b"*"),
    array(b"SSUBSCRIBE", b"a") + b"*1\r\n$4",
    b"PING 'half",
    b"\x16\x03\x01\x02\x00\x01\x00",
)


def come_and_go(port: int, times: int) -> None:
    """Connect and hang up, politely or not; a hundred at a time are there."""
    for start in range(0, times, 100):
        socks = []
        for number in range(start, start + 100):
            sock = socket.create_connection(("127.0.0.1", port), DEADLINE)
            sock.sendall(OPENINGS[number % len(OPENINGS)])
            if number % 3 == 0:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            socks.append(sock)
        for sock in socks:
            sock.close()
        assert ask(port, PING) == b"+PONG\r\n"


def test_ten_thousand_connects_and_disconnects(server: Server) -> None:
    files = descriptors(server)
    come_and_go(server.port, 5000)
    before = resident(server)
    come_and_go(server.port, 5000)
    until(lambda: descriptors(server) <= files)
    until(lambda: ask(server.port, b"PUBSUB NUMPAT\r\n") == b":0\r\n")
    assert resident(server) - before < 10 * MEGABYTE


def test_a_thousand_connections_of_garbage(server: Server) -> None:
    chance = random.Random(4)
    files = descriptors(server)
    alphabet = b"*$\r\n0123456789 PINGECHO\"'\\x\x00\xff-+"
    with ExitStack() as stack:
        for number in range(1000):
            letters = bytes(chance.choices(alphabet, k=300))
            garbage = letters if number % 2 else chance.randbytes(300)
            sock = socket.create_connection(("127.0.0.1", server.port), DEADLINE)
            stack.enter_context(sock)
            sock.sendall(PING + garbage + b"\r\n" + PING)
        assert ask(server.port, PING) == b"+PONG\r\n"
    until(lambda: descriptors(server) <= files)


def test_a_half_closed_subscriber_is_forgotten(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE) as sock:
        sock.sendall(array(b"SUBSCRIBE", b"a"))
        sock.shutdown(socket.SHUT_WR)
        exactly(sock, len(confirmed(b"a")))
        assert sock.recv(100) == b""
        assert ask(server.port, b"PUBLISH a m\r\n") == b":0\r\n"


def test_a_subscriber_that_was_reset_is_forgotten(server: Server) -> None:
    sock = socket.create_connection(("127.0.0.1", server.port), DEADLINE)
    sock.sendall(array(b"SUBSCRIBE", *(b"%d" % n for n in range(20_000))))
    until(lambda: ask(server.port, b"PUBSUB NUMSUB 19999\r\n").endswith(b":1\r\n"))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    sock.close()
    until(lambda: ask(server.port, b"PUBSUB NUMSUB 0\r\n").endswith(b":0\r\n"))


# Slow and big.


def test_slow_writers_hold_nobody_up(server: Server) -> None:
    with ExitStack() as stack:
        slow = [Line(server.port) for _ in range(100)]
        for line in slow:
            stack.callback(line.close)
        for byte in PING:
            for line in slow:
                line.say(bytes([byte]))
            assert ask(server.port, PING) == b"+PONG\r\n"
        assert {line.wait(7) for line in slow} == {b"+PONG\r\n"}


def test_a_length_announced_takes_no_memory(server: Server) -> None:
    before = resident(server)
    announced = (
        b"*2\r\n$4\r\nECHO\r\n$536870912\r\n" + b"x" * 1000,
        b"*2147483647\r\n$4\r\nECHO\r\n",
        b"*1000000\r\n$536870912\r\n",
    )
    with ExitStack() as stack:
        for number in range(30):
            line = Line(server.port)
            stack.callback(line.close)
            line.say(announced[number % 3])
        assert ask(server.port, PING) == b"+PONG\r\n"
        assert resident(server) - before < 4 * MEGABYTE


def test_a_big_string_in_small_pieces(server: Server) -> None:
    value = random.Random(4).randbytes(1000) * 16_000
    with closing(Line(server.port)) as line:
        line.say(b"*2\r\n$4\r\nECHO\r\n$%d\r\n" % len(value))
        for start in range(0, len(value), 5000):
            line.say(value[start : start + 5000])
        line.say(b"\r\n")
        head = b"$%d\r\n" % len(value)
        assert exactly(line.sock, len(head) + len(value) + 2) == head + value + b"\r\n"


def test_many_words_in_small_pieces(server: Server) -> None:
    words = array(b"DEL", *[b"x"] * 200_000)
    with closing(Line(server.port)) as line:
        for start in range(0, len(words), 5000):
            line.say(words[start : start + 5000])
        assert line.wait(4) == b":0\r\n"


def test_a_pattern_made_to_be_slow(server: Server) -> None:
    with closing(Line(server.port)) as line:
        line.say(array(b"PSUBSCRIBE", b"a*" * 60 + b"b", b"*a" * 60 + b"b"))
        line.wait(len(b"*3\r\n"))
        assert ask(server.port, b"PUBLISH " + b"a" * 300 + b" m\r\n") == b":0\r\n"
        assert ask(server.port, b"PUBLISH " + b"a" * 300 + b"b m\r\n") == b":2\r\n"


# Readers that don't read.


class Audience:
    """A publisher, a subscriber who reads, and one who doesn't."""

    def __init__(self, server: Server, stack: ExitStack) -> None:
        self.server = server
        self.value = b"x" * 16_384
        self.stuck = stack.enter_context(quiet_line(server.port))
        self.reader = stack.enter_context(quiet_line(server.port))
        self.publisher = stack.enter_context(quiet_line(server.port))
        for sock in (self.stuck, self.reader):
            sock.sendall(array(b"SUBSCRIBE", b"news"))
            exactly(sock, len(confirmed(b"news")))
        self.before = self.most = resident(server)
        self.published = 0

    def publish(self) -> int:
        """Publish 16 messages; give how many got the last one."""
        values = [b"%06d" % (self.published + n) + self.value for n in range(16)]
        self.publisher.sendall(b"".join(array(b"PUBLISH", b"news", v) for v in values))
        expected = b"".join(message(b"news", value) for value in values)
        assert exactly(self.reader, len(expected)) == expected
        self.published += len(values)
        replies = exactly(self.publisher, 4 * len(values))
        self.most = max(self.most, resident(self.server))
        return int(replies[-3:-2])

    @property
    def sent(self) -> int:
        """How many bytes of values were published."""
        return self.published * len(self.value)


def test_a_stuck_subscriber_is_dropped_at_the_hard_limit(server: Server) -> None:
    with ExitStack() as stack:
        audience = Audience(server, stack)
        while audience.publish() == 2:
            assert audience.sent < 64 * MEGABYTE
        assert audience.sent > HARD
        assert audience.publish() == 1
        assert hung_up(audience.stuck)
        assert audience.most - audience.before < 3 * HARD


def test_nine_stuck_subscribers_cost_no_more_than_their_limits(server: Server) -> None:
    before = resident(server)
    with ExitStack() as stack:
        for _ in range(9):
            sock = stack.enter_context(quiet_line(server.port))
            sock.sendall(array(b"SUBSCRIBE", b"news"))
            exactly(sock, len(confirmed(b"news")))
        publish = array(b"PUBLISH", b"news", b"x" * MEGABYTE)
        publisher = stack.enter_context(quiet_line(server.port))
        for _ in range(40):
            publisher.sendall(publish)
            if exactly(publisher, 4) == b":0\r\n":
                break
        else:
            pytest.fail("nobody was dropped")
        assert resident(server) - before < 9 * 2 * HARD


@pytest.mark.parametrize("kind", ["redis", "own"])
def test_a_stuck_subscriber_is_dropped_after_the_soft_seconds(kind: str) -> None:
    with start(kind, 64 * MEGABYTE, 256 * 1024, 1) as server, ExitStack() as stack:
        audience = Audience(server, stack)
        while audience.sent < 16 * MEGABYTE:
            audience.publish()
        until(lambda: ask(server.port, b"PUBSUB NUMSUB news\r\n").endswith(b":1\r\n"))
        assert hung_up(audience.stuck)
        assert audience.publish() == 1


@pytest.mark.parametrize("kind", ["redis", "own"])
def test_a_subscriber_who_catches_up_is_kept(kind: str) -> None:
    with start(kind, 64 * MEGABYTE, 256 * 1024, 2) as server, ExitStack() as stack:
        audience = Audience(server, stack)
        for _ in range(3):
            for _ in range(32):
                assert audience.publish() == 2
            size = len(message(b"news", b"%06d" % 0 + audience.value))
            exactly(audience.stuck, size * 16 * 32)
            time.sleep(0.9)
        assert audience.publish() == 2


def test_who_never_reads_replies_is_no_burden(stub: Server) -> None:
    before = most = resident(stub)
    request = array(b"ECHO", b"x" * 65_536)
    with quiet_line(stub.port) as sock:
        sock.settimeout(0.5)
        sent = 0
        with suppress(OSError):
            while sent < 128 * MEGABYTE:
                sent += sock.send(request)
                most = max(most, resident(stub))
        assert ask(stub.port, PING) == b"+PONG\r\n"
        most = max(most, resident(stub))
        assert most - before < 3 * HARD


def test_who_reads_late_gets_everything(stub: Server) -> None:
    words = [b"%06d" % number + b"x" * 4000 for number in range(5000)]
    expected = b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
    stream = memoryview(b"".join(array(b"ECHO", word) for word in words))
    got = bytearray()
    with socket.create_connection(("127.0.0.1", stub.port), DEADLINE) as sock:
        sock.settimeout(0.5)
        with suppress(TimeoutError):
            while stream:
                stream = stream[sock.send(stream) :]
        sock.setblocking(False)
        while len(got) < len(expected):
            writers = [sock] if stream else []
            readable, writable, _ = select.select([sock], writers, [], DEADLINE)
            assert readable or writable, "nothing comes"
            if readable:
                got += sock.recv(MEGABYTE)
            if writable:
                stream = stream[sock.send(stream) :]
    assert got == expected
