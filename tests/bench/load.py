"""Load a server that speaks Redis's protocol; print as JSON what it did.

    $ python -m tests.bench.load publish 6379 --pid 4242 --subscribers 100
    {"count": 96200, "seconds": 0.5002, "server": 0.14, "generator": 0.1313}

It is the same for every server, runs in a process of its own, and does as
little as it can: plain sockets, requests made beforehand, and answers that are
counted by their bytes, their length being known. Before a round, one message is
sent and every answer to it compared, so that the bytes counted are the right
ones. `--pid` is the server's process, for its CPU time and its memory.
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field

import psutil

CHANNEL = b"news"

PORTS = 20_000
"""Connections from one address, which has fewer than 30,000 ports to give."""

BUFFER = bytearray(1 << 18)
"""Where whatever arrives goes, and is forgotten."""


@dataclass(frozen=True)
class Round:
    """What was counted, in how long, and the CPU seconds of either side."""

    count: int
    seconds: float
    server: float
    generator: float


@dataclass(frozen=True)
class Latencies:
    """Microseconds from a message's turn to be sent to its arrival."""

    count: int
    median: float
    p99: float
    server: float
    """CPU seconds of the server."""
    seconds: float


@dataclass(frozen=True)
class Idle:
    """Resident bytes of the server before and after so many subscribers came."""

    count: int
    before: int
    after: int


@dataclass(frozen=True)
class Heard:
    """Seconds until so many subscribers were there, and until all heard a message."""

    count: int
    connecting: float
    seconds: float


