"""Syllabus 11.4, Telnet: beside nc and curl, with guests who vanish or flood."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.peers import need
from tests.served import (
    Served,
    connect,
    served,
)

DIALOGUE = b"Your name? Good day, tulip!\r\nYour name? Goodbye!\r\n"


@pytest.fixture(scope="module")
def door() -> Iterator[Served]:
    with served("library.telnet") as server:
        yield server


def heard(sock: socket.socket) -> bytes:
    """Return all that comes, to its end."""
    return b"".join(iter(lambda: sock.recv(1 << 16), b""))


def test_nc(door: Served) -> None:
    nc = need(shutil.which("nc"), "nc (apt install netcat-openbsd)")
    words = [nc, "127.0.0.1", str(door.port)]
    done = subprocess.run(
        words, input=b"tulip\nbye\n", capture_output=True, timeout=20, check=True
    )
    assert done.stdout == DIALOGUE


def test_curl_negotiates(door: Served) -> None:
    curl = need(shutil.which("curl"), "curl (apt install curl)")
    words = [curl, "-sS", "-m", "20", "-t", "TTYPE=vt100", f"telnet://{door.address}"]
    done = subprocess.run(
        words, input=b"tulip\nbye\n", capture_output=True, timeout=30, check=True
    )
    assert done.stdout == DIALOGUE


def test_what_it_cannot_do_is_refused_out_of_band(door: Served) -> None:
    with connect(door.port) as sock:
        sock.sendall(b"tu\xff\xfd\x23lip\r\nbye\r\n")  # DO X-DISPLAY-LOCATION
        said = heard(sock)
    assert b"\xff\xfc\x23" in said  # WONT
    assert said.replace(b"\xff\xfc\x23", b"") == DIALOGUE


def test_guests_do_not_wait_for_each_other(door: Served) -> None:
    with connect(door.port) as one, connect(door.port) as other:
        assert one.recv(11, socket.MSG_WAITALL) == b"Your name? "
        other.sendall(b"tulip\nbye\n")
        assert heard(other) == DIALOGUE
        one.sendall("œillet\r\nbye\r\n".encode())
        expected = "Good day, œillet!\r\nYour name? Goodbye!\r\n"
        assert heard(one).decode() == expected


def test_ctrl_c_with_guests_inside() -> None:
    """`served` sees that it leaves quietly."""
    with served("library.telnet") as server:
        guests = [connect(server.port) for _ in range(5)]
        for guest in guests[:-1]:
            assert guest.recv(11, socket.MSG_WAITALL) == b"Your name? "
    for guest in guests:
        with guest:
            pass
