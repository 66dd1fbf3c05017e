"""Commands about the server: what it can do, and how it is.

Sources: https://redis.io/docs/latest/commands/command
and https://redis.io/docs/latest/commands/info
"""

import mmap
import os
import platform
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from demos.pubsub.broker import Kind
from demos.pubsub.command_flags import categories, flags
from demos.pubsub.commands import VERSION, Command, Commands
from demos.pubsub.resp import (
    TEXT,
    ReplyError,
    Request,
    Simple,
    Value,
    Verbatim,
)
from demos.pubsub.session import Server, Session

TABLE: Commands[Session] = Commands()


@TABLE.add("command", -1)
def command(session: Session, words: Request) -> Value:
    """Describe all commands."""
    return [details(each) for each in session.server.commands]


@TABLE.add("command|count", 2)
def command_count(session: Session, words: Request) -> Value:
    """Return how many commands there are."""
    return len(session.server.commands)


@TABLE.add("command|list", -2)
def command_list(session: Session, words: Request) -> Value:
    """Return the names of all commands and of their parts."""
    if len(words) > 2:
        raise ReplyError("ERR syntax error")
    commands = session.server.commands.with_subcommands()
    return [each.name for each in commands]


@TABLE.add("command|info", -2)
def command_info(session: Session, words: Request) -> Value:
    """Describe some commands, or all."""
    if len(words) == 2:
        return command(session, words)
    commands = session.server.commands.with_subcommands()
    known = {each.name.encode(): details(each) for each in commands}
    return [known.get(name.lower()) for name in words[2:]]


@TABLE.add("command|getkeys", -4)
def command_getkeys(session: Session, words: Request) -> Value:
    """Return the keys among a command's words."""
    found = session.server.commands.named(words[2:])
    if found is None:
        raise ReplyError("ERR Invalid command specified")
    if not found.keys or "pubsub" in flags(found.name):
        raise ReplyError("ERR The command has no key arguments")
    if not found.takes(len(words) - 2):
        raise ReplyError(
            "ERR Invalid number of arguments specified for command"
        )
    return words[3:] if found.keys < 0 else words[3 : 3 + found.keys]


@TABLE.add("command|docs", -2)
def command_docs(session: Session, words: Request) -> Value:
    """Say what some commands do, or all."""
    found: Iterable[Command[Session]] = session.server.commands
    if len(words) > 2:
        names = {name.lower().decode(*TEXT) for name in words[2:]}
        commands = session.server.commands.with_subcommands()
        found = [each for each in commands if each.name in names]
    return {
        each.name: {"summary": each.summary, "group": "tulipes"}
        for each in found
    }


def details(found: Command[Session]) -> list[Value]:
    """Describe a command as COMMAND INFO does."""
    first_key = step = 1 if found.keys else 0
    parts = [details(part) for part in found.subcommands.values()]
    return [
        found.name,
        found.arity,
        set(map(Simple, flags(found.name))),
        first_key,
        found.keys,
        step,
        set(map(Simple, categories(found.name))),
        set(),
        set(),
        parts,
    ]


@TABLE.add("info", -1)
def info(session: Session, words: Request) -> Value:
    """Describe the server, in the sections that clients look at."""
    wanted = {word.lower().decode(*TEXT) for word in words[1:]}
    known = sections(session.server)
    if not wanted or wanted & {"all", "default", "everything"}:
        wanted = {title.lower() for title in known}
    texts = []
    for title, fields in known.items():
        if title.lower() in wanted:
            lines = [f"# {title}\r\n"]
            for name, value in fields.items():
                lines.append(f"{name}:{value}\r\n")
            texts.append("".join(lines))
    return Verbatim("\r\n".join(texts))


def sections(server: Server) -> dict[str, dict[str, object]]:
    """Collect what INFO says."""
    uptime = int(time.monotonic() - server.started)
    return {
        "Server": {
            "redis_version": VERSION,
            "redis_mode": "standalone",
            "os": f"{platform.system()} {platform.machine()}",
            "arch_bits": 64 if sys.maxsize > 2**32 else 32,
            "process_id": os.getpid(),
            "tcp_port": server.port,
            "uptime_in_seconds": uptime,
            "uptime_in_days": uptime // (24 * 3600),
            "executable": "demos.pubsub.stub, not redis-server",
        },
        "Clients": clients(server),
        "Memory": {"used_memory": resident_memory(), "maxmemory": 0},
        "Persistence": NO_PERSISTENCE,
        "Stats": stats(server),
        "Replication": {"role": "master", "connected_slaves": 0},
        "Cluster": {"cluster_enabled": 0},
        "Keyspace": keyspace(server),
    }


NO_PERSISTENCE: dict[str, object] = {
    "loading": 0,
    "async_loading": 0,
    "rdb_bgsave_in_progress": 0,
    "aof_enabled": 0,
    "aof_rewrite_in_progress": 0,
}
"""What INFO says of files: there are none."""


def clients(server: Server) -> dict[str, object]:
    """Collect what INFO says of clients."""
    listening = [each.listens for each in server.sessions.values()]
    return {
        "connected_clients": len(listening),
        "blocked_clients": 0,
        "pubsub_clients": listening.count(True),
    }


def stats(server: Server) -> dict[str, object]:
    """Collect what INFO counts."""
    topics = server.broker.topics
    return {
        "total_connections_received": server.accepted,
        "total_commands_processed": server.asked,
        "pubsub_channels": len(topics[Kind.CHANNELS]),
        "pubsub_patterns": len(topics[Kind.PATTERNS]),
        "pubsubshard_channels": len(topics[Kind.SHARDS]),
    }


def keyspace(server: Server) -> dict[str, object]:
    """Collect what INFO says of each database that isn't empty."""
    found: dict[str, object] = {}
    for index, database in enumerate(server.databases):
        left = database.left()
        mean = 1000 * sum(left) / max(1, len(left))
        if len(database):
            found[f"db{index}"] = (
                f"keys={len(database)},expires={len(left)}"
                f",avg_ttl={mean:.0f}"
            )
    return found


def resident_memory() -> int:
    """Return the bytes that this process has in memory; 0: unknown."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * mmap.PAGESIZE
