"""Commands about clients, commands and the server itself."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from demos.pubsub.commands import (
    COMMANDS,
    NOTHING,
    OK,
    VERSION,
    Command,
    command,
    rename,
    shown,
)
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
    from demos.pubsub.session import Session

# Clients, as the server sees them


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
        ids = [integer(word) for word in options[1:]]
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
                wanted = integer(value, least=1)
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
    first = step = min(1, abs(found.keys))
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
