"""A client, as the server sees it: bytes in, commands run, replies out.

`data_received` has the parser cut a chunk into requests; `execute` runs
each; `reply` lets what it returns wait; `flush` writes, at once, all
that waits: replies, and what the broker has put among them.

Nothing here awaits: while a chunk's requests run, no other client's do.
The loop switches between two chunks, and before the broker's flush.

Source: https://redis.io/docs/latest/develop/reference/clients
"""

from __future__ import annotations

import asyncio
import functools
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from demos.pubsub.broker import (
    GATHER,
    Batch,
    Broker,
    Kind,
    Subscriber,
)
from demos.pubsub.commands import (
    NO_REPLY,
    Command,
    Commands,
    Refused,
    Run,
)
from demos.pubsub.database import Database
from demos.pubsub.notices import Notices
from demos.pubsub.resp import (
    MAX_BULK,
    MAX_COUNT,
    ProtocolError,
    Push,
    ReplyError,
    Request,
    Value,
    encode,
)
from demos.pubsub.resp_requests import (
    FastPath,
    Limits,
    RequestParser,
    plain_requests,
)
from demos.pubsub.transaction import Transaction

HARD = 32 << 20
"""Bytes that may wait for a subscriber: with more, it is dropped."""

SOFT, SOFT_SECONDS = 8 << 20, 60.0
"""Bytes that may wait for so many seconds, and no longer."""

NO_LIMIT = 1 << 62
"""More bytes than can wait."""

STRANGER_COUNT, STRANGER_BULK = 10, 16384
"""What a request may have before the password: strings, and bytes."""

DATABASES = 16
"""Those that SELECT chooses from."""


@dataclass(eq=False, kw_only=True)
class Server:
    """What the sessions of a server share.

    A subscriber is dropped if more than `hard` bytes wait for it, or
    more than `soft` for `soft_seconds`; 0 bytes is no limit. While many
    listen, a message may wait `gather` seconds for others. `parser`
    is `own`, or `hiredis` (ImportError where that isn't installed);
    `trace` is given each chunk on the wire, as a line of text.
    """

    commands: Commands[Session]
    password: str | None = None
    hard: int = HARD
    soft: int = SOFT
    soft_seconds: float = SOFT_SECONDS
    gather: float = GATHER
    parser: str = "own"
    trace: Callable[[str], object] | None = None

    def __post_init__(self) -> None:
        self.fast_path: FastPath | None = fast_path_of(self.parser)
        if self.password is not None:
            self.fast_path = None  # or it reads ahead of AUTH
        self.broker = Broker(self.gather)
        self.notices = Notices(self.broker)
        self.databases = [
            Database(functools.partial(self.notices.tell, index))
            for index in range(DATABASES)
        ]
        self.sessions: dict[int, Session] = {}
        self.accepted = 0  # connections
        self.asked = 0  # requests
        self.started = time.monotonic()
        self.now = self.started  # when bytes came last, from anybody
        self.port = 0

    def admits(self, password: bytes) -> bool:
        """Tell whether this is the password, if there is one."""
        if self.password is None:
            return True
        return hmac.compare_digest(password, self.password.encode())

    def limit(self, hard: int, soft: int, seconds: float) -> None:
        """Set other limits, of those that are subscribed, too."""
        self.hard, self.soft, self.soft_seconds = hard, soft, seconds
        for session in self.sessions.values():
            if session.listens:
                session.bound()

    @property
    def patience(self) -> int:
        """Bytes that may wait before a subscriber is called slow."""
        limits = [each for each in (self.hard, self.soft) if each > 0]
        return min(limits, default=NO_LIMIT)


def fast_path_of(parser: str) -> FastPath:
    """Return what reads plain requests, `own` or `hiredis`."""
    if parser == "hiredis":
        from demos.pubsub import hiredis_parser

        return hiredis_parser.read
    return plain_requests


