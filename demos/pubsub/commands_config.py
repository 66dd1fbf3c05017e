"""The commands CONFIG …: the settings that this server has.

Two can be changed while it runs; the others say how it is, and take no
other value: better an error than an OK that changes nothing.

Source: https://redis.io/docs/latest/commands/config-set
"""

import functools
import re
from collections.abc import Callable

from demos.pubsub.commands import OK, Commands, shown
from demos.pubsub.notices import events
from demos.pubsub.patterns import matches
from demos.pubsub.resp import TEXT, ReplyError, Request, Value
from demos.pubsub.session import DATABASES, Server, Session

FIXED = {
    b"appendonly": b"no",
    b"cluster-enabled": b"no",
    b"databases": b"%d" % DATABASES,
    b"io-threads": b"1",
    b"maxmemory": b"0",
    b"maxmemory-policy": b"noeviction",
    b"proto-max-bulk-len": b"536870912",
    b"replicaof": b"",
    b"save": b"",
    b"slaveof": b"",
    b"tcp-backlog": b"511",
    b"timeout": b"0",
}
"""Settings that no option of this server changes."""

IMMUTABLE = {
    b"cluster-enabled",
    b"databases",
    b"io-threads",
    b"replicaof",
    b"slaveof",
    b"tcp-backlog",
}
"""Those that nobody can set in Redis either."""

OTHERS = {
    "normal": (0, 0, 0),
    "slave": (256 << 20, 64 << 20, 60),
    "replica": (256 << 20, 64 << 20, 60),
}
"""Limits of those that don't subscribe: ours are read no further."""

UNITS = {
    "": 1,
    "b": 1,
    "k": 10**3,
    "kb": 1 << 10,
    "m": 10**6,
    "mb": 1 << 20,
    "g": 10**9,
    "gb": 1 << 30,
}
"""Of memory."""

TABLE: Commands[Session] = Commands()


@TABLE.add("config", -2)
def config(session: Session, words: Request) -> Value:
    """Ask about settings, or change one."""
    raise NotImplementedError  # its subcommands are run


@TABLE.add("config|get", -3)
def config_get(session: Session, words: Request) -> Value:
    """Return settings, by their names or by patterns."""
    known = settings(session.server)
    names: dict[
        bytes, bytes
    ] = {}  # as asked, by those in small letters
    for word in words[2:]:
        low = word.lower()
        if set(low) & set(b"[*?"):
            for name in known:
                if matches(low, name):
                    names.setdefault(name, name)
        elif low in known:
            names.setdefault(low, word)
    return {asked: known[name] for name, asked in names.items()}


def settings(server: Server) -> dict[bytes, bytes]:
    """Return what CONFIG GET can say."""
    limits = (
        "normal 0 0 0 slave 268435456 67108864 60 pubsub"
        f" {server.hard} {server.soft} {server.soft_seconds:.0f}"
    )
    return {
        **FIXED,
        b"client-output-buffer-limit": limits.encode(),
        b"notify-keyspace-events": str(server.notices).encode(),
        b"port": b"%d" % server.port,
        b"requirepass": (server.password or "").encode(*TEXT),
    }


@TABLE.add("config|set", -4)
def config_set(session: Session, words: Request) -> Value:
    """Change settings: all of them, or none."""
    if len(words) % 2:
        raise ReplyError("ERR syntax error")
    pairs = list(zip(words[2::2], words[3::2], strict=True))
    check_names(session.server, [name for name, _ in pairs])
    changes = []
    for name, value in pairs:
        try:
            changes.append(change(session.server, name, value))
        except ValueError as error:
            raise refused(name, str(error)) from None
    for each in changes:
        each()
    return OK


def check_names(server: Server, names: list[bytes]) -> None:
    """Raise ReplyError for a setting that cannot be set."""
    known, seen = settings(server), set()
    for name in names:
        low = name.lower()
        if low not in known:
            raise ReplyError(
                "ERR Unknown option or number of arguments for"
                f" CONFIG SET - '{shown(name)}'"
            )
        if low in IMMUTABLE:
            raise refused(name, "can't set immutable config")
        if low in seen:
            raise refused(name, "duplicate parameter")
        seen.add(low)


def refused(name: bytes, why: str) -> ReplyError:
    """Return the error for a setting that isn't set."""
    return ReplyError(
        "ERR CONFIG SET failed (possibly related to argument"
        f" '{shown(name)}') - {why}"
    )


def change(
    server: Server, name: bytes, value: bytes
) -> Callable[[], object]:
    """Return what changes a setting. Raises ValueError for a value."""
    low, text = name.lower(), value.decode(*TEXT)
    if low == b"notify-keyspace-events":
        return functools.partial(server.notices.want, events(text))
    if low == b"client-output-buffer-limit":
        now = server.hard, server.soft, server.soft_seconds
        limits = buffer_limits(text).get("pubsub", now)
        return functools.partial(server.limit, *limits)
    if value != settings(server)[low]:
        raise ValueError("this stub keeps it as it is")
    return lambda: None


def buffer_limits(text: str) -> dict[str, tuple[int, int, int]]:
    """Read `pubsub 32mb 8mb 60`, or more. Raises ValueError."""
    words = text.lower().split(" ") if text else []
    if len(words) % 4:
        raise ValueError(
            "Wrong number of arguments in buffer limit configuration."
        )
    found = {}
    for at in range(0, len(words), 4):
        kind, hard, soft, seconds = words[at : at + 4]
        if kind not in {*OTHERS, "pubsub"}:
            raise ValueError(
                "Invalid client class specified in buffer limit"
                " configuration."
            )
        found[kind] = memory(hard), memory(soft), memory(seconds, "")
    for kind in OTHERS.keys() & found.keys():
        if found[kind] != OTHERS[kind]:
            raise ValueError("this stub keeps it as it is")
    return found


def memory(word: str, unit: str = r"[kmg]?b?") -> int:
    """Read a number of bytes, such as `8mb`. Raises ValueError."""
    found = re.fullmatch(rf"([0-9]+)({unit})", word)
    if found is None:
        raise ValueError(
            "Error in hard, soft or soft_seconds setting in buffer"
            " limit configuration."
        )
    return int(found[1]) * UNITS[found[2]]
