"""The commands of transactions.

Source: https://redis.io/docs/latest/commands/multi
"""

import math

from demos.pubsub.commands import NO_REPLY, OK, Commands
from demos.pubsub.commands_keys import chosen
from demos.pubsub.resp import Raw, ReplyError, Request, Value
from demos.pubsub.session import Session
from demos.pubsub.transaction import Queue, Transaction

TABLE: Commands[Session] = Commands()


@TABLE.add("multi", 1)
def multi(session: Session, words: Request) -> Value:
    """Queue the commands that follow."""
    transaction = of(session)
    if transaction.queue is not None:
        raise ReplyError("ERR MULTI calls can not be nested")
    transaction.queue = []
    return OK


@TABLE.add("exec", 1)
def exec_(session: Session, words: Request) -> Value:
    """Run what is queued, if all of it is right, and no key changed."""
    transaction = of(session)
    if transaction.queue is None:
        raise ReplyError("ERR EXEC without MULTI")
    spoiled = transaction.is_spoiled()
    transaction.unwatch()
    try:
        if transaction.broken:
            raise ReplyError(
                "EXECABORT Transaction discarded because of previous"
                " errors."
            )
        if spoiled:
            return Raw(
                b"_\r\n" if session.protocol == 3 else b"*-1\r\n"
            )
        run_all(session, transaction.queue)
        return NO_REPLY
    finally:
        session.transaction = None


def run_all(session: Session, queue: Queue) -> None:
    """Run commands; reply a list, an item as soon as it is known.

    A command of SUBSCRIBE's kind writes its own replies, one a name: so
    does Redis, and the list then has more items than it announces.
    """
    skipped = session.muted  # by CLIENT REPLY, before EXEC
    if not skipped:
        session.reply(Raw(b"*%d\r\n" % len(queue)))
    for command, words in queue:
        try:
            value = command.run(session, words)
        except ReplyError as error:
            value = error
        silent = session.muted and (
            skipped or session.muted == math.inf
        )
        if value is not NO_REPLY and not silent:
            session.reply(value)


@TABLE.add("discard", 1)
def discard(session: Session, words: Request) -> Value:
    """Forget what is queued, and what is watched."""
    if of(session).queue is None:
        raise ReplyError("ERR DISCARD without MULTI")
    session.end_transaction()
    return OK


@TABLE.add("watch", -2, keys=-1)
def watch(session: Session, words: Request) -> Value:
    """Let EXEC run nothing if one of these keys changes before it."""
    transaction = of(session)
    if transaction.queue is not None:
        raise ReplyError("ERR WATCH inside MULTI is not allowed")
    for key in words[1:]:
        transaction.watch(chosen(session), key)
    return OK


@TABLE.add("unwatch", 1)
def unwatch(session: Session, words: Request) -> Value:
    """Let any key change again."""
    of(session).unwatch()
    return OK


def of(session: Session) -> Transaction:
    """Return a client's transaction, a new one if it has none."""
    if session.transaction is None:
        session.transaction = Transaction()
    return session.transaction
