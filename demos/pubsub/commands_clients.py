"""The commands CLIENT …: who is connected, and what of each is known.

Source: https://redis.io/docs/latest/commands/client-list
"""

import math
from collections.abc import Callable

from demos.pubsub.client_lines import described, here, peer
from demos.pubsub.commands import NO_REPLY, OK, Commands, shown
from demos.pubsub.commands_connection import rename
from demos.pubsub.resp import (
    TEXT,
    ReplyError,
    Request,
    Value,
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
    session.kept = words[2].lower() == b"on"
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
            wanted = of_type(client_type(words[3]))
            return described(filter(wanted, known.values()))
    raise ReplyError("ERR syntax error")


@TABLE.add("client|kill", -3)
def client_kill(session: Session, words: Request) -> Value:
    """Hang up on clients: by address, ID, TYPE, USER; not on myself."""
    found = list(session.server.sessions.values())
    if len(words) == 3:
        wanted = of_address(words[2].decode(*TEXT))
        found = list(filter(wanted, found))
        if not found:
            raise ReplyError("ERR No such client")
        kill(found, session)
        return OK
    filters = read_filters(words[2:], session)
    found = [each for each in found if all(f(each) for f in filters)]
    kill(found, session)
    return len(found)


Filter = Callable[[Session], bool]
"""Tells whether CLIENT KILL is about a client."""


def read_filters(options: Request, me: Session) -> list[Filter]:
    """Read the options of CLIENT KILL: all of them must hold.

    Of one that is given twice, Redis 7.0 takes the last.
    """
    if len(options) % 2:
        raise ReplyError("ERR syntax error")
    filters = {b"skipme": read_filter(b"skipme", b"yes", me)}
    for option, value in zip(options[::2], options[1::2], strict=True):
        name = option.lower()
        filters[name] = read_filter(name, value, me)
    return list(filters.values())


def read_filter(name: bytes, value: bytes, me: Session) -> Filter:
    """Return the filter that an option of CLIENT KILL is."""
    match name, value.lower():
        case b"skipme", b"yes":
            return lambda each: each is not me
        case b"skipme", b"no":
            return lambda each: True
        case b"id", _:
            number = killed_number(value)
            return lambda each: each.id == number
        case b"type", _:
            return of_type(client_type(value))
        case b"addr", _:
            return of_address(value.decode(*TEXT))
        case b"laddr", _:
            text = value.decode(*TEXT)
            return lambda each: here(each) == text
        case b"user", _ if value == b"default":
            return lambda each: not each.stranger
        case b"user", _:
            raise ReplyError(f"ERR No such user '{shown(value)}'")
    raise ReplyError("ERR syntax error")


def of_address(text: str) -> Filter:
    """Return the filter of those who come from an address."""
    return lambda each: peer(each) == text


def of_type(kind: str) -> Filter:
    """Return the filter of those that listen, or that don't."""
    if kind not in {"normal", "pubsub"}:
        return lambda each: False
    listens = kind == "pubsub"
    return lambda each: each.listens is listens


def kill(found: list[Session], session: Session) -> None:
    """Hang up on each; on oneself, after the reply."""
    for each in found:
        if each is session:
            each.leaving = True
        else:
            each.drop()


def killed_number(word: bytes) -> int:
    """Read the ID of a client to hang up on."""
    number = integer(word, least=1)
    if number is None:
        raise ReplyError("ERR client-id should be greater than 0")
    return number


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
