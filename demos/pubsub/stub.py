r"""A server that clients take for Redis: publish and subscribe, here.

    $ python -m demos.pubsub.stub --port 6379 --trace
    listening on 127.0.0.1:6379
    1 > *2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n
    1 < *3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n

One loop, one protocol object a client, no lock. A message is built
once, waits with others for each subscriber, and leaves with them at
the loop's next turn, in one write. A subscriber that doesn't read is
bounded, then dropped, as Redis does.

Source: https://redis.io/docs/latest/develop/pubsub
"""

import argparse
import asyncio
import errno
import functools
import hmac
import ipaddress
import re
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from demos.pubsub import inspection  # noqa: F401 - adds commands
from demos.pubsub.commands import NOTHING, command, shown
from demos.pubsub.keys import Database
from demos.pubsub.patterns import compiled, matches
from demos.pubsub.resp import (
    Quick,
    ReplyError,
    Request,
    Value,
    strings,
)
from demos.pubsub.session import (
    CHANNELS,
    PATTERNS,
    SHARDS,
    Batch,
    Listeners,
    Session,
    Topics,
    Traced,
)

HARD = 32 << 20
"""Bytes that may wait for a subscriber: with more, it is dropped."""

SOFT, SOFT_SECONDS = 8 << 20, 60.0
"""Bytes that may wait for so many seconds, and no longer."""


MESSAGE = b"*3\r\n$7\r\nmessage\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n"
"""What a subscriber hears: a channel and a text, with their lengths."""


