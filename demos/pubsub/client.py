"""A client of Redis with the words of asyncio-redis: its pub/sub.

    $ python -m demos.pubsub.client
    publish: 1 received it
    next_published: tulip on news

As in asyncio-redis, a connection that has started to subscribe does
nothing else: another one publishes. With `reconnect=True`, one that is
lost comes back and subscribes again; what was published meanwhile is
lost, since Redis keeps no message.

The vocabulary: https://asyncio-redis.readthedocs.io
"""

import argparse
import asyncio
import random
import sys
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self, cast

from demos.pubsub.resp import (
    Parser,
    ProtocolError,
    Push,
    ReplyError,
    Value,
    replies,
    request,
)
from demos.pubsub.stub import serve

__all__ = ["Connection", "ConnectionLost", "Published", "ReplyError"]

FIRST_DELAY, LAST_DELAY = 0.1, 5.0
"""Seconds before a try to come back, doubled each time."""

PATIENCE = 5.0
"""Seconds that such a try may take."""

GRACE = 1.0
"""Seconds that a server has to take what was sent, at the end."""

UNREAD = 1000
"""Messages kept for a slow reader; the others stay with the server."""

Name = str | bytes

MESSAGES = b"message", b"pmessage"
CONFIRMATIONS = {
    letter + verb
    for letter in (b"", b"p")
    for verb in (b"subscribe", b"unsubscribe")
}


class ConnectionLost(ConnectionError):
    """There is no server, or it has gone."""


@dataclass(frozen=True, slots=True)
class Published:
    """A message, and the pattern that its channel matches, if any.

    All three are text, or bytes if the connection has no encoding.
    """

    channel: Any
    value: Any
    pattern: Any = None


@dataclass(slots=True)
class Pending:
    """A request that was sent, and how many replies it still awaits."""

    count: int
    reply: asyncio.Future[Value]


class Link(asyncio.Protocol):
    """One TCP connection: requests go, replies come in their order.

    `publish` is called with each message, `lose` with the error that
    tells of the link's end.
    """

    def __init__(
        self, where: str, publish: Callable[[list[bytes]], object]
    ) -> None:
        self.where = where
        self.publish = publish
        self.lose: Callable[[ConnectionLost], object] | None = None
        self.reason = "closed by the server"
        self.listens = False
        self.parser = Parser(replies())
        self.pending: deque[Pending] = deque()
        self.ended = asyncio.Event()

    @property
    def lost(self) -> ConnectionLost:
        """An error that tells why there is no link any more."""
        return ConnectionLost(f"lost {self.where}: {self.reason}")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what writes."""
        self.transport = cast(asyncio.Transport, transport)

    async def ask(self, *words: bytes, count: int = 1) -> Value:
        """Send a request; wait for its reply, the last of `count`.

        Raises ReplyError for an error, ConnectionLost without a reply.
        """
        if self.transport.is_closing():
            raise self.lost
        reply = asyncio.get_running_loop().create_future()
        self.pending.append(Pending(count, reply))
        self.transport.write(request(*words))
        self.transport.resume_reading()  # messages may come before it
        return await reply

    def data_received(self, data: bytes) -> None:
        """Sort messages from replies."""
        try:
            for value in self.parser.feed(data):
                self.receive(value)
        except ProtocolError as error:
            self.reason = f"not a Redis: {error}"
            self.transport.abort()

    def receive(self, value: Value) -> None:
        """Give a message to who listens, a reply to who asked first."""
        if isinstance(value, Push) or (
            self.listens and isinstance(value, list)
        ):
            kind = value[0] if value else None
            if kind in MESSAGES:
                self.publish(value)
            elif kind in CONFIRMATIONS or not isinstance(value, Push):
                self.answer(value)
        else:
            self.answer(value)

    def answer(self, value: Value) -> None:
        """Give a reply to the first who awaits one."""
        if not self.pending:
            return
        first = self.pending[0]
        first.count -= 1
        if first.count <= 0 or isinstance(value, ReplyError):
            self.pending.popleft()
            settle(first.reply, value)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell all who wait."""
        self.reason = str(error or self.reason)
        for each in self.pending:
            settle(each.reply, self.lost)
        self.ended.set()
        if self.lose:
            self.lose(self.lost)

    def close(self) -> None:
        """Hang up, once what was asked is sent."""
        self.reason = "closed"
        self.transport.close()

    async def wait_closed(self) -> None:
        """Wait till that is done; not for ever: a server may sleep."""
        try:
            async with asyncio.timeout(GRACE):
                await self.ended.wait()
        except TimeoutError:
            self.transport.abort()
            await self.ended.wait()


def settle(reply: asyncio.Future[Value], value: Value) -> None:
    """Set a result or an exception, if somebody still waits for it."""
    if reply.done():
        return
    if isinstance(value, Exception):
        reply.set_exception(value)
    else:
        reply.set_result(value)


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
    tell: Callable[[str], object] = lambda line: None

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
        """Send any command, return its reply.

        Raises ReplyError for an error, ConnectionLost without a reply.
        """
        return self.decode(
            await self.link.ask(*map(self.encode, words))
        )

    async def publish(self, channel: Name, value: Name) -> int:
        """Send a message to a channel; return how many received it."""
        return int(await self.call("PUBLISH", channel, value))

    async def start_subscribe(self) -> "Subscription":
        """Return what subscribes; in RESP2, ask for nothing else."""
        if self.subscription is None:
            self.link.listens = True
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
                items = value.items()
                return {
                    self.decode(key): self.decode(each)
                    for key, each in items
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
            reason = error.strerror or error
            raise ConnectionLost(
                f"no Redis at {self}: {reason}"
            ) from None
        try:
            await self._greet(link)
            if self.subscription:
                link.listens = True
                await self.subscription.renew(link)
            if link.ended.is_set():
                raise link.lost
        except BaseException:
            link.transport.abort()
            raise
        self._link, link.lose = link, self._lose

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
        delay, tries = FIRST_DELAY, 0
        while self._link is None:
            # Or all clients of a server that died would come at once.
            await asyncio.sleep(delay * random.uniform(0.5, 1))
            delay, tries = min(2 * delay, LAST_DELAY), tries + 1
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
        *_, channel, value = map(self.connection.decode, message)
        matched = message[0] == b"pmessage"
        pattern = (
            self.connection.decode(message[1]) if matched else None
        )
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


async def main() -> None:
    """Subscribe, publish and receive, on a stub of our own."""
    async with (
        serve() as port,
        await Connection.create(port=port) as reader,
        await Connection.create(port=port) as writer,
    ):
        subscription = await reader.start_subscribe()
        await subscription.subscribe(["news"])
        count = await writer.publish("news", "tulip")
        print(f"publish: {count} received it")
        message = await subscription.next_published()
        print(f"next_published: {message.value} on {message.channel}")


if __name__ == "__main__":
    argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
