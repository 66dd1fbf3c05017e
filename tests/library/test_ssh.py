"""Syllabus 11.4: SSH, with OpenSSH's own clients as oracles."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO

import asyncssh
import psutil
import pytest

from demos.history import ssh_2014
from demos.library import ssh_command, ssh_hosts
from tests.peers import need
from tests.pubsub.servers import free_port
from tests.served import (
    LIMIT,
    Served,
    connect,
    ended,
    served,
    started,
    until,
)

Lines = pytest.CaptureFixture[str]
HAPPY = [
    "water: tulips drink (0)",
    "prune: no prune here (127)",
]


def openssh(name: str) -> str:
    return need(shutil.which(name), f"{name} (apt install openssh-client)")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Served, Path]]:
    """Our server in a terminal of its own, and the folder of its keys."""
    with served("library.ssh_command") as found:
        yield found, folder(found.line())


def folder(line: str) -> Path:
    match = re.fullmatch(r"ssh -F (.+)/config -p \d+ tulips water", line)
    assert match
    return Path(match[1])


def ssh(
    server: tuple[Served, Path], *words: str, options: tuple[str, ...] = ()
) -> tuple[int, str, str]:
    found, keys = server
    fixed = ("-F", str(keys / "config"), "-o", "BatchMode=yes", "-p", str(found.port))
    done = subprocess.run(
        [openssh("ssh"), *fixed, *options, "tulips", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        (("water",), (0, "tulips drink\n", "")),
        (("prune",), (127, "", "no prune here\n")),
        ((), (127, "", "no shell here\n")),
    ],
)
def test_openssh_runs_commands_only(
    server: tuple[Served, Path], words: tuple[str, ...], outcome: tuple[int, str, str]
) -> None:
    assert ssh(server, *words) == outcome


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("-tt",), "PTY allocation request failed"),
        (("-oExitOnForwardFailure=yes", "-R0:127.0.0.1:22"), "forwarding failed"),
        (("-oPreferredAuthentications=password",), r"denied \(publickey\)"),
        (
            ("-oPreferredAuthentications=keyboard-interactive",),
            r"denied \(publickey\)",
        ),
    ],
)
def test_openssh_is_refused_the_rest(
    server: tuple[Served, Path], options: tuple[str, ...], reason: str
) -> None:
    code, output, errors = ssh(server, "water", options=options)
    assert (code, output) == (255, "")
    assert re.search(reason, errors)


@pytest.mark.parametrize("kind", ["L", "D"])
def test_openssh_forwards_nothing(server: tuple[Served, Path], kind: str) -> None:
    """A connection through our server would reach a listener; none comes."""
    found, keys = server
    with socket.create_server(("127.0.0.1", 0)) as beyond, ThreadPoolExecutor() as pool:
        beyond.settimeout(0.1)
        near, far = free_port(), beyond.getsockname()[1]
        way = f"{near}:127.0.0.1:{far}" if kind == "L" else str(near)
        words = [openssh("ssh"), "-v", "-N", f"-F{keys}/config", f"-p{found.port}"]
        with subprocess.Popen(
            [*words, "-oExitOnForwardFailure=yes", f"-{kind}127.0.0.1:{way}", "tulips"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                errors = process.stderr
                assert errors
                end = pool.submit(wait_for, errors, "Entering interactive session")
                end.result(20)
                with connect(near) as sock:
                    if kind == "D":  # SOCKS5: no password; connect to far
                        sock.sendall(b"\5\1\0")
                        assert sock.recv(2) == b"\5\0"
                        asked = b"\5\1\0\1\x7f\0\0\1" + far.to_bytes(2, "big")
                        sock.sendall(asked)
                    pool.submit(
                        wait_for,
                        errors,
                        "open failed: connect failed: Connection refused",
                    ).result(20)
                with pytest.raises(TimeoutError):
                    beyond.accept()
            finally:
                process.kill()


def wait_for(lines: IO[str], text: str) -> None:
    assert any(text in line for line in lines), f"no {text!r}"


def test_no_display(
    server: tuple[Served, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", "127.0.0.1:9")
    options = ("-X", "-oXAuthLocation=/bin/true")
    code, output, errors = ssh(server, "water", options=options)
    assert (code, output) == (0, "tulips drink\n")
    assert "X11 forwarding request failed" in errors


def test_no_agent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """OpenSSH asks for it and takes no answer: the server must have no way to it."""
    path = str(tmp_path / "agent")
    ways: list[str | None] = []

    async def look(process: asyncssh.SSHServerProcess[str]) -> None:
        guest = process.channel.get_connection()
        assert isinstance(guest, asyncssh.SSHServerConnection)
        ways.append(guest.get_agent_path())
        process.exit(0)

    async def ask() -> subprocess.CompletedProcess[str]:
        async with ssh_command.serve() as (port, keys):
            words = [openssh("ssh"), f"-F{keys}/config", f"-p{port}", "-vvA"]
            words += [f"-oIdentityAgent={path}", "tulips", "water"]
            return await asyncio.to_thread(
                subprocess.run, words, capture_output=True, text=True, timeout=20
            )

    monkeypatch.setattr(ssh_command, "answer_command", look)
    words = [openssh("ssh-agent"), "-D", "-a", path]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as agent:
        try:
            until(Path(path).exists)
            done = asyncio.run(ask())
        finally:
            agent.kill()
    assert "request auth-agent-req@openssh.com" in done.stderr
    assert (done.returncode, ways) == (0, [None])


def test_nothing_of_the_user_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Lines
) -> None:
    home = tmp_path / ".ssh"
    home.mkdir()
    (home / "config").write_text("Host *\nHostName 127.0.0.2\nPort 1\n")
    (home / "known_hosts").write_text("nonsense\n")
    (home / "id_ed25519").write_text("nonsense\n")
    for name in "HOME", "USERPROFILE":
        monkeypatch.setenv(name, str(tmp_path))
    asyncio.run(ssh_command.main())
    assert capsys.readouterr().out.splitlines() == HAPPY
    asyncio.run(ssh_hosts.main(timeout=0.5))
    assert "2 of 6 done" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["close", "fail"])
def test_one_command_may_end_all_with_no_exception(
    how: str, monkeypatch: pytest.MonkeyPatch, capsys: Lines
) -> None:
    """What the notes warn of: a lost command has no exit status, and `run` is quiet."""

    async def leave(process: asyncssh.SSHServerProcess[str]) -> None:
        if how == "fail":
            raise LookupError
        process.channel.get_connection().close()

    async def ask() -> None:
        async with (
            ssh_command.serve() as (port, keys),
            asyncssh.connect("tulips", port, config=keys / "config") as client,
        ):
            lost = await client.run("water", check=True)
            assert lost.exit_status is None
            await client.wait_closed()

    monkeypatch.setattr(ssh_command, "answer_command", leave)
    asyncio.run(ask())


def test_sftp_is_refused(server: tuple[Served, Path]) -> None:
    found, keys = server
    words = [openssh("sftp"), "-F", str(keys / "config"), "-P", str(found.port)]
    done = subprocess.run(
        [*words, "tulips"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20
    )
    assert done.returncode == 255
    assert b"subsystem request failed" in done.stderr


def test_wrong_keys_are_refused(server: tuple[Served, Path], tmp_path: Path) -> None:
    _, keys = server
    other = asyncssh.generate_private_key("ssh-ed25519")
    config = (keys / "config").read_text().replace(f'"{keys}/', f'"{tmp_path}/')
    mine = (f"-F{tmp_path}/config",)
    (tmp_path / "config").write_text(config)
    (tmp_path / "client").touch(0o600)
    other.write_private_key(tmp_path / "client")
    shutil.copy(keys / "known_hosts", tmp_path / "known_hosts")
    assert "denied (publickey)" in ssh(server, "water", options=mine)[2]
    ours = partial(ssh_command.give_commands, server[0].port, tmp_path)
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(ours())

    (tmp_path / "known_hosts").write_bytes(b"tulips " + other.export_public_key())
    shutil.copy(keys / "client", tmp_path / "client")
    code, _, errors = ssh(server, "water", options=mine)
    assert code == 255
    assert "Host key verification failed" in errors
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        asyncio.run(ours())


def test_loopback_only_and_secret_key(server: tuple[Served, Path]) -> None:
    found, keys = server
    connections = psutil.Process(found.process.pid).net_connections("inet")
    listening = {each.laddr.ip for each in connections if each.status == "LISTEN"}
    assert listening == {"127.0.0.1"}
    assert (keys / "client").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ends_with_a_client_inside() -> None:
    with started("library.ssh_command", "--listen", "0") as process:
        assert process.stdout
        port = int(process.stdout.readline().rpartition(":")[2])
        keys = folder(process.stdout.readline().rstrip())

        async def stay() -> None:
            config = keys / "config"
            async with asyncssh.connect("tulips", port, config=config) as client:
                process.send_signal(signal.SIGINT)
                await client.wait_closed()

        asyncio.run(stay())
        assert ended(process).code == 130
    assert not keys.exists()


# Several hosts


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_never_more_than_the_limit(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = most = 0
    key = asyncssh.generate_private_key("ssh-ed25519")

    async def run_on(host: ssh_hosts.Host, key: asyncssh.SSHKey, command: str) -> str:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.01)
        busy -= 1
        return f"{host.name}: {command}"

    monkeypatch.setattr(ssh_hosts, "run_on", run_on)
    hosts = [ssh_hosts.Host(name, 1, b"") for name in "abcdef"]
    found = asyncio.run(ssh_hosts.count_on_all(hosts, key, limit, LIMIT))
    assert found == [f"{name}: count" for name in "abcdef"]
    assert most == limit


# 2014


def test_2014_does_the_same(capsys: Lines) -> None:
    asyncio.run(ssh_2014.main())
    then = capsys.readouterr().out
    asyncio.run(ssh_command.main())
    assert then == capsys.readouterr().out == "\n".join(HAPPY) + "\n"
