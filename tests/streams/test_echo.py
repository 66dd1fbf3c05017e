"""Syllabus 9: the echoes serve one another, and do what they say."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import psutil
import pytest

from demos.history import echo_2014
from demos.streams import (
    echo_protocol,
    echo_streams,
    pipe_ends,
    slow_reader,
    unix_socket,
)
from tests.peers import need
from tests.pubsub.servers import free_port
from tests.served import LIMIT, bad_peer, connect, ended, served, started, told, until

Lines = pytest.CaptureFixture[str]
ECHOES = ["streams.echo_streams", "streams.echo_protocol", "history.echo_2014"]
CLIENTS = [*ECHOES, "nc", "socat"]
WORDS = b"tulip\niris\n"
windows = pytest.mark.skipif(os.name == "nt", reason="no Unix sockets on Windows")


def nc() -> str:
    return need(shutil.which("nc"), "nc (apt install netcat-openbsd)")


def socat() -> str:
    return need(shutil.which("socat"), "socat (apt install socat)")


def heard(words: list[str], data: bytes = WORDS) -> bytes:
    """Run a client that we did not write; return what came back."""
    done = subprocess.run(words, input=data, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def listens(port: int) -> bool:
    """Tell whether a port is served, without connecting: nc serves but one."""
    found = psutil.net_connections("tcp4")
    return any(each.status == "LISTEN" and port in each.laddr for each in found)


@contextmanager
def foreign(server: str, folder: Path) -> Iterator[str]:
    """Serve an echo that we did not write; give its HOST:PORT."""
    port = free_port()
    if server == "socat":
        words = f"{socat()} TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr PIPE"
    else:
        os.mkfifo(loop := folder / "loop")
        words = f"cat {loop} | {nc()} -N -l 127.0.0.1 {port} > {loop}"
    with subprocess.Popen(words, shell=True, start_new_session=True) as process:
        try:
            until(lambda: listens(port))
            yield f"127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def ask(client: str, address: str) -> None:
    """Run a client against a server: it must have back what it sent."""
    host, _, port = address.rpartition(":")
    if client == "nc":
        assert heard([nc(), "-N", host, port]) == WORDS
    elif client == "socat":
        assert heard([socat(), "-t", "9", "-", f"TCP:{address}"]) == WORDS
    else:
        done = told(client, "--connect", address)
        assert (done.code, done.errors) == (0, "")
        assert done.output == told(client).output


@windows
@pytest.mark.parametrize("server", ECHOES)
def test_each_server_serves_each_client(server: str) -> None:
    with served(server) as one:
        for client in CLIENTS:
            ask(client, one.address)


@windows
@pytest.mark.parametrize(
    ("server", "client"),
    [
        *(("socat", each) for each in ECHOES),
        # Not echo_protocol, which half-closes first: a listening nc leaves then.
        ("nc", "streams.echo_streams"),
        ("nc", "history.echo_2014"),
    ],
)
def test_each_client_speaks_to_other_servers(
    server: str, client: str, tmp_path: Path
) -> None:
    with foreign(server, tmp_path) as address:
        ask(client, address)


# What any echo claims


def exchange(port: int, data: bytes) -> bytes:
    """Send, half-close, and read to the end."""
    with connect(port) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(1 << 16), b""))


@pytest.mark.parametrize("lesson", [echo_streams, echo_protocol, echo_2014])
def test_a_half_closed_client_has_all_its_bytes_back(lesson: Any) -> None:
    data = bytes(range(256)) * 512  # what both ends' sockets can hold

    async def session() -> bytes:
        async with lesson.serve() as port:
            return await asyncio.to_thread(exchange, port, data)

    assert asyncio.run(session()) == data


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("lesson", [*ECHOES, "streams.slow_reader"])
@pytest.mark.parametrize("reads", [True, False])
def test_ctrl_c_with_a_client_still_there(lesson: str, reads: bool) -> None:
    with served(lesson) as server, connect(server.port, buffer=4096) as sock:
        sock.sendall(b"tulip")
        assert sock.recv(1)
        if not reads and lesson in ECHOES:
            sock.settimeout(0.3)
            with pytest.raises(TimeoutError):
                sock.sendall(b"t" * (64 << 20))
            sock.shutdown(socket.SHUT_WR)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(LIMIT) == 130


@pytest.mark.parametrize("lesson", [*ECHOES, "streams.slow_reader"])
def test_ctrl_c_in_a_client_that_waits(lesson: str) -> None:
    with (
        bad_peer("silent") as address,
        started(lesson, "--connect", address) as client,
    ):
        us = psutil.Process(client.pid)
        until(lambda: any(each.raddr for each in us.net_connections()))
        client.send_signal(signal.SIGINT)
        done = ended(client)
    assert (done.code, done.errors) == (130, "")


# echo_streams, echo_2014


def test_words_of_ones_own() -> None:
    done = told("streams.echo_streams", "--words", "Leiden", "Haarlem")
    lines = ["Leiden", "Haarlem", "the end"]
    assert done.output == "".join(f"sent {each}, got {each}\n" for each in lines)


def test_a_wrong_echo_is_an_error() -> None:
    async def session() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b"TULIP\n")
        writer: Any = type("Writer", (), {"write": lambda *_: None})()
        with pytest.raises(ValueError, match="got b'TULIP"):
            await echo_streams.converse(reader, writer, ["tulip"])

    asyncio.run(session())


def test_2014_is_written_with_generators() -> None:
    for function in echo_2014.echo_2014, echo_2014.converse_2014:
        assert inspect.isgeneratorfunction(function)
        assert not inspect.iscoroutinefunction(function)
    assert not hasattr(asyncio, "coroutine")
    with pytest.raises(SyntaxError):
        compile("asyncio.async(echo())", "", "eval")


# echo_protocol


class Wire(asyncio.Transport):
    """Records what a protocol does with its transport."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def write(self, data: Any) -> None:
        self.calls.append(f"write {bytes(data)!r}")

    def pause_reading(self) -> None:
        self.calls.append("pause_reading")

    def resume_reading(self) -> None:
        self.calls.append("resume_reading")


