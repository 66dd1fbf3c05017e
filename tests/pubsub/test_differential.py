"""The same bytes to a real Redis 7 and to our stub: the same bytes back.

Redis 8 and Valkey 9 stand in for Redis 7, too: newer.py excuses what they do otherwise.

A dialogue is a text, a step a line: `B> SUBSCRIBE a b` is a command of client B
(A if none is named), `''` an empty word, `\\x00` a byte. After each step both servers
are asked, on a line of our own, whether they are done; then what each client heard
is compared. Nothing waits for a duration, and silence is an answer too.
"""

from __future__ import annotations

import itertools
import platform
import re
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from demos.pubsub.commands import VERSION
from demos.pubsub.resp_replies import ReplyParser
from tests.pubsub.newer import BOTH, DIFFERENCES, Difference
from tests.pubsub.servers import ROOT, Control, Line, redis_server, stub_server

PARSERS = ("own", "hiredis")
PASSWORD = "tulip"
PATIENCE = 1.0

Mask = Callable[[bytes], bytes]


def steady(examples: int) -> settings:
    """Try the same examples in every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


# What rightly differs, and no more: README lists it, in these words.

NUMBERS = "numbers, addresses, versions and sizes of its own"
REPORT = "a shorter report on the server"
TABLE = "its own commands, without hints and key specifications"
HELP = "help in other words"
ORDER = "names in the order in which they came; Redis's is a hash table's"
ABSENT = "not here, and the error says so"
OTHERS = "not here"
NEWER = "of Redis 7.2, since today's clients ask it first"
SILENT = "it hangs up, where Redis 7.0 forgets to after `CLIENT REPLY OFF`"
COUNTED = "a key whose time is up is never counted; Redis does for 0.1 s"
EARLY = "one's own notice comes before the reply, in RESP3"
LONG = "no pattern over 4,096 bytes"
SETTINGS = "a few settings; of these only two change"


def substitute(pattern: bytes, replacement: bytes) -> Mask:
    """Make a mask of a regular expression."""
    compiled = re.compile(pattern, re.DOTALL)
    return lambda reply: compiled.sub(replacement, reply)


MASKS: dict[str, Mask] = {
    "a connection's number, in HELLO": substitute(
        rb"(\$2\r\nid\r\n):\d+(\r\n\$4\r\nmode\r\n)", rb"\1:N\2"
    ),
    "Redis's patch level, in HELLO": substitute(
        rb"(\$7\r\nversion\r\n)\$\d+\r\n7\.\d+\.\d+\r\n", rb"\g<1>7\r\n"
    ),
}
"""Masks for every reply."""

ONLY_TYPE = substitute(rb"^([*%])[1-9]\d*\r\n.*", rb"\1table")
ONLY_HELP = substitute(rb"^\*\d+\r\n\+.*", b"*help")
NUMBER = substitute(rb":\d+\r\n", b":N\r\n")

BY_REASON: dict[str, dict[bytes, Mask]] = {
    NUMBERS: {
        b"client id": NUMBER,
        b"client info": lambda reply: client_lines(reply),
        b"client list": lambda reply: client_lines(reply),
    },
    REPORT: {
        b"info": substitute(
            rb"(?:\$\d+\r\n|=\d+\r\ntxt:)(# \w+\r\n).*\r\n\r\n", rb"report \1"
        ),
    },
    TABLE: {
        b"command": ONLY_TYPE,
        b"command count": NUMBER,
        b"command info": ONLY_TYPE,
        b"command list": ONLY_TYPE,
        b"command docs": ONLY_TYPE,
    },
    HELP: {
        b"client help": ONLY_HELP,
        b"command help": ONLY_HELP,
        b"config help": ONLY_HELP,
        b"pubsub help": ONLY_HELP,
    },
    ORDER: {
        b"unsubscribe": lambda reply: names_sorted(reply),
        b"punsubscribe": lambda reply: names_sorted(reply),
        b"sunsubscribe": lambda reply: names_sorted(reply),
        b"pubsub channels": lambda reply: items_sorted(reply),
        b"pubsub shardchannels": lambda reply: items_sorted(reply),
        b"config get": lambda reply: items_sorted(reply),
    },
}
"""Masks for what one command replies (unsubscribe…: without arguments)."""

BY_COMMAND = {
    **{name: mask for masks in BY_REASON.values() for name, mask in masks.items()},
    b"exec": lambda reply: client_lines(reply),  # CLIENT INFO, queued
}

OWN_FIELDS = {b"id", b"addr", b"laddr", b"fd", b"age", b"idle", b"qbuf", b"qbuf-free"}
OWN_FIELDS |= {b"argv-mem", b"multi-mem", b"rbs", b"rbp", b"obl", b"oll", b"omem"}
OWN_FIELDS |= {b"tot-mem"}
CLIENT_LINES = re.compile(rb"(\$\d+\r\n|=\d+\r\ntxt:)((?:id=[^\n]*\n)+)\r\n")
CONFIRMED = re.compile(
    rb"([*>]3\r\n\$1[12]\r\n[ps]?unsubscribe\r\n)(\$\d+\r\n.*?\r\n)(?=:)", re.DOTALL
)
ITEM = re.compile(rb"\$\d+\r\n[^\r]*\r\n")
PMESSAGE = re.compile(
    rb"(?:[*>]4\r\n\$8\r\npmessage\r\n(?:\$\d+\r\n[^\r]*\r\n){3}){2,}"
)
ONE_PMESSAGE = re.compile(rb"[*>]4\r\n\$8\r\npmessage\r\n(?:\$\d+\r\n[^\r]*\r\n){3}")


def client_lines(reply: bytes) -> bytes:
    """Keep of CLIENT LIST what our dialogues decide, and the names of the rest."""

    def own(field: bytes) -> bytes:
        name = field.partition(b"=")[0]
        if field == b"cmd=flushall":  # our controls': one of the two, by chance
            return b"cmd=ping"
        return name if name in OWN_FIELDS else field

    def put(found: re.Match[bytes]) -> bytes:
        lines = [
            b" ".join(map(own, line.split(b" "))) for line in found[2].splitlines()
        ]
        return found.group(1)[:1] + b"\n".join(sorted(lines))

    return CLIENT_LINES.sub(put, reply)


def names_sorted(reply: bytes) -> bytes:
    """Sort the names in confirmations, keep the counts where they are."""
    names = iter(sorted(found.group(2) for found in CONFIRMED.finditer(reply)))
    return CONFIRMED.sub(lambda found: found.group(1) + next(names), reply)


def items_sorted(reply: bytes) -> bytes:
    """Sort the strings of a reply that is one array of strings."""
    head, items = reply[: reply.find(b"\n") + 1], ITEM.findall(reply)
    rest = sorted(items)
    return head + b"".join(rest) if head + b"".join(items) == reply else reply


def pmessages_sorted(reply: bytes) -> bytes:
    """Sort messages that came one after the other by several patterns."""

    def by_message(frame: bytes) -> tuple[bytes, ...]:
        return tuple(ITEM.findall(frame)[2:])

    def put(found: re.Match[bytes]) -> bytes:
        frames = ONE_PMESSAGE.findall(found.group())
        runs = itertools.groupby(frames, by_message)
        return b"".join(b"".join(sorted(run)) for _, run in runs)

    return PMESSAGE.sub(put, reply)


MASKS["the order of several patterns that match, a hash table's"] = pmessages_sorted


# What the stub answers otherwise, and is asked in no dialogue.

UNKNOWN = {
    ABSENT: ("EVAL", "LPUSH", "HSET", "SADD", "ZADD", "XADD"),
    OTHERS: (
        *("TYPE", "KEYS", "MGET", "APPEND", "SORT", "REPLICAOF", "CONFIG RESETSTAT"),
        *("COMMAND GETKEYSANDFLAGS", "CLIENT TRACKINGINFO", "CLIENT GETREDIR"),
        *("CLIENT UNPAUSE", "CLIENT UNBLOCK"),
    ),
}
"""Commands that the stub doesn't know and Redis does: of its families, and some."""

KNOWN = {NEWER: ("CLIENT SETINFO",)}
"""Commands that the stub knows and Redis 7.0 doesn't."""

ARGUMENTS = {
    "COMMAND GETKEYSANDFLAGS": " GET a",
    "CLIENT UNBLOCK": " 1",
    "CLIENT SETINFO": " LIB-NAME x",
}
"""What some of them need."""

NOTICES = "SET a 1; CONFIG SET notify-keyspace-events KEA; HELLO 3; PSUBSCRIBE *"

ANSWERED = {
    COUNTED: {"DBSIZE": "SET a 1 EXAT 1; DBSIZE"},
    EARLY: {
        "EXPIRE": f"{NOTICES}; EXPIRE a 5",
        "SET … GET": f"{NOTICES}; SET a 1 GET",
    },
    LONG: {
        "PSUBSCRIBE": "PSUBSCRIBE " + "a" * 4097,
        "PUBSUB CHANNELS": "B> SUBSCRIBE a; PUBSUB CHANNELS " + "a" * 4097,
        "CONFIG GET": "CONFIG GET *" + "a" * 4097,
    },
    SETTINGS: {
        "CONFIG GET": "CONFIG GET hz",
        "CONFIG SET": "CONFIG SET maxmemory 1gb",
    },
}
"""Commands that are answered otherwise, and a dialogue where they are."""

FORGETFUL = [b"CLIENT REPLY OFF\r\nQUIT\r\n", b"CLIENT REPLY OFF\r\n*x\r\n"]
"""After these Redis 7.0 says nothing, and forgets to hang up; the stub hangs up."""


def listed(text: str) -> bool:
    """Whether a dialogue has a command that is answered otherwise, and listed."""
    lines = [line.split(" ") for line in re.split(r"\n *|; |> ", text.strip().upper())]
    return any(
        words[: len(name)] == name
        for words in lines
        for names in (*UNKNOWN.values(), *KNOWN.values())
        for name in map(str.split, names)
    )


# Asking both.


@dataclass(frozen=True)
class Step:
    """Bytes that a client sends, and how to compare what comes back."""

    client: int
    data: bytes
    masks: tuple[Mask, ...] = ()


def array(words: Sequence[bytes]) -> bytes:
    """Write a command as clients do."""
    parts = [b"$%d\r\n%b\r\n" % (len(word), word) for word in words]
    return b"*%d\r\n" % len(words) + b"".join(parts)


def as_one_word(text: str) -> str:
    """Write a word that has spaces as `words_of` reads it."""
    return text.replace(" ", r"\x20")


