"""What clients ask of a Redis besides pub/sub: names, versions, keys.

A command is a function of a session and its words. It returns a reply
or raises ReplyError; the texts of errors are those of Redis 7.0.
Source: https://redis.io/docs/latest/commands
"""

from __future__ import annotations

import math
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demos.pubsub.patterns import matches
from demos.pubsub.resp import (
    TEXT,
    ReplyError,
    Request,
    Simple,
    Value,
    Verbatim,
    integer,
)

if TYPE_CHECKING:
    from demos.pubsub.stub import Session

VERSION = "7.0.15"
"""The Redis whose replies these are."""

OK = Simple("OK")
SHOWN = 128
"""Bytes of a wrong word that an error repeats."""

NOTHING = object()
"""The reply of a command that has written its own."""

Database = dict[bytes, tuple[bytes, float]]
"""Values, and when each ends, in seconds since 1970."""

Run = Callable[["Session", Request], Value]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: how many words it takes, itself included; who may.

    `arity` is Redis's: exact, or at least, if negative. A stranger has
    not said the password; a listener speaks RESP2 and is subscribed.
    """

    name: str
    arity: int
    run: Run
    keys: int = 0
    stranger: bool = False
    listener: bool = False
    parts: dict[bytes, Command] = field(default_factory=dict)

    def fits(self, count: int) -> bool:
        """Tell whether so many words are right."""
        arity = self.arity
        return count == arity if arity > 0 else count >= -arity

    @property
    def summary(self) -> str:
        """What it does, in a line."""
        return (self.run.__doc__ or "").partition("\n")[0]


COMMANDS: dict[bytes, Command] = {}
"""All commands, by their names in small letters."""

USUAL: dict[bytes, Command] = {}
"""Those that take an exact number of words, by both their spellings."""


def command(
    name: str,
    arity: int,
    *,
    keys: int = 0,
    stranger: bool = False,
    listener: bool = False,
) -> Callable[[Run], Run]:
    """Register a command, `get`, or part of one, `client|id`."""

    def register(run: Run) -> Run:
        made = Command(name, arity, run, keys, stranger, listener)
        whole, _, part = name.encode().partition(b"|")
        if part:
            COMMANDS[whole].parts[part] = made
        else:
            COMMANDS[whole] = made
            if arity > 0:
                USUAL[whole] = USUAL[whole.upper()] = made
        return run

    return register


def lookup(words: Request) -> Command:
    """Find the command that a request names.

    Raises ReplyError for one that doesn't exist, or too few words.
    """
    found = USUAL.get(words[0])
    if found is not None and found.arity == len(words):
        return found
    found = COMMANDS.get(words[0].lower())
    if found is None and shown(words[0]).lower() in {"post", "host:"}:
        return Command(
            "post", -1, hang_up, stranger=True, listener=True
        )
    if found is None:
        raise ReplyError(unknown(words))
    if found.parts and len(words) > 1:
        part = found.parts.get(words[1].lower())
        if part is None:
            raise ReplyError(
                f"ERR unknown subcommand '{shown(words[1])}'."
                f" Try {found.name.upper()} HELP."
            )
        found = part
    if not found.fits(len(words)):
        raise ReplyError(
            f"ERR wrong number of arguments for '{found.name}' command"
        )
    return found


def unknown(words: Request) -> str:
    """Say that there is no such command, and its first words."""
    name, *rest = words
    listed = b""
    for word in rest:
        if len(listed) >= SHOWN:
            break
        start = word.partition(b"\0")[0][: SHOWN - len(listed)]
        listed += b"'%b' " % start
    return (
        f"ERR unknown command '{shown(name)}',"
        f" with args beginning with: {listed.decode(*TEXT)}"
    )


def hang_up(session: Session, words: Request) -> Value:
    """Hang up: a web page made its reader's browser speak to us."""
    session.drop()
    return NOTHING


def shown(word: bytes) -> str:
    """Return the start of a word as C shows it: up to a NUL."""
    return word.partition(b"\0")[0][:SHOWN].decode(*TEXT)


def number(
    word: bytes, least: int = -(2**63), most: int = 2**63 - 1
) -> int:
    """Read an integer."""
    if (value := integer(word, least, most)) is None:
        raise ReplyError("ERR value is not an integer or out of range")
    return value


# The connection


