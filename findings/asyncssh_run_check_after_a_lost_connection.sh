#!/usr/bin/env bash
# asyncssh 2.24.1: `run(…, check=True)` returns normally when the connection is lost.
#
# An exception in one of a server's coroutines closes the whole connection. Every
# `run(command, check=True)` that waits on it then returns, with exit_status None and
# no exception, though `check` promises one for whatever did not succeed. Who reads
# only stdout takes a command that was cut off for one that printed nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check asyncssh==2.24.1
cat > "$folder/lost.py" <<'PYTHON'
import asyncio

import asyncssh


async def answer(process: asyncssh.SSHServerProcess[str]) -> None:
    if process.command == "fail":
        raise ValueError("a bug in one coroutine")
    await asyncio.sleep(5)
    process.exit(0)


async def main() -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    host = asyncssh.generate_private_key("ssh-ed25519")
    public = key.export_public_key().decode()
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[host],
        authorized_client_keys=asyncssh.import_authorized_keys(public),
        process_factory=answer,
        gss_host=None,
    )
    connection = await asyncssh.connect(
        "127.0.0.1",
        server.get_port(),
        username="florist",
        client_keys=[key],
        known_hosts=b"* " + host.export_public_key(),
        config=None,
        agent_path=None,
        gss_host=None,
    )
    slow = asyncio.create_task(connection.run("water", check=True))
    await asyncio.sleep(0.5)
    await asyncio.gather(connection.run("fail"), return_exceptions=True)
    done = await asyncio.wait_for(slow, 4)
    print("exit_status", done.exit_status, "stdout", repr(done.stdout))
    server.close()


asyncio.run(main())
PYTHON
said=$("$folder/venv/bin/python" "$folder/lost.py" 2> "$folder/errors")
echo "asyncssh 2.24.1: $said"
[ "$said" = "exit_status None stdout ''" ]
