# /// script
# requires-python = ">=3.11"
# dependencies = ["asyncssh>=2.16"]
# ///
"""In 2014 an SSH client was callbacks, and `yield from`.

    $ python ssh_2014.py
    water: tulips drink (0)
    prune: no prune here (127)

The commands of library/ssh_command.py. asyncssh still calls back; but
`asyncio.coroutine` has left in 3.11: its heir in `types` stands in.
"""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, closing
from types import coroutine
from typing import Any

import asyncssh


class Command(asyncssh.SSHClientSession[str]):
    """Keep what a command says, and its exit status."""

    def __init__(self) -> None:
        self.line, self.status = "", -1

    def data_received(self, data: str, datatype: int | None) -> None:
        """Take what has come, from stdout or stderr."""
        self.line += data

    def exit_status_received(self, status: int) -> None:
        """Take the exit status."""
        self.status = status


@coroutine
def run_commands(**options: Any) -> Generator[Any, Any, None]:
    """Run commands on one connection, a session for each."""
    connection, _ = yield from asyncssh.create_connection(
        asyncssh.SSHClient, "127.0.0.1", **options
    )
    for command in "water", "prune":
        channel, session = yield from connection.create_session(
            Command, command
        )
        yield from channel.wait_closed()
        print(f"{command}: {session.line.strip()} ({session.status})")
    connection.close()
    yield from connection.wait_closed()


def answer_session(process: asyncssh.SSHServerProcess[str]) -> None:
    """Answer one command, at once."""
    if process.command == "water":
        process.stdout.write("tulips drink\n")
        process.exit(0)
    else:
        process.stderr.write(f"no {process.command or 'shell'} here\n")
        process.exit(127)


@asynccontextmanager
async def serve(key: asyncssh.SSHKey) -> AsyncIterator[dict[str, Any]]:
    """Let one key in; give what a client connects with."""
    host = asyncssh.generate_private_key("ssh-ed25519")
    public = key.export_public_key().decode()
    allowed = asyncssh.import_authorized_keys(public)
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[host],
        authorized_client_keys=allowed,
        process_factory=answer_session,
        allow_pty=False,
        agent_forwarding=False,
        gss_host=None,
    )
    known = b"* " + host.export_public_key()
    with closing(server):
        yield {"port": server.get_port(), "known_hosts": known}


async def main() -> None:
    """Serve and run, for those who await."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    async with serve(key) as peer:
        await run_commands(
            username="florist",
            client_keys=[key],
            config=None,  # nothing from this machine's ~/.ssh
            agent_path=None,
            gss_host=None,
            **peer,
        )


if __name__ == "__main__":
    asyncio.run(main())
