"""A client as CLIENT LIST and CLIENT INFO tell of it: a line of fields.

Redis counts what each of a client's buffers holds. Ours has one, that
of its transport: `omem`. The others are 0, as are those of its memory.

Source: https://redis.io/docs/latest/commands/client-list
"""

import time
from collections.abc import Iterable

from demos.pubsub.resp import Verbatim
from demos.pubsub.session import Session


def described(found: Iterable[Session]) -> Verbatim:
    """Describe connections, a line each."""
    return Verbatim("".join(map(line, found)))


def line(session: Session) -> str:
    """Describe a connection: 28 fields, in the order of Redis 7.0."""
    now = time.monotonic()
    transaction = session.transaction
    queue = transaction.queue if transaction else None
    channels, patterns, shards = map(len, session.names)
    name = (session.name or b"").decode()
    unread = session.unread
    return (
        f"id={session.id} addr={peer(session)} laddr={here(session)}"
        f" fd={descriptor(session)} name={name}"
        f" age={now - session.since:.0f} idle={now - session.heard:.0f}"
        f" flags={flags(session)} db={session.database}"
        f" sub={channels} psub={patterns} ssub={shards}"
        f" multi={-1 if queue is None else len(queue)}"
        f" qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0"
        f" obl=0 oll=0 omem={unread} tot-mem={unread} events=r"
        f" cmd={session.last.name if session.last else 'NULL'}"
        f" user=default redir=-1 resp={session.protocol}\n"
    )


def flags(session: Session) -> str:
    """Return a letter for each thing that is special about it."""
    letters = ""
    if session.listens:
        letters += "P"
    transaction = session.transaction
    if transaction and transaction.queue is not None:
        letters += "x"
    if transaction and transaction.spoiled:
        letters += "d"
    if session.kept:
        letters += "e"
    return letters or "N"


def descriptor(session: Session) -> int:
    """Return the number that the system has given to its socket."""
    number: int = session.transport.get_extra_info("socket").fileno()
    return number


def peer(session: Session) -> str:
    """Return the client's address."""
    return address(session.transport.get_extra_info("peername"))


def here(session: Session) -> str:
    """Return the server's address, as this client knows it."""
    return address(session.transport.get_extra_info("sockname"))


def address(name: tuple[str, int]) -> str:
    """Write where a socket is."""
    return f"{name[0]}:{name[1]}"
