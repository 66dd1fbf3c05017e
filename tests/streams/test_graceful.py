"""What graceful.py claims: on SIGTERM, drained or cut, and exit code 0."""

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

from demos.streams import graceful
from tests.peers import need
from tests.served import LIMIT, Outcome, connect, ended, started, until

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGTERM to send"
)


@contextmanager
def shop(*options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve in a process; give it, and its port."""
    with started("streams.graceful", "--listen", "0", *options) as process:
        yield process, int(said(process).rpartition(":")[2])


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().rstrip("\n")


def order(port: int, count: int) -> socket.socket:
    """Order tulips; return once the first is there."""
    sock = connect(port)
    sock.sendall(b"%d\n" % count)
    assert sock.recv(8) == b"tulip 1\n"
    return sock


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), LIMIT).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        pass  # it came as the server closed: again
    return False


def rest(sock: socket.socket) -> list[bytes]:
    with sock, sock.makefile("rb") as lines:
        return lines.read().splitlines()


def test_who_is_served_gets_the_whole_answer_and_nobody_else_is() -> None:
    with shop("--deadline", "20") as (process, port):
        quick = order(port, 5)
        process.send_signal(signal.SIGTERM)
        assert said(process) == "SIGTERM: we close"
        until(lambda: refuses(port))
        assert rest(quick) == [b"tulip %d" % number for number in range(2, 6)]
        done = ended(process)
    assert done == Outcome(0, "1 drained, 0 cut\n", "")


def test_who_takes_too_long_is_cut_at_the_deadline() -> None:
    with shop("--deadline", "0.5") as (process, port):
        quick, endless = order(port, 3), order(port, 10**9)
        files = psutil.Process(process.pid).num_fds
        before = files()
        idle = connect(port)
        until(lambda: files() > before)
        rest(order(port, 1))  # who came after it has been served
        process.send_signal(signal.SIGTERM)
        assert len(rest(quick)) == 2
        assert 0 < len(rest(endless)) < 1000
        assert rest(idle) == []
        done = ended(process)
    assert done == Outcome(0, "SIGTERM: we close\n1 drained, 2 cut\n", "")


def test_netcat_is_drained() -> None:
    nc = need(shutil.which("nc"), "nc (apt install netcat-openbsd)")
    with (
        shop("--deadline", "20") as (process, port),
        subprocess.Popen(
            [nc, "127.0.0.1", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as client,
    ):
        assert client.stdin
        assert client.stdout
        client.stdin.write("4\n")
        client.stdin.flush()
        assert client.stdout.readline() == "tulip 1\n"
        process.send_signal(signal.SIGTERM)
        for number in 2, 3, 4:
            assert client.stdout.readline() == f"tulip {number}\n"
        assert process.wait(LIMIT) == 0
        client.stdin.close()


def test_with_nobody_to_serve_it_leaves_at_once() -> None:
    with shop("--deadline", "60") as (process, _):
        process.send_signal(signal.SIGTERM)
        assert ended(process) == Outcome(0, "SIGTERM: we close\n", "")


def test_ctrl_c_drains_too_and_a_second_one_does_not_wait() -> None:
    with shop("--deadline", "60") as (process, port):
        quick = order(port, 5)
        process.send_signal(signal.SIGINT)
        assert len(rest(quick)) == 4
        done = ended(process)
        assert done == Outcome(130, "1 drained, 0 cut\n", "")
    with shop("--deadline", "60") as (process, port):
        endless = order(port, 10**9)
        process.send_signal(signal.SIGINT)
        until(lambda: refuses(port))
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == 130
        rest(endless)


def test_an_error_inside_drains() -> None:
    async def session() -> bytes:
        with suppress(LookupError):
            async with graceful.serve() as port:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"4\n")
                await reader.readline()
                raise LookupError
        rest = await reader.read()
        writer.close()
        return rest

    assert asyncio.run(session()) == b"tulip 2\ntulip 3\ntulip 4\n"


def test_a_second_sigterm_changes_nothing() -> None:
    with shop("--deadline", "20") as (process, port):
        quick = order(port, 6)
        process.send_signal(signal.SIGTERM)
        said(process)
        process.send_signal(signal.SIGTERM)
        assert len(rest(quick)) == 5
        assert process.wait(LIMIT) == 0


def test_sigterm_is_heard_inside_only() -> None:
    async def session() -> list[bool]:
        with graceful.hearing_sigterm() as heard:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.wait_for(heard.wait(), LIMIT)
            inside = signal.getsignal(signal.SIGTERM)
        outside = signal.getsignal(signal.SIGTERM)
        return [each is signal.SIG_DFL for each in (inside, outside)]

    assert asyncio.run(session()) == [False, True]


def test_the_scene_and_sigterm_ends_us_again_after_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asyncio.run(graceful.main(deadline=0.5))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    lines = capsys.readouterr().out.splitlines()
    assert "1 drained, 1 cut" in lines
    assert lines.index("latecomer: refused") < lines.index("gardener has all: True")
    assert lines[-1] == "wholesaler has all: False"
