"""What chat.py claims: all hear all, the slow and the rude stop nobody."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import pytest

from demos.streams.chat import Room, clean
from tests.peers import need
from tests.served import Served, connect, served


class Member:
    """A member of the room, by a plain socket."""

    def __init__(self, server: Served, name: str) -> None:
        self.sock = connect(server.port)
        self.heard: IO[bytes] = self.sock.makefile("rb")
        self.say(name)
        self.greeting = self.hear()

    def say(self, line: str | bytes) -> None:
        raw = line.encode() if isinstance(line, str) else line
        self.sock.sendall(raw + b"\n")

    def hear(self) -> str:
        return self.heard.readline().decode()

    def leave(self) -> None:
        self.heard.close()
        self.sock.close()


@contextmanager
def two() -> Iterator[tuple[Served, Member, Member]]:
    with served("streams.chat", quiet=False) as server:
        florist = Member(server, "florist")
        assert florist.greeting == "* welcome, florist: 1 here\n"
        gardener = Member(server, "gardener")
        assert gardener.greeting == "* welcome, gardener: 2 here\n"
        assert florist.hear() == "* gardener comes in\n"
        try:
            yield server, florist, gardener
        finally:
            florist.leave()
            gardener.leave()


def test_each_line_goes_to_the_others() -> None:
    with two() as (server, florist, gardener):
        third = Member(server, "shepherd")
        assert florist.hear() == gardener.hear() == "* shepherd comes in\n"
        florist.say("red or œillet?")
        assert gardener.hear() == third.hear() == "florist: red or œillet?\n"
        gardener.say("red")
        assert florist.hear() == third.hear() == "gardener: red\n"
        third.leave()
        assert florist.hear() == gardener.hear() == "* shepherd leaves\n"


@pytest.mark.parametrize("name", ["florist", "", "a: b", "* a", "\x1b[31m", "a b"])
def test_a_name_is_new_and_plain(name: str) -> None:
    with two() as (server, florist, gardener):
        with connect(server.port) as sock:
            sock.sendall(f"{name}\n".encode())
            assert sock.recv(99) == b"! choose another name\n"
        florist.say("still here")
        assert gardener.hear() == "florist: still here\n"


def test_who_says_an_endless_line_leaves() -> None:
    with two() as (_, florist, gardener):
        florist.say("x" * 5000)
        assert gardener.hear() == f"florist: {'x' * 5000}\n"
        florist.say("x" * 200_000)
        assert gardener.hear() == "* florist leaves\n"


def test_nothing_drives_the_terminal_of_another() -> None:
    with two() as (_, florist, gardener):
        florist.say(b"\x1b[2J\x07\xff\xc3 tulip\r\x9b31m\x00")
        heard = gardener.hear().rstrip("\n")
        assert "tulip" in heard
        assert heard.isprintable()


def test_clean() -> None:
    assert clean("œillet 🌷\r\n".encode()) == "œillet 🌷"
    assert clean("a\x1b\u202eb\u2028c".encode()) == "a  b c"
    assert clean(b"\xff") == "\ufffd"


class Heard:
    """What one member hears: a writer whose buffer is always empty."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.transport = self

    def write(self, data: bytes) -> None:
        self.lines.append(data)

    def get_write_buffer_size(self) -> int:
        return 0


def test_in_a_flood_each_has_a_turn() -> None:
    async def session() -> list[bytes]:
        room, heard = Room(), Heard()
        shepherd: Any = heard
        room["shepherd"] = room["florist"] = room["gardener"] = shepherd
        async with asyncio.TaskGroup() as group:
            for name in "florist", "gardener":
                reader = asyncio.StreamReader()
                reader.feed_data(b"tulips!\n" * 100)
                reader.feed_eof()
                group.create_task(room.listen_to(name, reader))
        return heard.lines

    speakers = [line.partition(b":")[0] for line in asyncio.run(session())[:100]]
    assert speakers.count(b"florist") == speakers.count(b"gardener") == 50


def test_who_never_reads_is_left_behind_and_stops_nobody() -> None:
    with two() as (server, florist, gardener):
        deaf = connect(server.port, buffer=4096)
        deaf.sendall(b"deaf\n")
        assert florist.hear() == gardener.hear() == "* deaf comes in\n"
        before = server.resident
        said, line = 0, "x" * 10_000
        heard = ""
        while not heard.startswith("* deaf leaves"):
            assert said < 2000, "deaf is still there"
            florist.say(line)
            heard = gardener.hear()
            said += 1
        assert server.resident - before < 16 << 20
        deaf.close()


def test_netcats_meet() -> None:
    nc = need(shutil.which("nc"), "nc (apt install netcat-openbsd)")
    with two() as (server, florist, _):
        talk = subprocess.run(
            [nc, "-N", "127.0.0.1", str(server.port)],
            input="shepherd\ngood day\n",
            capture_output=True,
            text=True,
            timeout=20,
        )
        assert talk.returncode == 0
        assert [florist.hear() for _ in range(3)] == [
            "* shepherd comes in\n",
            "shepherd: good day\n",
            "* shepherd leaves\n",
        ]


def test_a_reset_is_a_leave() -> None:
    with two() as (_, florist, gardener):
        florist.heard.close()
        florist.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0" * 2)
        florist.sock.close()
        assert gardener.hear() == "* florist leaves\n"
