"""Values by their keys, each until its time is up.

A key whose time is up is deleted by a timer of the loop, or before that
by whoever asks for it. `tell` hears what becomes of a key: the class of
the event, its name, the key. Who watches a key is marked as `spoiled`
when it changes, or ends: so transactions learn of it.
"""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Protocol

Tell = Callable[[str, bytes, bytes], object]


class Watcher(Protocol):
    """Somebody who watches keys."""

    spoiled: bool


class Database:
    """One of those that SELECT chooses from.

    Deadlines are in seconds since 1970; `math.inf` is for ever.
    """

    __slots__ = ("_deadlines", "_timers", "_values", "tell", "watchers")

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.watchers: dict[bytes, dict[Watcher, None]] = {}
        self._values: dict[bytes, bytes] = {}
        self._deadlines: dict[bytes, float] = {}
        self._timers: dict[bytes, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        self.left()
        return len(self._values)

    def left(self) -> list[float]:
        """Return the seconds that are left to each key that ends."""
        now = time.time()
        for key, deadline in list(self._deadlines.items()):
            if deadline <= now:
                self._expire(key)
        return [each - now for each in self._deadlines.values()]

    def get(self, key: bytes) -> bytes | None:
        """Return what a key holds, unless its time is up."""
        if self.deadline(key) <= time.time():
            self._expire(key)
        return self._values.get(key)

    def deadline(self, key: bytes) -> float:
        """Return when the time of a key is up."""
        return self._deadlines.get(key, math.inf)

    def set(
        self, key: bytes, value: bytes, deadline: float = math.inf
    ) -> None:
        """Let a key hold a value until a deadline."""
        new = key not in self._values
        self._values[key] = value
        if new:
            self.tell("n", b"new", key)
        self.end_at(key, deadline)

    def end_at(self, key: bytes, deadline: float) -> None:
        """Give a key, which there is, another deadline."""
        self._keep(key)
        if deadline < math.inf:
            self._deadlines[key] = deadline
            self._timers[key] = asyncio.get_running_loop().call_later(
                deadline - time.time(), self._expire, key
            )
        self.touch(key)

    def delete(self, key: bytes) -> None:
        """Forget a key that there is."""
        del self._values[key]
        self._keep(key)
        self.touch(key)

    def clear(self) -> None:
        """Forget all keys."""
        for key in list(self._values):
            self.delete(key)

    def touch(self, key: bytes) -> None:
        """Spoil what those who watch a key intend."""
        for watcher in self.watchers.get(key, ()):
            watcher.spoiled = True

    def watch(self, key: bytes, watcher: Watcher) -> None:
        """Let somebody know when a key changes."""
        self.get(key)  # one whose time is up changes no more
        self.watchers.setdefault(key, {})[watcher] = None

    def unwatch(self, key: bytes, watcher: Watcher) -> None:
        """Let somebody know no more."""
        self.watchers[key].pop(watcher)
        if not self.watchers[key]:
            del self.watchers[key]

    def _keep(self, key: bytes) -> None:
        """Forget the deadline of a key, if it has one."""
        if self._deadlines.pop(key, None) is not None:
            self._timers.pop(key).cancel()

    def _expire(self, key: bytes) -> None:
        """Forget a key whose time is up."""
        self.delete(key)
        self.tell("x", b"expired", key)
