"""The commands CLIENT …: who is connected, and what of each is known.

Source: https://redis.io/docs/latest/commands/client-list
"""

import math
import time
from collections.abc import Iterable

from demos.pubsub.commands import NO_REPLY, OK, Commands, shown
from demos.pubsub.commands_connection import rename
from demos.pubsub.resp import (
    TEXT,
    ReplyError,
    Request,
    Value,
    Verbatim,
    integer,
)
from demos.pubsub.session import Session

TABLE: Commands[Session] = Commands()


@TABLE.add("client", -2)
def client(session: Session, words: Request) -> Value:
    """Ask about connections, or change one."""
    raise NotImplementedError  # its subcommands are run


@TABLE.add("client|id", 2)
def client_id(session: Session, words: Request) -> Value:
    """Return the number of this connection."""
    return session.id


@TABLE.add("client|getname", 2)
def client_getname(session: Session, words: Request) -> Value:
    """Return the name of this connection, if it has one."""
    return session.name


@TABLE.add("client|setname", 3)
def client_setname(session: Session, words: Request) -> Value:
    """Name this connection; no name takes it away."""
    rename(session, words[2])
    return OK


@TABLE.add("client|setinfo", 4)
def client_setinfo(session: Session, words: Request) -> Value:
    """Take the name of the client's library: Redis does since 7.2."""
    if words[2].lower() not in {b"lib-name", b"lib-ver"}:
        raise ReplyError(f"ERR Unrecognized option '{shown(words[2])}'")
    return OK


@TABLE.add("client|no-evict", 3)
def client_no_evict(session: Session, words: Request) -> Value:
    """Agree: this server evicts nobody."""
    if words[2].lower() not in {b"on", b"off"}:
        raise ReplyError("ERR syntax error")
    return OK


@TABLE.add("client|reply", 3)
def client_reply(session: Session, words: Request) -> Value:
    """Reply to all, to nothing, or not to the next command."""
    match words[2].lower():
        case b"on":
            session.muted = 0
            return OK
        case b"off":
            session.muted = math.inf
        case b"skip":
            if session.muted < math.inf:
                session.muted = 2  # this one and the next
        case _:
            raise ReplyError("ERR syntax error")
    return NO_REPLY


@TABLE.add("client|info", 2)
def client_info(session: Session, words: Request) -> Value:
    """Describe this connection."""
    return described([session])


@TABLE.add("client|list", -2)
def client_list(session: Session, words: Request) -> Value:
    """Describe all connections, or those of a TYPE, or with an ID."""
    known = session.server.sessions
    match [word.lower() for word in words[2:]]:
        case []:
            return described(known.values())
        case [b"id", _, *_]:
            ids = list(map(client_number, words[3:]))
            return described(known[id_] for id_ in ids if id_ in known)
        case [b"type", _]:
            kind = client_type(words[3])
            return described(of_type(kind, known.values()))
    raise ReplyError("ERR syntax error")


@TABLE.add("client|kill", -3)
def client_kill(session: Session, words: Request) -> Value:
    """Hang up on clients: by address, ID, TYPE, USER; not on myself."""
    found = list(session.server.sessions.values())
    if len(words) == 3:
        found = narrowed(found, b"addr", words[2])
        if not found:
            raise ReplyError("ERR No such client")
        kill(found, session)
        return OK
    if len(words) % 2:
        raise ReplyError("ERR syntax error")
    skip_me = True
    for option, value in zip(words[2::2], words[3::2], strict=True):
        match option.lower(), value.lower():
            case b"skipme", b"yes":
                skip_me = True
            case b"skipme", b"no":
                skip_me = False
            case name, _:
                found = narrowed(found, name, value)
    if skip_me:
        found = [each for each in found if each is not session]
    kill(found, session)
    return len(found)


def narrowed(
    found: list[Session], option: bytes, value: bytes
) -> list[Session]:
    """Return the clients that an option of CLIENT KILL is about."""
    text = value.decode(*TEXT)
    match option:
        case b"id":
            number = integer(value, least=1)
            if number is None:
                raise ReplyError(
                    "ERR client-id should be greater than 0"
                )
            return [each for each in found if each.id == number]
        case b"type":
            return of_type(client_type(value), found)
        case b"addr":
            return [each for each in found if peer(each) == text]
        case b"laddr":
            return [each for each in found if here(each) == text]
        case b"user" if value == b"default":
            return [each for each in found if not each.stranger]
        case b"user":
            raise ReplyError(f"ERR No such user '{shown(value)}'")
    raise ReplyError("ERR syntax error")


def kill(found: list[Session], session: Session) -> None:
    """Hang up on each; on oneself, after the reply."""
    for each in found:
        if each is session:
            each.leaving = True
        else:
            each.drop()


def client_number(word: bytes) -> int:
    """Read the ID of a client."""
    number = integer(word)
    if number is None:
        raise ReplyError("ERR Invalid client ID")
    return number


def client_type(word: bytes) -> str:
    """Read a TYPE of client."""
    kind = word.lower().decode(*TEXT)
    if kind not in {"normal", "pubsub", "master", "replica", "slave"}:
        raise ReplyError(f"ERR Unknown client type '{shown(word)}'")
    return kind


def of_type(kind: str, found: Iterable[Session]) -> list[Session]:
    """Return those that listen, or those that don't."""
    listens = kind == "pubsub"
    if kind not in {"normal", "pubsub"}:
        return []
    return [each for each in found if each.listens is listens]


def described(found: Iterable[Session]) -> Verbatim:
    """Describe connections, a line each, as CLIENT LIST does."""
    return Verbatim("".join(map(described_one, found)))


def described_one(session: Session) -> str:
    """Describe a connection."""
    channels, patterns, shards = map(len, session.names)
    flags = "P" if session.listens else "N"
    last = session.last.name if session.last else "NULL"
    age = time.monotonic() - session.since
    return (
        f"id={session.id} addr={peer(session)} laddr={here(session)}"
        f" name={(session.name or b'').decode()}"
        f" age={age:.0f} flags={flags}"
        f" db={session.database} sub={channels} psub={patterns}"
        f" ssub={shards} multi=-1 omem={session.unread} cmd={last}"
        f" user=default resp={session.protocol}\n"
    )


def peer(session: Session) -> str:
    """Return the client's address."""
    return address(session.transport.get_extra_info("peername"))


def here(session: Session) -> str:
    """Return the server's address, as this client knows it."""
    return address(session.transport.get_extra_info("sockname"))


def address(name: tuple[str, int]) -> str:
    """Write where a socket is."""
    return f"{name[0]}:{name[1]}"