@command("ping", -1, listener=True)
def ping(session: Session, words: Request) -> Value:
    """Answer PONG, or what was said."""
    if len(words) > 2:
        raise ReplyError(
            "ERR wrong number of arguments for 'ping' command"
        )
    if session.listens and session.protocol == 2:
        return [b"pong", *(words[1:] or [b""])]
    return words[1] if len(words) > 1 else Simple("PONG")


@command("echo", 2)
def echo(session: Session, words: Request) -> Value:
    """Say it back."""
    return words[1]


@command("quit", -1, stranger=True, listener=True)
def quit_(session: Session, words: Request) -> Value:
    """Say OK and hang up."""
    session.leaving = True
    return OK


@command("reset", 1, stranger=True, listener=True)
def reset(session: Session, words: Request) -> Value:
    """Be as new: no subscription, no name, no password said."""
    session.flush()  # what came before is in the protocol before
    session.forget()
    session.begin()
    return Simple("RESET")


@command("select", 2)
def select(session: Session, words: Request) -> Value:
    """Choose one of the sixteen databases."""
    index = number(words[1])
    if not -(2**31) <= index < 2**31:
        raise ReplyError(
            "ERR value is out of range, value must between"
            " -2147483648 and 2147483647"
        )
    if not 0 <= index < len(session.stub.databases):
        raise ReplyError("ERR DB index is out of range")
    session.database = index
    return OK


@command("auth", -2, stranger=True)
def auth(session: Session, words: Request) -> Value:
    """Say the password: as user `default`, or no user at all."""
    if len(words) > 3:
        raise ReplyError("ERR syntax error")
    if len(words) == 2 and session.stub.password is None:
        raise ReplyError(
            "ERR AUTH <password> called without any password configured"
            " for the default user. Are you sure your configuration is"
            " correct?"
        )
    admit(
        session, words[1] if len(words) == 3 else b"default", words[-1]
    )
    return OK


def admit(session: Session, user: bytes, password: bytes) -> None:
    """Let a client in that knows the password."""
    if user != b"default" or not session.stub.admits(password):
        raise ReplyError(
            "WRONGPASS invalid username-password pair or user is"
            " disabled."
        )
    session.limits.stranger = False


@command("hello", -1, stranger=True)
def hello(session: Session, words: Request) -> Value:
    """Choose RESP2 or RESP3, say the password and a name, in one go."""
    protocol = session.protocol
    if len(words) > 1:
        version = integer(words[1], -(2**63), 2**63 - 1)
        if version is None:
            raise ReplyError(
                "ERR Protocol version is not an integer or out of range"
            )
        if version not in (2, 3):
            raise ReplyError("NOPROTO unsupported protocol version")
        protocol = version
    options = words[2:]
    while options:
        match options[0].upper(), options[1:]:
            case b"AUTH", [user, password, *options]:
                admit(session, user, password)
            case b"SETNAME", [name, *options]:
                rename(session, name)
            case _:
                raise ReplyError(
                    "ERR Syntax error in HELLO option"
                    f" '{shown(options[0])}'"
                )
    if session.limits.stranger:
        raise ReplyError(
            "NOAUTH HELLO must be called with the client already"
            " authenticated, otherwise the HELLO AUTH <user> <pass>"
            " option can be used to authenticate the client and select"
            " the RESP protocol version at the same time"
        )
    session.flush()  # what came before is in the protocol before
    session.protocol = protocol
    return {
        b"server": b"redis",
        b"version": VERSION,
        b"proto": protocol,
        b"id": session.id,
        b"mode": b"standalone",
        b"role": b"master",
        b"modules": [],
    }


# The client, as the server sees it


@command("client", -2)
def client(session: Session, words: Request) -> Value:
    """Ask about connections, or change one."""
    return NOTHING


@command("client|id", 2)
def client_id(session: Session, words: Request) -> Value:
    """Return the number of this connection."""
    return session.id


@command("client|getname", 2)
def client_getname(session: Session, words: Request) -> Value:
    """Return the name of this connection, if it has one."""
    return session.name


@command("client|setname", 3)
def client_setname(session: Session, words: Request) -> Value:
    """Name this connection; no name takes it away."""
    rename(session, words[2])
    return OK


def rename(session: Session, name: bytes) -> None:
    """Give a session a name that fits a line of CLIENT LIST."""
    if not re.fullmatch(rb"[!-~]*", name):
        raise ReplyError(
            "ERR Client names cannot contain spaces, newlines or"
            " special characters."
        )
    session.name = name or None


