"""Reading RESP, however TCP has cut its bytes: no socket here.

TCP keeps the order of bytes, not their groups: a number may come in two
chunks. So a reader is a generator. Where bytes are missing it yields
MORE and stops in the middle of its work; it goes on there when it is
sent the next chunk. What it has read whole, it yields.

Requests and replies differ in all else: see resp_requests, which
servers use, and resp_replies, for clients.
"""

import re
from collections.abc import Generator, Iterable
from typing import TypeVar

from demos.pubsub.resp import MAX_INLINE, ProtocolError, Value

MORE = object()
"""What a reader yields where bytes are missing inside a value."""

IDLE = object()
"""What it yields where they are missing between two values."""

Values = Generator[Value, bytes, None]
"""A reader: yields values, MORE and IDLE; is sent chunks."""

T = TypeVar("T")

Reading = Generator[object, bytes, T]
"""A part of a reader, for `yield from`: returns what it has read."""


class Parser:
    """Bytes in, values out, however the bytes were cut."""

    __slots__ = ("_values", "idle")

    def __init__(self, values: Values) -> None:
        self._values = values
        self.idle = next(values) is IDLE

    def feed(self, data: bytes) -> Iterable[Value]:
        """Yield each value that these bytes complete.

        Raises ProtocolError, after the values that came before it.
        """
        value = self._values.send(data)
        while value is not MORE and value is not IDLE:
            yield value
            value = next(self._values)
        self.idle = value is IDLE


def at_least(size: int, data: bytes) -> Reading[bytes]:
    """Return `data` and what follows it, `size` bytes or more."""
    chunks = [data]
    have = len(data)
    while have < size:
        chunk = yield MORE
        chunks.append(chunk)
        have += len(chunk)
    return b"".join(chunks)  # once, not at each chunk


def find_line(
    line: re.Pattern[bytes], data: bytes, at: int, error: str
) -> Reading[re.Match[bytes]]:
    """Return the match of a line that starts at `at` in `data`.

    If it had to wait for more, the match's `string` is what is unread
    of `data` and what followed it. Raises ProtocolError, with that
    text, for a line without end.
    """
    found = line.match(data, at)
    while found is None:
        if len(data) - at > MAX_INLINE:
            raise ProtocolError(error)
        chunk = yield MORE
        data = data[at:] + chunk
        at = 0
        found = line.match(data)
    return found
