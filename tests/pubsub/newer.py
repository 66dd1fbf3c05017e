"""What Redis 8 and Valkey 9 answer otherwise than Redis 7.0, and so than our stub.

The one list of it: each difference has a reason, the servers that have it, and a
dialogue that shows it. A mask hides it in what both answer, and the rest of the
dialogue is compared; where a mask can't, a dialogue in which `unasked` is found is
left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Mask = Callable[[bytes], bytes]
REDIS, VALKEY = "Redis 8", "Valkey 9"
BOTH = (REDIS, VALKEY)


@dataclass(frozen=True)
class Difference:
    """What newer servers do otherwise, and a dialogue that shows it."""

    reason: str
    shown: str
    mask: Mask | None = None
    unasked: str | None = None
    """A regular expression, searched in the text of a dialogue."""
    servers: tuple[str, ...] = BOTH


def hidden(pattern: bytes, replacement: bytes = b"") -> Mask:
    """Make a mask of a regular expression."""
    compiled = re.compile(pattern, re.DOTALL)
    return lambda reply: compiled.sub(replacement, reply)


MESSAGE = re.compile(
    rb"[*>][34]\r\n\$\d+\r\n[ps]?message\r\n(?:\$(\d+)\r\n[^\r]*\r\n){2,3}"
)


def messages_last(reply: bytes) -> bytes:
    """Put the messages in an answer behind the rest of it, in their order."""
    found = [each.group() for each in MESSAGE.finditer(reply)]
    return MESSAGE.sub(b"", reply) + b"".join(found)


DIFFERENCES = (
    Difference(
        "a reply comes before the messages that its own command sends (from 7.2 on)",
        "HELLO 3; SUBSCRIBE a; PUBLISH a m",
        messages_last,
    ),
    Difference(
        "HELLO tells another name and version, and modules that are built in",
        "HELLO",
        hidden(
            rb"\$6\r\nserver\r\n.*?(\$5\r\nproto\r\n.*?\$7\r\nmodules\r\n)"
            rb"\*\d+\r\n(?:[*%]\d+\r\n\$4\r\nname\r\n.*?args\r\n\*0\r\n)*",
            rb"server \1",
        ),
    ),
    Difference(
        "CLIENT INFO and LIST have more fields",
        "CLIENT INFO",
        hidden(
            rb" (watch|lib-name|lib-ver|io-thread|capa|tot-net-in|tot-net-out"
            rb"|tot-cmds|read-events|avg-pipeline-len-\w+)=[^ \n]*"
        ),
    ),
    Difference(
        "COMMAND GETKEYS looks at a command before it counts its words",
        "COMMAND GETKEYS multi",
        unasked="(?i)command getkeys",
    ),
    Difference(
        "CLIENT NO-TOUCH is new (7.2)",
        "CLIENT NO-TOUCH on",
        unasked="(?i)client no-touch",
    ),
    Difference(
        "a HELLO that fails sets no name",
        "HELLO 3 SETNAME x FOO; CLIENT GETNAME",
        unasked=r"(?i)hello .* setname",
    ),
    Difference(
        "a client's name may start with a zero byte, and then is none",
        r"CLIENT SETNAME \x00",
        unasked=r"(?i)setname \\x00",
    ),
    Difference(
        "RESET forgets CLIENT NO-EVICT",
        "CLIENT NO-EVICT on; RESET; CLIENT INFO",
        unasked=r"(?is)no-evict.*reset",
    ),
    Difference(
        "AUTH that fails in a transaction is not answered",
        "MULTI; AUTH x y; EXEC",
        unasked=r"(?is)multi.*auth",
        servers=(REDIS,),
    ),
    Difference(
        "what is no client's number is a syntax error",
        "CLIENT KILL ID x",
        unasked="(?i)client (list|kill) (.* )?id [^1-9]",
        servers=(VALKEY,),
    ),
    Difference(
        "a key whose end is past is not set, or told of as expired, not deleted",
        "CONFIG SET notify-keyspace-events KEA; PSUBSCRIBE *; B> SET b 1 EXAT 1"
        "; CONFIG SET notify-keyspace-events ''",
        unasked=r"(?is)notify-keyspace-events.*(XAT 1\b|EXPIRE \w -1)",
        servers=(VALKEY,),
    ),
    Difference(
        "MULTI or WATCH in a transaction has another error, and ends it",
        "MULTI; MULTI; EXEC",
        unasked=r"(?is)multi(?:(?!exec|discard|reset).)*(multi|watch)",
        servers=(VALKEY,),
    ),
    Difference(
        "CLIENT REPLY is refused in a transaction",
        "MULTI; CLIENT REPLY ON",
        unasked=r"(?is)multi.*client reply",
        servers=(VALKEY,),
    ),
    Difference(
        "after a transaction, CLIENT INFO says multi=0, no more -1",
        "MULTI; EXEC; CLIENT INFO",
        hidden(rb" multi=(-1|0)\b", b" multi=none"),
        servers=(VALKEY,),
    ),
)