def array(*words: bytes) -> bytes:
    """Encode an array of strings: a request, or a message delivered."""
    parts = [b"*%d\r\n" % len(words)]
    parts += [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"".join(parts)


def connect(port: int, number: int = 0) -> socket.socket:
    """Open a connection; the later ones from other addresses, whose ports are free."""
    source = (f"127.0.0.{1 + number // PORTS}", 0) if number >= PORTS else None
    connection = socket.create_connection(("127.0.0.1", port), 30, source)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def expect(connection: socket.socket, answer: bytes) -> None:
    """Read an answer; fail unless it is, to the byte, the one expected."""
    got = b""
    while len(got) < len(answer) and (chunk := connection.recv(len(answer))):
        got += chunk
    if got != answer:
        sys.exit(f"expected {answer!r}, got {got!r}")


@contextmanager
def crowd(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Connect so many subscribers to the channel."""
    request = array(b"SUBSCRIBE", CHANNEL)
    answer = array(b"subscribe", CHANNEL).replace(b"*2", b"*3") + b":1\r\n"
    with ExitStack() as stack:
        subscribers = []
        for number in range(count):
            subscribers.append(stack.enter_context(connect(port, number)))
            subscribers[-1].sendall(request)
            expect(subscribers[-1], answer)
        yield subscribers


def rehearse(
    publishers: list[socket.socket], subscribers: list[socket.socket], message: bytes
) -> None:
    """Publish a message once each; compare every answer, then stop blocking."""
    for publisher in publishers:
        publisher.sendall(array(b"PUBLISH", CHANNEL, message))
        expect(publisher, b":%d\r\n" % len(subscribers))
        for subscriber in subscribers:
            expect(subscriber, array(b"message", CHANNEL, message))
    for connection in (*publishers, *subscribers):
        connection.setblocking(False)


class Clock:
    """Reads wall-clock and CPU times since it was made, all in seconds."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._server = self._spent()
        self._generator = time.process_time()
        self._start = time.perf_counter()

    def _spent(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system

    def read(self, count: int) -> Round:
        """Return what this round took."""
        seconds = time.perf_counter() - self._start
        generator = time.process_time() - self._generator
        return Round(count, seconds, self._spent() - self._server, generator)


@dataclass
class Publisher:
    """A connection that sends so many requests, awaits so many replies, and again."""

    connection: socket.socket
    requests: bytes
    replies: int
    """Bytes that answer the requests."""
    until: float
    turns: int = 0
    awaited: int = 0

    def send(self) -> None:
        """Send the requests."""
        self.turns += 1
        self.awaited = self.replies
        self.connection.send(self.requests)

    def receive(self, buffer: bytearray) -> int:
        """Count down what is awaited; send again until it is time to stop."""
        self.awaited -= self.connection.recv_into(buffer)
        if not self.awaited and time.perf_counter() < self.until:
            self.send()
        return 0


def publish(
    port: int,
    pid: int,
    *,
    subscribers: int = 0,
    publishers: int = 1,
    pipeline: int = 1,
    size: int = 32,
    seconds: float = 0.5,
) -> Round:
    """Publish for some time; count deliveries or, to nobody, replies.

    The round ends when the last delivery has arrived.
    """
    message = b"x" * size
    requests = array(b"PUBLISH", CHANNEL, message) * pipeline
    replies = len(b":%d\r\n" % subscribers) * pipeline
    delivered = len(array(b"message", CHANNEL, message)) * subscribers
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        crowded = stack.enter_context(crowd(port, subscribers))
        opened = [stack.enter_context(connect(port)) for _ in range(publishers)]
        rehearse(opened, crowded, message)
        for connection in crowded:
            selector.register(connection, selectors.EVENT_READ, connection.recv_into)
        clock = Clock(pid)
        until = time.perf_counter() + seconds
        under_way = [Publisher(each, requests, replies, until) for each in opened]
        for publisher in under_way:
            selector.register(
                publisher.connection, selectors.EVENT_READ, publisher.receive
            )
            publisher.send()
        received = expected = 0
        while received < expected or any(each.awaited for each in under_way):
            for key, _ in selector.select():
                received += key.data(BUFFER)
            expected = sum(each.turns for each in under_way) * pipeline * delivered
        turns = sum(each.turns for each in under_way)
        return clock.read(turns * pipeline * (subscribers or 1))


@dataclass
class Subscriber:
    """A connection that notes how long each message took to arrive."""

    connection: socket.socket
    size: int
    """Bytes of a message delivered."""
    sent: list[float]
    latencies: list[float] = field(default_factory=list)
    received: int = 0

    def receive(self, buffer: bytearray) -> None:
        """Note the time of every message that is complete now."""
        self.received += self.connection.recv_into(buffer)
        now = time.perf_counter()
        whole = self.received // self.size
        for turn in range(len(self.latencies), whole):
            self.latencies.append(now - self.sent[turn])


def latency(
    port: int,
    pid: int,
    *,
    subscribers: int = 100,
    size: int = 32,
    rate: float = 200,
    seconds: float = 1,
) -> Latencies:
    """Publish at a fixed rate, whatever comes back; time each delivery.

    Times run from when a message was due to be sent, so that being late costs.
    The generator doesn't sleep: its own waking up would be measured too.
    """
    message = b"x" * size
    request = array(b"PUBLISH", CHANNEL, message)
    delivered = len(array(b"message", CHANNEL, message))
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        crowded = stack.enter_context(crowd(port, subscribers))
        publisher = stack.enter_context(connect(port))
        rehearse([publisher], crowded, message)
        clock = Clock(pid)
        start = time.perf_counter() + 0.01
        due = [start + turn / rate for turn in range(int(rate * seconds))]
        receivers = [Subscriber(each, delivered, due) for each in crowded]
        selector.register(publisher, selectors.EVENT_READ, publisher.recv_into)
        for each in receivers:
            selector.register(each.connection, selectors.EVENT_READ, each.receive)
        turn = 0
        while turn < len(due) or any(len(e.latencies) < turn for e in receivers):
            if turn < len(due) and time.perf_counter() >= due[turn]:
                publisher.send(request)
                turn += 1
            for key, _ in selector.select(0):
                key.data(BUFFER)
        done = clock.read(len(due) * subscribers)
    times = sorted(1e6 * each for one in receivers for each in one.latencies)
    p99 = times[int(0.99 * len(times))]
    return Latencies(
        len(times), statistics.median(times), p99, done.server, done.seconds
    )


def idle(port: int, pid: int, *, subscribers: int = 10_000) -> Idle:
    """Weigh the server before and after so many subscribers came."""
    server = psutil.Process(pid)
    with crowd(port, 1):
        before = server.memory_info().rss
        with crowd(port, subscribers):
            return Idle(subscribers, before, server.memory_info().rss)


def hear(port: int, pid: int, *, subscribers: int = 10_000) -> Heard:
    """Let a crowd connect, then all of it hear one message, of which each byte counts.

    The server's process is not looked at: `pid` is there for the other measures.
    """
    message = array(b"message", CHANNEL, b"x" * 32)
    start = time.perf_counter()
    with crowd(port, subscribers) as crowded, connect(port) as publisher:
        connecting = time.perf_counter() - start
        with selectors.DefaultSelector() as selector:
            for connection in crowded:
                selector.register(connection, selectors.EVENT_READ)
            awaited = len(message) * subscribers
            start = time.perf_counter()
            publisher.sendall(array(b"PUBLISH", CHANNEL, b"x" * 32))
            while awaited:
                for key, _ in selector.select():
                    assert isinstance(key.fileobj, socket.socket)
                    awaited -= key.fileobj.recv_into(BUFFER)
            return Heard(subscribers, connecting, time.perf_counter() - start)


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.load",
        description="Load a server that speaks Redis's protocol.",
        epilog="example: python -m tests.bench.load publish 6379 --pid 4242"
        " --subscribers 100 --pipeline 16",
    )
    parser.add_argument("measure", choices=("publish", "latency", "idle", "hear"))
    parser.add_argument("port", type=int)
    parser.add_argument("--pid", type=int, required=True, help="of the server")
    parser.add_argument("--subscribers", type=int)
    parser.add_argument("--publishers", type=int)
    parser.add_argument("--pipeline", type=int, help="requests sent at once")
    parser.add_argument("--size", type=int, help="bytes of a message")
    parser.add_argument("--rate", type=float, help="messages a second")
    parser.add_argument("--seconds", type=float, help="of publishing")
    given = {k: v for k, v in vars(parser.parse_args()).items() if v is not None}
    measures: dict[str, Callable[..., Round | Latencies | Idle | Heard]] = {
        "publish": publish,
        "latency": latency,
        "idle": idle,
        "hear": hear,
    }
    measured = asdict(measures[given.pop("measure")](**given))
    print(json.dumps({name: round(value, 4) for name, value in measured.items()}))


if __name__ == "__main__":
    main()