def words_of(line: str) -> list[bytes]:
    """Split a command; `''` is an empty word, `\\x00` a byte."""
    words = ["" if word == "''" else word for word in line.split(" ")]
    return [
        word.encode("latin-1").decode("unicode_escape").encode("latin-1")
        for word in words
    ]


def masks_of(words: Sequence[bytes]) -> list[Mask]:
    """Find the masks for what a command replies."""
    name = words[0].lower()
    full = name + b" " + words[1].lower() if len(words) > 1 else name
    if name.endswith(b"unsubscribe") and len(words) > 1:
        return []
    names = (full,) if full in BY_COMMAND or name == b"command" else (name,)
    return [BY_COMMAND[name] for name in names if name in BY_COMMAND]


def command(line: str) -> tuple[int, list[bytes]]:
    """Read a dialogue's line: who says which words."""
    client = "ABC".index(line[0]) if line[1:3] == "> " else 0
    return client, words_of(line[3:] if line[1:3] == "> " else line)


def dialogue(text: str) -> list[Step]:
    """Read a dialogue: a command a line (or between semicolons)."""
    steps = []
    for line in re.split(r"\n *|; ", text.strip()):
        client, words = command(line)
        steps.append(Step(client, array(words), tuple(masks_of(words))))
    return steps


def raw(*chunks: bytes, masks: tuple[Mask, ...] = ()) -> list[Step]:
    """Make a dialogue of bytes, for one client."""
    return [Step(0, chunk, masks) for chunk in chunks]


class Duo:
    """A real Redis and our stub, which hear the same; `newer` names what is no 7.0."""

    def __init__(
        self, redis: int, stub: int, password: str | None = None, newer: str = ""
    ) -> None:
        self.ports = (redis, stub)
        self.excused = [each for each in DIFFERENCES if newer in each.servers]
        self.controls = [Control(port, password) for port in self.ports]

    def close(self) -> None:
        for control in self.controls:
            control.close()

    def settle(self) -> None:
        for control in self.controls:
            control.settle()

    def asked(self, texts: Iterable[str]) -> list[str]:
        """Keep of dialogues those that both should answer alike."""
        left_out = [each.unasked for each in self.excused if each.unasked]
        return [
            text
            for text in texts
            if not listed(text)
            and not any(re.search(pattern, text) for pattern in left_out)
        ]

    def clean(self) -> None:
        """Forget every key on both."""
        for control in self.controls:
            control.ask("FLUSHALL", b"+OK\r\n")

    def play(self, steps: Sequence[Step]) -> list[str]:
        """Play a dialogue on both; tell where they differ."""
        clients = 1 + max((step.client for step in steps), default=0)
        with Pairs(self, clients) as pairs:
            for number, step in enumerate(steps):
                if pairs.over(step.client):
                    continue
                pairs.say(step.client, step.data)
                if problem := pairs.differ(step.masks):
                    said = (
                        f"step {number}, {'ABC'[step.client]} said {short(step.data)}"
                    )
                    return [f"{said}:\n{problem}"]
            problem = pairs.differ(steps[-1].masks if steps else ())
            return [f"after the end:\n{problem}"] if problem else []

    def play_all(self, dialogues: Iterable[Sequence[Step]]) -> None:
        """Play dialogues one after the other; fail with the first differences."""
        problems = []
        for steps in dialogues:
            problems += self.play(steps)
            if len(problems) == 10:
                break
        self.clean()
        fail(problems)

    def play_at_once(self, dialogues: Sequence[Sequence[Step]]) -> None:
        """Play dialogues of one client each, at once: step by step for all."""
        problems = []
        with Pairs(self, len(dialogues)) as pairs:
            for at_once in itertools.zip_longest(*dialogues):
                for number, step in enumerate(at_once):
                    if step and not pairs.over(number):
                        pairs.say(number, step.data)
                self.settle()
            for number, steps in enumerate(dialogues):
                if problem := pairs.one_differs(number, steps[-1].masks):
                    sent = [short(step.data) for step in steps]
                    problems.append(f"{sent}:\n{problem}")
        fail(problems)


class Pairs:
    """Clients, each of which has a line to both servers."""

    def __init__(self, duo: Duo, clients: int) -> None:
        self.duo = duo
        self.lines = [[Line(port) for port in duo.ports] for _ in range(clients)]
        self.heard = [[b"" for _ in duo.ports] for _ in range(clients)]

    def __enter__(self) -> Pairs:
        return self

    def __exit__(self, *_: object) -> None:
        for line in itertools.chain.from_iterable(self.lines):
            line.close()
        self.duo.settle()

    def over(self, client: int) -> bool:
        """Whether a server has hung up on this client."""
        return any(line.over for line in self.lines[client])

    def say(self, client: int, data: bytes) -> None:
        for line in self.lines[client]:
            line.say(data)

    def differ(self, masks: Sequence[Mask]) -> str:
        """Compare what each client heard since the last time."""
        self.duo.settle()
        for client in range(len(self.lines)):
            if problem := self.one_differs(client, masks):
                return f"  client {'ABC'[client]}\n{problem}"
        return ""

    def one_differs(self, client: int, masks: Sequence[Mask]) -> str:
        """Compare what a client heard; wait for the slower server."""
        masks = [*(each.mask for each in self.duo.excused if each.mask), *masks]
        lines, heard = self.lines[client], self.heard[client]
        end = time.monotonic() + PATIENCE
        while True:
            fresh = [line.hear() for line in lines]
            heard[:] = [old + new for old, new in zip(heard, fresh, strict=True)]
            told = [(masked(heard[side], masks), lines[side].over) for side in (0, 1)]
            if told[0] == told[1] and not (masks and any(fresh)):
                heard[:] = [b"", b""]
                return ""
            late = time.monotonic() > end
            lost = not masks and hopeless(told[0][0], told[1][0])
            if told[0] != told[1] and (late or lost):
                return f"    Redis {shown(*told[0])}\n    stub  {shown(*told[1])}"
            self.duo.settle()


def masked(reply: bytes, masks: Sequence[Mask]) -> bytes:
    """Put what rightly differs behind masks."""
    for mask in (*MASKS.values(), *masks):
        reply = mask(reply)
    return reply


def hopeless(one: bytes, two: bytes) -> bool:
    """Whether more bytes can no more make these equal."""
    return not one.startswith(two) and not two.startswith(one)


def short(data: bytes) -> str:
    """Show bytes, at most a line of them."""
    return repr(data) if len(data) < 400 else f"{data[:150]!r}… ({len(data)} bytes)"


def shown(reply: bytes, over: bool) -> str:
    """Show what a client heard."""
    return short(reply) + (" and hung up" if over else "")


def fail(problems: list[str]) -> None:
    """Fail if there are differences, and show the first ones."""
    if problems:
        first = "\n".join(problems[:20])
        pytest.fail(f"{len(problems)} differences\n{first}", pytrace=False)


SERVERS = [*PARSERS, *BOTH]
"""The stub beside Redis 7, with each of its parsers; then beside newer servers."""

ONLY_7 = pytest.mark.parametrize("duo", PARSERS, indirect=True)
"""Of a test that is about Redis 7.0 itself, or about bytes that are no dialogue: cut,
malformed, or pipelined, where newer servers order replies and messages otherwise."""


@contextmanager
def beside(name: str, password: str | None = None) -> Iterator[Duo]:
    """Run the stub beside one of SERVERS."""
    newer, parser = (name, "own") if name in BOTH else ("", name)
    options = ["--parser", parser, *(["--password", password] if password else [])]
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server(password, newer=newer))
        stub = stack.enter_context(stub_server(*options))
        duo = Duo(redis.port, stub.port, password, newer)
        stack.callback(duo.close)
        yield duo


@pytest.fixture(scope="module", params=SERVERS)
def duo(request: pytest.FixtureRequest) -> Iterator[Duo]:
    """A real server and the stub."""
    with beside(request.param) as duo:
        yield duo


@pytest.fixture(scope="module", params=PARSERS)
def locked(request: pytest.FixtureRequest) -> Iterator[Duo]:
    """Redis 7 and the stub, both with a password."""
    with beside(request.param, PASSWORD) as duo:
        yield duo


# Commands.

COMMANDS = (
    *("PING", "ECHO", "HELLO", "CLIENT", "COMMAND", "INFO", "SELECT", "AUTH", "RESET"),
    *("SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SSUBSCRIBE"),
    *("SUNSUBSCRIBE", "PUBLISH", "SPUBLISH", "PUBSUB", "QUIT", "NONESUCH", "''"),
    *("SET", "GET", "DEL", "FLUSHALL", "FLUSHDB", "EXISTS", "INCR", "DBSIZE"),
    *(
        "INCRBY",
        "DECR",
        "DECRBY",
        "EXPIRE",
        "PEXPIRE",
        "TTL",
        "PTTL",
        "PERSIST",
        "CONFIG",
    ),
    *("MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"),
)
SUBCOMMANDS = (
    *("PUBSUB CHANNELS", "PUBSUB NUMSUB", "PUBSUB NUMPAT", "PUBSUB SHARDCHANNELS"),
    *("PUBSUB SHARDNUMSUB", "PUBSUB HELP", "PUBSUB NONESUCH", "CLIENT SETNAME"),
    *("CLIENT GETNAME", "CLIENT ID", "CLIENT SETINFO", "CLIENT NO-EVICT"),
    *(
        "CLIENT NO-TOUCH",
        "CLIENT INFO",
        "CLIENT HELP",
        "COMMAND HELP",
        "CLIENT NONESUCH",
        "COMMAND COUNT",
    ),
    *("CONFIG GET", "CONFIG SET", "CONFIG HELP", "COMMAND GETKEYS"),
    *("COMMAND NONESUCH", "PUBSUB ''", "CLIENT ''", "PUBSUB|NUMPAT", "CLIENT|ID"),
)
MANNERS = {
    "fresh": "",
    "subscribed": "SUBSCRIBE a; ",
    "subscribed to a pattern": "PSUBSCRIBE a*; ",
    "subscribed to a shard's channel": "SSUBSCRIBE a; ",
    "RESP3": "HELLO 3; ",
    "RESP3, subscribed": "HELLO 3; SUBSCRIBE a; PSUBSCRIBE *; SSUBSCRIBE a; ",
    "back to RESP2, subscribed": "HELLO 3; SUBSCRIBE a; HELLO 2; ",
    "in a transaction": "MULTI; ",
    "RESP3, in a transaction": "HELLO 3; WATCH a; MULTI; ",
}


