"""What a client reads: replies, from bytes that were cut anywhere.

A letter says what comes: a line that is a value, `:5`; a string, whose
length is on the line, `$5`; or a collection, with the number of its
items, `*2`. They nest, so the reader calls itself, MAX_DEPTH deep.

Source: https://redis.io/docs/latest/develop/reference/protocol-spec
"""

import re
from collections.abc import Callable

from demos.pubsub.resp import (
    MAX_BULK,
    MAX_COUNT,
    MAX_INLINE,
    TEXT,
    ProtocolError,
    Push,
    ReplyError,
    Simple,
    Value,
    Verbatim,
    integer,
)
from demos.pubsub.resp_parser import (
    IDLE,
    Parser,
    Reading,
    Values,
    at_least,
    find_line,
)

MAX_DEPTH = 128
"""Collections in collections at most."""

REPLY = re.compile(
    rb"([-+:,(#_$=!*>~%|].*?)\r\n|[^-+:,(#_$=!*>~%|]", re.DOTALL
)
"""A line; or at once, and without its group, what starts none."""

REAL = re.compile(rb"-?(?:inf|nan|\d++(?:\.\d*+)?(?:[eE][+-]?\d+)?)")
BIG = re.compile(rb"-?\d{1,4000}")


class ReplyParser(Parser):
    """Bytes in, replies out: the parser of a client."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(replies())


def replies() -> Values:
    """Yield each reply, whatever its type."""
    source = Source()
    while True:
        if source.at == len(source.data):
            source.data = b""  # while it waits, it keeps nothing
            source.data = yield IDLE
            source.at = 0
        yield (yield from source.value())


class Source:
    """What came from a server and has not been read yet."""

    def __init__(self) -> None:
        self.data = b""
        self.at = 0

    def value(self, depth: int = 0) -> Reading[Value]:
        """Return the next value, whole."""
        line = yield from self.line()
        while line.startswith(b"|"):  # about the value that follows
            yield from self.items(2 * length(line, MAX_COUNT), depth)
            line = yield from self.line()
        letter = line[:1]
        if letter in STRINGS:
            return (yield from self.string(letter, line))
        if letter in COLLECTIONS:
            return (yield from self.collection(letter, line, depth))
        return scalar(line)

    def line(self) -> Reading[bytes]:
        """Return the next line."""
        error = "too long a line"
        found = yield from find_line(REPLY, self.data, self.at, error)
        line = found[1]
        if line is None or b"\r" in line or b"\n" in line:
            raise ProtocolError(f"not a reply: {found[0][:40]!r}")
        if len(line) > MAX_INLINE:
            raise ProtocolError(error)
        self.data, self.at = found.string, found.end()
        return line

    def string(self, letter: bytes, line: bytes) -> Reading[Value]:
        """Return what a string holds, or None."""
        size = length(line, MAX_BULK)
        if size == -1:
            return None
        if self.at + size + 2 > len(self.data):
            rest = self.data[self.at :]
            self.data = yield from at_least(size + 2, rest)
            self.at = 0
        end = self.at + size
        data = self.data[self.at : end]
        if not self.data.startswith(b"\r\n", end):
            raise ProtocolError(f"a string of {size} bytes goes on")
        self.at = end + 2
        return STRINGS[letter](data)

    def collection(
        self, letter: bytes, line: bytes, depth: int
    ) -> Reading[Value]:
        """Return a collection of the next values, or None."""
        count = length(line, MAX_COUNT)
        if count == -1:
            return None
        if letter == b"%":
            count *= 2  # a key and a value each
        items = yield from self.items(count, depth)
        return COLLECTIONS[letter](items)

    def items(self, count: int, depth: int) -> Reading[list[Value]]:
        """Return the next values, so many."""
        if depth >= MAX_DEPTH:
            raise ProtocolError("too many arrays in arrays")
        values: list[Value] = []
        while len(values) < count:
            value = yield from self.value(depth + 1)
            values.append(value)
        return values


def length(line: bytes, most: int) -> int:
    """Return the length that a line announces; -1 is for nothing."""
    size = integer(line[1:], least=-1, most=most)
    if size is None:
        raise ProtocolError(f"not a length: {line[:40]!r}")
    return size


def scalar(line: bytes) -> Value:
    """Return the value that one line holds."""
    letter, rest = line[:1], line[1:]
    match letter:
        case b"+":
            return Simple(rest.decode(*TEXT))
        case b"-":
            return reply_error(rest)
        case b":" if integer(rest) is not None:
            return int(rest)
        case b"(" if BIG.fullmatch(rest):
            return int(rest)
        case b"," if REAL.fullmatch(rest):
            return float(rest)
        case b"#" if rest in (b"t", b"f"):
            return rest == b"t"
        case b"_" if not rest:
            return None
    raise ProtocolError(f"not a reply: {line[:40]!r}")


def reply_error(data: bytes) -> ReplyError:
    """Return an error that was read: who asked will raise it."""
    return ReplyError(data.decode(*TEXT))


def verbatim(data: bytes) -> Verbatim:
    """Return a text without its format, `txt:` or `mkd:`."""
    if data[3:4] != b":":
        raise ProtocolError(f"no format of a text: {data[:40]!r}")
    return Verbatim(data[4:].decode(*TEXT))


def as_dict(items: list[Value]) -> dict[Value, Value]:
    """Return keys and values that came in turn as a dict."""
    keys = map(frozen, items[::2])
    return dict(zip(keys, items[1::2], strict=True))


def as_set(items: list[Value]) -> set[Value]:
    """Return items as a set."""
    return set(map(frozen, items))


def frozen(value: Value) -> Value:
    """Return a value that a set can hold, or a dict as its key."""
    match value:
        case list():
            return tuple(map(frozen, value))
        case set():
            return frozenset(value)
        case dict():
            return tuple(
                (key, frozen(each)) for key, each in value.items()
            )
    return value


STRINGS: dict[bytes, Callable[[bytes], Value]] = {
    b"$": bytes,
    b"=": verbatim,
    b"!": reply_error,
}
COLLECTIONS: dict[bytes, Callable[[list[Value]], Value]] = {
    b"*": list,
    b">": Push,
    b"%": as_dict,
    b"~": as_set,
}
