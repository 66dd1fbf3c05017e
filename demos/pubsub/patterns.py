r"""The patterns of PSUBSCRIBE, as regular expressions.

    $ python -m demos.pubsub.patterns
    news.*      matches news.sport
    n[aeiou]ws  does not match news.sport
    \*          matches *

`*` is anything, `?` a byte, `[a-c]` and `[^a-c]` one of a class or
none of it, `\` takes the next byte as it is, as in Redis's own
https://redis.io/docs/latest/commands/psubscribe

A class compares bytes as Redis does on x86-64, and on Macs: C's `char`
is signed there, so 0x80 to 0xff come before 0, and `[a-\xc3]` is what
lies between -61 and 97. On Linux for Arm a `char` is unsigned: there,
Redis takes it for 97 to 195.
"""

import functools
import re
from collections.abc import Iterator

from demos.pubsub.resp import ReplyError

MAX_PATTERN = 4096
"""Bytes of a pattern: to compile a long one takes long."""

TOKEN = re.compile(
    rb"""
    (?P<any> \*+ )
  | (?P<one> \? )
  | \[ (?P<not> \^? ) (?P<class> (?: \\. | [^\]\\]-. | [^\]] )*+ ) \]?
  | \\? (?P<byte> . )
    """,
    re.DOTALL | re.VERBOSE,
)
ITEM = re.compile(
    rb"\\(?P<escaped>.)|(?P<low>.)(?:-(?P<high>.))?", re.DOTALL
)


def matches(pattern: bytes, name: bytes) -> bool:
    """Tell whether a name matches. Raises what `compiled` raises."""
    return compiled(pattern).fullmatch(name) is not None


def check_length(pattern: bytes) -> None:
    """Raise ReplyError for a pattern that is too long.

    Redis, which doesn't compile patterns, has no such limit.
    """
    if len(pattern) > MAX_PATTERN:
        raise ReplyError(
            f"ERR a pattern has {MAX_PATTERN} bytes at most"
        )


@functools.lru_cache(maxsize=256)
def compiled(pattern: bytes) -> re.Pattern[bytes]:
    """Return a pattern as a regular expression for `fullmatch`.

    Raises ReplyError for a pattern that is too long.
    """
    check_length(pattern)
    expression = b"".join(translated(pattern))
    if pattern:  # only an empty pattern matches an empty name
        expression = b"(?=.)" + expression
    return re.compile(expression, re.DOTALL)


def translated(pattern: bytes) -> Iterator[bytes]:
    """Write each part of a pattern as a regular expression has it."""
    opened = False
    for token in TOKEN.finditer(pattern):
        if token["any"]:
            if opened:
                yield b")"
            # The nearest place will do: never try all of them.
            yield b"(?>.*?"
            opened = True
        elif token["one"]:
            yield b"."
        elif token["class"] is not None:
            yield one_of(token["class"], negated=token["not"] == b"^")
        else:
            yield re.escape(token["byte"])
    if opened:
        yield rb"\Z)"


def one_of(items: bytes, negated: bool) -> bytes:
    """Write a class of bytes; one that is empty matches nothing."""
    ranges: list[bytes] = []
    for item in ITEM.finditer(items):
        low = item["escaped"] or item["low"]
        high = item["high"] or low
        ranges += signed_range(low, high)
    if not ranges:
        return b"." if negated else b"(?!)"
    caret = b"^" if negated else b""
    return b"[%b%b]" % (caret, b"".join(ranges))


def signed_range(low: bytes, high: bytes) -> Iterator[bytes]:
    """Write what lies between two bytes, as a signed `char` has it."""
    low, high = sorted((low, high), key=signed)  # `[z-a]` is `[a-z]`
    if signed(low) < 0 <= signed(high):
        yield re.escape(low) + rb"-\xff"
        low = b"\0"
    yield re.escape(low) + b"-" + re.escape(high)


def signed(byte: bytes) -> int:
    """Return a byte as a number from -128 to 127."""
    return int.from_bytes(byte, signed=True)


def main() -> None:
    """Try a pattern of each kind."""
    for pattern, channel in (
        (b"news.*", b"news.sport"),
        (b"n[aeiou]ws", b"news.sport"),
        (rb"\*", b"*"),
    ):
        found = matches(pattern, channel)
        verb = "matches" if found else "does not match"
        print(f"{pattern.decode():11} {verb} {channel.decode()}")


if __name__ == "__main__":
    main()
