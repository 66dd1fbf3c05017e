r"""A server that clients take for Redis: publish and subscribe, here.

    $ python -m demos.pubsub.stub --port 6379 --trace
    listening on 127.0.0.1:6379
    1 > *2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n
    1 < *3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n

One loop, one protocol object a client, no lock. A message is built
once, waits with others for each subscriber, and leaves with them at
the loop's next turn, in one write. A subscriber that doesn't read is
bounded, then dropped, as Redis does.

Here is only its socket, and its command line; the rest is in the rooms
that `demos/pubsub/__init__.py` lists, in reading order.

Source: https://redis.io/docs/latest/develop/pubsub
"""

import argparse
import asyncio
import errno
import functools
import ipaddress
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from demos.pubsub import (
    commands_clients,
    commands_config,
    commands_connection,
    commands_expiry,
    commands_keys,
    commands_multi,
    commands_pubsub,
    commands_server,
)
from demos.pubsub.broker import GATHER
from demos.pubsub.commands import Commands
from demos.pubsub.session import (
    HARD,
    SOFT,
    SOFT_SECONDS,
    Server,
    Session,
)
from demos.pubsub.traced import Traced


def all_commands() -> Commands[Session]:
    """Return the commands that this server knows, of all tables."""
    commands: Commands[Session] = Commands()
    commands.include(commands_connection.TABLE)
    commands.include(commands_clients.TABLE)
    commands.include(commands_server.TABLE)
    commands.include(commands_config.TABLE)
    commands.include(commands_keys.TABLE)
    commands.include(commands_expiry.TABLE)
    commands.include(commands_multi.TABLE)
    commands.include(commands_pubsub.TABLE)
    return commands


@dataclass(eq=False, kw_only=True)
class Stub(Server):
    """The server: what its sessions share, and the socket they come by.

    Its options are those of Server, in keywords.
    """

    commands: Commands[Session] = field(default_factory=all_commands)
    listener: asyncio.Server | None = field(default=None, init=False)

    async def listen(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> int:
        """Start to listen; return the port, one for all addresses.

        Raises OSError for a port that is busy, ValueError for a host
        that others can reach while there is no password.
        """
        if self.password is None and not is_loopback(host):
            raise ValueError(
                f"others can reach {host}: give --password"
            )
        kind = Session if self.trace is None else Traced
        loop = asyncio.get_running_loop()
        listen = functools.partial(
            loop.create_server,
            functools.partial(kind, self),
            host,
            backlog=511,
        )
        self.listener = await listen(port=port)
        self.port = self.listener.sockets[0].getsockname()[1]
        if port == 0 and len(self.listener.sockets) > 1:
            # localhost may be two addresses: each has its own port.
            self.listener.close()
            self.listener = await listen(port=self.port)
        return self.port

    async def close(self) -> None:
        """Stop listening, and hang up on every client."""
        if self.listener is not None:
            self.listener.close()
        for session in list(self.sessions.values()):
            session.drop()
        while self.sessions:  # noqa: ASYNC110 - lost at the next turn
            await asyncio.sleep(0)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a host."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


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
    parser.add_argument(
        "--gather",
        type=float,
        default=GATHER,
        metavar="S",
        help="how long a message may wait for others, while many listen"
        " (%(default)s; 0: never)",
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
