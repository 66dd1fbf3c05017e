"""Syllabus 9: the echoes serve one another, and do what they say."""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from demos.history import echo_2014
from demos.streams import echo_protocol, echo_streams
from slides import lessons
from slides.paths import DEMOS
from tests.peers import need
from tests.pubsub.servers import free_port
from tests.served import LIMIT, bad_peer, connect, ended, served, started, told, until

Lines = pytest.CaptureFixture[str]
ECHOES = ["streams.echo_streams", "streams.echo_protocol", "history.echo_2014"]
MODULES = [echo_streams, echo_protocol, echo_2014]
CLIENTS = [*ECHOES, "nc", "socat"]
WORDS = b"tulip\niris\n"
posix = pytest.mark.skipif(os.name == "nt", reason="no SIGINT, no nc on Windows")


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
        assert done.output == sample(client)


def sample(lesson: str) -> str:
    """Return what a lesson's docstring says that it prints; the tests compare."""
    source = (DEMOS / lesson.replace(".", "/")).with_suffix(".py")
    text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    block = text.split(".py\n", 1)[1].split("\n\n", 1)[0]
    return "".join(f"{line.strip()}\n" for line in block.splitlines())


@posix
@pytest.mark.parametrize("server", ECHOES)
def test_each_server_serves_each_client(server: str) -> None:
    with served(server) as one:
        for client in CLIENTS:
            ask(client, one.address)


@posix
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


@pytest.mark.parametrize("lesson", MODULES)
def test_a_half_closed_client_has_all_its_bytes_back(lesson: Any) -> None:
    data = bytes(range(256)) * 512  # what both ends' sockets can hold

    async def session() -> bytes:
        async with lesson.serve() as port:
            return await asyncio.to_thread(exchange, port, data)

    assert asyncio.run(session()) == data


@posix
@pytest.mark.parametrize("lesson", ECHOES)
@pytest.mark.parametrize("reads", [True, False])
def test_ctrl_c_ends_it_with_a_client_still_there(lesson: str, reads: bool) -> None:
    """From Python 3.12 on, `wait_closed` would wait for the client."""
    with (
        served(lesson, quiet=False) as server,
        connect(server.port, buffer=4096) as sock,
    ):
        sock.sendall(b"tulip")
        assert sock.recv(1)
        if not reads:
            sock.settimeout(0.3)
            with pytest.raises(TimeoutError):
                sock.sendall(b"t" * (64 << 20))
            sock.shutdown(socket.SHUT_WR)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(LIMIT) == 130


@posix
@pytest.mark.parametrize(
    "lesson", ["streams.echo_streams", "streams.echo_protocol", "streams.framing"]
)
def test_ctrl_c_ends_a_client_that_waits(lesson: str) -> None:
    with (
        bad_peer("silent") as address,
        started(lesson, "--connect", address) as client,
    ):
        us = psutil.Process(client.pid)
        until(lambda: any(each.raddr for each in us.net_connections()))
        client.send_signal(signal.SIGINT)
        done = ended(client)
    assert (done.code, done.errors) == (130, "")


# Then and now


def calls(function: Any) -> set[str]:
    """Return what a function calls of its reader and its writer."""
    names = {*dir(asyncio.StreamReader), *dir(asyncio.StreamWriter)}
    return names & set(function.__code__.co_names)


def test_since_2014_nothing_has_moved_but_the_spelling() -> None:
    """The slide of 2014 says so: reading, writing, `drain`, `close`."""
    now = {"read", "write", "drain", "close"}
    assert calls(echo_streams.echo_back) == now
    assert calls(echo_2014.echo_2014) == now


def test_2014_is_written_with_generators() -> None:
    for function in echo_2014.echo_2014, echo_2014.converse_2014:
        assert inspect.isgeneratorfunction(function)
        assert not inspect.iscoroutinefunction(function)
    assert not hasattr(asyncio, "coroutine")
    with pytest.raises(SyntaxError):
        compile("asyncio.async(echo())", "", "eval")


# echo_streams beside echo_protocol


def lines(address: str) -> int:
    return len([line for line in lessons.code(address).splitlines() if line])


def test_the_coroutine_is_no_longer_than_the_protocol_beside_it() -> None:
    coroutine = lines("streams/echo_streams.py:echo_back")
    assert coroutine <= lines("streams/echo_protocol.py:Echo")
    assert coroutine == 5  # the note says how many


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
    echo, wire = echo_protocol.PatientEcho(), Wire()
    echo.connection_made(wire)
    echo.data_received(b"tulip")
    echo.pause_writing()
    echo.resume_writing()
    assert wire.calls == ["write b'tulip'", "pause_reading", "resume_reading"]
    assert not echo.eof_received()  # so asyncio closes the transport


def test_the_loop_asks_to_pause_above_64_kilobytes() -> None:
    async def session() -> list[tuple[str, int]]:
        heard: list[tuple[str, int]] = []
        paused = asyncio.Event()

        class Watched(echo_protocol.PatientEcho):
            def pause_writing(self) -> None:
                heard.append(("pause", self.transport.get_write_buffer_size()))
                paused.set()
                super().pause_writing()

            def resume_writing(self) -> None:
                heard.append(("resume", self.transport.get_write_buffer_size()))
                super().resume_writing()

        loop = asyncio.get_running_loop()
        server = await loop.create_server(Watched, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        data = bytes(16 << 20)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        writer.write_eof()
        await paused.wait()
        size = 0
        while part := await reader.read(1 << 16):
            size += len(part)
        writer.close()
        server.close()
        assert size == len(data)
        return heard

    heard = asyncio.run(session())
    assert [name for name, _ in heard[:2]] == ["pause", "resume"]
    assert all(size > 65536 for name, size in heard if name == "pause")
    assert all(size <= 65536 for name, size in heard if name == "resume")


def test_the_calls_come_in_order(capsys: Lines) -> None:
    asyncio.run(echo_protocol.main())
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names[0] == "connection_made"
    assert set(names[1:-2]) == {"data_received"}
    assert names[-2:] == ["eof_received", "connection_lost"]


# A server that ends


def test_wait_closed_waits_for_every_client_since_3_12() -> None:
    async def session() -> bool:
        server = await asyncio.start_server(echo_streams.echo_back, "127.0.0.1", 0)
        where = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*where)
        server.close()
        closed = asyncio.create_task(server.wait_closed())
        await asyncio.wait([closed], timeout=0.2)
        waits = not closed.done()
        writer.write_eof()
        await reader.read()
        writer.close()
        await closed
        return waits

    assert asyncio.run(session()) == (sys.version_info >= (3, 12))


@pytest.mark.parametrize("module", [echo_streams, echo_protocol])
def test_it_serves_the_port_that_it_is_given_or_any_free_one(module: Any) -> None:
    async def session() -> None:
        port = free_port()
        async with module.serve(port) as given:
            assert given == port
        async with module.serve() as one, module.serve() as other:
            assert one != other

    asyncio.run(session())
