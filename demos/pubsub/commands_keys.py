"""Commands on keys: a few, which the tests of clients use.

Source: https://redis.io/docs/latest/commands/set
"""

import math
import time

from demos.pubsub.commands import OK, Commands, number
from demos.pubsub.database import Database
from demos.pubsub.resp import ReplyError, Request, Value
from demos.pubsub.session import Session

UNITS = {b"ex": 1.0, b"px": 0.001, b"exat": 1.0, b"pxat": 0.001}
"""Of an expiry, in seconds."""

FROM_1970 = {b"exat", b"pxat"}
"""Those that count from 1970; the others, from now."""

FLAGS = {b"nx", b"xx", b"get", b"keepttl"}
"""What else SET takes."""

TABLE: Commands[Session] = Commands()


def chosen(session: Session) -> Database:
    """Return the database that a client has selected."""
    return session.server.databases[session.database]


def found(session: Session, key: bytes) -> bytes | None:
    """Return what a key holds; tell of one that there isn't."""
    database = chosen(session)
    value = database.get(key)
    if value is None:
        database.tell("m", b"keymiss", key)
    return value


@TABLE.add("set", -3, keys=1)
def set_(session: Session, words: Request) -> Value:
    """Set a key; EX, PX, EXAT, PXAT, NX, XX, GET, KEEPTTL."""
    key, value, *options = words[1:]
    ends, flags = read_options([word.lower() for word in options])
    database = chosen(session)
    old = database.get(key)
    if old is None and b"get" in flags:
        database.tell("m", b"keymiss", key)
    if (b"xx" if old is None else b"nx") in flags:
        return old if b"get" in flags else None
    keeps = b"keepttl" in flags
    database.set(key, value, database.deadline(key) if keeps else ends)
    database.tell("$", b"set", key)
    if ends < math.inf:
        database.tell("g", b"expire", key)
    return old if b"get" in flags else OK


def read_options(options: Request) -> tuple[float, set[bytes]]:
    """Read SET's options: when the key ends, and the others.

    Raises ReplyError for those that exclude one another.
    """
    flags: set[bytes] = set()
    unit, amount = b"", b""
    while options:
        option, *options = options
        if option in UNITS and options and not unit:
            unit = option
            amount, *options = options
        elif option in FLAGS:
            flags.add(option)
        else:
            raise ReplyError("ERR syntax error")
    if {b"nx", b"xx"} <= flags or (unit and b"keepttl" in flags):
        raise ReplyError("ERR syntax error")
    return deadline_of(unit, amount), flags


def deadline_of(unit: bytes, amount: bytes) -> float:
    """Return when a key ends, in seconds since 1970."""
    if not unit:
        return math.inf
    count = number(amount)
    if not 0 < count < 2**63 // 1000:
        raise ReplyError("ERR invalid expire time in 'set' command")
    seconds = UNITS[unit] * count
    if unit in FROM_1970:
        return seconds
    return time.time() + seconds


@TABLE.add("get", 2, keys=1)
def get(session: Session, words: Request) -> Value:
    """Return what a key holds."""
    return found(session, words[1])


@TABLE.add("del", -2, keys=-1)
def del_(session: Session, words: Request) -> Value:
    """Delete keys; return how many there were."""
    database = chosen(session)
    count = 0
    for key in words[1:]:
        if database.get(key) is not None:
            database.delete(key)
            database.tell("g", b"del", key)
            count += 1
    return count


@TABLE.add("exists", -2, keys=-1)
def exists(session: Session, words: Request) -> Value:
    """Return how many of these keys there are."""
    values = [found(session, key) for key in words[1:]]
    return len(values) - values.count(None)


@TABLE.add("incr", 2, keys=1)
def incr(session: Session, words: Request) -> Value:
    """Add one to a number."""
    return add(session, words[1], 1)


@TABLE.add("incrby", 3, keys=1)
def incrby(session: Session, words: Request) -> Value:
    """Add to a number."""
    return add(session, words[1], number(words[2]))


@TABLE.add("decr", 2, keys=1)
def decr(session: Session, words: Request) -> Value:
    """Take one from a number."""
    return add(session, words[1], -1)


@TABLE.add("decrby", 3, keys=1)
def decrby(session: Session, words: Request) -> Value:
    """Take from a number."""
    amount = -number(words[2])
    if amount == 2**63:
        raise ReplyError("ERR decrement would overflow")
    return add(session, words[1], amount)


def add(session: Session, key: bytes, amount: int) -> int:
    """Add to what a key holds, 0 if there is none."""
    database = chosen(session)
    old = database.get(key)
    count = amount if old is None else number(old) + amount
    if not -(2**63) <= count < 2**63:
        raise ReplyError("ERR increment or decrement would overflow")
    database.set(key, b"%d" % count, database.deadline(key))
    database.tell("$", b"incrby", key)
    return count


@TABLE.add("dbsize", 1)
def dbsize(session: Session, words: Request) -> Value:
    """Return how many keys there are."""
    return len(chosen(session))


@TABLE.add("flushdb", -1)
def flushdb(session: Session, words: Request) -> Value:
    """Delete all keys of this database."""
    return clear(words, [chosen(session)])


@TABLE.add("flushall", -1)
def flushall(session: Session, words: Request) -> Value:
    """Delete all keys."""
    return clear(words, session.server.databases)


def clear(words: Request, databases: list[Database]) -> Value:
    """Empty databases; ASYNC and SYNC are the same here."""
    options = [word.lower() for word in words[1:]]
    if options not in ([], [b"async"], [b"sync"]):
        raise ReplyError("ERR syntax error")
    for each in databases:
        each.clear()
    return OK