class Session(Subscriber, asyncio.Protocol):
    """A client, from its connection to its end."""

    __slots__ = (
        "database",
        "deadline",
        "heard",
        "id",
        "kept",
        "last",
        "leaving",
        "limits",
        "muted",
        "name",
        "parse",
        "protocol",
        "server",
        "since",
        "slow",
        "stranger",
        "transaction",
        "transport",
        "write",
    )
    transport: asyncio.Transport
    write: Callable[[bytes], object]

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.limits = Limits()
        self.last: Command[Session] | None = None
        self.leaving = False
        self.kept = False  # CLIENT NO-EVICT
        self.slow = False
        self.transaction: Transaction | None = None
        self.deadline: asyncio.TimerHandle | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what the client has said of itself."""
        self.protocol = 2
        self.database = 0
        self.name: bytes | None = None
        self.muted = 0.0  # replies to leave out, or math.inf
        self.stranger = self.server.password is not None
        if self.stranger:
            self.limits.count = STRANGER_COUNT
            self.limits.size = STRANGER_BULK
            self.limits.refusal = "unauthenticated"

    def admit(self) -> None:
        """Let it ask for everything: it has said the password."""
        self.stranger = False
        self.limits.count = MAX_COUNT
        self.limits.size = MAX_BULK
        self.limits.refusal = "invalid"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the client a number."""
        self.transport = cast(asyncio.Transport, transport)
        self.write = self.transport.write
        self.since = self.heard = time.monotonic()
        self.server.accepted += 1
        self.id = self.server.accepted
        self.server.sessions[self.id] = self
        parser = RequestParser(self.limits, self.server.fast_path)
        self.parse = parser.feed

    def data_received(self, data: bytes) -> None:
        """Run each request that is whole, then send the replies."""
        self.heard = self.server.now = time.monotonic()
        count = 0
        try:
            for words in self.parse(data):
                count += 1
                self.execute(words)
                if self.leaving:
                    break
        except ProtocolError as error:
            self.leaving = True
            self.reply(ReplyError(f"ERR Protocol error: {error}"))
        self.server.asked += count
        self.flush()
        if self.leaving:
            self.server.broker.forget(self)
            self.transport.close()

    def execute(self, words: Request) -> None:
        """Run a request, and reply."""
        try:
            command = self.last = self.server.commands.find(words)
            run = command.run
            if self.stranger or self.listens or self.transaction:
                run = self.check(command)
            value = run(self, words)
        except Refused as error:
            value = refusal(self, words, error)
        except ReplyError as error:
            value = error
        if self.muted:
            self.muted -= 1
        elif value is not NO_REPLY:
            self.reply(value)

    def check(self, command: Command[Session]) -> Run[Session]:
        """Return what runs a command, or queues it.

        Raises Refused for what this client may not ask now.
        """
        if self.stranger and not command.for_strangers:
            raise Refused("NOAUTH Authentication required.")
        bound = self.listens and self.protocol == 2
        if bound and not command.for_listeners:
            raise Refused(
                f"ERR Can't execute '{command.name}':"
                " only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING /"
                " QUIT / RESET are allowed in this context"
            )
        if self.transaction:
            return self.transaction.in_time(command)
        return command.run

    def end_transaction(self) -> None:
        """Forget what it has queued, and what it watches."""
        if self.transaction:
            self.transaction.unwatch()
            self.transaction = None

    def reply(self, value: Value) -> None:
        """Let a reply wait for the end of the requests that came."""
        if self.listens:
            self.server.broker.seal()
        if type(value) is int:  # not a bool: most often, of PUBLISH
            self.waiting.append(b":%d\r\n" % value)
        else:
            self.waiting.append(encode(value, self.protocol))

    def flush(self) -> None:
        """Write all that waits, at once; it may be too much."""
        if not self.waiting:
            return
        if self.listens:
            self.server.broker.seal()
        if len(self.waiting) == 1:  # most often: nothing to join
            data = self.encoded(self.waiting[0])
        else:
            data = b"".join(map(self.encoded, self.waiting))
        self.waiting.clear()
        self.heard = self.server.now
        self.write(data)
        if self.slow and 0 < self.server.hard < self.unread:
            self.drop()

    def encoded(self, part: bytes | Batch) -> bytes:
        """Return what waits as bytes."""
        if isinstance(part, Batch):
            return part.join(self.protocol)
        return part

    @property
    def unread(self) -> int:
        """Bytes that the client has not taken yet."""
        return self.transport.get_write_buffer_size()

    def bound(self) -> None:
        """Have it told when as much waits as a subscriber may have."""
        size = self.server.patience
        self.transport.set_write_buffer_limits(size, size)

    def subscribe(self, kind: Kind, words: Request) -> object:
        """Listen to names, and confirm each."""
        if not self.listens:
            self.bound()
        for name in words[1:]:
            self.server.broker.subscribe(self, kind, name)
            self.confirm(words[0], kind, name)
        return NO_REPLY

    def unsubscribe(self, kind: Kind, words: Request) -> object:
        """Listen no more to names, or to any; confirm each."""
        names = words[1:] or list(self.names[kind])
        for name in names:
            self.server.broker.unsubscribe(self, kind, name)
            self.confirm(words[0], kind, name)
        if not names:
            self.confirm(words[0], kind, None)
        if not self.listens:
            self.wait_no_more()
        return NO_REPLY

    def confirm(
        self, verb: bytes, kind: Kind, name: bytes | None
    ) -> None:
        """Tell the client a name, and how many it listens to."""
        channels, patterns, shards = map(len, self.names)
        count = channels + patterns
        if kind == Kind.SHARDS:
            count = shards
        self.reply(Push([verb.lower(), name, count]))

    def pause_writing(self) -> None:
        """Wait: the client doesn't read as fast as we write.

        Of a subscriber what waits is bounded, in bytes and in time. Of
        another we read no more requests, so no more replies wait.
        """
        if not self.listens:
            self.transport.pause_reading()
            return
        self.slow = True
        if self.server.soft:
            loop = asyncio.get_running_loop()
            self.deadline = loop.call_later(
                self.server.soft_seconds, self.drop
            )

    def resume_writing(self) -> None:
        """Go on: the client reads."""
        self.transport.resume_reading()
        self.wait_no_more()

    def wait_no_more(self) -> None:
        """Take the client for one that isn't slow."""
        self.slow = False
        if self.deadline:
            self.deadline.cancel()

    def eof_received(self) -> None:
        """Let the transport close once all is sent."""

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the client."""
        self.leaving = True
        self.waiting.clear()
        self.server.broker.forget(self)
        self.server.sessions.pop(self.id, None)
        self.end_transaction()
        self.wait_no_more()

    def drop(self) -> None:
        """Hang up at once: what waits is lost."""
        self.leaving = True
        self.server.broker.forget(self)
        self.transport.abort()


def refusal(
    session: Session, words: Request, error: Refused
) -> ReplyError:
    """Return the reply to a command that isn't even queued."""
    session.last = session.server.commands.named(words)
    if words[0].lower() == b"exec":
        session.end_transaction()
        why = str(error).removeprefix("ERR ")
        return ReplyError(
            f"EXECABORT Transaction discarded because of: {why}"
        )
    if session.transaction:
        session.transaction.refuse()
    return error