def test_the_protocol_that_serves_minds_backpressure() -> None:
    guests = WeakSet[echo_protocol.Echo]()
    echo, wire = echo_protocol.PatientEcho(guests), Wire()
    echo.connection_made(wire)
    echo.data_received(b"tulip")
    echo.pause_writing()
    echo.resume_writing()
    assert wire.calls == ["write b'tulip'", "pause_reading", "resume_reading"]
    assert not echo.eof_received()  # so asyncio closes the transport
    assert set(guests) == {echo}


@pytest.mark.parametrize("lesson", [echo_streams, echo_protocol, echo_2014])
def test_a_server_hangs_up_on_its_own_clients_only(lesson: Any) -> None:
    async def session() -> tuple[bytes, bytes]:
        async with lesson.serve() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            async with lesson.serve() as other:
                lost, end = await asyncio.open_connection("127.0.0.1", other)
                end.write(b"iris")
                assert await lost.readexactly(4) == b"iris"
            writer.write(b"tulip")
            found = await lost.read(), await reader.readexactly(5)
            for each in writer, end:
                each.close()
                await each.wait_closed()
            return found

    assert asyncio.run(session()) == (b"", b"tulip")


def test_the_callbacks_come_in_order(capsys: Lines) -> None:
    asyncio.run(echo_protocol.main())
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names[0] == "connection_made"
    assert set(names[1:-2]) == {"data_received"}
    assert names[-2:] == ["eof_received", "connection_lost"]


# slow_reader


def test_32_megabytes_by_another_reader() -> None:
    with served("streams.slow_reader") as server:
        host, _, port = server.address.rpartition(":")
        text = heard([nc(), "-N", host, port], b"")
        assert text == b"a tulip\n" * (4 << 20)


