# /// script
# requires-python = ">=3.11"
# dependencies = ["asyncssh>=2.16"]
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
than the known one, nobody listens at leiden, delft never answers. One
server plays all of them: the user's name says which.
"""

import asyncio
from asyncio import Semaphore
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

import asyncssh
from asyncssh import SSHKey, SSHServerProcess


@dataclass(frozen=True)
class Host:
    """A town: where it listens, and its line of known_hosts."""

    name: str
    port: int
    known: bytes


async def run_on(host: Host, key: SSHKey, command: str) -> str:
    """Run a command on a host: what it says, and its exit status."""
    async with asyncssh.connect(
        "127.0.0.1",
        host.port,
        username=host.name,
        client_keys=[key],
        known_hosts=host.known,
        config=None,  # not the user's own
    ) as client:
        done = await client.run(command)
        return f"{str(done.stdout).strip()} ({done.exit_status})"


async def count_on(
    host: Host, key: SSHKey, places: Semaphore, timeout: float
) -> str:
    """Count on a host, once there is a place."""
    async with places, asyncio.timeout(timeout):
        return await run_on(host, key, "count")


async def count_on_all(
    hosts: Sequence[Host], key: SSHKey, limit: int, timeout: float
) -> list[str | BaseException]:
    """Count on all hosts, a few at a time; an error is a result."""
    places = Semaphore(limit)
    counts = [count_on(host, key, places, timeout) for host in hosts]
    return await asyncio.gather(*counts, return_exceptions=True)


class Towns:
    """Answers as any town, and counts how many do at once."""

    def __init__(self) -> None:
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.busy = self.most = 0

    async def answer(self, process: SSHServerProcess[str]) -> None:
        self.busy += 1
        self.most = max(self.most, self.busy)
        town = process.get_extra_info("username")
        if town == "delft":
            await process.stdin.read()  # until the client has left
        elif town == "hoorn":
            process.stdout.write("no tulips\n")
            process.exit(3)
        else:
            await asyncio.sleep(0.1)  # others answer meanwhile
            process.stdout.write("12 tulips\n")
            process.exit(0)
        self.busy -= 1


@asynccontextmanager
async def serve(towns: Towns, guest: str) -> AsyncIterator[int]:
    """Serve as all towns, to who has a key."""
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[towns.key],
        authorized_client_keys=asyncssh.import_authorized_keys(guest),
        process_factory=towns.answer,
        gss_host=None,  # else it looks up this machine's name
    )
    with closing(server):
        yield server.get_port()


async def main(*, limit: int = 2, timeout: float = 2.0) -> None:
    """Ask six towns, of which four cannot."""
    towns = Towns()
    key = asyncssh.generate_private_key("ssh-ed25519")
    guest = key.export_public_key().decode()
    known = b"* " + towns.key.export_public_key()
    other = b"* " + key.export_public_key()
    async with serve(towns, guest) as port:
        hosts = [
            Host("delft", port, known),
            Host("amsterdam", port, known),
            Host("lisse", port, known),
            Host("haarlem", port, other),
            Host("leiden", 1, known),
            Host("hoorn", port, known),
        ]
        results = await count_on_all(hosts, key, limit, timeout)
    for host, result in zip(hosts, results, strict=True):
        if isinstance(result, BaseException):
            result = type(result).__name__
        print(f"{host.name}: {result}")
    done = [result for result in results if str(result).endswith("(0)")]
    busy = f"at most {towns.most} at once"
    print(f"{len(done)} of {len(hosts)} done, {busy}")


if __name__ == "__main__":
    asyncio.run(main())
