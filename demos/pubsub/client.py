"""A client of Redis with the words of asyncio-redis: its pub/sub.

    async with (
        await Connection.create(port=6379) as reader,
        await Connection.create(port=6379) as writer,
    ):
        florist = await reader.start_subscribe()
        await florist.subscribe(["news"])
        await writer.publish("news", "tulip")
        message = await florist.next_published()

As in asyncio-redis, a connection that has started to subscribe does
nothing else: another one publishes. With `reconnect=True`, one that is
lost comes back and subscribes again; what was published meanwhile is
lost, since Redis keeps no message.

The vocabulary: https://asyncio-redis.readthedocs.io
"""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self

from demos.pubsub.client_link import ConnectionLost, Link
from demos.pubsub.resp import ReplyError, Value

__all__ = ["Connection", "ConnectionLost", "Published", "ReplyError"]

FIRST_DELAY, LAST_DELAY = 0.1, 5.0
"""Seconds before a try to come back, doubled each time."""

PATIENCE = 5.0
"""Seconds that such a try may take."""

UNREAD = 1000
"""Messages kept for a slow reader; the others stay with the server."""

Name = str | bytes


SUBSCRIBING = {
    b"SUBSCRIBE",
    b"UNSUBSCRIBE",
    b"PSUBSCRIBE",
    b"PUNSUBSCRIBE",
    b"SSUBSCRIBE",
    b"SUNSUBSCRIBE",
}
"""Commands with a reply for each name."""

ASTRAY = {
    b"HELLO",
    b"MONITOR",
    b"PSYNC",
    b"REPLCONF",
    b"RESET",
    b"SYNC",
}
"""Commands after which replies come otherwise, or never end."""


def check_call(words: list[bytes]) -> None:
    """Raise ValueError for a command that hasn't just one reply."""
    name = b" ".join(words[:2]).upper()
    verb = name.partition(b" ")[0]
    if not words:
        raise ValueError("which command?")
    if verb in SUBSCRIBING:
        raise ValueError(f"{verb.decode()}: see start_subscribe()")
    if verb in ASTRAY or name == b"CLIENT REPLY":
        raise ValueError(f"{name.decode()}: not by call()")


def say_nothing(line: str) -> None:
    """Tell nobody of what becomes of a connection."""


@dataclass(frozen=True, slots=True)
class Published:
    """A message, and the pattern that its channel matches, if any.

    All three are text, or bytes if the connection has no encoding.
    """

    channel: Any
    value: Any
    pattern: Any = None