@command("client|setinfo", 4)
def client_setinfo(session: Session, words: Request) -> Value:
    """Take the name of the client's library: Redis does since 7.2."""
    if words[2].lower() not in {b"lib-name", b"lib-ver"}:
        raise ReplyError(f"ERR Unrecognized option '{shown(words[2])}'")
    return OK


@command("client|no-evict", 3)
def client_no_evict(session: Session, words: Request) -> Value:
    """Agree: this server evicts nobody."""
    if words[2].lower() not in {b"on", b"off"}:
        raise ReplyError("ERR syntax error")
    return OK


@command("client|reply", 3)
def client_reply(session: Session, words: Request) -> Value:
    """Reply to all, to nothing, or not to the next command."""
    match words[2].lower():
        case b"on":
            session.muted = 0
            return OK
        case b"off":
            session.muted = -1
        case b"skip":
            if session.muted >= 0:
                session.muted = 2  # this one and the next
        case _:
            raise ReplyError("ERR syntax error")
    return NOTHING


@command("client|info", 2)
def client_info(session: Session, words: Request) -> Value:
    """Describe this connection."""
    return Verbatim(described(session) + "\n")


@command("client|list", -2)
def client_list(session: Session, words: Request) -> Value:
    """Describe all connections, or those of a TYPE, or with an ID."""
    options = words[2:]
    found: Iterable[Session] = session.stub.sessions.values()
    if options and options[0].lower() == b"id" and len(options) > 1:
        ids = [
            integer(word, -(2**63), 2**63 - 1) for word in options[1:]
        ]
        if None in ids:
            raise ReplyError("ERR Invalid client ID")
        known = session.stub.sessions
        found = [known[each] for each in ids if each in known]
    elif len(options) == 2 and options[0].lower() == b"type":
        kind = kind_of_client(options[1])
        found = [each for each in found if each.kind == kind]
    elif options:
        raise ReplyError("ERR syntax error")
    return Verbatim("".join(f"{described(each)}\n" for each in found))


@command("client|kill", -3)
def client_kill(session: Session, words: Request) -> Value:
    """Hang up on clients: by address, ID, TYPE, USER; not on myself."""
    if len(words) == 3:
        address = words[2].decode(*TEXT)
        found = [
            s
            for s in session.stub.sessions.values()
            if s.peer == address
        ]
        if not found:
            raise ReplyError("ERR No such client")
        kill(found, session)
        return OK
    if len(words) % 2:
        raise ReplyError("ERR syntax error")
    found, skip = list(session.stub.sessions.values()), True
    for option, value in zip(words[2::2], words[3::2], strict=True):
        match option.lower(), value.lower():
            case b"id", _:
                wanted = integer(value, 1, 2**63 - 1)
                if wanted is None:
                    raise ReplyError(
                        "ERR client-id should be greater than 0"
                    )
                found = [s for s in found if s.id == wanted]
            case b"type", _:
                kind = kind_of_client(value)
                found = [s for s in found if s.kind == kind]
            case b"addr", _:
                found = [
                    s for s in found if s.peer == value.decode(*TEXT)
                ]
            case b"laddr", _:
                found = [
                    s for s in found if s.here == value.decode(*TEXT)
                ]
            case b"user", _:
                if value != b"default":
                    raise ReplyError(
                        f"ERR No such user '{shown(value)}'"
                    )
                found = [s for s in found if not s.limits.stranger]
            case b"skipme", (b"yes" | b"no") as answer:
                skip = answer == b"yes"
            case _:
                raise ReplyError("ERR syntax error")
    return kill(
        [s for s in found if not (skip and s is session)], session
    )


def kill(found: list[Session], session: Session) -> int:
    """Hang up on each; on oneself, after the reply. Return how many."""
    for each in found:
        if each is session:
            each.leaving = True
        else:
            each.drop()
    return len(found)


def kind_of_client(word: bytes) -> str:
    """Read a TYPE of client."""
    kind = word.lower().decode(*TEXT)
    if kind not in {"normal", "pubsub", "master", "replica", "slave"}:
        raise ReplyError(f"ERR Unknown client type '{shown(word)}'")
    return kind


def described(session: Session) -> str:
    """Describe a connection on a line, as CLIENT LIST does."""
    channels, patterns, shards = map(len, session.topics)
    last = session.last.name if session.last else "NULL"
    return (
        f"id={session.id} addr={session.peer} laddr={session.here}"
        f" name={(session.name or b'').decode()}"
        f" age={session.age:.0f} flags={'NP'[session.listens]}"
        f" db={session.database} sub={channels} psub={patterns}"
        f" ssub={shards} multi=-1 omem={session.unread} cmd={last}"
        f" user=default resp={session.protocol}"
    )


