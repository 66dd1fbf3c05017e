r"""RESP, the bytes that Redis and its clients exchange: no socket here.

    $ python -m demos.pubsub.resp
    b'*2\r\n$4\r\nECHO\r\n$5\r\ntulip\r\n'
    b'*2\r\n$4'                -> []
    b'\r\nECHO\r\n$5\r\ntul'   -> []
    b'ip\r\n'                  -> [[b'ECHO', b'tulip']]

TCP keeps the order of bytes, not their groups. A parser here is a
generator: where bytes are missing it stops, and goes on with the next.

    Python                      RESP2         RESP3
    bytes, str                  $5..hello     $5..hello
    int                         :5            :5
    None                        $-1           _
    list, tuple                 *2..          *2..
    dict                        *4..          %2..
    set                         *2..          ~2..
    bool                        :1            #t
    float                       $3..1.5       ,1.5
    Simple, ReplyError          +OK, -ERR     +OK, -ERR
    Push, Verbatim              *3.., $5..    >3.., =9..txt:

The format: https://redis.io/docs/latest/develop/reference/protocol-spec
Requests are read as Redis 7 reads them, with its limits and its errors.
"""

import argparse
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import Any

Value = Any
"""What a reply can be: see the table above."""

Request = list[bytes]
"""A command's name and its arguments."""

MAX_INLINE = 64 * 1024
"""Bytes of a line at most: Redis's PROTO_INLINE_MAX_SIZE."""

MAX_BULK = 512 * 1024 * 1024
"""Bytes of a string at most: Redis's proto-max-bulk-len."""

MAX_COUNT = 2**31 - 1
"""Items of an array at most."""

MAX_DEPTH = 128
"""Arrays in arrays at most."""

STRANGER_BULK, STRANGER_COUNT = 16384, 10
"""The same limits for a peer who has not said the password yet."""

TEXT = ("utf-8", "surrogateescape")
"""How text becomes bytes and back: any bytes survive."""


class ProtocolError(Exception):
    """The peer does not speak RESP: nothing after this can be read."""


class ReplyError(Exception):
    """An error that Redis replied: a code such as ERR, a text."""


class Simple(str):
    """A short line of text: a reply such as OK."""


class Verbatim(str):
    """A text for people, not for programs: the reply to INFO."""


class Push(list[Value]):
    """A list that nobody asked for: a published message."""


# Writing


def request(*words: bytes | str | float) -> bytes:
    """Return a command as its client sends it: an array of strings."""
    return strings(
        word if isinstance(word, bytes) else str(word).encode(*TEXT)
        for word in words
    )


def strings(words: Iterable[bytes]) -> bytes:
    """Return an array of strings as bytes, in RESP2 and in RESP3."""
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n%b" % (len(parts), b"".join(parts))


def encode(value: Value, protocol: int = 2) -> bytes:
    """Return a value as bytes, in RESP2 or RESP3.

    Raises TypeError for a value that RESP has no type for.
    """
    three = protocol >= 3
    match value:
        case bytes():
            return b"$%d\r\n%b\r\n" % (len(value), value)
        case list() | tuple() | set() | frozenset() | dict():
            return b"".join(aggregate(value, protocol))
        case None:
            return b"_\r\n" if three else b"$-1\r\n"
        case bool() if three:
            return b"#t\r\n" if value else b"#f\r\n"
        case int() if -(2**63) <= value < 2**63:
            return b":%d\r\n" % value
        case int():
            return b"(%d\r\n" % value if three else encode(str(value))
        case float():
            text = repr(value)
            return b",%b\r\n" % text.encode() if three else encode(text)
        case Simple():
            return b"+%b\r\n" % on_a_line(value)
        case Verbatim() if three:
            data = b"txt:" + value.encode(*TEXT)
            return b"=%d\r\n%b\r\n" % (len(data), data)
        case str():
            return encode(value.encode(*TEXT))
        case ReplyError():
            return b"-%b\r\n" % on_a_line(str(value))
    raise TypeError(f"RESP has no type for {value!r}")


def on_a_line(text: str) -> bytes:
    """Return text as bytes, with spaces for what would end the line."""
    return text.encode(*TEXT).translate(bytes.maketrans(b"\r\n", b"  "))


