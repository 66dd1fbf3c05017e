"""Values by their keys, each until its time is up."""

import math
import time


class Database:
    """One of those that SELECT chooses from.

    Deadlines are in seconds since 1970; `math.inf` is for ever. A key
    whose time is up is deleted when somebody asks for it.
    """

    __slots__ = ("_deadlines", "_values")

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._deadlines: dict[bytes, float] = {}

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: bytes) -> bytes | None:
        """Return what a key holds, unless its time is up."""
        deadline = self._deadlines.get(key)
        if deadline is not None and deadline <= time.time():
            self.delete(key)
        return self._values.get(key)

    def deadline(self, key: bytes) -> float:
        """Return when the time of a key is up."""
        return self._deadlines.get(key, math.inf)

    def set(
        self, key: bytes, value: bytes, deadline: float = math.inf
    ) -> None:
        """Let a key hold a value until a deadline."""
        self._values[key] = value
        self._deadlines.pop(key, None)
        if deadline < math.inf:
            self._deadlines[key] = deadline

    def delete(self, key: bytes) -> None:
        """Forget a key, if there is one."""
        self._values.pop(key, None)
        self._deadlines.pop(key, None)

    def clear(self) -> None:
        """Forget all keys."""
        self._values.clear()
        self._deadlines.clear()