class Stub:
    """The server: what its sessions share.

    `hard` and `soft` are in bytes, 0 is no limit. `parser` is `own`, or
    `hiredis` (ImportError where that isn't installed); `trace` is given
    each chunk on the wire, as a line of text.
    """

    def __init__(
        self,
        *,
        password: str | None = None,
        hard: int = HARD,
        soft: int = SOFT,
        soft_seconds: float = SOFT_SECONDS,
        parser: str = "own",
        trace: Callable[[str], object] | None = None,
    ) -> None:
        self.password = password
        self.hard, self.soft = hard, soft
        self.soft_seconds = soft_seconds
        self.quick = quick_reader(parser)
        self.trace = trace
        self.topics: tuple[Topics, Topics, Topics] = ({}, {}, {})
        self.globs: dict[bytes, re.Pattern[bytes]] = {}
        self.databases: list[Database] = [{} for _ in range(16)]
        self.sessions: dict[int, Session] = {}
        self.unsent: list[Session] = []
        self.batch: Batch | None = None  # the one that can still grow
        self.accepted = 0
        self.started = time.monotonic()
        self.port = 0
        self.server: asyncio.Server | None = None

    def publish(self, channel: bytes, data: bytes) -> int:
        """Send to all who listen to a channel; return how many."""
        channels, patterns, _ = self.topics
        message = MESSAGE % (len(channel), channel, len(data), data)
        count = self.send(channels.get(channel), message)
        for pattern, listeners in patterns.items():
            if self.globs[pattern].fullmatch(channel):
                words = b"pmessage", pattern, channel, data
                count += self.send(listeners, strings(words))
        return count

    def send(self, listeners: Listeners | None, message: bytes) -> int:
        """Let a message wait for each listener, up to the next turn."""
        if listeners is None:
            return 0
        if self.batch is None or self.batch.listeners is not listeners:
            self.batch = Batch(listeners)
            for session in listeners:
                if not session.waiting:
                    self.later(session)
                session.waiting.append(self.batch)
        self.batch.messages.append(message)
        return len(listeners)

    def later(self, session: Session) -> None:
        """Send what waits for a session at the loop's next turn."""
        if not self.unsent:
            asyncio.get_running_loop().call_soon(self.flush)
        self.unsent.append(session)

    def flush(self) -> None:
        """Send all that waits, in one write a session."""
        self.batch = None
        unsent, self.unsent = self.unsent, []
        for session in unsent:
            session.flush()

    def part(self, session: Session, kind: int, name: bytes) -> None:
        """Take a session away; forget a name that has no listener."""
        self.batch = None
        listeners = self.topics[kind].get(name, {})
        listeners.pop(session, None)
        if not listeners:
            self.topics[kind].pop(name, None)
            if kind == PATTERNS:
                self.globs.pop(name, None)

    @property
    def bounds(self) -> tuple[int, int]:
        """The bytes where a subscriber is called choked, and freed."""
        least = min(self.soft or 2**62, self.hard or 2**62)
        return least, least

    def admits(self, password: bytes) -> bool:
        """Tell whether this is the password, if there is one."""
        if self.password is None:
            return True
        return hmac.compare_digest(password, self.password.encode())

    def settings(self) -> dict[bytes, bytes]:
        """Return what CONFIG GET can say."""
        limits = (
            f"pubsub {self.hard} {self.soft} {self.soft_seconds:.0f}"
        )
        return {
            b"appendonly": b"no",
            b"client-output-buffer-limit": limits.encode(),
            b"maxmemory": b"0",
            b"save": b"",
        }

    async def listen(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> int:
        """Start to listen; return the port.

        Raises OSError for a port that is busy, ValueError for a host
        that others can reach while there is no password.
        """
        if self.password is None and not is_loopback(host):
            raise ValueError(
                f"others can reach {host}: give --password"
            )
        kind = Session if self.trace is None else Traced
        self.server = await asyncio.get_running_loop().create_server(
            functools.partial(kind, self), host, port, backlog=511
        )
        self.port = self.server.sockets[0].getsockname()[1]
        return self.port

    async def close(self) -> None:
        """Stop listening, and hang up on every client."""
        if self.server is not None:
            self.server.close()
        for session in list(self.sessions.values()):
            session.drop()
        while self.sessions:  # noqa: ASYNC110 - lost at the next turn
            await asyncio.sleep(0)


def quick_reader(name: str) -> Quick | None:
    """Return what reads plain requests, if it isn't our own."""
    if name == "hiredis":
        from demos.pubsub.hiredis_parser import read

        return read
    return None


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a host."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


# The commands of publishers and subscribers


@command("subscribe", -2, listener=True)
def subscribe(session: Session, words: Request) -> Value:
    """Listen to channels."""
    return session.subscribe(CHANNELS, words)


@command("unsubscribe", -1, listener=True)
def unsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to channels, or to any."""
    return session.unsubscribe(CHANNELS, words)


@command("psubscribe", -2, listener=True)
def psubscribe(session: Session, words: Request) -> Value:
    """Listen to the channels that match patterns."""
    session.stub.globs |= {name: compiled(name) for name in words[1:]}
    return session.subscribe(PATTERNS, words)


@command("punsubscribe", -1, listener=True)
def punsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to patterns, or to any."""
    return session.unsubscribe(PATTERNS, words)


@command("ssubscribe", -2, listener=True)
def ssubscribe(session: Session, words: Request) -> Value:
    """Listen to channels of a shard: here, of the only one."""
    return session.subscribe(SHARDS, words)


@command("sunsubscribe", -1, listener=True)
def sunsubscribe(session: Session, words: Request) -> Value:
    """Listen no more to channels of a shard, or to any."""
    return session.unsubscribe(SHARDS, words)


@command("publish", 3)
def publish(session: Session, words: Request) -> Value:
    """Send to all who listen to a channel; return how many."""
    return session.stub.publish(words[1], words[2])


@command("spublish", 3)
def spublish(session: Session, words: Request) -> Value:
    """Send to all who listen to a channel of a shard."""
    listeners = session.stub.topics[SHARDS].get(words[1])
    message = strings([b"smessage", *words[1:]])
    return session.stub.send(listeners, message)


@command("pubsub", -2)
def pubsub(session: Session, words: Request) -> Value:
    """Ask who listens to what."""
    return NOTHING


@command("pubsub|channels", -2)
def pubsub_channels(session: Session, words: Request) -> Value:
    """Return the channels that have listeners, or those that match."""
    return names(session.stub.topics[CHANNELS], words)


@command("pubsub|shardchannels", -2)
def pubsub_shardchannels(session: Session, words: Request) -> Value:
    """Return the shard's channels that have listeners, or match."""
    return names(session.stub.topics[SHARDS], words)


@command("pubsub|numsub", -2)
def pubsub_numsub(session: Session, words: Request) -> Value:
    """Return how many listen to each of these channels."""
    return counts(session.stub.topics[CHANNELS], words)


@command("pubsub|shardnumsub", -2)
def pubsub_shardnumsub(session: Session, words: Request) -> Value:
    """Return how many listen to each of these channels of the shard."""
    return counts(session.stub.topics[SHARDS], words)


@command("pubsub|numpat", 2)
def pubsub_numpat(session: Session, words: Request) -> Value:
    """Return how many patterns have listeners."""
    return len(session.stub.topics[PATTERNS])


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
    found = ((name, len(topics.get(name, ()))) for name in words[2:])
    return [item for pair in found for item in pair]


# The program


@asynccontextmanager
async def serve(port: int = 0, **options: Any) -> AsyncIterator[int]:
    """Serve while the block lasts; give the port. Options: Stub's."""
    stub = Stub(**options)
    try:
        yield await stub.listen(port=port)
    finally:
        await stub.close()


async def main(
    *,
    host: str = "127.0.0.1",
    port: int = 6379,
    trace: bool = False,
    **options: Any,
) -> None:
    """Serve till Ctrl-C."""
    say = functools.partial(print, flush=True)
    stub = Stub(trace=say if trace else None, **options)
    say(f"listening on {host}:{await stub.listen(host, port)}")
    try:
        await asyncio.Event().wait()
    finally:
        await stub.close()


def arguments() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="where to listen; others than loopback need a password",
    )
    parser.add_argument(
        "--port", type=int, default=6379, help="0 is any (%(default)s)"
    )
    parser.add_argument("--password", help="what AUTH must say")
    parser.add_argument(
        "--loop", choices=["asyncio", "uvloop"], default="asyncio"
    )
    parser.add_argument(
        "--parser", choices=["own", "hiredis"], default="own"
    )
    parser.add_argument(
        "--trace",
        action="store_true",
        help="print the bytes on the wire",
    )
    limits = parser.add_argument_group(
        "a subscriber that doesn't read is dropped"
    )
    limits.add_argument(
        "--hard",
        type=int,
        default=HARD,
        metavar="BYTES",
        help="at once",
    )
    limits.add_argument(
        "--soft",
        type=int,
        default=SOFT,
        metavar="BYTES",
        help="after --soft-seconds",
    )
    limits.add_argument(
        "--soft-seconds",
        type=float,
        default=SOFT_SECONDS,
        metavar="S",
        help="how long --soft may last",
    )
    return parser


def new_loop(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes the event loop of that name."""
    if name == "uvloop":
        import uvloop

        return uvloop.new_event_loop
    return asyncio.new_event_loop


def allow_many() -> None:
    """Raise this process's limit on open sockets, if it has one."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    options = vars(arguments().parse_args())
    allow_many()
    try:
        factory = new_loop(options.pop("loop"))
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(main(**options))
    except KeyboardInterrupt:
        sys.exit(130)
    except ImportError as error:
        sys.exit(f"stub: needs {error.name}: pip install {error.name}")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            busy = f"port {options['port']} is taken"
            sys.exit(f"stub: {busy}: try another, or --port 0")
        sys.exit(f"stub: {error.strerror or error}")
    except (OverflowError, ValueError) as error:
        sys.exit(f"stub: {error}")
