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

UNREAD = 1000
"""Messages kept for a slow reader; the others stay with the server."""

Name = str | bytes


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

    `publish` is called with each message, `lose` with the reason of
    the link's end.
    """

    def __init__(
        self,
        publish: Callable[[list[bytes]], object],
        lose: Callable[[str], object],
    ) -> None:
        self.publish = publish
        self.lose = lose
        self.reason = "closed by the server"
        self.listens = False
        self.parser = Parser(replies())
        self.pending: deque[Pending] = deque()
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what writes."""
        self.transport = cast(asyncio.Transport, transport)

    async def ask(self, *words: Name, count: int = 1) -> Value:
        """Send a request; wait for its reply, the last of `count`.

        Raises ReplyError for an error, ConnectionLost without a reply.
        """
        if self.transport.is_closing():
            raise ConnectionLost(self.reason)
        reply = asyncio.get_running_loop().create_future()
        self.pending.append(Pending(count, reply))
        self.transport.write(request(*words))
        self.transport.resume_reading()  # messages may come before it
        return await reply

    def data_received(self, data: bytes) -> None:
        """Sort messages from replies."""
        try:
            for value in self.parser.feed(data):
                if self.is_message(value):
                    self.publish(value)
                else:
                    self.answer(value)
        except ProtocolError as error:
            self.reason = f"not a Redis: {error}"
            self.transport.abort()

    def is_message(self, value: Value) -> bool:
        """Tell a message from a reply."""
        pushed = isinstance(value, Push) or (
            self.listens and isinstance(value, list)
        )
        return pushed and value[:1] in ([b"message"], [b"pmessage"])

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
            settle(each.reply, ConnectionLost(self.reason))
        self.ended.set()
        self.lose(self.reason)


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
        self._link: Link | None = None
        self._back: asyncio.Task[None] | None = None
        self.closed = False

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
        return self.decode(await self.link.ask(*words))

    async def publish(self, channel: Name, value: Name) -> int:
        """Send a message to a channel; return how many received it."""
        return int(await self.link.ask("PUBLISH", channel, value))

    async def start_subscribe(self) -> "Subscription":
        """Return what subscribes; in RESP2, ask for nothing else."""
        if self.subscription is None:
            self.subscription = Subscription(self)
            self.link.listens = True
        return self.subscription

    @property
    def link(self) -> Link:
        """The link. Raises ConnectionLost while there is none."""
        if self._link is None:
            raise ConnectionLost(f"not connected to {self}")
        return self._link

    def decode(self, value: Value) -> Value:
        """Return text for bytes, here and in lists."""
        if isinstance(value, bytes) and self.encoding:
            return value.decode(self.encoding, "surrogateescape")
        if isinstance(value, list):
            return [self.decode(each) for each in value]
        return value

    async def _connect(self) -> None:
        """Make a link; say the password; subscribe to what was."""
        loop = asyncio.get_running_loop()
        try:
            _, link = await loop.create_connection(
                lambda: Link(self._publish, self._lose),
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
        except BaseException:
            link.lose = lambda reason: None
            link.transport.abort()
            raise
        self._link = link

    async def _greet(self, link: Link) -> None:
        """Say the password; choose RESP3."""
        if self.protocol == 3:
            who = (
                ["AUTH", "default", self.password]
                if self.password
                else []
            )
            await link.ask("HELLO", "3", *who)
        elif self.password:
            await link.ask("AUTH", self.password)

    def _publish(self, message: list[bytes]) -> None:
        if self.subscription:
            self.subscription.put(message)

    def _lose(self, reason: str) -> None:
        """Come back, or say that there will be no more messages."""
        self._link = None
        if self.closed:
            return
        lost = ConnectionLost(f"lost {self}: {reason}")
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
            self._link.transport.close()
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
            await link.ended.wait()


class Subscription:
    """The channels and patterns that a connection listens to."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.channels: dict[Name, None] = {}
        self.patterns: dict[Name, None] = {}
        self._messages: asyncio.Queue[Published | ConnectionLost]
        self._messages = asyncio.Queue()

    async def subscribe(self, channels: Iterable[Name]) -> None:
        """Listen to channels. Raises what `Connection.call` raises."""
        names = await ask(self.connection.link, "SUBSCRIBE", channels)
        self.channels |= dict.fromkeys(names)

    async def psubscribe(self, patterns: Iterable[Name]) -> None:
        """Listen to all channels whose names match, like `news.*`."""
        names = await ask(self.connection.link, "PSUBSCRIBE", patterns)
        self.patterns |= dict.fromkeys(names)

    async def unsubscribe(self, channels: Iterable[Name]) -> None:
        """Listen no more to channels."""
        for name in await ask(
            self.connection.link, "UNSUBSCRIBE", channels
        ):
            self.channels.pop(name, None)

    async def punsubscribe(self, patterns: Iterable[Name]) -> None:
        """Listen no more to patterns."""
        for name in await ask(
            self.connection.link, "PUNSUBSCRIBE", patterns
        ):
            self.patterns.pop(name, None)

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
        await ask(link, "SUBSCRIBE", self.channels)
        await ask(link, "PSUBSCRIBE", self.patterns)


async def ask(
    link: Link, verb: str, names: Iterable[Name]
) -> list[Name]:
    """Send a command with a reply for each name; return these."""
    if isinstance(names, str | bytes):
        raise TypeError(f"a list of names is needed, not {names!r}")
    if words := list(names):
        await link.ask(verb, *words, count=len(words))
    return words


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
