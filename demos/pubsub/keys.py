"""Commands on keys: a few, which the tests of clients use."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from demos.pubsub.commands import OK, command, number
from demos.pubsub.resp import ReplyError, Request, Value

if TYPE_CHECKING:
    from demos.pubsub.session import Session

Database = dict[bytes, tuple[bytes, float]]
"""Values, and when each ends, in seconds since 1970."""

UNITS = {
    b"ex": (1.0, False),
    b"px": (0.001, False),
    b"exat": (1.0, True),
    b"pxat": (0.001, True),
}
"""Of an expiry: seconds, and whether it counts from 1970."""


def find(session: Session, key: bytes) -> bytes | None:
    """Return what a key holds, unless its time is up."""
    keys = session.stub.databases[session.database]
    value, deadline = keys.get(key, (None, 0.0))
    if value is not None and deadline <= time.time():
        del keys[key]
        return None
    return value


@command("set", -3, keys=1)
def set_(session: Session, words: Request) -> Value:
    """Set a key; EX, PX, EXAT, PXAT, NX, XX, GET, KEEPTTL."""
    _, key, value, *options = words
    deadline, flags = expiry([word.lower() for word in options])
    keys = session.stub.databases[session.database]
    old = find(session, key)
    if b"keepttl" in flags and old is not None:
        deadline = keys[key][1]
    if not (b"nx" in flags and old is not None) and not (
        b"xx" in flags and old is None
    ):
        keys[key] = value, deadline
    elif b"get" not in flags:
        return None
    return old if b"get" in flags else OK


def expiry(options: list[bytes]) -> tuple[float, set[bytes]]:
    """Read SET's options: when the key ends, in seconds since 1970."""
    flags: set[bytes] = set()
    amount = b""
    while options:
        option, *options = options
        if (
            option in UNITS
            and options
            and not flags & {*UNITS, b"keepttl"}
        ):
            amount, *options = options
        elif (
            option == b"keepttl" and flags & {*UNITS}
        ) or option not in {
            b"nx",
            b"xx",
            b"get",
            b"keepttl",
        }:
            raise ReplyError("ERR syntax error")
        flags.add(option)
    if {b"nx", b"xx"} <= flags:
        raise ReplyError("ERR syntax error")
    for unit in flags & {*UNITS}:
        seconds, absolute = UNITS[unit]
        count = number(amount)
        if not 0 < count < 2**63 // 1000:
            raise ReplyError("ERR invalid expire time in 'set' command")
        start = 0.0 if absolute else time.time()
        return start + seconds * count, flags
    return math.inf, flags


@command("get", 2, keys=1)
def get(session: Session, words: Request) -> Value:
    """Return what a key holds."""
    return find(session, words[1])


@command("del", -2, keys=-1)
def del_(session: Session, words: Request) -> Value:
    """Delete keys; return how many there were."""
    keys = session.stub.databases[session.database]
    known = [key for key in words[1:] if find(session, key) is not None]
    return sum(keys.pop(key, None) is not None for key in known)


@command("exists", -2, keys=-1)
def exists(session: Session, words: Request) -> Value:
    """Return how many of these keys there are."""
    return sum(find(session, key) is not None for key in words[1:])


@command("incr", 2, keys=1)
def incr(session: Session, words: Request) -> Value:
    """Add one to a number."""
    old = find(session, words[1])
    count = 1 if old is None else number(old) + 1
    if count >= 2**63:
        raise ReplyError("ERR increment or decrement would overflow")
    keys = session.stub.databases[session.database]
    deadline = keys.get(words[1], (b"", math.inf))[1]
    keys[words[1]] = str(count).encode(), deadline
    return count


@command("dbsize", 1)
def dbsize(session: Session, words: Request) -> Value:
    """Return how many keys there are."""
    return len(session.stub.databases[session.database])


@command("flushdb", -1)
def flushdb(session: Session, words: Request) -> Value:
    """Delete all keys of this database."""
    flush(words, [session.stub.databases[session.database]])
    return OK


@command("flushall", -1)
def flushall(session: Session, words: Request) -> Value:
    """Delete all keys."""
    flush(words, session.stub.databases)
    return OK


def flush(words: Request, databases: list[Database]) -> None:
    """Empty databases; ASYNC and SYNC are the same here."""
    options = [word.lower() for word in words[1:]]
    if options not in ([], [b"async"], [b"sync"]):
        raise ReplyError("ERR syntax error")
    for each in databases:
        each.clear()