@pytest.mark.parametrize("manner", MANNERS)
def test_every_command_with_any_number_of_words(duo: Duo, manner: str) -> None:
    endings = ["", " x", " x y", " x y z", " ''", " 1"]
    end = "; EXEC; PING" if "transaction" in manner else "; PING"
    texts = [
        MANNERS[manner] + name + ending + end
        for name, ending in itertools.product(COMMANDS + SUBCOMMANDS, endings)
        if end == "; PING" or not masks_of(words_of(name + ending))
    ]
    duo.play_all(map(dialogue, duo.asked(texts)))


@ONLY_7
def test_case_of_letters(duo: Duo) -> None:
    names = [name for name in COMMANDS + SUBCOMMANDS if name != "''"]
    forms = (str.lower, str.swapcase, str.title)
    texts = [
        manner + form(name) + ending
        for name in names
        for form in forms
        for manner in ("", "SUBSCRIBE a; ")
        for ending in ("", " x")
    ]
    duo.play_all(map(dialogue, duo.asked(texts)))


GROUPS: dict[str, list[str]] = {
    "unknown": [
        r"fOO \xff\r\n'\x22 \x00z b",
        r"F\x00OO a\x00b c",
        r"F\r\nOO a\rb\nc",
        r"\x00",
        r"\xff\xfe \x80",
        "FOO " + "a" * 200,
        "FOO " + "a" * 127 + " b",
        *(f"FOO {'a' * size} b c" for size in range(118, 129)),
        "FOO " + " ".join(f"arg{number}" for number in range(40)),
        *("F" * size + " b" for size in (126, 127, 128, 129, 300)),
        "FOO '' '' ''",
        "PUBSUB " + "x" * 200,
        "CLIENT " + "x" * 127,
        r"PUBSUB a\r\nb",
        r"CLIENT a\x00b",
        " ",
    ],
    "counts": [
        """SUBSCRIBE a a b
        PSUBSCRIBE a a*
        SUBSCRIBE c
        UNSUBSCRIBE zz
        UNSUBSCRIBE a a
        PUNSUBSCRIBE zz a
        SSUBSCRIBE a
        SSUBSCRIBE a b
        SUNSUBSCRIBE zz
        SUNSUBSCRIBE a
        UNSUBSCRIBE b c
        PUNSUBSCRIBE
        GET x
        SUNSUBSCRIBE
        GET x""",
        "UNSUBSCRIBE; PUNSUBSCRIBE; SUNSUBSCRIBE; GET x",
        "UNSUBSCRIBE x x; PUNSUBSCRIBE x; SUNSUBSCRIBE x y; GET x",
        "HELLO 3; UNSUBSCRIBE; PUNSUBSCRIBE; SUNSUBSCRIBE; UNSUBSCRIBE x",
        "SUBSCRIBE a; PUNSUBSCRIBE; SUNSUBSCRIBE; UNSUBSCRIBE; UNSUBSCRIBE",
        "PSUBSCRIBE a; UNSUBSCRIBE; PUNSUBSCRIBE a; PING",
        "SSUBSCRIBE a; UNSUBSCRIBE; PUNSUBSCRIBE; SUNSUBSCRIBE; PING",
        "SUBSCRIBE a b c d e f g h; UNSUBSCRIBE; SUBSCRIBE h; UNSUBSCRIBE",
        "PSUBSCRIBE a b c d e f g h; PUNSUBSCRIBE; PING",
        "SSUBSCRIBE a b c d e f g h; SUNSUBSCRIBE; PING",
        "SUBSCRIBE z y x w; PSUBSCRIBE z y x w; UNSUBSCRIBE w x y z",
        "SUBSCRIBE ''; PSUBSCRIBE ''; B> PUBLISH '' ''; UNSUBSCRIBE ''",
        r"SUBSCRIBE \x00\r\n; B> PUBLISH \x00\r\n \x00\xff\r\n; UNSUBSCRIBE",
        "SUBSCRIBE a; RESET; B> PUBSUB NUMSUB a; B> PUBSUB CHANNELS; PING",
        "HELLO 3; SUBSCRIBE a; PSUBSCRIBE a*; SSUBSCRIBE a; RESET; B> PUBLISH a m",
        "SUBSCRIBE a; PSUBSCRIBE *; SSUBSCRIBE a; QUIT; B> PUBSUB NUMSUB a"
        "; B> PUBSUB NUMPAT; B> PUBSUB SHARDNUMSUB a",
    ],
    "dialogues": [
        """A> SUBSCRIBE news
        B> SUBSCRIBE news sport
        C> PUBLISH news tulip
        C> PUBLISH sport goal
        C> PUBLISH none x
        B> PSUBSCRIBE n*
        C> PUBLISH news two
        A> UNSUBSCRIBE
        C> PUBLISH news three
        B> UNSUBSCRIBE news
        C> PUBLISH news four
        B> PUNSUBSCRIBE
        C> PUBLISH news five
        C> PUBSUB CHANNELS
        C> PUBSUB NUMSUB news sport none
        C> PUBSUB NUMPAT""",
        """HELLO 3
        SUBSCRIBE a
        PSUBSCRIBE a* *a ?
        SSUBSCRIBE a
        PUBLISH a m
        SPUBLISH a m
        B> PUBLISH a from-b
        B> SPUBLISH a from-b
        B> SUBSCRIBE a
        PUBLISH a to-both
        UNSUBSCRIBE
        PUNSUBSCRIBE
        SUNSUBSCRIBE
        PUBLISH a to-b""",
        """A> SSUBSCRIBE s t
        B> HELLO 3
        B> SSUBSCRIBE s
        C> SPUBLISH s one
        C> PUBLISH s not-a-shard-message
        C> SPUBLISH t two
        C> PUBSUB SHARDCHANNELS
        C> PUBSUB SHARDCHANNELS s*
        C> PUBSUB SHARDNUMSUB s t u
        C> PUBSUB CHANNELS
        C> PUBSUB NUMSUB s
        A> SUNSUBSCRIBE t
        C> SPUBLISH t three
        A> SPUBLISH s no
        B> SPUBLISH s four""",
        """A> PSUBSCRIBE h?llo h*llo h[ae]llo
        B> PSUBSCRIBE h?llo
        C> PUBLISH hello 1
        C> PUBLISH heello 2
        C> PUBSUB NUMPAT
        A> PSUBSCRIBE h?llo
        C> PUBSUB NUMPAT
        B> PUNSUBSCRIBE
        C> PUBSUB NUMPAT
        A> PUNSUBSCRIBE
        C> PUBSUB NUMPAT
        C> PUBLISH hello 3""",
        "HELLO 3; SUBSCRIBE a; HELLO 2; B> PUBLISH a m; PING; HELLO 3; RESET; HELLO",
        "HELLO 3; SUBSCRIBE a; B> PUBLISH a m; HELLO 2; B> PUBLISH a m",
        "SUBSCRIBE a; CLIENT ID; CLIENT FOO; GET; GET x; FOO; PUBLISH a m; PING x y",
        "PUBLISH a " + "m" * 20000,
        "SUBSCRIBE a; B> PUBLISH a " + "m" * 100000,
        "SUBSCRIBE a; B> CLIENT KILL TYPE pubsub; B> PUBLISH a m",
    ],
    "pubsub": [
        "PUBSUB CHANNELS a b; PUBSUB NUMSUB; PUBSUB NUMPAT x",
        "PUBSUB SHARDCHANNELS a b; PUBSUB SHARDNUMSUB",
        """B> SUBSCRIBE aa ab b ''
        B> PSUBSCRIBE p* p* q*
        B> SSUBSCRIBE sa sb
        PUBSUB CHANNELS
        PUBSUB CHANNELS *
        PUBSUB CHANNELS a*
        PUBSUB CHANNELS A*
        PUBSUB CHANNELS ''
        PUBSUB NUMSUB aa zz aa ''
        PUBSUB NUMPAT
        PUBSUB SHARDCHANNELS
        PUBSUB SHARDCHANNELS sa
        PUBSUB SHARDNUMSUB sa zz aa
        HELLO 3
        PUBSUB CHANNELS
        PUBSUB NUMSUB aa zz
        PUBSUB SHARDNUMSUB sa zz""",
    ],
    "hello": [
        *(f"HELLO {v}; PING" for v in ("1", "4", "0", "-1", "-0", "x", "''", "2 x")),
        *(f"HELLO {v}; PING" for v in ("3.0", "+3", "03", "9" * 20, r"\x33", "3 ''")),
        *(f"HELLO {v}" for v in ("2147483650", "9223372036854775807", r"3\x00")),
        "HELLO 3 AUTH",
        "HELLO 3 AUTH a",
        "HELLO 3 AUTH default x; GET x",
        "HELLO 3 AUTH u p; GET x",
        "HELLO 3 SETNAME",
        "HELLO 3 SETNAME x; CLIENT GETNAME",
        r"HELLO 2 SETNAME a\x20b; CLIENT GETNAME; GET x",
        r"HELLO 3 SETNAME a\x20b; CLIENT GETNAME; GET x",
        "HELLO 3 SETNAME ''; CLIENT GETNAME",
        "HELLO 3 FOO; GET x",
        "HELLO 3 SETNAME x FOO; CLIENT GETNAME; GET x",
        "HELLO 3 SETNAME x SETNAME y; CLIENT GETNAME; GET x",
        "HELLO 3 setname x auth default y; CLIENT GETNAME",
        "HELLO 3 AUTH u p SETNAME x; CLIENT GETNAME; GET x",
        "HELLO 3 SETNAME x AUTH u p; CLIENT GETNAME; GET x",
        "HELLO 3; HELLO; GET x; HELLO 2; HELLO; GET x; HELLO 3; HELLO 9; GET x",
    ],
    "client": [
        "CLIENT SETNAME a; CLIENT GETNAME; CLIENT SETNAME ''; CLIENT GETNAME",
        *(
            rf"CLIENT SETNAME {name}; CLIENT GETNAME"
            for name in (r"a\x20b", r"a\n", r"\xff", r"\x00", r"\x7f", "~!", r"é")
        ),
        "CLIENT SETNAME a; HELLO 3; CLIENT GETNAME; CLIENT SETNAME ''; CLIENT GETNAME",
        "CLIENT SETINFO LIB-NAME x; CLIENT SETINFO LIB-VER 1; CLIENT SETINFO x y",
        "CLIENT NO-EVICT on; CLIENT NO-EVICT OFF; CLIENT NO-EVICT x",
        "CLIENT NO-TOUCH on",
        "CLIENT INFO; CLIENT SETNAME z; SELECT 3; CLIENT INFO; HELLO 3; CLIENT INFO",
        "HELLO 3; SUBSCRIBE a b; PSUBSCRIBE a; SSUBSCRIBE a; CLIENT INFO",
        "CLIENT INFO; CLIENT NO-EVICT ON; CLIENT INFO; RESET; CLIENT INFO"
        "; CLIENT NO-EVICT off; CLIENT INFO; HELLO 3; CLIENT NO-EVICT ON; SSUBSCRIBE a"
        "; CLIENT INFO; RESET; CLIENT INFO",
        "FOO; B> CLIENT LIST; GET; B> CLIENT LIST; CLIENT FOO"
        "; B> CLIENT LIST; CLIENT ID 9"
        "; B> CLIENT LIST; PUBSUB; B> CLIENT LIST; PING a b; B> CLIENT LIST",
        "SET a b; B> CLIENT LIST; A> PING; B> CLIENT LIST; A> SUBSCRIBE a; A> GET x"
        "; B> CLIENT LIST; A> PUBSUB NUMPAT; B> CLIENT LIST; A> PING; B> CLIENT LIST",
        "CLIENT LIST TYPE pubsub; B> SUBSCRIBE a; CLIENT LIST TYPE pubsub",
        "CLIENT LIST; CLIENT LIST TYPE normal; CLIENT LIST TYPE master",
        "CLIENT LIST TYPE replica; CLIENT LIST TYPE slave; CLIENT LIST TYPE PUBSUB",
        "CLIENT LIST x; CLIENT LIST TYPE; CLIENT LIST TYPE foo; CLIENT LIST ID",
        "CLIENT LIST ID x; CLIENT LIST ID 999999; CLIENT LIST ID 0; CLIENT LIST x y",
        "CLIENT KILL 1.2.3.4:5; CLIENT KILL x; CLIENT KILL ID; CLIENT KILL ID 99999",
        "CLIENT KILL ID x; CLIENT KILL ID 0; CLIENT KILL ID -1; CLIENT KILL FOO bar",
        "CLIENT KILL TYPE foo; CLIENT KILL TYPE pubsub; CLIENT KILL TYPE master",
        "CLIENT KILL ADDR 1.2.3.4:5; CLIENT KILL LADDR 1.2.3.4:5; CLIENT KILL ID 1 x",
        "CLIENT KILL TYPE normal TYPE pubsub; B> SUBSCRIBE a; C> PING"
        "; A> CLIENT KILL TYPE normal TYPE pubsub; A> CLIENT KILL TYPE pubsub ID 99999"
        "; C> PING; B> PING",
        "B> SUBSCRIBE a; CLIENT KILL TYPE pubsub TYPE master; CLIENT KILL ID 1 ID 99999"
        "; CLIENT KILL ADDR x ADDR y; CLIENT KILL LADDR x LADDR y"
        "; CLIENT KILL ID 0 ID 1; CLIENT KILL USER x USER default"
        "; CLIENT KILL USER default USER x"
        "; CLIENT KILL SKIPME no SKIPME yes TYPE pubsub USER default USER default"
        "; B> PING; CLIENT KILL TYPE pubsub TYPE x; CLIENT KILL SKIPME no SKIPME x",
        "CLIENT KILL TYPE pubsub SKIPME yes SKIPME no; SUBSCRIBE a; B> CLIENT KILL"
        " TYPE normal TYPE pubsub SKIPME no SKIPME yes; PING",
        "CLIENT KILL USER nobody; CLIENT KILL SKIPME x; CLIENT KILL ID 9999 SKIPME no",
        "B> SUBSCRIBE a; CLIENT KILL TYPE pubsub; B> PING",
        "SUBSCRIBE a; B> PSUBSCRIBE a; C> CLIENT KILL TYPE PubSub SKIPME no; C> PING",
        "CLIENT REPLY ON; CLIENT REPLY x; PING",
        "CLIENT REPLY OFF; PING; FOO; GET; CLIENT REPLY ON; PING",
        "CLIENT REPLY SKIP; PING; PING",
        "CLIENT REPLY SKIP; CLIENT REPLY SKIP; PING; PING",
        "CLIENT REPLY OFF; CLIENT REPLY SKIP; PING; PING; CLIENT REPLY ON",
        "CLIENT REPLY OFF; SUBSCRIBE a; B> PUBLISH a m; UNSUBSCRIBE; PING",
        "HELLO 3; CLIENT REPLY OFF; SUBSCRIBE a; PING; PUBLISH a m; UNSUBSCRIBE; PING",
        "CLIENT REPLY OFF; RESET; PING",
        "CLIENT REPLY OFF; HELLO 3; HELLO x; CLIENT REPLY ON; HELLO",
    ],
    "select": [
        *(
            f"SELECT {number}; PING"
            for number in ("0", "15", "16", "-1", "1.5", "01", "+1", "''", "9" * 20)
        ),
        *(f"SELECT {2**31 + more}; SELECT -{2**31 + more}" for more in (-1, 0, 1, 2)),
        "SET a 0; SELECT 2; GET a; SET a 2; SELECT 0; GET a; SELECT 2; RESET; GET a",
        "SELECT 2; SET a 2; FLUSHDB; SELECT 0; GET a; FLUSHALL; GET a",
        "SELECT 3; SUBSCRIBE a; B> PUBLISH a m",
    ],
    "echo and ping": [
        r"ECHO \x00\r\n; PING \xff; ECHO ''; PING ''; PING \r\n",
        "ECHO " + "x" * 70000,
    ],
    "auth": [
        "AUTH x; AUTH default x; AUTH default; AUTH u p; AUTH a b c; AUTH ''",
        "AUTH '' ''; AUTH Default x; HELLO 3; AUTH x; AUTH u p",
    ],
    "reset and quit": [
        "RESET; RESET x; PING",
        "QUIT x y z",
        "HELLO 3; SUBSCRIBE a; RESET; PUBLISH a m; HELLO; GET x",
        "CLIENT SETNAME x; SELECT 3; RESET; CLIENT GETNAME; CLIENT INFO",
    ],
    "keys": [
        "SET a 1; GET a; DEL a; DEL a; GET a; HELLO 3; GET a",
        "SET a b c; SET a b EX; SET a b PX; SET a b EX x; SET a b EX ''; GET a",
        "SET a b EX 0; SET a b EX -1; SET a b PX 0; SET a b PX -5; GET a",
        "SET a b EXAT 0; SET a b PXAT -1; SET a b EXAT x; GET a",
        "SET a b EX 10 PX 10; SET a b EX 1 KEEPTTL; SET a b KEEPTTL EX 1; GET a",
        "SET a b NX XX; SET a b XX NX; SET a b GET FOO; SET a b EX 1 FOO",
        "SET a b XX; SET a b NX; SET a c NX; SET a c XX; SET a d GET; SET a e XX GET",
        "SET n x NX GET; SET n y NX GET; GET n; SET n z xx get; GET n",
        "SET a b EX " + "9" * 20,
        "SET a b EX 9223372036854775807; SET a b PX 9223372036854775807; GET a",
        "SET a b EXAT 1; GET a; SET a b PXAT 1; EXISTS a; SET a b EXAT 1 GET",
        "SET a b EX 100; GET a; SET a c KEEPTTL; GET a; SET a d px 100000; GET a",
        "INCR n; INCR n; GET n; SET n x; INCR n; INCR; SET n ''; INCR n",
        "SET n 9223372036854775807; INCR n; SET n -1; INCR n; SET n 01; INCR n",
        "INCRBY n 5; INCRBY n -7; INCRBY n x; DECR n; DECRBY n 3; DECRBY n -1; GET n",
        "DECRBY n -9223372036854775808; DECRBY n 9223372036854775807; DECR n; DECR n",
        "INCRBY n 9223372036854775807; INCR n; INCRBY n 1"
        "; INCRBY n 9223372036854775808",
        r"SET \x00 \xff\r\n; GET \x00; SET '' ''; GET ''; EXISTS ''; DEL ''",
        "DEL a b c; SET a 1; SET b 1; DEL a a b; EXISTS a a; EXISTS; EXISTS a",
        "SET a 1; EXISTS a a b",
        "FLUSHALL x; FLUSHALL ASYNC; FLUSHALL sync; FLUSHALL SYNC x; FLUSHALL ''",
        "FLUSHDB; FLUSHDB ASYNC; FLUSHDB sync; FLUSHDB x",
        "SET a 1; DBSIZE; DBSIZE x; SET b 2; DBSIZE; SELECT 1; DBSIZE",
        "SUBSCRIBE a; SET a b; GET a; DEL a; FLUSHALL; EXISTS a",
    ],
    "the end of keys": [
        "SET a 1; TTL a; PTTL a; EXPIRE a 100; TTL a; PERSIST a; PERSIST a; TTL a",
        "TTL none; PTTL none; EXPIRE none 1; PERSIST none; EXPIRE none x",
        "SET a 1 EX 1000; TTL a; EXPIRE a 0; GET a; SET b 1; PEXPIRE b -1; EXISTS b",
        "SET a 1; EXPIRE a 1.5; EXPIRE a x; EXPIRE a ''",
        "SET a 1; EXPIRE a 1 FOO; EXPIRE a x FOO",
        "SET a 1; EXPIRE a 9223372036854775807; EXPIRE a -9223372036854775807; TTL a",
        "SET a 1; PEXPIRE a 100000; TTL a; PEXPIRE a 1600; TTL a; expire a 200; TTL a",
        "SET a 1; EXPIRE a 9 NX XX; EXPIRE a 9 NX GT; EXPIRE a 9 GT LT; EXPIRE a 9 LT",
        "SET a 1; EXPIRE a 10 XX; EXPIRE a 10 GT; EXPIRE a 100 nx; EXPIRE a 90 NX"
        "; TTL a; EXPIRE a 90 GT; EXPIRE a 200 gt; TTL a; EXPIRE a 300 LT; TTL a"
        "; EXPIRE a 50 lt; TTL a; EXPIRE a 70 XX GT; TTL a; EXPIRE a 60 XX LT LT"
        "; TTL a; EXPIRE a -1 GT; GET a",
        "SET a 1 EX 100; INCR a; TTL a; SET a 1; TTL a; SET a 2 EX 100; SET a 3 KEEPTTL"
        "; TTL a",
        "SET a 1 PX 100000; DBSIZE; PEXPIRE a -1; DBSIZE",
    ],
    "config": [
        "CONFIG GET maxmemory; CONFIG GET MAXmemory maxmemory; CONFIG GET save Save"
        "; CONFIG GET nonesuch; CONFIG GET max?emory; CONFIG GET MAXMEMOR[Y]",
        "CONFIG GET client-output-buffer-limit; CONFIG GET CLIENT-Output-*; HELLO 3"
        "; CONFIG GET client-output-buffer-limit; CONFIG GET x timeout",
        *(
            f"CONFIG GET {n}"
            for n in ("databases", "appendonly", "SAVE", "requirepass")
        ),
        *(f"CONFIG GET {n}" for n in ("slaveof", "replicaof", "proto-max-bulk-len")),
        *(f"CONFIG GET {n}" for n in ("tcp-backlog", "io-threads", "cluster-enabled")),
        "CONFIG GET notify-keyspace-events maxmemory-policy; CONFIG GET notify*",
        "CONFIG SET foo 1; CONFIG SET databases 3; CONFIG SET maxmemory 0 maxmemory 0",
        "CONFIG SET MAXMEMORY 0 maxmemory 0; CONFIG SET timeout 0 TIMEOUT 0",
        "CONFIG SET maxmemory; CONFIG SET maxmemory 0 foo; CONFIG SET foo 1 bar 2",
        "CONFIG SET foo 1 databases 2; CONFIG SET databases 2 foo 1",
        "CONFIG SET Timeout 0",
        "CONFIG SET notify-keyspace-events KEA maxmemory 0 databases 3"
        "; CONFIG GET notify-keyspace-events",
        *(
            f"CONFIG SET notify-keyspace-events {letters}; CONFIG GET notify*"
            for letters in [
                "KEA",
                "KEAmn",
                "nmEK$",
                "mEKxg",
                "nK",
                "dtezhsl$gx",
                "ntx",
                "A",
                "Q",
                "KQ",
                "''",
            ]
        ),
        *(
            f"CONFIG SET client-output-buffer-limit {as_one_word(value)}"
            "; CONFIG GET client-output-buffer-limit"
            for value in (
                *("pubsub 1mb 1k 5", "PUBSUB 3 4 60", "pubsub 1 2", "x 1 2 3", "''"),
                *("pubsub x 0 0", "pubsub -1 0 0", "pubsub 1 1 -1", "pubsub 1 1 x"),
                *(
                    "normal 0 0 0 pubsub 10 10 10",
                    "replica 256mb 64mb 60",
                    "master 1 2 3",
                ),
                *("pubsub 1 1 1 pubsub 2g 2gb 2", "pubsub 1.5 0 0", "pubsub 1B 1Kb 0"),
                *(" pubsub  1 1 1", "pubsub 33554432 8388608 60"),
            )
        ),
    ],
    "keyspace notifications": [
        """CONFIG SET notify-keyspace-events KEA
        A> PSUBSCRIBE __key*
        B> SET a 1
        B> SET a 2 EX 100
        B> SET a 3 KEEPTTL
        B> SET a 4 NX
        B> INCR a
        B> INCR n
        B> EXPIRE a 50
        B> EXPIRE a 50 NX
        B> PERSIST a
        B> PERSIST a
        B> GET a
        B> GET none
        B> DEL a n none
        B> SET b 1 EXAT 1
        B> GET b
        B> SET b 1
        B> EXPIRE b -1
        B> SET b 1
        B> FLUSHALL
        B> SELECT 3
        B> SET b 1
        B> FLUSHDB
        B> CONFIG SET notify-keyspace-events ''
        B> SET b 1""",
        """CONFIG SET notify-keyspace-events EKmn
        A> PSUBSCRIBE __key*
        B> SET a 1
        B> SET a 1
        B> INCR n
        B> GET none
        B> EXISTS none a
        B> TTL none
        B> PTTL none
        B> PERSIST none
        B> SET none2 1 XX GET
        B> SET none2 1 GET""",
        "CONFIG SET notify-keyspace-events Eg$; PSUBSCRIBE *; B> SET a 1; B> DEL a"
        "; B> GET none",
        "CONFIG SET notify-keyspace-events $x; PSUBSCRIBE *; B> SET a 1",
        "CONFIG SET notify-keyspace-events KEA; HELLO 3; PSUBSCRIBE *; SET a 1; INCR a"
        "; SET a 1 EX 5; PERSIST a; EXPIRE a -1; SET a 1 EX 5; DEL a; GET a",
        "CONFIG SET notify-keyspace-events ''",
    ],
    "transactions": [
        "MULTI; SET a 1; PUBLISH a m; GET a; EXEC; GET a; EXEC; DISCARD; PING",
        "MULTI; MULTI; WATCH a; SET a 1; EXEC; MULTI; DISCARD; DISCARD; UNWATCH",
        "MULTI; FOO; SET a 1; EXEC; GET a; MULTI; GET; EXEC; MULTI"
        "; GET a b; EXEC; PING",
        "MULTI; CLIENT FOO; EXEC; MULTI; PUBSUB; EXEC; MULTI; WATCH"
        "; EXEC; MULTI x; EXEC",
        "MULTI; EXEC x; EXEC; MULTI; DISCARD x; EXEC; MULTI"
        "; UNWATCH; EXEC; MULTI; EXEC",
        "MULTI; INCR a; SET a x; INCR a; GET a; EXEC; GET a; MULTI; FOO; DISCARD; EXEC",
        "WATCH a; B> SET a 1; MULTI; SET b 1; EXEC; GET b; MULTI; SET b 2; EXEC; GET b",
        *(
            f"SET a 1; SET t 1 EX 100; WATCH a t none; {change}; MULTI; GET a; EXEC"
            f"; GET a; MULTI; EXEC; HELLO 3; WATCH a; {change}; MULTI; EXEC"
            for change in (
                *(
                    "B> SET a 1",
                    "B> DEL a",
                    "B> INCR a",
                    "B> EXPIRE a 100",
                    "A> SET a 2",
                ),
                *("B> DEL none", "B> SET a 1 NX", "B> SET none 1", "B> PERSIST a"),
                *(
                    "B> PERSIST t",
                    "B> EXPIRE a -1",
                    "B> FLUSHALL",
                    "B> FLUSHDB",
                    "PING",
                ),
                *("B> EXPIRE a 9 XX", "B> GET a", "UNWATCH; B> SET a 1", "B> SET b 1"),
                *("B> SELECT 1; B> SET a 1", "B> SELECT 1; B> FLUSHDB", "B> INCR t"),
                *(
                    "SELECT 1; B> SET a 1",
                    "RESET; B> SET a 1",
                    "MULTI; DISCARD; INCR a",
                ),
                *(
                    "MULTI; RESET; B> SET a 1",
                    "MULTI; EXEC; B> SET a 1",
                    "WATCH a; DEL a",
                ),
                *(
                    "B> MULTI; B> SET a 1",
                    "B> MULTI; B> SET a 1; B> EXEC",
                    "EXPIRE a 100",
                ),
                *(
                    "B> EXPIRE none 5",
                    "B> SET a 3 XX",
                    "B> SET none 3 XX",
                    "B> INCR none",
                ),
            )
        ),
        "SELECT 1; WATCH a; SELECT 0; B> SELECT 1; B> INCR a; MULTI; EXEC; SELECT 1"
        "; WATCH a; B> FLUSHDB; MULTI; EXEC; WATCH a; B> FLUSHDB; MULTI; EXEC",
        "WATCH a; B> SET a 1; MULTI; FOO; EXEC; MULTI; EXEC",
        "WATCH a; B> WATCH a; C> SET a 1; MULTI; EXEC; B> MULTI"
        "; B> EXEC; C> MULTI; C> EXEC",
        "MULTI; SUBSCRIBE a b; PUBLISH a m; EXEC; MULTI; UNSUBSCRIBE; PING; GET x",
        "MULTI; SUBSCRIBE a; GET x; PING; PING y; UNSUBSCRIBE; PING; EXEC; GET x",
        "SUBSCRIBE a; MULTI; EXEC; WATCH a; UNWATCH; DISCARD; RESET; MULTI; EXEC",
        "MULTI; SUBSCRIBE a; B> PUBLISH a m; EXEC; B> PUBLISH a m; MULTI; EXEC; PING",
        "HELLO 3; MULTI; SUBSCRIBE a b; PUBLISH a m; UNSUBSCRIBE a b; EXEC; GET x",
        "HELLO 3; SUBSCRIBE a; MULTI; PUBLISH a m; B> PUBLISH a n; PUBLISH a o; EXEC",
        "HELLO 3; SUBSCRIBE a; PSUBSCRIBE a*; MULTI; PUBLISH a m; GET x; EXEC; PING",
        "MULTI; PSUBSCRIBE a; EXEC; GET x; MULTI; PUNSUBSCRIBE; EXEC; PUNSUBSCRIBE a",
        "MULTI; HELLO 3; GET x; HELLO 2; GET x; EXEC; MULTI; HELLO 3; EXEC; GET x",
        "MULTI; HELLO 9; AUTH x; SELECT 1; SELECT x; ECHO x; PING; EXEC; MULTI; EXEC",
        "MULTI; CLIENT INFO; GET x; CLIENT INFO; B> CLIENT LIST; EXEC; CLIENT INFO",
        "WATCH a; B> SET a 1; CLIENT INFO; MULTI; CLIENT INFO; B> CLIENT LIST; EXEC",
        "MULTI; QUIT; PING",
        "MULTI; SET a 1; RESET; EXEC; GET a; MULTI; GET a; EXEC",
        "CLIENT REPLY OFF; MULTI; SET a 1; EXEC; CLIENT REPLY ON; GET a",
        "MULTI; CLIENT REPLY OFF; SET a 1; EXEC; GET a; CLIENT REPLY ON; GET a",
        "MULTI; CLIENT REPLY SKIP; SET a 1; GET a; EXEC; GET a; GET a",
        "MULTI; SET a 1; GET a; CLIENT REPLY SKIP; EXEC; GET a; GET a; EXEC",
        "MULTI; SET a 1; CLIENT REPLY ON; GET a; EXEC; CLIENT REPLY SKIP; MULTI; EXEC",
        "MULTI; SPUBLISH a m; COMMAND COUNT x; INFO nope"
        "; CONFIG GET save; DBSIZE; EXEC",
        "MULTI; FLUSHALL; SET a 1 EX 100; TTL a; PERSIST a; EXPIRE a -1; DEL a; EXEC",
        "CONFIG SET notify-keyspace-events KEA; B> PSUBSCRIBE *; MULTI; SET a 1; INCR a"
        "; EXEC; CONFIG SET notify-keyspace-events ''",
    ],
    "info": [
        "INFO; INFO server; INFO SERVER; INFO nope; INFO clients; INFO all",
        "INFO everything; INFO default; INFO server clients; HELLO 3; INFO; INFO nope",
    ],
    "command": [
        "COMMAND; COMMAND COUNT; COMMAND LIST; COMMAND INFO; COMMAND DOCS",
        *(
            f"COMMAND GETKEYS {words}"
            for words in (
                *("get a", "set a b ex 3", "client id", "foo x", "ssubscribe a b"),
                *("publish a b", "spublish a b", "get", "exists a b c", "GET a b"),
                *("client foo", "pubsub", "client id 3", "multi", "watch a b"),
                *("expire a 1", "set a", "DEL a", "flushall x", "info x"),
            )
        ),
        "COMMAND COUNT x; COMMAND FOO; COMMAND LIST x",
        "COMMAND DOCS nonesuch; HELLO 3; COMMAND DOCS nonesuch; COMMAND; COMMAND COUNT",
    ],
}
"""Dialogues, by what they are about."""


