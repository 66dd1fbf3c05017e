"""Commands: how they are found, and those of a connection itself.

A command is a function of a session and its words. It returns a reply
or raises ReplyError; the texts of errors are those of Redis 7.0.
Source: https://redis.io/docs/latest/commands
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from demos.pubsub.resp import (
    TEXT,
    ReplyError,
    Request,
    Simple,
    Value,
    integer,
)

if TYPE_CHECKING:
    from demos.pubsub.session import Session

VERSION = "7.0.15"
"""The Redis whose replies these are."""

OK = Simple("OK")
SHOWN = 128
"""Bytes of a wrong word that an error repeats."""

NOTHING = object()
"""The reply of a command that has written its own."""

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
            help_name = f"{whole.decode()}|help"
            COMMANDS[whole].parts[b"help"] = Command(
                help_name, 2, help_
            )
        else:
            COMMANDS[whole] = made
            if arity > 0:
                USUAL[whole] = USUAL[whole.upper()] = made
        return run

    return register


def help_(session: Session, words: Request) -> Value:
    """Say what the parts of this command do."""
    parts = COMMANDS[words[0].lower()].parts.items()
    return [
        Simple(line)
        for name, part in parts
        for line in (name.decode().upper(), f"    {part.summary}")
    ]


def lookup(words: Request) -> Command:
    """Find the command that a request names.

    Raises ReplyError for one that doesn't exist, or too few words.
    """
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


def number(word: bytes) -> int:
    """Read an integer of 64 bits."""
    if (value := integer(word)) is None:
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
        version = integer(words[1])
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


def rename(session: Session, name: bytes) -> None:
    """Give a session a name that fits a line of CLIENT LIST."""
    if not re.fullmatch(rb"[!-~]*", name):
        raise ReplyError(
            "ERR Client names cannot contain spaces, newlines or"
            " special characters."
        )
    session.name = name or None
