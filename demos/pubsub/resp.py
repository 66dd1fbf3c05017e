r"""RESP, the bytes that Redis and its clients exchange: writing.

    $ python -m demos.pubsub.resp
    request  b'*2\r\n$4\r\nECHO\r\n$5\r\ntulip\r\n'
    RESP2    b'*2\r\n$5\r\ntulip\r\n:3\r\n'
    RESP3    b'%1\r\n$5\r\ntulip\r\n:3\r\n'

A letter says what comes; a number, how much of it; CR LF ends each.

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
    Raw                         as it is      as it is

The format: https://redis.io/docs/latest/develop/reference/protocol-spec
"""

import re
from collections.abc import Iterable
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


class Raw(bytes):
    """What is written already: the start of a list, and more of it."""


class Push(list[Value]):
    """A list that nobody asked for: a published message."""


def request(*words: bytes | str | float) -> bytes:
    """Return a command as its client sends it: an array of strings."""
    encoded = []
    for word in words:
        if not isinstance(word, bytes):
            word = str(word).encode(*TEXT)
        encoded.append(word)
    return strings(encoded)


def strings(words: Iterable[bytes]) -> bytes:
    """Return an array of strings as bytes, in RESP2 and in RESP3."""
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n%b" % (len(parts), b"".join(parts))


def encode(value: Value, protocol: int = 2) -> bytes:
    """Return a value as bytes, in RESP2 or RESP3.

    Raises TypeError for a value that RESP has no type for.
    """
    resp3 = protocol == 3
    match value:
        case Raw():
            return value
        case bytes():
            return b"$%d\r\n%b\r\n" % (len(value), value)
        case list() | tuple() | set() | frozenset() | dict():
            return collection(value, protocol)
        case None:
            return b"_\r\n" if resp3 else b"$-1\r\n"
        case bool() if resp3:
            return b"#t\r\n" if value else b"#f\r\n"
        case int() if -(2**63) <= value < 2**63:
            return b":%d\r\n" % value
        case int() if resp3:
            return b"(%d\r\n" % value
        case float() if resp3:
            return b",%b\r\n" % repr(value).encode()
        case int() | float():
            return encode(repr(value))
        case Simple():
            return b"+%b\r\n" % on_a_line(value)
        case Verbatim() if resp3:
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


def collection(value: Value, protocol: int) -> bytes:
    """Return a list, a dict or a set: how many come, then each."""
    items, count = list(value), len(value)
    if isinstance(value, dict):
        items = [item for pair in value.items() for item in pair]
        if protocol == 2:
            count = len(items)
    encoded = [encode(item, protocol) for item in items]
    letter = collection_letter(value, protocol)
    return b"%b%d\r\n%b" % (letter, count, b"".join(encoded))


def collection_letter(value: Value, protocol: int) -> bytes:
    """Return the letter of a list, a dict or a set."""
    if protocol == 3:
        match value:
            case dict():
                return b"%"
            case set() | frozenset():
                return b"~"
            case Push():
                return b">"
    return b"*"


INTEGER = re.compile(rb"0|-?[1-9][0-9]{0,18}")


def integer(
    text: bytes, least: int = -(2**63), most: int = 2**63 - 1
) -> int | None:
    """Return the number that is written there, or None.

    None, too, if there is another way to write it (`+1`, `01`), or if
    it is less than `least` or more than `most`.
    """
    if INTEGER.fullmatch(text) is None:
        return None
    number = int(text)
    return number if least <= number <= most else None


def main() -> None:
    """Write a command, and a value as RESP2 and RESP3 do."""
    print("request ", request("ECHO", "tulip"))
    print("RESP2   ", encode({"tulip": 3}, protocol=2))
    print("RESP3   ", encode({"tulip": 3}, protocol=3))


if __name__ == "__main__":
    main()