def test_a_key_that_ends_is_told_to_who_listens(duo: Duo) -> None:
    told = array([b"message", b"__keyevent@0__:expired", b"tulip"])
    for port in duo.ports:
        with ExitStack() as stack:
            subscriber, other = Line(port), Line(port)
            stack.callback(subscriber.close)
            stack.callback(other.close)
            other.say(array([b"CONFIG", b"SET", b"notify-keyspace-events", b"Ex"]))
            assert other.wait(5) == b"+OK\r\n"
            subscriber.say(array([b"SUBSCRIBE", b"__keyevent@0__:expired"]))
            assert subscriber.wait(52).endswith(b":1\r\n")
            other.say(array([b"SET", b"tulip", b"red", b"PX", b"20"]))
            assert subscriber.wait(len(told)) == told
            other.say(array([b"CONFIG", b"SET", b"notify-keyspace-events", b""]))
            assert other.wait(10) == b"+OK\r\n+OK\r\n"
    duo.settle()


@pytest.mark.parametrize("group", GROUPS)
def test_dialogues(duo: Duo, group: str) -> None:
    duo.play_all(clean_first(duo, GROUPS[group]))


@ONLY_7
def test_each_command_is_described_as_redis_does(duo: Duo) -> None:
    real, ours = (
        {words[0]: words for words in asked(port, "COMMAND", "INFO")}
        for port in duo.ports
    )
    wrong: dict[bytes, Any] = {}
    for name, words in ours.items():
        parts = {part[0]: part for part in words[9]}
        known = {part[0]: part for part in real.get(name, 10 * [[]])[9]}
        wrong |= {
            key: (described(known.get(key)), described(part))
            for key, part in ({name: words} | parts).items()
            if described((known | real).get(key)) != described(part)
        }
    assert {
        each: wrong[each] for each in wrong if not listed(each_as_asked(each))
    } == {}