@dataclass(eq=False)
class Connection:
    """A connection to Redis; `await Connection.create()` makes one.

    Values are text, or bytes if `encoding` is None. `protocol` is 2 or
    3. With `reconnect`, a link that is lost comes back; `tell` is given
    a line about it.
    """

    host: str = "127.0.0.1"
    port: int = 6379
    password: str | None = None
    encoding: str | None = "utf-8"
    protocol: int = 2
    reconnect: bool = False
    tell: Callable[[str], object] = say_nothing

    def __post_init__(self) -> None:
        self.subscription: Subscription | None = None
        self.closed = False
        self._link: Link | None = None
        self._back: asyncio.Task[None] | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @classmethod
    async def create(
        cls, host: str = "127.0.0.1", port: int = 6379, **options: Any
    ) -> Self:
        """Connect. The options are the attributes.

        Raises ConnectionLost if no Redis answers, ReplyError if it
        wants another password.
        """
        connection = cls(host, port, **options)
        await connection._connect()
        return connection

    async def call(self, *words: Name) -> Value:
        """Send a command that has one reply; return it.

        Raises ReplyError for an error, ConnectionLost without a reply;
        ValueError, and sends nothing, where one reply wouldn't do.
        """
        encoded = [self.encode(word) for word in words]
        check_call(encoded)
        return self.decode(await self.link.ask(*encoded))

    async def publish(self, channel: Name, value: Name) -> int:
        """Send a message to a channel; return how many received it."""
        return int(await self.call("PUBLISH", channel, value))

    async def start_subscribe(self) -> "Subscription":
        """Return what subscribes; in RESP2, ask for nothing else."""
        if self.subscription is None:
            self.link.check()
            self.subscription = Subscription(self)
        return self.subscription

    @property
    def link(self) -> Link:
        """The link. Raises ConnectionLost while there is none."""
        if self._link is None or self.closed:
            raise ConnectionLost(f"not connected to {self}")
        return self._link

    def encode(self, word: Name) -> bytes:
        """Return a word as bytes."""
        if isinstance(word, bytes):
            return word
        return word.encode(self.encoding or "utf-8", "surrogateescape")

    def decode(self, value: Value) -> Value:
        """Return text for bytes, here and in what holds them."""
        if self.encoding is None:
            return value
        match value:
            case bytes():
                return value.decode(self.encoding, "surrogateescape")
            case list() | tuple() | set() | frozenset():
                return type(value)(map(self.decode, value))
            case dict():
                return {
                    self.decode(key): self.decode(each)
                    for key, each in value.items()
                }
        return value

    async def _connect(self) -> None:
        """Make a link; say the password; subscribe to what was."""
        loop = asyncio.get_running_loop()
        try:
            _, link = await loop.create_connection(
                lambda: Link(str(self), self._publish),
                self.host,
                self.port,
            )
        except OSError as error:
            why = error.strerror or error
            raise ConnectionLost(f"no Redis at {self}: {why}") from None
        try:
            await self._greet(link)
            if self.subscription:
                await self.subscription.renew(link)
            if link.ended.is_set():
                raise link.lost
        except BaseException:
            link.transport.abort()
            raise
        self._link = link
        link.lose = self._lose

    async def _greet(self, link: Link) -> None:
        """Say the password; choose RESP3."""
        password = self.encode(self.password or "")
        if self.protocol == 3:
            who = [b"AUTH", b"default", password] if password else []
            await link.ask(b"HELLO", b"3", *who)
        elif password:
            await link.ask(b"AUTH", password)

    def _publish(self, message: list[bytes]) -> None:
        if self.subscription:
            self.subscription.put(message)

    def _lose(self, lost: ConnectionLost) -> None:
        """Come back, or say that there will be no more messages."""
        self._link = None
        if self.closed:
            return
        if self.reconnect:
            self.tell(str(lost))
            self._back = asyncio.create_task(self._come_back())
        else:
            self._end(lost)

    async def _come_back(self) -> None:
        """Try to connect, less and less often."""
        delay = FIRST_DELAY
        tries = 0
        while self._link is None:
            # Not all clients of a server that died come at once.
            await asyncio.sleep(delay * random.uniform(0.5, 1))
            delay = min(2 * delay, LAST_DELAY)
            tries += 1
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._connect()
            except OSError:  # ConnectionLost and TimeoutError, too
                continue
            except ReplyError as error:
                self._end(ConnectionLost(f"lost {self}: {error}"))
                return
        self.tell(f"back at {self}, tries: {tries}")

    def _end(self, lost: ConnectionLost) -> None:
        if self.subscription:
            self.subscription.end(lost)

    def read(self, wanted: bool) -> None:
        """Read on, or leave bytes to the server till there is room."""
        if self._link is None or self._link.transport.is_closing():
            return
        if wanted:
            self._link.transport.resume_reading()
        elif not self._link.pending:
            self._link.transport.pause_reading()

    def close(self) -> None:
        """Hang up."""
        self.closed = True
        if self._back:
            self._back.cancel()
        if self._link:
            self._link.close()
        self._end(ConnectionLost(f"{self} was closed"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        """Hang up, and wait till it is done."""
        link = self._link
        self.close()
        if self._back:
            await asyncio.wait([self._back])
        if link:
            await link.wait_closed()


class Subscription:
    """The channels and patterns that a connection listens to."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.channels: dict[bytes, None] = {}
        self.patterns: dict[bytes, None] = {}
        self._messages: asyncio.Queue[Published | ConnectionLost]
        self._messages = asyncio.Queue()

    async def subscribe(self, channels: Iterable[Name]) -> None:
        """Listen to channels. Raises what `Connection.call` raises."""
        await self._change(b"SUBSCRIBE", channels, self.channels)

    async def psubscribe(self, patterns: Iterable[Name]) -> None:
        """Listen to all channels whose names match, like `news.*`."""
        await self._change(b"PSUBSCRIBE", patterns, self.patterns)

    async def unsubscribe(self, channels: Iterable[Name]) -> None:
        """Listen no more to channels."""
        await self._change(b"UNSUBSCRIBE", channels, self.channels)

    async def punsubscribe(self, patterns: Iterable[Name]) -> None:
        """Listen no more to patterns."""
        await self._change(b"PUNSUBSCRIBE", patterns, self.patterns)

    async def _change(
        self,
        verb: bytes,
        names: Iterable[Name],
        known: dict[bytes, None],
    ) -> None:
        """Send a command with a reply for each name; remember them."""
        if isinstance(names, str | bytes):
            raise TypeError(f"a list of names is needed, not {names!r}")
        words = [self.connection.encode(name) for name in names]
        link = self.connection.link
        for word in words:
            if verb in (b"SUBSCRIBE", b"PSUBSCRIBE"):
                known[word] = None
            else:
                known.pop(word, None)
        try:
            if words:
                await link.ask(verb, *words, count=len(words))
        except ReplyError:
            for word in words:
                known.pop(word, None)
            raise

    async def next_published(self) -> Published:
        """Wait for a message.

        Raises ConnectionLost where none can come any more.
        """
        message = await self._messages.get()
        if isinstance(message, ConnectionLost):
            self._messages.put_nowait(message)  # for whoever waits, too
            raise message
        if self._messages.qsize() < UNREAD // 2:
            self.connection.read(True)
        return message

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Published:
        try:
            return await self.next_published()
        except ConnectionLost:
            if self.connection.closed:
                raise StopAsyncIteration from None
            raise

    def put(self, message: list[bytes]) -> None:
        """Keep a message; when many are kept, read no more."""
        words = [self.connection.decode(word) for word in message[1:]]
        pattern = None
        if message[0] == b"pmessage":
            pattern, *words = words
        channel, value = words
        self._messages.put_nowait(Published(channel, value, pattern))
        if self._messages.qsize() >= UNREAD:
            self.connection.read(False)

    def end(self, reason: ConnectionLost) -> None:
        """Say to who waits that no message will come."""
        self._messages.put_nowait(reason)

    async def renew(self, link: Link) -> None:
        """Listen to the same, on a new link."""
        if self.channels:
            count = len(self.channels)
            await link.ask(b"SUBSCRIBE", *self.channels, count=count)
        if self.patterns:
            count = len(self.patterns)
            await link.ask(b"PSUBSCRIBE", *self.patterns, count=count)
