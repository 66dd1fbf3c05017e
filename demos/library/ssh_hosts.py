# /// script
# requires-python = ">=3.11"
# dependencies = ["asyncssh>=2.14"]
# ///
"""A semaphore runs one command on many hosts, a few at a time.

    $ python ssh_hosts.py
    delft: TimeoutError
    amsterdam: 12 tulips (0)
    lisse: 12 tulips (0)
    haarlem: HostKeyNotVerifiable
    leiden: ConnectionRefusedError
    hoorn: no tulips (3)
    2 of 6 done, at most 2 at once

Each host fails alone and the others go on: haarlem shows another key
than the known one, nobody listens at leiden, delft never answers.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncssh as ssh


async def run_on(host: dict[str, Any], command: str) -> str:
    """Run a command on one host: its first line, its exit status."""
    async with ssh.connect("127.0.0.1", **host) as client:
        process = await client.create_process(command)
        line = await process.stdout.readline()  # suspends; no more
        await process.wait_closed()
        if process.exit_status is None:
            raise ssh.ConnectionLost("it hung up")
        return f"{line.strip():.40} ({process.exit_status})"


async def run_on_all(hosts: list[Any], limit: int, wait: float) -> Any:
    """Count on all hosts, a few at a time; an error is a result."""
    places = asyncio.Semaphore(limit)

    async def in_turn(host: dict[str, Any]) -> str:
        async with places, asyncio.timeout(wait):
            return await run_on(host, "count")

    turns = map(in_turn, hosts)
    return await asyncio.gather(*turns, return_exceptions=True)


def answers(town: str, busy: list[int]) -> dict[str, Any]:
    """Return how a town answers; `busy` counts those that do."""

    async def count(process: ssh.SSHServerProcess[str]) -> None:
        busy.append(busy[-1] + 1)
        await asyncio.sleep(0.05)
        if town == "delft":
            await process.stdin.read()  # until the client has left
        line = "no tulips" if town == "hoorn" else "12 tulips"
        process.stdout.write(f"{line}\n")
        busy.append(busy[-1] - 1)
        process.exit(3 if town == "hoorn" else 0)

    bans = {"allow_pty": False, "agent_forwarding": False}
    return {"process_factory": count, "gss_host": None} | bans


@asynccontextmanager
async def serve(
    key: ssh.SSHKey, options: dict[str, Any]
) -> AsyncIterator[dict[str, Any]]:
    """Serve as one town; give what a client connects with."""
    host = ssh.generate_private_key("ssh-ed25519")
    public = key.export_public_key().decode()
    who = {"authorized_client_keys": ssh.import_authorized_keys(public)}
    options |= {"server_host_keys": [host]} | who
    server = await ssh.listen("127.0.0.1", 0, **options)
    known = b"* " + host.export_public_key()
    mine = {"username": "florist", "client_keys": [key]}
    none = {"config": None, "agent_path": None, "gss_host": None}
    peer = {"port": server.get_port(), "known_hosts": known}
    yield mine | none | peer
    server.close()


async def main(*, limit: int = 2, timeout: float = 2) -> None:
    """Ask six towns, of which four cannot."""
    towns = "delft", "amsterdam", "lisse", "haarlem", "leiden", "hoorn"
    key, busy = ssh.generate_private_key("ssh-ed25519"), [0]
    async with AsyncExitStack() as stack:
        up = [serve(key, answers(town, busy)) for town in towns]
        hosts = [await stack.enter_async_context(town) for town in up]
        hosts[3]["known_hosts"] = b"* " + key.export_public_key()
        hosts[4]["port"] = 1  # nobody listens there
        found = await run_on_all(hosts, limit, timeout)
    for town, each in zip(towns, found, strict=True):
        what = each if isinstance(each, str) else type(each).__name__
        print(f"{town}: {what}")
    done = sum(str(each).endswith("(0)") for each in found)
    print(f"{done} of {len(towns)} done, at most {max(busy)} at once")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--limit", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=2)
    try:
        asyncio.run(main(**vars(parser.parse_args())))
    except KeyboardInterrupt:
        sys.exit(130)
    except ValueError as error:
        sys.exit(f"ssh_hosts: {error}")
