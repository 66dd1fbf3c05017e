# /// script
# requires-python = ">=3.11"
# dependencies = ["asyncssh>=2.14"]
# ///
"""An SSH server needs no shell: a coroutine answers each command.

    $ python ssh_command.py
    water: tulips drink (0)
    fail: frozen tap (3)
    prune: no prune here (127)

`--listen 2222` prints the `ssh` to type in a second terminal.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from weakref import WeakSet

import asyncssh as ssh


async def answer_command(process: ssh.SSHServerProcess[str]) -> None:
    """Answer one command: a coroutine runs, no program."""
    known = {"water": (0, "tulips drink"), "fail": (3, "frozen tap")}
    name = process.command or "shell"
    code, line = known.get(name, (127, f"no {name} here"))
    await asyncio.sleep(0.1)  # others advance
    print(line, file=process.stderr if code else process.stdout)
    process.exit(code)


async def give_commands(where: str, keys: str) -> None:
    """Run commands on one connection, a channel for each."""
    host, _, port = where.rpartition(":")
    at = {"host": host, "port": int(port), "config": f"{keys}/config"}
    async with asyncio.timeout(5), ssh.connect(**at) as client:
        for name in "water", "fail", "prune":
            child = await client.create_process(name, stderr=ssh.STDOUT)
            line = await child.stdout.readline()  # and no more
            await child.wait_closed()
            if child.exit_status is None:
                raise ssh.ConnectionLost("it hung up")
            print(f"{name}: {line.strip():.40} ({child.exit_status})")


def make_keys(at: str) -> dict[str, object]:
    """Make two keys; write what a client needs, give its server's."""
    mine, host = map(ssh.generate_private_key, ["ssh-ed25519"] * 2)
    Path(at, "mine").touch(0o600)  # else `ssh` refuses it
    mine.write_private_key(f"{at}/mine")
    mine.write_public_key(own := f"{at}/mine.pub")
    Path(at, "known").write_bytes(b"tulips " + host.export_public_key())
    Path(at, "config").write_text(
        f'IdentityFile "{at}/mine"\nIdentitiesOnly yes\nRequestTTY no\n'
        f'UserKnownHostsFile "{at}/known"\nHostKeyAlias tulips\n'
        "Host tulips\nHostName 127.0.0.1\n"
    )
    return {"authorized_client_keys": own, "server_host_keys": [host]}


@asynccontextmanager
async def serve(port: int = 0) -> AsyncIterator[tuple[int, str]]:
    """Let one key in, for commands; give the port, and its folder."""
    seen = WeakSet[ssh.SSHServerConnection]()
    door = type("Door", (ssh.SSHServer,), {"connection_made": seen.add})
    does = {"server_factory": door, "process_factory": answer_command}
    no = dict.fromkeys(["allow_pty", "agent_forwarding", "gss_host"])
    with TemporaryDirectory() as keys:
        options = does | no | make_keys(keys)
        server = await ssh.listen("127.0.0.1", port, **options)
        try:
            yield server.get_port(), keys
        finally:
            server.close()
            for guest in seen:
                guest.abort()


async def main(
    *, listen: int | None = None, connect: str = "", keys: str = "DIR"
) -> None:
    """Serve and ask; or only serve, or only ask."""
    if connect:
        return await give_commands(connect, keys)
    async with serve(listen or 0) as (port, own):
        if listen is None:
            return await give_commands(f"127.0.0.1:{port}", own)
        print(f"listening on 127.0.0.1:{port}")
        print(f"ssh -F {own}/config -p {port} tulips water", flush=True)
        await asyncio.Event().wait()  # until Ctrl-C


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--listen", type=int, metavar="PORT")
    either.add_argument("--connect", default="", metavar="HOST:PORT")
    parser.add_argument("--keys", default="DIR")
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(2))
    try:
        asyncio.run(main(**vars(options := parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except (ssh.Error, OSError, OverflowError, ValueError) as error:
        said: dict[type, str] = {TimeoutError: "no answer"}
        said[FileNotFoundError] = "no keys"
        said[ConnectionResetError] = "Connection lost"
        why = getattr(error, "reason", "nobody, or a port is taken")
        where = options.connect or options.listen
        sys.exit(f"ssh_command: {where}: {said.get(type(error), why)}")
