"""The commands of publishers and subscribers.

Source: https://redis.io/docs/latest/commands/?group=pubsub
"""

from demos.pubsub.broker import Kind, Topics
from demos.pubsub.commands import Commands, shown
from demos.pubsub.patterns import check_length, matches
from demos.pubsub.resp import ReplyError, Request, Value
from demos.pubsub.session import Session

TABLE: Commands[Session] = Commands()


@TABLE.add("subscribe", -2, for_listeners=True)
def subscribe(session: Session, words: Request) -> Value:
    """Listen to channels."""
    return session.subscribe(Kind.CHANNELS, words)


@TABLE.add("unsubscribe", -1, for_listeners=True)
def unsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to channels, or to any."""
    return session.unsubscribe(Kind.CHANNELS, words)


@TABLE.add("psubscribe", -2, for_listeners=True)
def psubscribe(session: Session, words: Request) -> Value:
    """Listen to the channels that match patterns."""
    for pattern in words[1:]:
        check_length(pattern)  # all of them, before any counts
    return session.subscribe(Kind.PATTERNS, words)


@TABLE.add("punsubscribe", -1, for_listeners=True)
def punsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to patterns, or to any."""
    return session.unsubscribe(Kind.PATTERNS, words)


@TABLE.add("ssubscribe", -2, keys=-1, for_listeners=True)
def ssubscribe(session: Session, words: Request) -> Value:
    """Listen to channels of a shard: here, of the only one."""
    if session.transaction and session.transaction.queue is not None:
        raise ReplyError(  # at EXEC; Redis has it so
            "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"
        )
    return session.subscribe(Kind.SHARDS, words)


@TABLE.add("sunsubscribe", -1, keys=-1, for_listeners=True)
def sunsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to channels of a shard, or to any."""
    return session.unsubscribe(Kind.SHARDS, words)


@TABLE.add("publish", 3)
def publish(session: Session, words: Request) -> Value:
    """Send to all who listen to a channel; return how many."""
    return session.server.broker.publish(words[1], words[2])


@TABLE.add("spublish", 3, keys=1)
def spublish(session: Session, words: Request) -> Value:
    """Send to all who listen to a channel of a shard."""
    return session.server.broker.publish_to_shard(words[1], words[2])


@TABLE.add("pubsub", -2)
def pubsub(session: Session, words: Request) -> Value:
    """Ask who listens to what."""
    raise NotImplementedError  # its subcommands are run


@TABLE.add("pubsub|channels", -2)
def pubsub_channels(session: Session, words: Request) -> Value:
    """Return the channels that have listeners, or those that match."""
    return names(session.server.broker.topics[Kind.CHANNELS], words)


@TABLE.add("pubsub|shardchannels", -2)
def pubsub_shardchannels(session: Session, words: Request) -> Value:
    """Return the shard's channels that have listeners, or match."""
    return names(session.server.broker.topics[Kind.SHARDS], words)


@TABLE.add("pubsub|numsub", -2)
def pubsub_numsub(session: Session, words: Request) -> Value:
    """Return how many listen to each of these channels."""
    return counts(session.server.broker.topics[Kind.CHANNELS], words)


@TABLE.add("pubsub|shardnumsub", -2)
def pubsub_shardnumsub(session: Session, words: Request) -> Value:
    """Return how many listen to each of these channels of the shard."""
    return counts(session.server.broker.topics[Kind.SHARDS], words)


@TABLE.add("pubsub|numpat", 2)
def pubsub_numpat(session: Session, words: Request) -> Value:
    """Return how many patterns have listeners."""
    return len(session.server.broker.topics[Kind.PATTERNS])


def names(topics: Topics, words: Request) -> list[bytes]:
    """Return the names that have listeners, or those that match."""
    if len(words) > 3:
        raise ReplyError(
            "ERR unknown subcommand or wrong number of arguments for"
            f" '{shown(words[1])}'. Try PUBSUB HELP."
        )
    if len(words) == 2:
        return list(topics)
    return [name for name in topics if matches(words[2], name)]


def counts(topics: Topics, words: Request) -> list[Value]:
    """Return each name and how many listen to it, in turn."""
    found: list[Value] = []
    for name in words[2:]:
        found += [name, len(topics.get(name, ()))]
    return found