# The server


@command("command", -1)
def command_(session: Session, words: Request) -> Value:
    """Describe all commands."""
    return [details(each) for each in COMMANDS.values()]


@command("command|count", 2)
def command_count(session: Session, words: Request) -> Value:
    """Return how many commands there are."""
    return len(COMMANDS)


@command("command|list", -2)
def command_list(session: Session, words: Request) -> Value:
    """Return the names of all commands and of their parts."""
    if len(words) > 2:
        raise ReplyError("ERR syntax error")
    return [each.name for each in all_commands()]


@command("command|info", -2)
def command_info(session: Session, words: Request) -> Value:
    """Describe some commands, or all."""
    known = {each.name.encode(): each for each in all_commands()}
    if len(words) == 2:
        return command_(session, words)
    found = [known.get(name.lower()) for name in words[2:]]
    return [each and details(each) for each in found]


@command("command|docs", -2)
def command_docs(session: Session, words: Request) -> Value:
    """Say what some commands do, or all."""
    names = {name.lower().decode(*TEXT) for name in words[2:]}
    return {
        each.name: {"summary": each.summary, "group": "tulipes"}
        for each in (all_commands() if names else COMMANDS.values())
        if not names or each.name in names
    }


def all_commands() -> Iterator[Command]:
    """Go through the commands, each before its parts."""
    for each in COMMANDS.values():
        yield each
        yield from each.parts.values()


def details(found: Command) -> list[Value]:
    """Describe a command as COMMAND INFO does."""
    flags = {Simple("no_auth")} if found.stranger else set()
    first, step = min(1, abs(found.keys)), min(1, abs(found.keys))
    parts = [details(part) for part in found.parts.values()]
    return [
        found.name,
        found.arity,
        flags,
        first,
        found.keys,
        step,
        set(),
        set(),
        set(),
        parts,
    ]


@command("info", -1)
def info(session: Session, words: Request) -> Value:
    """Describe the server, in the sections that clients look at."""
    wanted = {word.lower().decode(*TEXT) for word in words[1:]}
    everything = not wanted or wanted & {"all", "default", "everything"}
    texts = []
    for title, lines in sections(session).items():
        if everything or title.lower() in wanted:
            fields = (
                f"{name}:{value}\r\n" for name, value in lines.items()
            )
            texts.append(f"# {title}\r\n" + "".join(fields))
    return Verbatim("\r\n".join(texts))


def sections(session: Session) -> dict[str, dict[str, object]]:
    """Collect what INFO says."""
    stub = session.stub
    kinds = [each.kind for each in stub.sessions.values()]
    sizes = {
        f"db{index}": f"keys={len(keys)},expires=0,avg_ttl=0"
        for index, keys in enumerate(stub.databases)
        if keys
    }
    return {
        "Server": {
            "redis_version": VERSION,
            "redis_mode": "standalone",
            "os": f"{platform.system()} {platform.machine()}",
            "arch_bits": 64 if sys.maxsize > 2**32 else 32,
            "process_id": os.getpid(),
            "tcp_port": stub.port,
            "uptime_in_seconds": int(time.monotonic() - stub.started),
            "executable": "demos.pubsub.stub, not redis-server",
        },
        "Clients": {
            "connected_clients": len(kinds),
            "pubsub_clients": kinds.count("pubsub"),
        },
        "Persistence": {"loading": 0},
        "Stats": {
            "total_connections_received": stub.accepted,
            "pubsub_channels": len(stub.topics[0]),
            "pubsub_patterns": len(stub.topics[1]),
        },
        "Replication": {"role": "master", "connected_slaves": 0},
        "Cluster": {"cluster_enabled": 0},
        "Keyspace": dict(sizes),
    }


@command("config", -2)
def config(session: Session, words: Request) -> Value:
    """Ask about settings."""
    return NOTHING


@command("config|get", -3)
def config_get(session: Session, words: Request) -> Value:
    """Return the settings whose names match."""
    return {
        name: value
        for name, value in session.stub.settings().items()
        if any(matches(word.lower(), name) for word in words[2:])
    }


# Keys: a few, which the tests of clients use around pub/sub

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
