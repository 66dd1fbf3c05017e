"""Commands on the end of a key's time.

Source: https://redis.io/docs/latest/commands/expire
"""

import math
import time

from demos.pubsub.commands import Commands, number, shown
from demos.pubsub.commands_keys import chosen, found
from demos.pubsub.resp import ReplyError, Request, Value
from demos.pubsub.session import Session

CONDITIONS = {b"nx", b"xx", b"gt", b"lt"}
"""What a key's deadline must be for EXPIRE to change it: none, any …"""

TABLE: Commands[Session] = Commands()


@TABLE.add("expire", -3, keys=1)
def expire(session: Session, words: Request) -> Value:
    """Let a key end in so many seconds; NX, XX, GT, LT."""
    return end_in(session, words, 1.0)


@TABLE.add("pexpire", -3, keys=1)
def pexpire(session: Session, words: Request) -> Value:
    """Let a key end in so many milliseconds; NX, XX, GT, LT."""
    return end_in(session, words, 0.001)


def end_in(session: Session, words: Request, unit: float) -> int:
    """Let a key end, at once if its time is up; return 1, or 0."""
    conditions = read_conditions(words[3:])
    count = number(words[2])
    if unit == 1.0:
        check_seconds(count)
    key, database = words[1], chosen(session)
    deadline = time.time() + unit * count
    if database.get(key) is None:
        return 0
    if not allowed(conditions, database.deadline(key), deadline):
        return 0
    if count <= 0:
        database.delete(key)
        database.tell("g", b"del", key)
    else:
        database.end_at(key, deadline)
        database.tell("g", b"expire", key)
    return 1


def check_seconds(count: int) -> None:
    """Raise ReplyError for more milliseconds than 64 bits count."""
    if not -(2**63) < count * 1000 < 2**63:
        raise ReplyError("ERR invalid expire time in 'expire' command")


def read_conditions(options: Request) -> set[bytes]:
    """Read EXPIRE's options. Raises ReplyError for what excludes."""
    conditions = set()
    for option in options:
        if option.lower() not in CONDITIONS:
            raise ReplyError(f"ERR Unsupported option {shown(option)}")
        conditions.add(option.lower())
    if b"nx" in conditions and len(conditions) > 1:
        raise ReplyError(
            "ERR NX and XX, GT or LT options at the same time are not"
            " compatible"
        )
    if {b"gt", b"lt"} <= conditions:
        raise ReplyError(
            "ERR GT and LT options at the same time are not compatible"
        )
    return conditions


def allowed(conditions: set[bytes], old: float, new: float) -> bool:
    """Tell whether a deadline may take the place of another."""
    never = old == math.inf
    return not (
        (b"nx" in conditions and not never)
        or (b"xx" in conditions and never)
        or (b"gt" in conditions and new <= old)
        or (b"lt" in conditions and new >= old)
    )


@TABLE.add("ttl", 2, keys=1)
def ttl(session: Session, words: Request) -> Value:
    """Return the seconds left to a key; -1: all, -2: no such key."""
    left = pttl(session, words)
    return left if left < 0 else (left + 500) // 1000


@TABLE.add("pttl", 2, keys=1)
def pttl(session: Session, words: Request) -> Value:
    """Return the milliseconds left to a key, as TTL does."""
    if found(session, words[1]) is None:
        return -2
    deadline = chosen(session).deadline(words[1])
    if deadline == math.inf:
        return -1
    return max(0, round((deadline - time.time()) * 1000))


@TABLE.add("persist", 2, keys=1)
def persist(session: Session, words: Request) -> Value:
    """Let a key last; tell whether it would have ended."""
    key, database = words[1], chosen(session)
    if database.get(key) is None or database.deadline(key) == math.inf:
        return 0
    database.end_at(key, math.inf)
    database.tell("g", b"persist", key)
    return 1