def each_as_asked(name: bytes) -> str:
    return name.decode().replace("|", " ")


def described(words: Any) -> Any:
    """Return what is compared: name, arity, flags, keys, categories."""
    return words and (*words[:2], set(words[2]), *words[3:6], set(words[6]))


def asked(port: int, *words: str) -> Any:
    """Ask a server one thing."""
    with socket.create_connection(("127.0.0.1", port), 5) as sock:
        sock.sendall(array([word.encode() for word in words]))
        parser = ReplyParser()
        values: list[Any] = []
        while not values:
            values += parser.feed(sock.recv(1 << 18))
    return values[0]


def clean_first(duo: Duo, texts: Iterable[str]) -> Iterator[list[Step]]:
    """Give dialogues, each with an empty database before it."""
    for text in duo.asked(texts):
        duo.clean()
        yield dialogue(text)


@ONLY_7
@pytest.mark.parametrize("name", [name for names in UNKNOWN.values() for name in names])
def test_what_is_listed_is_unknown_to_the_stub(duo: Duo, name: str) -> None:
    (problem,) = duo.play(dialogue(name + ARGUMENTS.get(name, "")))
    real, ours = problem.splitlines()[-2:]
    assert "unknown" in ours
    assert ("this stub of Redis has no" in ours) == (name in UNKNOWN[ABSENT])
    assert "unknown" not in real


