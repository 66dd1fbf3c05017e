r"""A server that clients take for Redis: publish and subscribe, here.

    $ python -m demos.pubsub.stub --port 6379 --trace
    listening on 127.0.0.1:6379
    1 > *2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n
    1 < *3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n

One loop, one protocol object a client, no lock. A message is built
once, waits with others for each subscriber, and leaves with them at
the loop's next turn, in one write. A subscriber that doesn't read is
bounded, then dropped, as Redis does.

Source: https://redis.io/docs/latest/develop/pubsub
"""

import argparse
import asyncio
import functools
import hmac
import ipaddress
import math
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

from demos.pubsub.commands import (
    NOTHING,
    Command,
    Database,
    command,
    lookup,
    shown,
)
from demos.pubsub.patterns import matches
from demos.pubsub.resp import (
    Limits,
    Parser,
    ProtocolError,
    Push,
    ReplyError,
    Request,
    Value,
    encode,
    requests,
    strings,
)

HARD = 32 << 20
"""Bytes that may wait for a subscriber: with more, it is dropped."""

SOFT, SOFT_SECONDS = 8 << 20, 60.0
"""Bytes that may wait for so many seconds, and no longer."""

CHANNELS, PATTERNS, SHARDS = range(3)
"""What one can subscribe to."""

TRACED = 200
"""Bytes of a chunk that a trace shows."""

Names = dict[bytes, None]
Listeners = dict["Session", None]
Topics = dict[bytes, Listeners]
"""Who listens to each name. Dicts, as sets that keep their order."""

NO_NAMES: tuple[Names, Names, Names] = ({}, {}, {})


MESSAGE = b"*3\r\n$7\r\nmessage\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n"
"""A message on its way, in RESP2: its channel, its text."""


class Batch:
    """Messages that the same sessions get in a row: joined once."""

    __slots__ = ("data", "listeners", "messages")

    def __init__(self, listeners: Listeners) -> None:
        self.listeners = listeners
        self.messages: list[bytes] = []
        self.data: dict[int, bytes] = {}

    def joined(self, protocol: int) -> bytes:
        """Return all of it, in RESP2 or RESP3."""
        if protocol not in self.data:
            parts = self.messages
            if protocol == 3:
                parts = [b">" + message[1:] for message in parts]
            self.data[protocol] = b"".join(parts)
        return self.data[protocol]


