"""A table of commands, by their names, and how one is found there.

A command is a function of a session and the words of a request. It
returns the reply, or raises ReplyError; the texts of errors are those
of Redis 7.0. What a session is, this file doesn't know: each table says
it.

    TABLE: Commands[Session] = Commands()

    @TABLE.add("echo", 2)
    def echo(session: Session, words: Request) -> Value:
        return words[1]

Source: https://redis.io/docs/latest/commands
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from demos.pubsub.absent import absent
from demos.pubsub.resp import (
    TEXT,
    ReplyError,
    Request,
    Simple,
    Value,
    integer,
)

VERSION = "7.0.15"
"""The Redis whose replies these are."""

OK = Simple("OK")

NO_REPLY = object()
"""What a command returns that has written its own replies, or none."""

SHOWN = 128
"""Bytes of a wrong word that an error repeats."""

AnySession = TypeVar("AnySession")
Run = Callable[[AnySession, Request], Value]


class Refused(ReplyError):
    """A command that is not even queued: unknown, or not allowed."""


@dataclass(frozen=True, slots=True)
class Command(Generic[AnySession]):
    """A command: how many words it takes, itself included; who may ask.

    `arity` is Redis's: exact, or at least, if negative. A stranger has
    not said the password; a listener is subscribed, and speaks RESP2.
    `keys` is how many of its words are keys, -1 for all of them.
    """

    name: str
    arity: int
    run: Run[AnySession]
    summary: str
    keys: int = 0
    for_strangers: bool = False
    for_listeners: bool = False
    subcommands: dict[bytes, Command[AnySession]] = field(
        default_factory=dict
    )

    def takes(self, count: int) -> bool:
        """Tell whether so many words are right."""
        if self.arity < 0:
            return count >= -self.arity
        return count == self.arity


class Commands(Generic[AnySession]):
    """A table of commands. Their names are in small letters."""

    def __init__(self) -> None:
        self._listed: dict[bytes, Command[AnySession]] = {}
        self._unlisted: dict[bytes, Command[AnySession]] = {}
        self._usual: dict[bytes, Command[AnySession]] = {}

    def __len__(self) -> int:
        return len(self._listed)

    def __iter__(self) -> Iterator[Command[AnySession]]:
        return iter(self._listed.values())

    def with_subcommands(self) -> Iterator[Command[AnySession]]:
        """Go through the commands, each before its subcommands."""
        for command in self:
            yield command
            yield from command.subcommands.values()

    def add(
        self,
        name: str,
        arity: int,
        *,
        keys: int = 0,
        for_strangers: bool = False,
        for_listeners: bool = False,
        listed: bool = True,
    ) -> Callable[[Run[AnySession]], Run[AnySession]]:
        """Decorate a function: it runs `get`, or `client|id`.

        Its docstring's first line is the command's summary. One that is
        not listed can be asked for, and COMMAND doesn't tell of it.
        """

        def decorate(run: Run[AnySession]) -> Run[AnySession]:
            summary = (run.__doc__ or "").partition("\n")[0]
            command = Command(
                name,
                arity,
                run,
                summary,
                keys=keys,
                for_strangers=for_strangers,
                for_listeners=for_listeners,
            )
            if listed:
                self._list(command)
            else:
                self._unlisted[name.encode()] = command
            return run

        return decorate

    def include(self, other: Commands[AnySession]) -> None:
        """Add all commands of another table."""
        for command in other:
            self._list(command)
        self._unlisted.update(other._unlisted)

    def _list(self, command: Command[AnySession]) -> None:
        """Add a command, or a subcommand to its command."""
        name, _, part = command.name.encode().partition(b"|")
        if part:
            group = self._listed[name]
            group.subcommands[part] = command
            group.subcommands[b"help"] = help_of(group)
            return
        self._listed[name] = command
        if command.arity > 0:
            self._usual[name] = command
            self._usual[name.upper()] = command

    def find(self, words: Request) -> Command[AnySession]:
        """Return the command that a request names.

        Raises ReplyError for one that doesn't exist, or is given too
        few words, or too many.
        """
        command = self._usual.get(words[0])
        if command is None or command.arity != len(words):
            command = self._search(words)
        return command

    def named(self, words: Request) -> Command[AnySession] | None:
        """Return the command, or the part of one, that words name."""
        command = self._listed.get(words[0].lower())
        if command and command.subcommands and len(words) > 1:
            return command.subcommands.get(words[1].lower())
        return command

    def _search(self, words: Request) -> Command[AnySession]:
        """Find a command whose name is in any letters."""
        command = self.named(words)
        if command is None:
            if group := self._listed.get(words[0].lower()):
                raise Refused(
                    f"ERR unknown subcommand '{shown(words[1])}'."
                    f" Try {group.name.upper()} HELP."
                )
            return self._search_unlisted(words)
        if not command.takes(len(words)):
            raise wrong_count(command.name)
        return command

    def _search_unlisted(self, words: Request) -> Command[AnySession]:
        """Find one that COMMAND doesn't list: its name ends at NUL."""
        name = words[0].partition(b"\0")[0].lower()
        if name not in self._unlisted:
            raise Refused(unknown(words))
        return self._unlisted[name]


def help_of(group: Command[AnySession]) -> Command[AnySession]:
    """Return the subcommand that tells of the others."""

    def run(session: AnySession, words: Request) -> Value:
        lines = []
        for name, part in group.subcommands.items():
            lines.append(Simple(name.decode().upper()))
            lines.append(Simple(f"    {part.summary}"))
        return lines

    summary = "Say what the parts of this command do."
    return Command(f"{group.name}|help", 2, run, summary)


def unknown(words: Request) -> str:
    """Say that there is no such command, and its first words."""
    listed = b""
    for word in words[1:]:
        if len(listed) >= SHOWN:
            break
        start = word.partition(b"\0")[0][: SHOWN - len(listed)]
        listed += b"'%b' " % start
    return (
        f"ERR unknown command '{shown(words[0])}',"
        f" with args beginning with: {listed.decode(*TEXT)}"
        + absent(shown(words[0]))
    )


def wrong_count(name: str) -> Refused:
    """Return the error for too few words, or too many."""
    return Refused(
        f"ERR wrong number of arguments for '{name}' command"
    )


def shown(word: bytes) -> str:
    """Return the start of a word as C shows it: up to a NUL."""
    return word.partition(b"\0")[0][:SHOWN].decode(*TEXT)


def number(word: bytes) -> int:
    """Return an integer of 64 bits that a request gives.

    Raises ReplyError for another word.
    """
    value = integer(word)
    if value is None:
        raise ReplyError("ERR value is not an integer or out of range")
    return value