def aggregate(value: Value, protocol: int) -> Iterator[bytes]:
    """Write how many items come, of what kind, then each."""
    kind, items = b"*", value
    if isinstance(value, dict):
        kind = b"%" if protocol >= 3 else b"*"
        items = [item for pair in value.items() for item in pair]
    elif protocol >= 3 and isinstance(value, Push):
        kind = b">"
    elif protocol >= 3 and isinstance(value, set | frozenset):
        kind = b"~"
    count = len(value) if kind == b"%" else len(items)
    yield b"%b%d\r\n" % (kind, count)
    for item in items:
        yield encode(item, protocol)


# Reading

MORE, IDLE = object(), object()
"""What a parser yields for want of bytes: in a value, between two."""

Steps = Generator[Value, bytes, Value]
"""Reading: is sent bytes where it wants them, returns a value."""


class Parser:
    """Bytes in, values out, however the bytes were cut.

    Takes `replies()` in a client; for a server see Requests.
    """

    __slots__ = ("_steps", "idle")

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self.idle = next(steps) is IDLE

    def feed(self, data: bytes) -> Iterable[Value]:
        """Yield each value that these bytes complete.

        Raises ProtocolError, after the values that came before it.
        """
        value = self._steps.send(data)
        while value is not MORE and value is not IDLE:
            yield value
            value = next(self._steps)
        self.idle = value is IDLE


def gather(data: bytes, size: int) -> Steps:
    """Return `data` and what follows it: `size` bytes at least."""
    chunks, have = [data], len(data)
    while have < size:
        chunks.append((yield MORE))
        have += len(chunks[-1])
    return b"".join(chunks)


def search(
    data: bytes, at: int, line: re.Pattern[bytes], error: str
) -> Steps:
    """Return the match of a line, once it has come whole."""
    while (found := line.match(data, at)) is None:
        if len(data) - at > MAX_INLINE:
            raise ProtocolError(error)
        data, at = data[at:] + (yield MORE), 0
    return found


INTEGER = re.compile(rb"0|-?[1-9][0-9]{0,18}")


def integer(
    text: bytes, least: int = -(2**63), most: int = 2**63 - 1
) -> int | None:
    """Return the number, if it is written the one right way."""
    if INTEGER.fullmatch(text) and least <= int(text) <= most:
        return int(text)
    return None


# Requests: what a server reads. Like Redis, it doesn't look at the
# byte after CR, nor at the two after a string, and waits after a NUL.

HEADER = re.compile(rb"([^\r\0]*)\r.", re.DOTALL)
LINE = re.compile(rb"([^\n\0]*)\n")

COUNTS = {b"*%d" % count: count for count in range(1, 64)}
SIZES = {b"$%d" % size: size for size in range(1024)}
"""The usual headers: to look up is quicker than to compute."""


Quick = Callable[[bytes], tuple[list[Request], int]]
"""A reader of requests that may leave the rest of a chunk unread."""


class Limits:
    """What a server takes from a client: less from a stranger.

    `guarded` tells whether there is a password, `stranger` whether it
    has still to be said.
    """

    __slots__ = ("guarded", "stranger")

    def __init__(self, guarded: bool = False) -> None:
        self.guarded = self.stranger = guarded

    def count(self, header: bytes) -> int:
        """Return how many strings an array's header announces."""
        number = integer(header[1:], most=MAX_COUNT)
        if number is None:
            raise ProtocolError("invalid multibulk length")
        if self.stranger and number > STRANGER_COUNT:
            raise ProtocolError("unauthenticated multibulk length")
        return number

    def size(self, header: bytes) -> int:
        """Return how many bytes a string's header announces."""
        if not header.startswith(b"$"):
            kind = header[:1].decode(*TEXT) or "\r"
            raise ProtocolError(f"expected '$', got '{kind}'")
        number = integer(header[1:], 0, MAX_BULK)
        if number is None:
            raise ProtocolError("invalid bulk length")
        if self.stranger and number > STRANGER_BULK:
            raise ProtocolError("unauthenticated bulk length")
        return number


def requests(limits: Limits) -> Steps:
    """Yield each Request: an array of strings, or a line of words."""
    data, at = b"", 0
    while True:
        if at == len(data):
            data = b""  # while it waits, it keeps nothing
            data, at = (yield IDLE), 0
        words, data, at = yield from one_request(data, at, limits)
        if words:
            yield words
        del words


