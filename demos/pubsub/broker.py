"""Who listens to what, and the messages that wait for them: no socket.

A message is built once. It joins a batch, which waits for all that
listen to its channel; at the loop's next turn each of them sends what
waits for it, in one write. Right after many writes, the next ones wait
a moment, so that each takes more messages. One loop, no lock: nothing
here awaits, so nothing changes between the first line of a function
and its last.

Source: https://redis.io/docs/latest/develop/pubsub
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from enum import IntEnum

from demos.pubsub.patterns import compiled
from demos.pubsub.resp import strings

MESSAGE = b"*3\r\n$7\r\nmessage\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n"
"""What a subscriber hears: a channel and a text, with their lengths."""


GATHER = 0.001
"""Seconds that a message may wait for others, while there are many."""

WORTH, SHARE = 5e-5, 4
"""Seconds of writing that are worth a wait, so many times as long."""


class Kind(IntEnum):
    """What one can listen to: the place of its names in a tuple."""

    CHANNELS = 0
    PATTERNS = 1
    SHARDS = 2


Names = dict[bytes, None]
"""What somebody listens to: a dict, as a set that keeps its order."""

Listeners = dict["Subscriber", None]
"""Who listens to a name, in the order in which they came."""

Topics = dict[bytes, Listeners]
"""The names that have listeners."""

NO_NAMES: tuple[Names, Names, Names] = ({}, {}, {})
"""One for all who don't listen: never changed."""


class Batch:
    """Messages that the same subscribers get in a row: joined once."""

    __slots__ = ("_joined", "listeners", "messages")

    def __init__(self, listeners: Listeners) -> None:
        self.listeners = listeners
        self.messages: list[bytes] = []
        self._joined: dict[int, bytes] = {}

    def join(self, protocol: int) -> bytes:
        """Return all of it, in RESP2 or RESP3."""
        joined = self._joined.get(protocol)
        if joined is None:
            messages = self.messages
            if protocol == 3:  # a push, not a list
                messages = [b">" + each[1:] for each in messages]
            joined = self._joined[protocol] = b"".join(messages)
        return joined


class Subscriber(ABC):
    """Somebody who may listen; `waiting` is what it is to send."""

    __slots__ = ("listens", "names", "waiting")

    def __init__(self) -> None:
        self.listens = False
        self.names = NO_NAMES
        self.waiting: list[bytes | Batch] = []

    @abstractmethod
    def flush(self) -> None:
        """Send all that waits."""


class Broker:
    """The list of who listens to what, and the way of each message."""

    def __init__(self, gather: float = 0) -> None:
        self.gather = gather
        self.topics: tuple[Topics, Topics, Topics] = ({}, {}, {})
        self.expressions: dict[bytes, re.Pattern[bytes]] = {}
        self._batch: Batch | None = None
        self._unsent: list[Subscriber] = []
        self._rests_until = 0.0

    def publish(self, channel: bytes, text: bytes) -> int:
        """Send to all who listen to a channel; return how many."""
        channels, patterns, _ = self.topics
        message = MESSAGE % (len(channel), channel, len(text), text)
        count = self.send(channels.get(channel), message)
        for pattern, listeners in patterns.items():
            if self.expressions[pattern].fullmatch(channel):
                words = b"pmessage", pattern, channel, text
                count += self.send(listeners, strings(words))
        return count

    def publish_to_shard(self, channel: bytes, text: bytes) -> int:
        """Send to all who listen to a shard's channel."""
        listeners = self.topics[Kind.SHARDS].get(channel)
        return self.send(
            listeners, strings([b"smessage", channel, text])
        )

    def send(self, listeners: Listeners | None, message: bytes) -> int:
        """Let a message wait for each listener; return how many."""
        if listeners is None:
            return 0
        batch = self._batch
        if batch is None or batch.listeners is not listeners:
            batch = self._batch = Batch(listeners)
            for each in listeners:
                if not each.waiting:
                    self.flush_later(each)
                each.waiting.append(batch)
        batch.messages.append(message)
        return len(listeners)

    def seal(self) -> None:
        """Let no more messages join the batch that others joined last.

        Whoever joins or leaves its listeners, or sends a reply after
        it, would otherwise get too much, too little, or too early.
        """
        self._batch = None

    def flush_later(self, subscriber: Subscriber) -> None:
        """Send what waits for a subscriber at the loop's next turn.

        Others may add to it before that; if much has just been sent,
        they are given a moment.
        """
        if not self._unsent:
            loop = asyncio.get_running_loop()
            if loop.time() < self._rests_until:
                loop.call_at(self._rests_until, self.flush)
            else:
                loop.call_soon(self.flush)
        self._unsent.append(subscriber)

    def flush(self) -> None:
        """Send all that waits, in one write a subscriber."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        self.seal()
        unsent, self._unsent = self._unsent, []
        for subscriber in unsent:
            subscriber.flush()
        took = loop.time() - start
        rest = min(SHARE * took, self.gather) if took > WORTH else 0
        self._rests_until = start + took + rest

    def subscribe(
        self, subscriber: Subscriber, kind: Kind, name: bytes
    ) -> None:
        """Let somebody listen to a name.

        Raises ReplyError for a pattern that is too long.
        """
        self.seal()
        if kind == Kind.PATTERNS:
            self.expressions[name] = compiled(name)
        if not subscriber.listens:
            subscriber.listens = True
            subscriber.names = ({}, {}, {})
        subscriber.names[kind][name] = None
        self.topics[kind].setdefault(name, {})[subscriber] = None

    def unsubscribe(
        self, subscriber: Subscriber, kind: Kind, name: bytes
    ) -> None:
        """Let somebody listen to a name no more, if it did."""
        if name not in subscriber.names[kind]:
            return
        self.seal()
        del subscriber.names[kind][name]
        if not any(subscriber.names):
            subscriber.listens = False
            subscriber.names = NO_NAMES
        listeners = self.topics[kind][name]
        del listeners[subscriber]
        if not listeners:
            del self.topics[kind][name]
            if kind == Kind.PATTERNS:
                del self.expressions[name]

    def forget(self, subscriber: Subscriber) -> None:
        """Let somebody listen to nothing more."""
        for kind in Kind:
            for name in list(subscriber.names[kind]):
                self.unsubscribe(subscriber, kind, name)
