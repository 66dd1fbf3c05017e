"""A transaction: what a client has queued, if the keys stay the same.

Between MULTI and EXEC its commands wait; EXEC runs them in one go. One
loop, and nothing awaits: no other client's command comes in between.
Nothing is rolled back, in Redis either. But keys that the client
watches spoil it all when they change: EXEC then runs nothing, and the
client tries again.

Source: https://redis.io/docs/latest/develop/using-commands/transactions
"""

from collections.abc import Callable
from typing import Any

from demos.pubsub.commands import Command
from demos.pubsub.database import Database
from demos.pubsub.resp import Request, Simple, Value

AT_ONCE = {"multi", "exec", "discard", "watch", "quit", "reset"}
"""Commands that are never queued."""

Queue = list[tuple[Command[Any], Request]]
"""Commands to run, with their words."""


class Transaction:
    """What a client watches, and what it has queued since MULTI."""

    __slots__ = ("broken", "queue", "spoiled", "watched")

    def __init__(self) -> None:
        self.queue: Queue | None = None
        self.broken = False  # a command was refused
        self.spoiled = False  # a key has changed
        self.watched: dict[tuple[Database, bytes], None] = {}

    def refuse(self) -> None:
        """Remember that a command wasn't queued: EXEC will fail."""
        self.broken = self.queue is not None

    def in_time(
        self, command: Command[Any]
    ) -> Callable[[Any, Request], Value]:
        """Return what runs a command now, or what queues it."""
        queue = self.queue
        if queue is None or command.name in AT_ONCE:
            return command.run

        def run(session: Any, words: Request) -> Value:
            if (
                not self.broken and not self.spoiled
            ):  # else it's in vain
                queue.append((command, words))
            return Simple("QUEUED")

        return run

    def watch(self, database: Database, key: bytes) -> None:
        """Be spoiled if a key changes."""
        database.watch(key, self)
        self.watched[database, key] = None

    def unwatch(self) -> None:
        """Watch no key any more."""
        for database, key in self.watched:
            database.unwatch(key, self)
        self.watched.clear()
        self.spoiled = False

    def is_spoiled(self) -> bool:
        """Tell whether a key has changed, or ended."""
        for database, key in self.watched:
            database.get(key)  # it may have ended just now
        return self.spoiled