def test_two_terminals_of_the_slow_reader() -> None:
    with served("streams.slow_reader") as server:
        done = told("streams.slow_reader", "--connect", server.address)
        assert (done.code, done.errors) == (0, "")
        assert done.output == "32 MB have come, in sips\n"
        said = [server.line() for _ in range(3)]
        again = told("streams.slow_reader", "--connect", server.address)
        assert again.code == 0
    assert said[:2] == ["pause_writing", "resume_writing"]
    assert said[2].endswith("never more than 128 kB waited")


def test_a_writer_that_never_pauses_keeps_all_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting: list[int] = []

    def rude(self: slow_reader.Torrent) -> None:
        waiting.append(0)

    pour = slow_reader.Torrent.pour

    def measured(self: slow_reader.Torrent) -> None:
        pour(self)
        waiting.append(self.transport.get_write_buffer_size())

    monkeypatch.setattr(slow_reader.Torrent, "pause_writing", rude)
    monkeypatch.setattr(slow_reader.Torrent, "pour", measured)
    asyncio.run(slow_reader.main())
    assert max(waiting) > 16 << 20


# unix_socket


UNIX = "streams.unix_socket"


@windows
def test_the_unix_server_serves_socat_and_nc(tmp_path: Path) -> None:
    path = tmp_path / "tulips"
    with served(UNIX, listen=str(path)) as server:
        assert server.first == f"listening on {path}"
        assert stat.S_ISSOCK(path.stat().st_mode)
        assert heard([nc(), "-N", "-U", str(path)]) == WORDS
        assert heard([socat(), "-t", "9", "-", f"UNIX:{path}"]) == WORDS
        done = told(UNIX, "--connect", str(path))
        assert (done.code, done.output) == (0, "sent tulip, got tulip\n")
        busy = told(UNIX, "--listen", str(path))
        assert (busy.code, busy.errors.count("\n")) == (1, 1)
        assert "exists already" in busy.errors
    assert not path.exists()


@windows
def test_the_unix_client_speaks_to_socat(tmp_path: Path) -> None:
    path = tmp_path / "tulips"
    with subprocess.Popen([socat(), f"UNIX-LISTEN:{path}", "PIPE"]) as server:
        until(path.exists)
        done = told(UNIX, "--connect", str(path))
        server.kill()
    assert (done.code, done.output) == (0, "sent tulip, got tulip\n")


@windows
def test_nobodys_file_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "bulbs"
    path.write_text("tulip")
    done = told(UNIX, "--listen", str(path))
    assert (done.code, done.errors.count("\n")) == (1, 1)
    assert path.read_text() == "tulip"


@windows
def test_an_absent_unix_server_is_one_line(tmp_path: Path) -> None:
    done = told(UNIX, "--connect", str(tmp_path / "nobody"))
    assert (done.code, done.errors.count("\n")) == (1, 1)
    assert done.errors.startswith("unix_socket: ")


@windows
def test_the_folder_is_the_owners_and_the_file_goes(capsys: Lines) -> None:
    asyncio.run(unix_socket.main())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("drwx------")
    assert lines[-1] == "the socket's file is gone"


@pytest.mark.parametrize("lesson", [unix_socket, pipe_ends])
def test_windows_is_told_in_one_line(
    lesson: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def session() -> str:
        monkeypatch.setattr(sys, "platform", "win32")
        try:
            await lesson.main()
        except SystemExit as error:
            return str(error.code)
        finally:
            monkeypatch.undo()
        return ""

    name = lesson.__name__.rpartition(".")[2]
    assert re.fullmatch(rf"{name}: .+Windows.*", asyncio.run(session()))


# pipe_ends


@windows
def test_the_reader_sees_the_end_when_the_writer_closes(capsys: Lines) -> None:
    before = set(os.listdir("/dev/fd"))
    asyncio.run(pipe_ends.main(pause=0))
    assert capsys.readouterr().out.splitlines()[-1] == "florist: the end"
    assert len(os.listdir("/dev/fd")) == len(before)
