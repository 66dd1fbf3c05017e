"""What COMMAND tells of each command: flags and categories, a table.

Clients look there for what they may repeat (`readonly`), and people for
what they may allow (`@dangerous`). Nothing here depends on it.

Source: https://redis.io/docs/latest/commands/command
"""

TABLE = {
    "fast @connection": "ping",
    "loading stale fast @connection": "echo select",
    "noscript loading stale fast no_auth allow_busy @connection": (
        "quit reset auth hello"
    ),
    "loading stale @connection": (
        "client|help command command|count command|list command|info"
        " command|docs command|getkeys command|help"
    ),
    "noscript loading stale @connection": (
        "client|id client|getname client|setname client|setinfo"
        " client|reply client|info"
    ),
    "admin noscript loading stale @connection": (
        "client|no-evict client|list client|kill"
    ),
    "pubsub noscript loading stale": (
        "subscribe unsubscribe psubscribe punsubscribe ssubscribe"
        " sunsubscribe"
    ),
    "pubsub loading stale fast": "publish spublish",
    "pubsub loading stale": (
        "pubsub|channels pubsub|shardchannels pubsub|numsub"
        " pubsub|shardnumsub pubsub|numpat"
    ),
    "loading stale": "pubsub|help config|help",
    "loading stale @dangerous": "info",
    "admin noscript loading stale": "config|get config|set",
    "noscript loading stale fast allow_busy @transaction": (
        "multi discard watch unwatch"
    ),
    "noscript loading stale skip_slowlog @transaction": "exec",
    "readonly fast @string": "get",
    "write denyoom @string": "set",
    "write denyoom fast @string": "incr incrby decr decrby",
    "write @keyspace": "del",
    "write fast @keyspace": "expire pexpire persist",
    "readonly fast @keyspace": "exists dbsize ttl pttl",
    "write @dangerous @keyspace": "flushdb flushall",
}
"""Names by their words: flags, and the categories that no flag implies;
`pubsub`, `client` and `config` alone have none."""

IMPLIED = {
    "write": {"@write"},
    "readonly": {"@read"},
    "admin": {"@admin", "@dangerous"},
    "pubsub": {"@pubsub"},
    "fast": {"@fast"},
}
"""Categories of each command that has a flag."""


WORDS = {
    name: set(words.split())
    for words, names in TABLE.items()
    for name in names.split()
}
"""The words of each command."""


def flags(name: str) -> set[str]:
    """Return the flags of a command."""
    words = WORDS.get(name, set())
    return {word for word in words if not word.startswith("@")}


def categories(name: str) -> set[str]:
    """Return the categories of a command."""
    found = WORDS.get(name, set()) - flags(name)
    for flag in flags(name):
        found |= IMPLIED.get(flag, set())
    return found if "@fast" in found else found | {"@slow"}
