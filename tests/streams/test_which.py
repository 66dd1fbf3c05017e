"""What `which` promises: a whole table, true echoes, and nothing left behind."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from demos.streams import which
from tests.served import LIMIT, connect, ended, has_ended, started, until

KINDS = ["streams", "protocol", "threads", *["uvloop"] * bool(find_spec("uvloop"))]

ROW = re.compile(r"(\w+) +(.+) k/s +(.+) ms +(.+) k/s +(.+) ms")


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def test_the_table_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    before, threads = children(), set(threading.enumerate())
    asyncio.run(which.main(seconds=0.02))
    head, *lines = capsys.readouterr().out.splitlines()
    rows = [found.groups() for found in map(ROW.fullmatch, lines) if found]
    assert [row[0] for row in rows] == KINDS
    assert len(lines) == len(KINDS)
    for _, *figures in rows:
        alone, late, crowd, crowd_late = map(float, figures)
        assert min(alone, crowd) > 0
        assert min(late, crowd_late) >= 0
    assert head.split() == ["1", "client", "100", "clients"]
    assert {len(line) for line in lines} == {len(head)}, (
        "a head ends where its column does"
    )
    assert children() == before
    assert set(threading.enumerate()) <= threads


@contextmanager
def serving(kind: str) -> Iterator[tuple[subprocess.Popen[bytes], list[socket.socket]]]:
    """Start a server, as `measure` does; give twenty connections to it."""
    with subprocess.Popen(
        [sys.executable, "-c", f"import which; which.run({kind!r})"],
        cwd=Path(which.__file__).parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline())
            with ExitStack() as stack:
                sockets = (connect(port) for _ in range(20))
                yield process, [stack.enter_context(each) for each in sockets]
        finally:
            process.kill()


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_echoes_truly_and_ends_with_its_input(kind: str) -> None:
    with serving(kind) as (process, peers):
        for turn, peer in enumerate(peers):
            peer.sendall(bytes([turn]) * 1024)
        for turn, peer in enumerate(peers):
            got = b""
            while len(got) < 1024 and (part := peer.recv(1024)):
                got += part
            assert got == bytes([turn]) * 1024
            peer.close()
        _, errors = process.communicate(timeout=LIMIT)
    assert (process.returncode, errors) == (0, b"")


def cost(kind: str) -> float:
    """Return the CPU seconds that a server spends on many echoes."""
    with serving(kind) as (process, peers):
        clock = psutil.Process(process.pid).cpu_times
        for peer in peers:
            peer.settimeout(None)  # else MSG_WAITALL would not wait
        before = clock()
        for _ in range(800):
            for peer in peers:
                peer.sendall(bytes(1024))
            for peer in peers:
                peer.recv(1024, socket.MSG_WAITALL)
        after = clock()
    return after.user + after.system - before.user - before.system


def test_a_protocol_costs_less_than_streams() -> None:
    """Of the processor; `make bench` compares all four."""
    spent = {"protocol": 0.0, "streams": 0.0}
    for _ in range(4):  # in turn: the machine may be busy for a while
        for kind in spent:
            spent[kind] += cost(kind)
    assert spent["protocol"] < spent["streams"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_server_outlives_it(how: signal.Signals) -> None:
    with started("streams.which") as process:
        assert process.stdout
        process.stdout.readline()
        until(lambda: bool(psutil.Process(process.pid).children()))
        (server,) = psutil.Process(process.pid).children()
        process.send_signal(how)
        done = ended(process)
    if how == signal.SIGINT:
        assert (done.code, done.errors) == (130, "")
    until(lambda: has_ended(server))


def test_its_loop_is_not_blocked() -> None:
    async def beside() -> int:
        task = asyncio.create_task(which.main(seconds=0.02))
        turns = 0
        while not task.done():
            await asyncio.sleep(0.001)
            turns += 1
        await task
        return turns

    assert asyncio.run(beside()) > 50
