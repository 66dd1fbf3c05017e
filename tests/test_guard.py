"""No test reaches another machine, nor does a program that a test starts."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import subprocess
import sys

import pytest

from slides.paths import ROOT

FAR = "192.0.2.1"  # nobody's: RFC 5737 keeps it for documents
REFUSED = f"AssertionError: a test tried to reach {FAR}"

CONNECT = f"import socket; socket.create_connection(({FAR!r}, 9), 5)"
AWAIT = f"import asyncio; asyncio.run(asyncio.open_connection({FAR!r}, 9))"
SEND = (
    "import socket; s = socket.socket(type=socket.SOCK_DGRAM);"
    f" s.sendto(b'tulip', ({FAR!r}, 9))"
)
GRANDCHILD = (
    f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CONNECT!r}])"
)
NEAR = (
    "import socket\nwith socket.create_server(('127.0.0.1', 0)) as server:\n"
    "    socket.create_connection(server.getsockname(), 5).close()"
)


@pytest.mark.parametrize(
    "code", [CONNECT, AWAIT, SEND, GRANDCHILD], ids=["tcp", "asyncio", "udp", "child"]
)
@pytest.mark.parametrize(
    "environment",
    [
        None,
        {**os.environ, "PYTHONPATH": str(ROOT)},
        {},
    ],
    ids=["ours", "a path of its own", "empty"],
)
def test_a_child_is_refused_another_machine(
    code: str, environment: dict[str, str] | None
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.stderr.splitlines()[-1] == REFUSED


def test_a_child_reaches_this_machine() -> None:
    assert subprocess.run([sys.executable, "-c", NEAR]).returncode == 0


async def child(code: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    return errors.decode()


def test_so_is_asyncios_child() -> None:
    assert asyncio.run(child(CONNECT)).splitlines()[-1] == REFUSED


def connect(address: tuple[str, int]) -> str:
    with socket.socket() as far:
        far.settimeout(5)
        try:
            far.connect(address)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return "reached"


def test_so_is_a_process_of_multiprocessing() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(connect, ((FAR, 9),)) == REFUSED


def test_so_is_the_process_of_the_tests() -> None:
    assert connect((FAR, 9)) == REFUSED
