"""Commands about the connection itself: PING, AUTH, HELLO and others.

Source: https://redis.io/docs/latest/commands/?group=connection
"""

import re

from demos.pubsub.commands import (
    NO_REPLY,
    OK,
    VERSION,
    Commands,
    number,
    shown,
    wrong_count,
)
from demos.pubsub.resp import (
    ReplyError,
    Request,
    Simple,
    Value,
    integer,
)
from demos.pubsub.session import Session

TABLE: Commands[Session] = Commands()


@TABLE.add("ping", -1, for_listeners=True)
def ping(session: Session, words: Request) -> Value:
    """Answer PONG, or what was said."""
    if len(words) > 2:
        raise wrong_count("ping")
    if session.listens and session.protocol == 2:
        said = words[1] if len(words) == 2 else b""
        return [b"pong", said]
    return words[1] if len(words) == 2 else Simple("PONG")


@TABLE.add("echo", 2)
def echo(session: Session, words: Request) -> Value:
    """Say it back."""
    return words[1]


@TABLE.add("quit", -1, for_strangers=True, for_listeners=True)
def quit_(session: Session, words: Request) -> Value:
    """Say OK and hang up."""
    session.leaving = True
    return OK


@TABLE.add("reset", 1, for_strangers=True, for_listeners=True)
def reset(session: Session, words: Request) -> Value:
    """Be as new: no subscription, no name, no password said."""
    session.flush()  # what waits is in the protocol until now
    session.server.broker.forget(session)
    session.end_transaction()
    session.reset()
    return Simple("RESET")


@TABLE.add("select", 2)
def select(session: Session, words: Request) -> Value:
    """Choose one of the sixteen databases."""
    index = number(words[1])
    if not -(2**31) <= index < 2**31:
        raise ReplyError(
            "ERR value is out of range, value must between"
            " -2147483648 and 2147483647"
        )
    if not 0 <= index < len(session.server.databases):
        raise ReplyError("ERR DB index is out of range")
    session.database = index
    return OK


@TABLE.add("auth", -2, for_strangers=True)
def auth(session: Session, words: Request) -> Value:
    """Say the password: as user `default`, or no user at all."""
    match words[1:]:
        case [_] if session.server.password is None:
            raise ReplyError(
                "ERR AUTH <password> called without any password"
                " configured for the default user. Are you sure your"
                " configuration is correct?"
            )
        case [password]:
            admit(session, b"default", password)
        case [user, password]:
            admit(session, user, password)
        case _:
            raise ReplyError("ERR syntax error")
    return OK


def admit(session: Session, user: bytes, password: bytes) -> None:
    """Let a client in that knows the password."""
    if user != b"default" or not session.server.admits(password):
        raise ReplyError(
            "WRONGPASS invalid username-password pair or user is"
            " disabled."
        )
    session.admit()


@TABLE.add("hello", -1, for_strangers=True)
def hello(session: Session, words: Request) -> Value:
    """Choose RESP2 or RESP3, say the password and a name, in one go."""
    protocol = session.protocol
    if len(words) > 1:
        protocol = wanted_protocol(words[1])
    obey_options(session, words[2:])
    if session.stranger:
        raise ReplyError(
            "NOAUTH HELLO must be called with the client already"
            " authenticated, otherwise the HELLO AUTH <user> <pass>"
            " option can be used to authenticate the client and select"
            " the RESP protocol version at the same time"
        )
    session.flush()  # what waits is in the protocol until now
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


def wanted_protocol(word: bytes) -> int:
    """Return the version of RESP that HELLO asks for."""
    version = integer(word)
    if version is None:
        raise ReplyError(
            "ERR Protocol version is not an integer or out of range"
        )
    if version not in (2, 3):
        raise ReplyError("NOPROTO unsupported protocol version")
    return version


def obey_options(session: Session, options: Request) -> None:
    """Do what HELLO asks for besides: AUTH and SETNAME, in turn."""
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


def rename(session: Session, name: bytes) -> None:
    """Give a session a name that fits a line of CLIENT LIST."""
    if not re.fullmatch(rb"[!-~]*", name):
        raise ReplyError(
            "ERR Client names cannot contain spaces, newlines or"
            " special characters."
        )
    session.name = name or None


@TABLE.add(
    "post", -1, for_strangers=True, for_listeners=True, listed=False
)
@TABLE.add(
    "host:", -1, for_strangers=True, for_listeners=True, listed=False
)
def hang_up(session: Session, words: Request) -> Value:
    """Hang up: a web page made its reader's browser speak to us."""
    session.drop()
    return NO_REPLY