@ONLY_7
@pytest.mark.parametrize("name", [name for names in KNOWN.values() for name in names])
def test_what_is_listed_as_newer_is_unknown_to_redis(duo: Duo, name: str) -> None:
    (problem,) = duo.play(dialogue(name + ARGUMENTS[name]))
    real, ours = problem.splitlines()[-2:]
    assert "unknown" in real
    assert "+OK" in ours


@ONLY_7
@pytest.mark.parametrize(
    "text", [text for texts in ANSWERED.values() for text in texts.values()]
)
def test_what_is_listed_is_answered_otherwise(duo: Duo, text: str) -> None:
    try:
        # Redis may clear expired keys just before it counts them.
        assert any(duo.play(dialogue(text)) for _ in range(20))
    finally:
        for port in duo.ports:
            asked(port, "CONFIG", "SET", "notify-keyspace-events", "", "maxmemory", "0")
        duo.clean()


def test_readme_lists_what_differs_and_no_more() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (listed,) = re.findall(
        r"the tests excuse no other:\n\n((?:- .*\n|  .*\n)+)", readme
    )
    bullets = re.findall(r"(?m)^- (.*(?:\n  .*)*)", listed)
    told = {}
    for bullet in bullets:
        reason, _, names = " ".join(bullet.split()).rpartition(": ")
        told[reason] = sorted(re.findall(r"`([^`]+)`", names))
    masked = {
        reason: [name.decode().upper() for name in masks]
        for reason, masks in BY_REASON.items()
    }
    masked[NUMBERS] += ["HELLO"]  # MASKS
    masked[ORDER] += ["PUBLISH"]
    expected = masked | {SILENT: ["QUIT"]}
    for excuses in (UNKNOWN, KNOWN, ANSWERED):
        expected |= {reason: list(names) for reason, names in excuses.items()}
    assert told == {reason: sorted(names) for reason, names in expected.items()}
    assert f"Redis {VERSION}" in readme


@ONLY_7
@pytest.mark.parametrize("data", FORGETFUL)
def test_silent_ends_differ(duo: Duo, data: bytes) -> None:
    with Pairs(duo, 1) as pairs:
        ((real, ours),) = pairs.lines
        pairs.say(0, data)
        while ours.wait(1):  # until it hangs up
            pass
        duo.settle()
        assert real.hear() == b""
        assert not real.over


NEWER_SERVERS = [
    pytest.param(server, each, id=f"{server}-{each.shown}")
    for server in BOTH
    for each in DIFFERENCES
    if server in each.servers
]