class Stub:
    """The server: what its sessions share.

    `hard` and `soft` are in bytes, 0 is no limit. `parser` is `own`, or
    `hiredis` where that is installed; `trace` is given each chunk on
    the wire, as a line of text.
    """

    def __init__(
        self,
        *,
        password: str | None = None,
        hard: int = HARD,
        soft: int = SOFT,
        soft_seconds: float = SOFT_SECONDS,
        parser: str = "own",
        trace: Callable[[str], object] | None = None,
    ) -> None:
        self.password = password
        self.hard, self.soft, self.soft_seconds = (
            hard,
            soft,
            soft_seconds,
        )
        self.parser = parser
        self.trace = trace
        self.topics: tuple[Topics, Topics, Topics] = ({}, {}, {})
        self.databases: list[Database] = [{} for _ in range(16)]
        self.sessions: dict[int, Session] = {}
        self.unsent: list[Session] = []
        self.batch: Batch | None = None  # the one that can still grow
        self.accepted = 0
        self.started = time.monotonic()
        self.port = 0
        self.server: asyncio.Server | None = None

    def publish(self, channel: bytes, data: bytes) -> int:
        """Send to all who listen to a channel; return how many."""
        channels, patterns, _ = self.topics
        count = 0
        if listeners := channels.get(channel):
            message = MESSAGE % (len(channel), channel, len(data), data)
            count = self.send(listeners, message)
        for pattern, listeners in patterns.items():
            if matches(pattern, channel):
                words = b"pmessage", pattern, channel, data
                count += self.send(listeners, strings(words))
        return count

    def send(self, listeners: Listeners, message: bytes) -> int:
        """Let a message wait for each listener, up to the next turn."""
        if self.batch is None or self.batch.listeners is not listeners:
            self.batch = Batch(listeners)
            for session in listeners:
                if not session.waiting:
                    self.later(session)
                session.waiting.append(self.batch)
        self.batch.messages.append(message)
        return len(listeners)

    def later(self, session: "Session") -> None:
        """Send what waits for a session at the loop's next turn."""
        if not self.unsent:
            asyncio.get_running_loop().call_soon(self.flush)
        self.unsent.append(session)

    def flush(self) -> None:
        """Send all that waits, in one write a session."""
        self.batch = None
        unsent, self.unsent = self.unsent, []
        for session in unsent:
            session.flush()

    def part(self, session: "Session", kind: int, name: bytes) -> None:
        """Take a session away; forget a name that has no listener."""
        self.batch = None
        listeners = self.topics[kind].get(name, {})
        listeners.pop(session, None)
        if not listeners:
            self.topics[kind].pop(name, None)

    @property
    def bounds(self) -> tuple[int, int]:
        """The bytes where a subscriber is called choked, and freed."""
        least = min(self.soft or 2**62, self.hard or 2**62)
        return least, least

    def admits(self, password: bytes) -> bool:
        """Tell whether this is the password, if there is one."""
        if self.password is None:
            return True
        return hmac.compare_digest(password, self.password.encode())

    def settings(self) -> dict[bytes, bytes]:
        """Return what CONFIG GET can say."""
        limits = (
            f"pubsub {self.hard} {self.soft} {self.soft_seconds:.0f}"
        )
        return {
            b"appendonly": b"no",
            b"client-output-buffer-limit": limits.encode(),
            b"maxmemory": b"0",
            b"save": b"",
        }

    async def listen(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> int:
        """Start to listen; return the port.

        Raises OSError for a port that is busy, ValueError for a host
        that others can reach while there is no password.
        """
        if self.password is None and not is_loopback(host):
            raise ValueError(f"others can reach {host}: set a password")
        kind = Session if self.trace is None else Traced
        self.server = await asyncio.get_running_loop().create_server(
            functools.partial(kind, self), host, port, backlog=511
        )
        self.port = self.server.sockets[0].getsockname()[1]
        return self.port

    async def close(self) -> None:
        """Stop listening, and hang up on every client."""
        if self.server is not None:
            self.server.close()
        for session in list(self.sessions.values()):
            session.drop()
        while self.sessions:  # noqa: ASYNC110 - called back at the next turn
            await asyncio.sleep(0)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a host."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class Session(asyncio.Protocol):
    """A client, from its connection to its end."""

    __slots__ = (
        "choked",
        "database",
        "deadline",
        "id",
        "last",
        "leaving",
        "limits",
        "muted",
        "name",
        "parse",
        "protocol",
        "since",
        "stub",
        "topics",
        "transport",
        "waiting",
    )
    transport: asyncio.Transport

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.waiting: list[bytes | Batch] = []
        self.topics = NO_NAMES
        self.choked = False
        self.deadline: asyncio.TimerHandle | None = None
        self.last: Command | None = None
        self.leaving = False
        self.limits = Limits(guarded=stub.password is not None)
        self.begin()

    def begin(self) -> None:
        """Be as new."""
        self.protocol, self.database, self.muted = 2, 0, 0
        self.name: bytes | None = None
        self.limits.stranger = self.limits.guarded

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the client a number."""
        self.transport = cast(asyncio.Transport, transport)
        self.stub.accepted += 1
        self.id = self.stub.accepted
        self.since = time.monotonic()
        self.stub.sessions[self.id] = self
        self.parse = self.parser()

    def parser(self) -> Callable[[bytes], Iterable[Request]]:
        """Return what reads requests for this session."""
        if self.stub.parser == "hiredis":
            from demos.pubsub.hiredis_parser import Hiredis

            return Hiredis(self.limits).feed
        return Parser(requests(self.limits)).feed

    def data_received(self, data: bytes) -> None:
        """Run each request that is whole, then send the replies."""
        try:
            for words in self.parse(data):
                self.execute(words)
                if self.leaving:
                    break
        except ProtocolError as error:
            self.leaving = True
            self.reply(ReplyError(f"ERR Protocol error: {error}"))
        self.flush()
        if self.leaving:
            self.transport.close()

    def execute(self, words: Request) -> None:
        """Run a request, and reply."""
        try:
            found = lookup(words)
            if self.limits.stranger and not found.stranger:
                raise ReplyError("NOAUTH Authentication required.")
            if self.topics is not NO_NAMES and self.protocol == 2:
                self.check(found)
            self.last = found
            value = found.run(self, words)
        except ReplyError as error:
            value = error
        if self.muted:
            self.muted -= self.muted > 0
        elif value is not NOTHING:
            self.reply(value)

    def check(self, found: Command) -> None:
        """In RESP2, a subscriber can't ask for everything."""
        if not found.listener:
            raise ReplyError(
                f"ERR Can't execute '{found.name}':"
                " only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING /"
                " QUIT / RESET are allowed in this context"
            )

    def reply(self, value: Value) -> None:
        """Let a reply wait for the end of the requests that came."""
        if self.listens:
            self.stub.batch = None
        if type(value) is int:
            self.waiting.append(b":%d\r\n" % value)
        else:
            self.waiting.append(encode(value, self.protocol))

    def flush(self) -> None:
        """Write all that waits, at once."""
        match self.waiting:
            case []:
                return
            case [Batch() as batch]:  # as a rule: nothing to join
                data = batch.joined(self.protocol)
            case parts:
                data = b"".join(
                    part
                    if isinstance(part, bytes)
                    else part.joined(self.protocol)
                    for part in parts
                )
        if self.topics is not NO_NAMES:
            self.stub.batch = None
        self.waiting.clear()
        self.write(data)

    def write(self, data: bytes) -> None:
        """Write bytes; drop a subscriber for whom too many wait."""
        if not self.transport.is_closing():
            self.transport.write(data)
            if self.choked and self.unread > (
                self.stub.hard or math.inf
            ):
                self.drop()

    @property
    def unread(self) -> int:
        """Bytes that the client has not taken yet."""
        return self.transport.get_write_buffer_size()

    @property
    def listens(self) -> bool:
        """Whether it is subscribed to anything."""
        return self.topics is not NO_NAMES

    def subscribe(self, kind: int, words: Request) -> object:
        """Listen to names, and confirm each."""
        if not self.listens:
            self.topics = ({}, {}, {})
            self.transport.set_write_buffer_limits(*self.stub.bounds)
        for name in words[1:]:
            self.topics[kind][name] = None
            self.stub.topics[kind].setdefault(name, {})[self] = None
            self.confirm(words[0], kind, name)
        return NOTHING

    def unsubscribe(self, kind: int, words: Request) -> object:
        """Listen no more to names, or to any; confirm each."""
        mine = self.topics[kind]
        if len(words) == 1 and not mine:
            self.confirm(words[0], kind, None)
        for name in words[1:] or list(mine):
            if name in mine:
                del mine[name]
                self.stub.part(self, kind, name)
            self.confirm(words[0], kind, name)
        if not any(self.topics):
            self.topics = NO_NAMES
        return NOTHING

    def confirm(
        self, verb: bytes, kind: int, name: bytes | None
    ) -> None:
        """Tell the client a name, and how many it listens to."""
        channels, patterns, shards = map(len, self.topics)
        count = shards if kind == SHARDS else channels + patterns
        self.reply(Push([verb.lower(), name, count]))

    def forget(self) -> None:
        """Listen to nothing, without a word."""
        for kind, names in enumerate(self.topics):
            for name in names:
                self.stub.part(self, kind, name)
        self.topics = NO_NAMES

    def pause_writing(self) -> None:
        """Wait for a subscriber, not for ever; read the others less."""
        if not self.listens:
            self.transport.pause_reading()
            return
        self.choked = True
        if self.stub.soft:
            loop = asyncio.get_running_loop()
            self.deadline = loop.call_later(
                self.stub.soft_seconds, self.drop
            )

    def resume_writing(self) -> None:
        """Go on: the client reads."""
        self.transport.resume_reading()
        self.breathe()

    def breathe(self) -> None:
        """Wait for the client no more."""
        self.choked = False
        if self.deadline:
            self.deadline.cancel()

    def eof_received(self) -> None:
        """Let the transport close once all is sent."""

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the client."""
        self.leaving = True
        self.forget()
        self.stub.sessions.pop(self.id, None)
        self.breathe()

    def drop(self) -> None:
        """Hang up at once: what waits is lost."""
        self.leaving = True
        self.forget()
        self.transport.abort()

    # What CLIENT LIST says of it.

    @property
    def kind(self) -> str:
        """A type of client."""
        return "pubsub" if self.listens else "normal"

    @property
    def peer(self) -> str:
        """The client's address."""
        return address(self.transport.get_extra_info("peername"))

    @property
    def here(self) -> str:
        """The server's address."""
        return address(self.transport.get_extra_info("sockname"))

    @property
    def age(self) -> float:
        """Seconds since it came."""
        return time.monotonic() - self.since


def address(name: tuple[str, int]) -> str:
    """Write where a socket is."""
    return f"{name[0]}:{name[1]}"


class Traced(Session):
    """A session whose bytes are shown, both ways."""

    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        """Show what came."""
        self.show(">", data)
        super().data_received(data)

    def write(self, data: bytes) -> None:
        """Show what goes."""
        self.show("<", data)
        super().write(data)

    def show(self, way: str, data: bytes) -> None:
        """Write bytes as Python does, on one line, the end cut."""
        assert self.stub.trace is not None
        text = repr(data[:TRACED])[2:-1]
        more = "..." if len(data) > TRACED else ""
        self.stub.trace(f"{self.id} {way} {text}{more}")


# Commands


@command("subscribe", -2, listener=True)
def subscribe(session: Session, words: Request) -> Value:
    """Listen to channels."""
    return session.subscribe(CHANNELS, words)


@command("unsubscribe", -1, listener=True)
def unsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to channels, or to any."""
    return session.unsubscribe(CHANNELS, words)


@command("psubscribe", -2, listener=True)
def psubscribe(session: Session, words: Request) -> Value:
    """Listen to the channels that match patterns."""
    return session.subscribe(PATTERNS, words)


@command("punsubscribe", -1, listener=True)
def punsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to patterns, or to any."""
    return session.unsubscribe(PATTERNS, words)


@command("ssubscribe", -2, listener=True)
def ssubscribe(session: Session, words: Request) -> Value:
    """Listen to channels of a shard: here, of the only one."""
    return session.subscribe(SHARDS, words)


@command("sunsubscribe", -1, listener=True)
def sunsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to channels of a shard, or to any."""
    return session.unsubscribe(SHARDS, words)


@command("publish", 3)
def publish(session: Session, words: Request) -> Value:
    """Send to all who listen to a channel; return how many."""
    return session.stub.publish(words[1], words[2])


@command("spublish", 3)
def spublish(session: Session, words: Request) -> Value:
    """Send to all who listen to a channel of a shard."""
    listeners = session.stub.topics[SHARDS].get(words[1])
    if not listeners:
        return 0
    return session.stub.send(
        listeners, strings([b"smessage", *words[1:]])
    )


@command("pubsub", -2)
def pubsub(session: Session, words: Request) -> Value:
    """Ask who listens to what."""
    return NOTHING


@command("pubsub|channels", -2)
def pubsub_channels(session: Session, words: Request) -> Value:
    """Return the channels that have listeners, or those that match."""
    return names(session.stub.topics[CHANNELS], words)


@command("pubsub|shardchannels", -2)
def pubsub_shardchannels(session: Session, words: Request) -> Value:
    """Return the shard's channels that have listeners, or match."""
    return names(session.stub.topics[SHARDS], words)


@command("pubsub|numsub", -2)
def pubsub_numsub(session: Session, words: Request) -> Value:
    """Return how many listen to each of these channels."""
    return counts(session.stub.topics[CHANNELS], words)


@command("pubsub|shardnumsub", -2)
def pubsub_shardnumsub(session: Session, words: Request) -> Value:
    """Return how many listen to each of these channels of the shard."""
    return counts(session.stub.topics[SHARDS], words)


@command("pubsub|numpat", 2)
def pubsub_numpat(session: Session, words: Request) -> Value:
    """Return how many patterns have listeners."""
    return len(session.stub.topics[PATTERNS])


def names(topics: Topics, words: Request) -> list[bytes]:
    """Return the names that have listeners, or those that match."""
    if len(words) > 3:
        raise ReplyError(
            "ERR unknown subcommand or wrong number of arguments for"
            f" '{shown(words[1])}'. Try PUBSUB HELP."
        )
    if len(words) == 2:
        return list(topics)
    return [name for name in topics if matches(words[2], name)]


def counts(topics: Topics, words: Request) -> list[Value]:
    """Return each name and how many listen to it, in turn."""
    found = ((name, len(topics.get(name, ()))) for name in words[2:])
    return [item for pair in found for item in pair]


# The program


@asynccontextmanager
async def serve(port: int = 0, **options: Any) -> AsyncIterator[int]:
    """Serve while the block lasts; give the port. Options: Stub's."""
    stub = Stub(**options)
    try:
        yield await stub.listen(port=port)
    finally:
        await stub.close()


async def main(
    *,
    host: str = "127.0.0.1",
    port: int = 6379,
    trace: bool = False,
    **options: Any,
) -> None:
    """Serve till Ctrl-C."""
    say = functools.partial(print, flush=True)
    stub = Stub(trace=say if trace else None, **options)
    say(f"listening on {host}:{await stub.listen(host, port)}")
    try:
        await asyncio.Event().wait()
    finally:
        await stub.close()


def arguments() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=6379)
    parser.add_argument("--password")
    parser.add_argument("--loop", choices=["asyncio", "uvloop"])
    parser.add_argument(
        "--parser", choices=["own", "hiredis"], default="own"
    )
    parser.add_argument(
        "--trace",
        action="store_true",
        help="print the bytes on the wire",
    )
    limits = parser.add_argument_group(
        "a subscriber that doesn't read is dropped"
    )
    limits.add_argument(
        "--hard",
        type=int,
        default=HARD,
        metavar="BYTES",
        help="at once",
    )
    limits.add_argument(
        "--soft", type=int, default=SOFT, metavar="BYTES"
    )
    limits.add_argument(
        "--soft-seconds", type=float, default=SOFT_SECONDS, metavar="S"
    )
    return parser


def new_loop(
    name: str | None,
) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes the event loop of that name."""
    if name == "uvloop":
        import uvloop

        return uvloop.new_event_loop
    return asyncio.new_event_loop


def allow_many() -> None:
    """Raise this process's limit on open sockets, if it has one."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    options = vars(arguments().parse_args())
    allow_many()
    try:
        factory = new_loop(options.pop("loop"))
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(main(**options))
    except KeyboardInterrupt:
        sys.exit(130)
    except (ImportError, OSError, OverflowError, ValueError) as error:
        sys.exit(f"stub: {error}")
