r"""What a server reads: requests, from bytes that were cut anywhere.

    $ python -m demos.pubsub.resp_requests
    b'*2\r\n$4'                -> []
    b'\r\nECHO\r\n$5\r\ntul'   -> []
    b'ip\r\n'                  -> [[b'ECHO', b'tulip']]

A program sends an array of strings, somebody at a terminal a line of
words: `ECHO "a tulip"`. Both are read as Redis 7 reads them, with its
limits and its errors. Like Redis, we look neither at the byte after CR
nor at the two after a string, and wait for more after a NUL.

Source: https://redis.io/docs/latest/develop/reference/protocol-spec
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from demos.pubsub.resp import (
    MAX_BULK,
    MAX_COUNT,
    TEXT,
    ProtocolError,
    Request,
    integer,
    request,
)
from demos.pubsub.resp_parser import (
    IDLE,
    Parser,
    Reading,
    Values,
    at_least,
    find_line,
)

HEADER = re.compile(rb"([^\r\0]*)\r.", re.DOTALL)
LINE = re.compile(rb"([^\n\0]*)\n")

COUNTS = {b"*%d" % count: count for count in range(1, 64)}
SIZES = {b"$%d" % size: size for size in range(1024)}
"""The usual headers: to look up is quicker than to compute."""

FastPath = Callable[[bytes], tuple[list[Request], int]]
"""Reads what it can of a chunk, and tells where in it that ends."""


@dataclass(slots=True)
class Limits:
    """What a request may have: so many strings, of so many bytes.

    To change them between two requests changes what is taken next.
    `refusal` is how the error about what is larger begins.
    """

    count: int = MAX_COUNT
    size: int = MAX_BULK
    refusal: str = "invalid"

    def check_count(self, header: bytes) -> int:
        """Return how many strings an array's header announces."""
        count = integer(header[1:], most=MAX_COUNT)
        if count is None:
            raise ProtocolError("invalid multibulk length")
        if count > self.count:
            raise ProtocolError(f"{self.refusal} multibulk length")
        return count

    def check_size(self, header: bytes) -> int:
        """Return how many bytes a string's header announces."""
        if not header.startswith(b"$"):
            letter = header[:1].decode(*TEXT) or "\r"
            raise ProtocolError(f"expected '$', got '{letter}'")
        size = integer(header[1:], least=0, most=MAX_BULK)
        if size is None:
            raise ProtocolError("invalid bulk length")
        if size > self.size:
            raise ProtocolError(f"{self.refusal} bulk length")
        return size


def requests(limits: Limits) -> Values:
    """Yield each Request: an array of strings, or a line of words."""
    data, at = b"", 0
    while True:
        if at == len(data):
            data = b""  # while it waits, it keeps nothing
            data = yield IDLE
            at = 0
        if data.startswith(b"*", at):
            words, data, at = yield from array(data, at, limits)
        else:
            words, data, at = yield from inline(data, at)
        if words:
            yield words
        del words  # nor what it has given


def array(
    data: bytes, at: int, limits: Limits
) -> Reading[tuple[Request, bytes, int]]:
    """Return an array's words, the bytes, and where in them it ends."""
    error = "too big mbulk count string"
    found = yield from find_line(HEADER, data, at, error)
    data, at = found.string, found.end()
    count = limits.check_count(found[1])
    words: Request = []
    error = "too big bulk count string"
    while len(words) < count:
        end = data.find(b"\r", at, -1)
        size = SIZES.get(data[at:end]) if end > 0 else None
        if size is None:
            found = yield from find_line(HEADER, data, at, error)
            data, end = found.string, found.end() - 2
            size = limits.check_size(found[1])
        start = end + 2
        at = start + size + 2
        if at > len(data):
            data = yield from at_least(size + 2, data[start:])
            start, at = 0, size + 2
        words.append(data[start : at - 2])
    return words, data, at


def inline(data: bytes, at: int) -> Reading[tuple[Request, bytes, int]]:
    """Return a line's words, the bytes, and where in them it ends."""
    error = "too big inline request"
    found = yield from find_line(LINE, data, at, error)
    words = split(found[1].removesuffix(b"\r"))
    return words, found.string, found.end()


def plain_requests(data: bytes) -> tuple[list[Request], int]:
    r"""Return the requests that need no closer look, and their end.

    Programs repeat one shape: a count, then lengths and strings in
    turn. Cut at each CR LF, `*2`, `$4`, `ECHO`, `$5`, `tulip`, it is
    right if every length is that of the piece after it.
    """
    pieces = data.split(b"\r\n")
    header = pieces[0]
    count = COUNTS.get(header)
    if count is None:
        return [], 0
    width = 1 + 2 * count
    last = (len(pieces) - 1) // width * width
    end = len(data) - len(b"\r\n".join(pieces[last:]))
    headers = pieces[:last:width]
    if headers.count(header) != len(headers):
        return [], 0
    del pieces[last:]  # the request that isn't whole
    del pieces[::width]  # the counts: now only lengths and words
    words = pieces[1::2]
    if list(map(SIZES.get, pieces[::2])) != list(map(len, words)):
        return [], 0
    starts = range(0, len(words), count)
    return [words[at : at + count] for at in starts], end


class RequestParser(Parser):
    """Bytes in, requests out: the parser of a server.

    The fast path, if there is one, reads a fresh chunk at once; what it
    leaves is read with care. It reads ahead of what the requests do, so
    a server whose limits may change has none.
    """

    __slots__ = ("_fast_path",)

    def __init__(
        self, limits: Limits, fast_path: FastPath | None
    ) -> None:
        super().__init__(requests(limits))
        self._fast_path = fast_path

    def feed(self, data: bytes) -> Iterable[Request]:
        """Return the requests that these bytes complete.

        Raises ProtocolError, after the requests that came before it.
        """
        if self._fast_path is None or not self.idle:
            return super().feed(data)
        found, end = self._fast_path(data)
        if end == len(data):
            return found
        return chain(found, super().feed(data[end:]))


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
ESCAPED = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"a": b"\a",
}


def split(line: bytes) -> Request:
    """Return the words of a line that somebody typed, unquoted."""
    line = line.lstrip()
    words = []
    at = 0
    while at < len(line):
        found = WORD.match(line, at)
        if found is None:
            raise ProtocolError("unbalanced quotes in request")
        plain, double, single = found.groups(b"")
        quoted = ESCAPE.sub(unescape, double)
        words.append(plain + quoted + single.replace(b"\\'", b"'"))
        at = found.end()
    return words


def unescape(found: re.Match[bytes]) -> bytes:
    """Return the byte that an escape stands for."""
    code, letter = found.groups()
    if code:
        return bytes.fromhex(code.decode())
    return ESCAPED.get(letter, letter)


def main() -> None:
    """Read a command that comes in three pieces."""
    data = request("ECHO", "tulip")
    parser = RequestParser(Limits(), plain_requests)
    for piece in data[:6], data[6:21], data[21:]:
        print(f"{piece!r:26} -> {list(parser.feed(piece))}")


if __name__ == "__main__":
    main()
