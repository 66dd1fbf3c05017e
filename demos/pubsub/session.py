"""A client of the stub: its bytes, its requests, what waits for it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from demos.pubsub.commands import NOTHING, USUAL, Command, lookup
from demos.pubsub.resp import (
    Limits,
    ProtocolError,
    Push,
    ReplyError,
    Request,
    Requests,
    Value,
    encode,
)

if TYPE_CHECKING:
    from demos.pubsub.stub import Stub

CHANNELS, PATTERNS, SHARDS = range(3)
"""What one can subscribe to."""

TRACED = 200
"""Bytes of a chunk that a trace shows."""

Names = dict[bytes, None]
Listeners = dict["Session", None]
Topics = dict[bytes, Listeners]
"""Who listens to each name. Dicts, as sets that keep their order."""

NO_NAMES: tuple[Names, Names, Names] = ({}, {}, {})


class Batch:
    """Messages that the same sessions get in a row: joined once."""

    __slots__ = ("data", "listeners", "messages")

    def __init__(self, listeners: Listeners) -> None:
        self.listeners = listeners
        self.messages: list[bytes] = []
        self.data: dict[int, bytes] = {}

    def join(self, protocol: int) -> bytes:
        """Return all of it, in RESP2 or RESP3."""
        if protocol not in self.data:
            parts = self.messages
            if protocol == 3:
                parts = [b">" + message[1:] for message in parts]
            self.data[protocol] = b"".join(parts)
        return self.data[protocol]


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
        "write",
    )
    transport: asyncio.Transport
    write: Callable[[bytes], object]

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
        self.write = self.transport.write
        self.stub.accepted += 1
        self.id = self.stub.accepted
        self.since = time.monotonic()
        self.stub.sessions[self.id] = self
        self.parse = Requests(self.limits, self.stub.quick).feed

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
            self.forget()
            self.transport.close()

    def execute(self, words: Request) -> None:
        """Run a request, and reply."""
        try:
            found = USUAL.get(words[0])
            if found is None or found.arity != len(words):
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
        if self.topics is not NO_NAMES:
            self.stub.batch = None
        if type(value) is int:  # not a bool
            self.waiting.append(b":%d\r\n" % value)
        else:
            self.waiting.append(encode(value, self.protocol))

    def flush(self) -> None:
        """Write all that waits, at once; it may be too much."""
        match self.waiting:
            case []:
                return
            case [bytes() as data]:
                pass
            case [Batch() as batch]:  # as a rule: nothing to join
                data = batch.data.get(self.protocol) or batch.join(
                    self.protocol
                )
            case parts:
                data = b"".join(map(self.encoded, parts))
        if self.topics is not NO_NAMES:
            self.stub.batch = None
        self.waiting.clear()
        self.write(data)
        if self.choked and self.unread > (self.stub.hard or math.inf):
            self.drop()

    def encoded(self, part: bytes | Batch) -> bytes:
        """Return what waits as bytes."""
        return (
            part
            if isinstance(part, bytes)
            else part.join(self.protocol)
        )

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
            self.breathe()
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

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Show what goes."""
        super().connection_made(transport)
        self.write = self.show_and_write

    def show_and_write(self, data: bytes) -> None:
        """Show bytes, write them."""
        self.show("<", data)
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        """Show what came."""
        self.show(">", data)
        super().data_received(data)

    def show(self, way: str, data: bytes) -> None:
        """Write bytes as Python does, on one line, the end cut."""
        assert self.stub.trace is not None
        text = repr(data[:TRACED])[2:-1]
        more = "..." if len(data) > TRACED else ""
        self.stub.trace(f"{self.id} {way} {text}{more}")
