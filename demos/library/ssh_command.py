# /// script
# requires-python = ">=3.11"
# dependencies = ["asyncssh>=2.16"]
# ///
"""An SSH server needs no shell: a coroutine answers each command.

    $ python ssh_command.py
    water: tulips drink (0)
    prune: no prune here (127)

Keys are made when it starts, and deleted when it ends. With a port, it
prints the `ssh` to type in a second terminal:

    python -m demos library.ssh_command --listen 2222
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncssh
from asyncssh import SSHServerProcess


async def answer_command(process: SSHServerProcess[str]) -> None:
    """Answer one command: a coroutine runs, no program."""
    await asyncio.sleep(0.1)  # others advance
    match process.command:
        case "water":
            process.stdout.write("tulips drink\n")
            process.exit(0)
        case name:  # None asks for a shell
            process.stderr.write(f"no {name or 'shell'} here\n")
            process.exit(127)


async def give_commands(port: int, keys: Path) -> None:
    """Run commands on one connection, a channel for each."""
    async with asyncssh.connect(
        "tulips", port, config=keys / "config"
    ) as client:
        for name in ("water", "prune"):
            done = await client.run(name, stderr=asyncssh.STDOUT)
            line = str(done.stdout).strip()
            print(f"{name}: {line} ({done.exit_status})")


def make_keys(keys: Path) -> None:
    """Make a key for each side, and what a client is told of them."""
    for side in ("client", "server"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        Path(keys, side).touch(0o600)  # else `ssh` refuses it
        key.write_private_key(keys / side)
        key.write_public_key(keys / f"{side}.pub")
    public = Path(keys, "server.pub").read_text()
    Path(keys, "known_hosts").write_text(f"tulips {public}")
    Path(keys, "config").write_text(f"""\
Host tulips
    HostName 127.0.0.1
    HostKeyAlias tulips
    UserKnownHostsFile "{keys}/known_hosts"
    IdentityFile "{keys}/client"
    IdentitiesOnly yes
    RequestTTY no
""")


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[tuple[int, Path]]:
    """Let one key in, for commands; give the port, and its folder."""
    with TemporaryDirectory() as folder:
        keys = Path(folder)
        make_keys(keys)
        server = await asyncssh.listen(
            "127.0.0.1",
            port,
            server_host_keys=[keys / "server"],
            authorized_client_keys=str(keys / "client.pub"),
            process_factory=answer_command,
            allow_pty=False,
            agent_forwarding=False,
            gss_host=None,  # else it looks up this machine's name
        )
        with closing(server):
            yield server.get_port(), keys


async def main(*, listen: int | None = None) -> None:
    """Serve and give commands; or only serve."""
    async with serve(listen or 0) as (port, keys):
        if listen is None:
            return await give_commands(port, keys)
        print(f"listening on 127.0.0.1:{port}")
        words = f"ssh -F {keys}/config -p {port} tulips water"
        print(words, flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    asyncio.run(main())