def one_request(data: bytes, at: int, limits: Limits) -> Steps:
    """Return a request that may be long, or cut, with what follows."""
    if not data.startswith(b"*", at):
        error = "too big inline request"
        found = yield from search(data, at, LINE, error)
        words = split(found[1].removesuffix(b"\r"))
        return words, found.string, found.end()
    error = "too big mbulk count string"
    found = yield from search(data, at, HEADER, error)
    data, at = found.string, found.end()
    count, words = limits.count(found[1]), []
    error = "too big bulk count string"
    while len(words) < count:
        end = data.find(b"\r", at, -1)
        size = SIZES.get(data[at:end]) if end > 0 else None
        if size is None or limits.stranger:
            found = yield from search(data, at, HEADER, error)
            data, end = found.string, found.end() - 2
            size = limits.size(found[1])
        start, at = end + 2, end + 2 + size + 2
        if at > len(data):
            data = yield from gather(data[start:], size + 2)
            start, at = 0, size + 2
        words.append(data[start : at - 2])
    return words, data, at


class Requests(Parser):
    """Bytes in, requests out: the parser of a server.

    `quick` reads what it can of a fresh chunk, and tells where it ends.
    """

    __slots__ = ("limits", "quick")

    def __init__(
        self, limits: Limits, quick: Quick | None = None
    ) -> None:
        super().__init__(requests(limits))
        self.limits = limits
        self.quick = quick or plain

    def feed(self, data: bytes) -> Iterable[Request]:
        """Return the requests that these bytes complete.

        Raises ProtocolError, after the requests that came before it.
        """
        if not self.idle or self.limits.guarded:
            return super().feed(data)
        found, end = self.quick(data)
        if end == len(data):
            return found
        return chain(found, super().feed(data[end:]))


def plain(data: bytes) -> tuple[list[Request], int]:
    """Return the requests that need no closer look, and their end.

    A pipeline repeats one shape: a count, then lengths and strings in
    turn. Cut at the ends of lines, it is right if all the lengths are.
    """
    pieces = data.split(b"\r\n")
    head = pieces[0]
    count = COUNTS.get(head)
    if count is None:
        return [], 0
    width = 1 + 2 * count
    end = (len(pieces) - 1) // width * width
    size = len(data) - len(b"\r\n".join(pieces[end:]))
    heads = pieces[:end:width]
    if heads.count(head) != len(heads):
        return [], 0
    del pieces[end:], pieces[::width]
    words = pieces[1::2]
    if list(map(SIZES.get, pieces[::2])) != list(map(len, words)):
        return [], 0
    starts = range(0, len(words), count)
    return [words[at : at + count] for at in starts], size


WORD = re.compile(
    rb"""
    ( [^ \t\r\n"']*+ )
    (?: " ( (?: \\. | [^"\\] )*+ ) "
      | ' ( (?: \\' | [^'] )*+ ) ' )?
    (?: \s++ | \Z )
    """,
    re.DOTALL | re.VERBOSE,
)
ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
ESCAPED = dict(zip(b"nrtba", b"\n\r\t\b\a", strict=True))


def split(line: bytes) -> Request:
    """Return the words of a line that somebody typed, unquoted."""
    line, at, words = line.lstrip(), 0, []
    while at < len(line):
        if (found := WORD.match(line, at)) is None:
            raise ProtocolError("unbalanced quotes in request")
        plain, double, single = found.groups(b"")
        quoted = ESCAPE.sub(unescape, double)
        words.append(plain + quoted + single.replace(b"\\'", b"'"))
        at = found.end()
    return words


def unescape(found: re.Match[bytes]) -> bytes:
    """Return the byte that an escape stands for."""
    if found[1]:
        return bytes.fromhex(found[1].decode())
    letter = found[2][0]
    return bytes([ESCAPED.get(letter, letter)])


# Replies: what a client reads.

REPLY = re.compile(
    rb"([-+:,(#_$=!*>~%|].*?)\r\n|[^-+:,(#_$=!*>~%|]", re.S
)
REAL = re.compile(rb"-?(?:inf|nan|\d++(?:\.\d*+)?(?:[eE][+-]?\d+)?)")
BIG = re.compile(rb"-?\d{1,4000}")