@pytest.mark.parametrize(("duo", "difference"), NEWER_SERVERS, indirect=["duo"])
def test_newer_servers_do_otherwise(
    duo: Duo, difference: Difference, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each excuse is needed, and its mask hides what is shown."""
    steps = dialogue(difference.shown)
    with monkeypatch.context() as patch:
        patch.setitem(globals(), "PATIENCE", 0.2)
        others = [each for each in duo.excused if each is not difference]
        patch.setattr(duo, "excused", others)
        assert duo.play(steps) != []
    if difference.mask:
        assert duo.play(steps) == []
    else:
        assert duo.asked([difference.shown]) == []


def test_readme_lists_what_newer_servers_do_otherwise() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r"so than the\sstub:\n\n((?:- .*\n|  .*\n)+)", readme)
    bullets = re.findall(r"(?m)^- (.*(?:\n  .*)*)", listed)
    assert [" ".join(each.replace("`", "").split()) for each in bullets] == [
        each.reason + ("" if each.servers == BOTH else f" ({each.servers[0]})")
        for each in DIFFERENCES
    ]


# Passwords.

HELLO = "HELLO 3 AUTH default tulip"
STRANGERS = [
    *(
        name + ending
        for name in COMMANDS + SUBCOMMANDS
        for ending in ("", " x", " x y")
    ),
    "AUTH x; AUTH tulip; PING",
    "AUTH default tulip; PING",
    "AUTH Default tulip; AUTH u tulip; AUTH default bad; AUTH ''; AUTH a b c; PING",
    "AUTH tulip; AUTH bad; PING; AUTH default bad; PING",
    "AUTH tulip; RESET; PING; AUTH tulip; PING",
    "AUTH tulip; SUBSCRIBE a; RESET; SUBSCRIBE a; PING",
    "HELLO; HELLO 2; HELLO 3; HELLO 9; HELLO x; PING",
    "HELLO 3 AUTH default bad; PING; HELLO; GET x",
    HELLO + "; PING; GET x",
    HELLO + " SETNAME x; CLIENT GETNAME",
    HELLO + " FOO; PING; GET x",
    HELLO + " SETNAME; PING; GET x",
    "HELLO 2 AUTH default tulip; GET x",
    "HELLO 9 AUTH default tulip; PING",
    "HELLO x AUTH default tulip; PING",
    "HELLO 3 SETNAME x; PING",
    "HELLO 3 SETNAME x AUTH default tulip; CLIENT GETNAME",
    "HELLO 3 AUTH default bad AUTH default tulip; PING",
    "HELLO 3 AUTH default tulip AUTH default bad; PING; GET x",
    "AUTH tulip; HELLO 3 AUTH default bad; PING; GET x",
    "AUTH tulip; HELLO 3; GET x; RESET; GET x; AUTH tulip; GET x",
    "AUTH tulip; SUBSCRIBE a; AUTH tulip; AUTH bad; PING",
]
STRANGE_BYTES = [
    b"*10\r\n",
    b"*11\r\n",
    b"*11\r\n$4\r\nPING\r\n",
    b"*10\r\n$3\r\nGET\r\n",
    b"*1\r\n$16384\r\n",
    b"*1\r\n$16385\r\n",
    b"*1\r\n$16384\r\n" + b"x" * 16384 + b"\r\n",
    b"*2\r\n$4\r\nAUTH\r\n$16385\r\n",
    b"PING a b c d e f g h i j k\r\n",
    b"PING\r\n*11\r\n",
    b"AUTH tulip\r\n*11\r\n$4\r\nPING\r\n",
    b"AUTH tulip\r\n*1\r\n$16385\r\n",
    b"AUTH tulip\r\nRESET\r\n*11\r\n",
    b"*2\r\n$4\r\nAUTH\r\n$5\r\ntulip\r\n*11\r\n$3\r\nDEL\r\n" + b"$1\r\na\r\n" * 10,
    b"a" * 65536,
    b"a" * 65537,
    b"*-1\r\n*0\r\nPING\r\n",
    b"POST / HTTP/1.1\r\n",
]


def test_password(locked: Duo) -> None:
    locked.play_all(map(dialogue, itertools.filterfalse(listed, STRANGERS)))


def test_limits_for_strangers(locked: Duo) -> None:
    locked.play_at_once([raw(data) for data in STRANGE_BYTES])


# Bytes that are not RESP.

PING = b"*1\r\n$4\r\nPING\r\n"
HEADS = [b"", b"-1", b"-2", b"0", b"-0", b"+1", b"01", b" 1", b"1 ", b"x", b"1x", b"-"]
HEADS += [b"--1", b"1.0", b"1e0", b"0x1", b"1_0", b"\xc2\xb2", b"\xd9\xa1", b"\x00"]
HEADS += [b"1\x00", b"\xff", b"$", b"*", b"1\n", b"\n1", b"\t1", b"1\t", b"00", b"-01"]
HEADS += [b"%d" % number for number in (2**20, 2**20 + 1, 2**31 - 1, 2**31, 2**32 + 1)]
HEADS += [b"%d" % number for number in (2**63 - 1, 2**63, 2**64 + 1, -(2**63))]
HEADS += [b"%d" % number for number in (-(2**63) - 1, 2**29, 2**29 + 1, 10**30)]
HEADS += [b"9" * 100, b"0" * 100 + b"1", b"1" + b" " * 100]
TYPES = [bytes([byte]) for byte in b"+-:$*_#,(!=%~>|.&\x00\xff\r\n '\"aA0\x7f\t"]

MALFORMED = [
    *(b"*%b\r\n" % head + PING for head in HEADS),
    *(b"*1\r\n$%b\r\nPING\r\n" % head + PING for head in HEADS),
    *(b"*2\r\n$4\r\nECHO\r\n$%b\r\nx\r\n" % head + PING for head in HEADS),
    *(b"%b4\r\nPING\r\n" % kind + PING for kind in TYPES),
    *(b"*1\r\n%b4\r\nPING\r\n" % kind + PING for kind in TYPES),
    *(b"*2\r\n$4\r\nPING\r\n%b1\r\nx\r\n" % kind + PING for kind in TYPES),
    *(b"*1%b$4\r\nPING\r\n" % end + PING for end in (b"\n", b"\r", b"\rX", b"\n\r")),
    *(b"*1\r\n$4%bPING\r\n" % end + PING for end in (b"\n", b"\r", b"\rX", b"\r\r\n")),
    *(b"*1\r\n$4\r\nPING%b" % end + PING for end in (b"\n\n", b"ab", b"\r", b"\0\0")),
    b"",
    b"*1\r\n$0\r\n\r\n",
    b"*1\r\n$1\r\n\r\n\r\n",
    b"*1\r\n*1\r\n$4\r\nPING\r\n",
    b"*1\r\n$3\r\nPING\r\n" + PING,
    b"*1\r\n$5\r\nPING\r\n" + PING,
    b"*2\r\n" + PING,
    b"*2\r\n$4\r\nECHO\r\n$5\r\n" + PING,
    b"*\r\n*\r\n",
    b"*" * 100 + b"\r\n",
    b"$" * 100 + b"\r\n",
    b"*1000\r\n" + b"$1\r\na\r\n" * 1000,
    b"SUBSCRIBE a\r\n*x\r\n" + PING,
    b"HELLO 3\r\nSUBSCRIBE a\r\n*x\r\n" + PING,
    b"QUIT\r\n*x\r\n" + PING,
    PING * 3 + b"*1\r\n$-1\r\n" + PING,
    PING + b"$0\r\n\r\n" + PING,
    PING + b"$4\r\nPING\r\n" + PING,
    PING + b":1\r\n" + PING,
    b"FOO\r\nGET\r\n" + PING + b'"\r\n' + PING,
]
SPACES = [b" ", b"\t", b"\x0b", b"\x0c", b"\x1c", b"\x85", b"\xa0", b"\r", b"  "]
INLINE = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\nPING\r\n",
    b"\n\n\nPING\n",
    b"PING",
    b"PING\n",
    b"PING\r",
    b"PING\r\r\n",
    b"PING\r\r\r\nPING\r\n",
    b"PING\n\rPING\n\r\n",
    b"PING a\rb\r\n",
    *(b"PING%bx\r\nPING%b\r\n%bPING x\r\nPING\r\n" % (s, s, s) for s in SPACES),
    *(b'PING "%b"\r\nPING\r\n' % s for s in SPACES),
    *(b'PING "x"%b\r\nPING\r\n' % s for s in SPACES),
    *(b'PING "x"%b"y"\r\nPING\r\n' % s for s in SPACES),
    b"PI\x00NG\r\nPING\r\n",
    b"\x00\r\nPING\r\n",
    b"PING \x00\r\nPING\r\n",
    b"PING\x00\r\n",
    b"PING\r\nECHO a\x00b\r\nPING\r\n",
    b'PING "\x00"\r\nPING\r\n',
    b"*1\r\n$4\r\nPING\r\nPI\x00NG\r\n",
    b'PING "a b"\r\n',
    b"PING 'a b'\r\n",
    b"PING 'a\\'b'\r\n",
    b"PING 'a\\nb\\x41'\r\n",
    b"PING 'a\\\\'\r\n",
    b'PING "\\x41\\n\\r\\t\\b\\a\\q\\"\\\\\\v\\f\\0"\r\n',
    *(
        b'PING "%b"\r\nPING\r\n' % e
        for e in (b"\\x4", b"\\xZZ", b"\\xfF", b"\\x", b"\\")
    ),
    *(
        b'PING "%b"\r\nPING\r\n' % e
        for e in (b"\\X41", b"\\x00", b"\\x0d\\x0a", b"\\x4G")
    ),
    b"PING \\x41\r\n",
    b"PING \\\r\n",
    b'PING a"b"\r\n',
    b"PING a'b'\r\n",
    b"PING a'b'c\r\nPING\r\n",
    b'PING "a"b\r\nPING\r\n',
    b"PING 'a'b\r\nPING\r\n",
    b'PING "a""b"\r\nPING\r\n',
    b"PING 'a' 'b'\r\nPING\r\n",
    b'PING "a\r\nPING\r\n',
    b"PING 'a\r\nPING\r\n",
    b'PING "a\nb"\r\nPING\r\n',
    b'PING "a\\\r\nPING\r\n',
    b"PING 'a\\\r\nPING\r\n",
    b'PING ""\r\n',
    b"PING ''\r\n",
    b'""\r\n',
    b"''\r\nPING\r\n",
    b"'PING'\r\n\"PING\"\r\n",
    b"PING a'b c'd\r\n",
    b'PING a"b\r\n',
    b"PING 'a\"b'\r\nPING \"a'b\"\r\n",
    b'"\r\n',
    b"'\r\n",
    b"\xff\xfe \x80\r\n",
    b"PING \xff\r\n",
    b"set a b\r\nGET a\r\nget\ta\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"post\r\nPING\r\n",
    b"Host: x\r\nPING\r\n",
    b"host:\r\nPING\r\n",
    b"hOsT: PING\r\n",
    b"Host:x\r\nPING\r\n",
    b"Host : x\r\nPING\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS / HTTP/1.1\r\n\r\n",
    b"*1\r\n$4\r\nPOST\r\n" + PING,
    b"*2\r\n$5\r\nHost:\r\n$1\r\nx\r\n" + PING,
    b"*1\r\n$5\r\nPOST\x00\r\n" + PING,
    b'"POST"\r\nPING\r\n',
]
SIZE = 64 * 1024
LIMITS = [
    raw(b"a" * (SIZE - 1)),
    raw(b"a" * SIZE),
    raw(b"a" * (SIZE + 1)),
    raw(b"a" * (SIZE - 1) + b"\r\n"),
    raw(b"PING " + b"a" * (SIZE - 7) + b"\r\n"),
    raw(b"a" * 65000, b"a" * 1000),
    raw(b"a" * 65000, b"a" * 536, b"a"),
    raw(b"PING " + b"a" * 65000, b"a" * 500 + b"\r\n"),
    raw(b"*" + b"1" * (SIZE - 1)),
    raw(b"*" + b"1" * SIZE),
    raw(b"*" + b"1" * (SIZE - 3) + b"\r\n"),
    raw(b"*" + b"1" * 65000, b"1" * 536),
    raw(b"*1\r\n$" + b"1" * (SIZE - 1)),
    raw(b"*1\r\n$" + b"1" * SIZE),
    raw(b"*1\r\n", b"$" + b"1" * 65000, b"1" * 535),
    raw(b"*1\r\n", b"$" + b"1" * 65000, b"1" * 536),
    raw(b"*1\r\n" + b"$" * 70000),
    raw(b"*1\r\n" + b"x" * 70000),
    raw(b"\r" * 70000),
    raw(b"\x00" * SIZE),
    raw(b"\x00" * (SIZE + 1)),
    raw(b"*" + b"\x00" * SIZE),
    raw(b" " * 70000),
    raw(PING * 3 + b"a" * 70000),
    raw(PING * 20000 + b"*x\r\n"),
    raw(b"PING\r\n" * 20000 + b"*x\r\n"),
    raw(b"*2\r\n$4\r\nECHO\r\n$100000\r\n" + b"a" * 100000 + b"\r\n"),
    raw(b"*2\r\n$4\r\nECHO\r\n$40000\r\n", b"a" * 20000, b"a" * 20000, b"\r\n"),
]


@ONLY_7
@pytest.mark.parametrize("corpus", [MALFORMED, INLINE], ids=["malformed", "inline"])
def test_bytes(duo: Duo, corpus: list[bytes]) -> None:
    duo.play_at_once([raw(data) for data in corpus])


@ONLY_7
def test_limits(duo: Duo) -> None:
    duo.play_at_once(LIMITS)


@ONLY_7
def test_half_closed(duo: Duo) -> None:
    openings = [b"PING\r\n", PING, b"PING", b"*1\r\n$4\r\nPIN", b"QUIT\r\n", b"*x\r\n"]
    openings += [b"SUBSCRIBE a\r\n", b"HELLO 3\r\nSUBSCRIBE a\r\n", b"\r\n", PING * 99]
    duo.play_at_once([raw(b""), *(raw(opening, b"") for opening in openings)])


# Cuts.

FRAMES = [
    PING,
    b"PING\r\n",
    b"\r\nPING x\r\n",
    b"*0\r\n*-1\r\n" + PING,
    array([b"ECHO", b"\r\n$1\r\n\x00"]),
    array([b"echo", b""]),
    array([b"PUBLISH", b"none", b"tulip"]),
    array([b"SUBSCRIBE", b"a", b"bb", b""]),
    array([b"UNSUBSCRIBE"]),
    array([b"HELLO", b"3", b"SETNAME", b"x"]) + array([b"CLIENT", b"GETNAME"]),
    array([b"SUBSCRIBE", b"a"]) + array([b"GET", b"x"]) + PING,
    array([b"SET", b"k", b"v"]) + array([b"GET", b"k"]),
    array([b"SELECT", b"1"]) + PING + array([b"RESET"]),
    array([b"QUIT"]) + PING,
    array([b"FOO", b"bar"]),
    b"*1\rX$4\rXPINGXX" + PING,
    b"PING 'a\\'b' \r\nPING \"\\x41\\n\"\nPING\r\n",
    b'PING\r\nPING "a"b\r\nPING\r\n',
    PING + b"*1\r\n$x\r\n" + PING,
    PING + b"*01\r\n" + PING,
    b"PING\r\n*1\r\n:1\r\n" + PING,
    b"*2\r\n$4\r\nECHO\r\n$-1\r\n" + PING,
    b"*3\r\n$3\r\nDEL\r\n$536870913\r\n",
    b"*-1\r\n*2147483648\r\n",
]


@ONLY_7
def test_every_frame_cut_at_every_byte(duo: Duo) -> None:
    cuts = [
        raw(frame[:cut], frame[cut:])
        for frame in FRAMES
        for cut in range(1, len(frame))
    ]
    for start in range(0, len(cuts), 200):
        duo.play_at_once(cuts[start : start + 200])


@ONLY_7
def test_byte_by_byte(duo: Duo) -> None:
    duo.play_at_once([raw(*(bytes([byte]) for byte in frame)) for frame in FRAMES])


@ONLY_7
@steady(60)
@given(data=st.data())
def test_random_cuts(duo: Duo, data: st.DataObject) -> None:
    frames = data.draw(
        st.lists(st.sampled_from(FRAMES + MALFORMED + INLINE), max_size=6)
    )
    stream = b"".join(frames)
    cuts = data.draw(st.sets(st.integers(1, max(1, len(stream) - 1)), max_size=8))
    edges = [0, *sorted(cuts), len(stream)]
    chunks = [stream[a:b] for a, b in itertools.pairwise(edges) if a < b]
    masks = tuple(BY_COMMAND[name] for name in (b"unsubscribe",))
    fail(duo.play(raw(*chunks, masks=masks)))


# Patterns.

CHANNELS = [
    b"",
    b"a",
    b"b",
    b"ab",
    b"aab",
    b"abab",
    b"^",
    b"-",
    b"]",
    b"[",
    b"*",
    b"\\",
]
CHANNELS += [b"?", b"a-b", b"[a]", b"a]", b"^a", b"\\a", b"a\\", b"\n", b"\xff", b"AB"]


def test_every_short_pattern(duo: Duo) -> None:
    patterns = [
        bytes(letters)
        for length in range(5)
        for letters in itertools.product(b"ab*?[]^-\\", repeat=length)
    ]
    compare_patterns(duo, patterns, CHANNELS)


EDGES = [
    b"\x00",
    b"\x01",
    b"0",
    b"a",
    b"z",
    b"\x7f",
    b"\x80",
    b"\x81",
    b"\xc3",
    b"\xff",
]
ARM = platform.machine() in {"aarch64", "arm64", "armv7l"} and sys.platform == "linux"


@pytest.mark.skipif(ARM, reason="there, C's char is unsigned: see patterns.py")
def test_ranges_of_any_bytes(duo: Duo) -> None:
    pairs = list(itertools.product(EDGES, EDGES))
    patterns = [b"[%b-%b]" % pair for pair in pairs]
    patterns += [b"[^%b-%b]" % pair for pair in pairs]
    patterns += [b"[b%b-%b\xfe]" % pair for pair in pairs]
    patterns += [b"[\\%b-\\%b]" % pair for pair in pairs]
    patterns += [b"*[a-\xc3\xa9]?", "[à-é]".encode(), "[a-é]*".encode()]
    compare_patterns(duo, patterns, [bytes([byte]) for byte in range(256)])


def compare_patterns(
    duo: Duo, patterns: Sequence[bytes], channels: Sequence[bytes]
) -> None:
    """Have both say which channels each pattern matches."""
    asked = b"".join(array([b"PUBSUB", b"CHANNELS", pattern]) for pattern in patterns)
    replies = []
    for port in duo.ports:
        with ExitStack() as stack:
            subscriber, asker = Line(port), Line(port)
            stack.callback(subscriber.close)
            stack.callback(asker.close)
            subscriber.say(array([b"SUBSCRIBE", *channels]))
            subscriber.wait(len(b"*3\r\n"))
            replies.append(channels_found(asker, asked, len(patterns)))
    duo.settle()
    wrong = [
        f"{pattern!r}: Redis {real}, stub {ours}"
        for pattern, real, ours in zip(patterns, *replies, strict=True)
        if real != ours
    ]
    fail(wrong)


def channels_found(line: Line, asked: bytes, count: int) -> list[list[bytes]]:
    """Ask for channels by many patterns; give the sorted names for each."""
    line.say(asked + array([b"ECHO", b"end of it"]))
    heard = b""
    end = time.monotonic() + 60
    while not heard.endswith(b"end of it\r\n") and time.monotonic() < end:
        heard += line.hear()
    replies, place = [], 0
    for _ in range(count):
        head = heard.index(b"\r\n", place)
        items, place = int(heard[place + 1 : head]), head + 2
        names = []
        for _ in range(items):
            head = heard.index(b"\r\n", place)
            size = int(heard[place + 1 : head])
            names.append(heard[head + 2 : head + 2 + size])
            place = head + 2 + size + 2
        replies.append(sorted(names))
    return replies


GLOB = st.text("ab*?[]^-\\A\n", max_size=8).map(str.encode) | st.binary(max_size=4)
CHANNEL = st.text("ab]^-\\[A\n", max_size=5).map(str.encode) | st.binary(max_size=3)


@steady(100)
@given(
    patterns=st.lists(GLOB, min_size=1, max_size=6),
    channels=st.lists(CHANNEL, min_size=1, max_size=6),
)
def test_patterns(duo: Duo, patterns: list[bytes], channels: list[bytes]) -> None:
    published = b"".join(array([b"PUBLISH", name, b"m"]) for name in channels)
    steps = [
        Step(0, array([b"PSUBSCRIBE", *patterns])),
        Step(1, array([b"PSUBSCRIBE", patterns[0]])),
        Step(2, published),
        Step(0, array([b"PUNSUBSCRIBE", *reversed(patterns)])),
        Step(2, published),
    ]
    fail(duo.play(steps))


# Random dialogues.

NAME = st.sampled_from(["a", "b", "c", "''"])
PATTERN = st.sampled_from(["a", "*", "?", "[ab]", "a*", "''"])
WORD = NAME | PATTERN | st.sampled_from(["1", "3", "x", "ON", "EX"])


def phrase(name: str, *words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Describe a command with these words."""
    return st.tuples(st.just(name), *words).map(" ".join)


def several(name: str, word: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Describe a command with one to three such words."""
    return st.lists(word, min_size=1, max_size=3).map(
        lambda words: " ".join([name, *words])
    )


ASKED = st.one_of(
    several("SUBSCRIBE", NAME),
    several("PSUBSCRIBE", PATTERN),
    several("SSUBSCRIBE", NAME),
    several("UNSUBSCRIBE", NAME),
    several("PUNSUBSCRIBE", PATTERN),
    several("SUNSUBSCRIBE", NAME),
    phrase("PUBLISH", NAME, NAME),
    phrase("PUBLISH", NAME, NAME),
    phrase("SPUBLISH", NAME, NAME),
    st.sampled_from(
        [
            *("UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "PING", "PING x"),
            *("PUBSUB CHANNELS", "PUBSUB NUMPAT", "PUBSUB SHARDCHANNELS", "RESET"),
            *("PUBSUB NUMSUB a b c", "PUBSUB SHARDNUMSUB a b", "HELLO", "HELLO 3"),
            *("HELLO 2", "CLIENT GETNAME", "QUIT", "FOO"),
            *("CLIENT REPLY ON", "CLIENT REPLY OFF", "CLIENT REPLY SKIP", "SELECT 1"),
            *("CLIENT KILL TYPE pubsub", "CLIENT INFO", "SET a 1", "GET a", "DEL a"),
            *("MULTI", "EXEC", "MULTI", "EXEC", "WATCH a", "INCR a", "EXPIRE a 100"),
            *("DISCARD", "UNWATCH", "FLUSHALL", "CLIENT LIST"),
        ]
    ),
    phrase("CLIENT SETNAME", WORD),
    st.builds(
        lambda name, words: " ".join([name, *words]),
        st.sampled_from([name for name in COMMANDS if name != "INFO"]),
        st.lists(WORD, max_size=3),
    ),
)


def forgetful(lines: list[str]) -> bool:
    """Whether somebody may quit in silence, where both differ: see FORGETFUL."""
    return all(any(part in line for line in lines) for part in ("REPLY", "QUIT"))


SAID = (
    st.tuples(st.sampled_from("AABC"), ASKED)
    .map("> ".join)
    .filter(lambda line: not listed(line))
)


@steady(400)
@given(lines=st.lists(SAID, min_size=1, max_size=16))
def test_random_dialogues(duo: Duo, lines: list[str]) -> None:
    assume(not forgetful(lines) and duo.asked(["\n".join(lines)]))
    assume(all(map(in_a_row, lines)) or not any("MULTI" in line for line in lines))
    duo.clean()
    fail(duo.play(dialogue("\n".join(lines))))


def in_a_row(line: str) -> bool:
    """Whether a reply can be compared in the midst of others."""
    return not line[3:].startswith(("COMMAND", "PUBSUB CHANNELS", "PUBSUB SHARD"))


@ONLY_7
@steady(100)
@given(lines=st.lists(SAID.filter(in_a_row), min_size=1, max_size=12))
def test_random_pipelines(duo: Duo, lines: list[str]) -> None:
    assume(not forgetful(lines) and duo.asked(["\n".join(lines)]))
    duo.clean()
    steps = dialogue("HELLO 3\n" + "\n".join(lines))
    joined = []
    for client in (0, 1, 2):
        own = [step for step in steps if step.client == client]
        masks = tuple(mask for step in own for mask in step.masks)
        joined.append(Step(client, b"".join(step.data for step in own), masks))
    fail(duo.play([step for step in joined if step.data]))
