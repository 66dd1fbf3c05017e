"""One connection to a Redis: requests go, replies come in their order.

Replies have no number: the first is that to the first request. But what
a channel publishes comes in between, whenever it likes. In RESP3 it is
marked, a push. In RESP2 it is a list like others, so the link follows
when the server takes it for a subscriber: from its first confirmation
on, until one says that it listens to nothing more.

To SUBSCRIBE and the like there is a reply for each name, its
confirmation. If something else comes, all later replies would go to the
wrong requests: better no link.

Source: https://redis.io/docs/latest/develop/pubsub
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from demos.pubsub.resp import (
    ProtocolError,
    Push,
    ReplyError,
    Value,
    request,
)
from demos.pubsub.resp_replies import ReplyParser

GRACE = 1.0
"""Seconds that a server has to take what was sent, at the end."""

MESSAGES = (b"message", b"pmessage")
"""The first words of what is published."""

CONFIRMATIONS = (
    b"subscribe",
    b"unsubscribe",
    b"psubscribe",
    b"punsubscribe",
)
"""Those of replies to a change of what it listens to."""


class ConnectionLost(ConnectionError):
    """There is no server, or it has gone."""


class OutOfStep(Exception):
    """A reply that nobody asked for."""


@dataclass(slots=True)
class Pending:
    """A request that was sent, and how many replies it still awaits.

    They are confirmations, which start with `verb`, if it has one.
    """

    count: int
    verb: bytes | None
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
        self.parser = ReplyParser()
        self.pending: deque[Pending] = deque()
        self.ended = asyncio.Event()

    @property
    def lost(self) -> ConnectionLost:
        """An error that tells why there is no link any more."""
        return ConnectionLost(f"lost {self.where}: {self.reason}")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what writes."""
        self.transport = cast(asyncio.Transport, transport)

    def check(self) -> None:
        """Raise ConnectionLost if it is about to end."""
        if self.transport.is_closing():
            raise self.lost

    async def ask(self, *words: bytes, count: int = 1) -> Value:
        """Send a request; wait for its reply, the last of `count`.

        Raises ReplyError for an error, ConnectionLost without a reply.
        """
        self.check()
        reply = asyncio.get_running_loop().create_future()
        verb = words[0].lower()
        confirmed = verb if verb in CONFIRMATIONS else None
        self.pending.append(Pending(count, confirmed, reply))
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
        except OutOfStep as error:
            self.reason = str(error)
            self.transport.abort()

    def receive(self, value: Value) -> None:
        """Give a message to who listens, a reply to who asked first."""
        verb = value[0] if isinstance(value, list) and value else None
        pushed = isinstance(value, Push)
        awaited = self.pending[0].verb if self.pending else None
        if verb in MESSAGES and (pushed or self.listens or awaited):
            self.publish(value)
        elif isinstance(value, ReplyError) or awaited is None:
            if not pushed:
                self.answer(value)
        elif verb == awaited:
            self.listens = not pushed and value[2] > 0
            self.answer(value)
        elif not pushed:
            raise OutOfStep(f"no answer to {awaited.decode()}: {value}")

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
        """Tell all who wait, each with an error of its own."""
        if error is not None and str(error):
            self.reason = str(error)
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