def replies() -> Steps:
    """Yield each reply, whatever its type."""
    source = Source()
    while True:
        if source.at == len(source.data):
            source.data = b""  # while it waits, it keeps nothing
            source.data, source.at = (yield IDLE), 0
        yield (yield from source.value())


class Source:
    """What came from a server and has not been read yet."""

    def __init__(self) -> None:
        self.data = b""
        self.at = 0

    def line(self) -> Steps:
        """Return the next line."""
        error = "too long a line"
        found = yield from search(self.data, self.at, REPLY, error)
        line = found[1]
        if line is None or b"\r" in line or b"\n" in line:
            raise ProtocolError(f"not a reply: {found[0][:40]!r}")
        if len(line) > MAX_INLINE:
            raise ProtocolError(error)
        self.data, self.at = found.string, found.end()
        return line

    def string(self, size: int) -> Steps:
        """Return the next bytes, so many."""
        if self.at + size + 2 > len(self.data):
            rest = self.data[self.at :]
            self.data = yield from gather(rest, size + 2)
            self.at = 0
        end = self.at + size
        data = self.data[self.at : end]
        if not self.data.startswith(b"\r\n", end):
            raise ProtocolError(f"a string of {size} bytes goes on")
        self.at = end + 2
        return data

    def items(self, count: int, depth: int) -> Steps:
        """Return the next values, so many, in a list."""
        if depth >= MAX_DEPTH:
            raise ProtocolError("too many arrays in arrays")
        values: list[Value] = []
        while len(values) < count:
            values.append((yield from self.value(depth + 1)))
        return values

    def value(self, depth: int = 0) -> Steps:
        """Return the next value, whole."""
        line = yield from self.line()
        while line.startswith(b"|"):  # about the value that follows
            yield from self.items(2 * length(line, MAX_COUNT), depth)
            line = yield from self.line()
        kind = line[:1]
        if kind in STRINGS:
            size = length(line, MAX_BULK)
            if size == -1:
                return None
            return STRINGS[kind]((yield from self.string(size)))
        if kind in AGGREGATES:
            count = length(line, MAX_COUNT)
            if count == -1:
                return None
            count *= 2 if kind == b"%" else 1
            return AGGREGATES[kind](
                (yield from self.items(count, depth))
            )
        return scalar(line)


def length(line: bytes, most: int) -> int:
    """Return the length that a line announces; -1 is for nothing."""
    if (size := integer(line[1:], -1, most)) is None:
        raise ProtocolError(f"not a length: {line[:40]!r}")
    return size


def scalar(line: bytes) -> Value:
    """Return the value that one line holds."""
    kind, rest = line[:1], line[1:]
    match kind:
        case b"+":
            return Simple(rest.decode(*TEXT))
        case b"-":
            return ReplyError(rest.decode(*TEXT))
        case b":" if (number := integer(rest)) is not None:
            return number
        case b"(" if BIG.fullmatch(rest):
            return int(rest)
        case b"," if REAL.fullmatch(rest):
            return float(rest)
        case b"#" if rest in (b"t", b"f"):
            return rest == b"t"
        case b"_" if not rest:
            return None
    raise ProtocolError(f"not a reply: {line[:40]!r}")


def pairs(items: list[Value]) -> dict[Value, Value]:
    """Return keys and values that came in turn as a dict."""
    keys = map(frozen, items[::2])
    return dict(zip(keys, items[1::2], strict=True))


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


def verbatim(data: bytes) -> Verbatim:
    """Return a text without its format, `txt:` or `mkd:`."""
    if data[3:4] != b":":
        raise ProtocolError(f"no format of a text: {data[:40]!r}")
    return Verbatim(data[4:].decode(*TEXT))


STRINGS: dict[bytes, Callable[[bytes], Value]] = {
    b"$": bytes,
    b"=": verbatim,
    b"!": lambda data: ReplyError(data.decode(*TEXT)),
}
AGGREGATES: dict[bytes, Callable[[list[Value]], Value]] = {
    b"*": list,
    b">": Push,
    b"%": pairs,
    b"~": lambda items: set(map(frozen, items)),
}


def main() -> None:
    """Write a command, and read it back in three pieces."""
    data = request("ECHO", "tulip")
    print(data)
    parser = Requests(Limits())
    for piece in data[:6], data[6:21], data[21:]:
        print(f"{piece!r:26} -> {list(parser.feed(piece))}")


if __name__ == "__main__":
    argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    main()
