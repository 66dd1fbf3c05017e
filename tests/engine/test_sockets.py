"""The engine's sockets, against plain ones: partial sends, resets, crowds, files."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from demos.engine import hello_http, reverse
from demos.engine.engine import (
    AIOSocket,
    Cancelled,
    Deadlock,
    Future,
    Loop,
    Task,
    gather,
    sleep,
)
from tests.peers import need
from tests.pythons import ROOT

CROWD = 1000


def run(main: Coroutine[Any, Any, Any]) -> Any:
    return Loop().run(main)


def files() -> int:
    """Count the files that this process holds."""
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture(autouse=True)
def _all_files_are_closed() -> Iterator[None]:
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc to count files in")
    before = files()
    yield
    assert files() == before


@contextmanager
def pair() -> Iterator[tuple[AIOSocket, socket.socket]]:
    """Give a socket of the engine, and a plain one at its other end."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    theirs.settimeout(10)
    with AIOSocket(ours) as sock, theirs:
        yield sock, theirs


def reset(sock: socket.socket) -> None:
    """Hang up rudely."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@contextmanager
def in_thread(act: Callable[[], None]) -> Iterator[None]:
    """Have a plain peer in a thread."""
    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        thread.join(20)
    assert not thread.is_alive()


def test_partial_sends_lose_nothing() -> None:
    message = random.Random(1).randbytes(3_000_000)
    got = bytearray()
    parts: list[int] = []

    async def send() -> None:
        left = message
        while left:
            sent = await sock.send(left)
            parts.append(sent)
            left = left[sent:]
        sock.sock.shutdown(socket.SHUT_WR)

    def read() -> None:
        while part := peer.recv(9999):
            got.extend(part)

    with pair() as (sock, peer), in_thread(read):
        run(send())
    assert got == message
    assert len(parts) > 10
    assert max(parts) < len(message)


def test_one_reads_while_another_writes() -> None:
    """Both wait for the same socket; the peer sends all back."""
    message = random.Random(2).randbytes(500_000)

    async def read(sock: AIOSocket) -> bytes:
        parts = []
        while part := await sock.recv(5000):
            parts.append(part)
        return b"".join(parts)

    async def write(sock: AIOSocket) -> bytes:
        await reverse.send_all(sock, message)
        sock.sock.shutdown(socket.SHUT_WR)
        return b""

    async def main() -> bytes:
        with pair() as (sock, peer), in_thread(lambda: echo(peer)):
            got, _ = await gather(read(sock), write(sock))
        return got

    def echo(peer: socket.socket) -> None:
        while part := peer.recv(4096):
            peer.sendall(part)
        peer.shutdown(socket.SHUT_WR)

    assert run(main()) == message


def test_two_readers_of_one_socket_are_told() -> None:
    async def main() -> None:
        with pair() as (sock, peer):
            first = Task(sock.recv(9))
            await sleep(0)
            with pytest.raises(RuntimeError, match="another task waits for this"):
                await sock.recv(9)
            peer.sendall(b"tulip")
            assert await first == b"tulip"

    run(main())


def test_a_cancelled_read_leaves_the_socket_usable() -> None:
    async def main() -> None:
        with pair() as (sock, peer):
            for word in b"tulip", b"iris":
                task = Task(sock.recv(9))
                await sleep(0)
                task.cancel()
                with pytest.raises(Cancelled):
                    await task
                peer.sendall(word)
                assert await sock.recv(9) == word

    run(main())


def test_who_closes_wakes_who_waits() -> None:
    async def main() -> None:
        with pair() as (sock, _):
            task = Task(sock.recv(9))
            await sleep(0)
            sock.close()
            with pytest.raises(OSError, match="Bad file descriptor"):
                await task

    run(main())


def test_bytes_that_nobody_awaits_do_not_keep_the_loop_busy() -> None:
    turns = 0

    class Counting(Loop):
        def turn(self) -> None:
            nonlocal turns
            turns += 1
            super().turn()

    async def main() -> None:
        with pair() as (sock, peer):
            peer.sendall(b"tulip")
            assert await sock.recv(2) == b"tu"
            await sleep(0.05)
            assert await sock.recv(9) == b"lip"

    Counting().run(main())
    assert turns < 12


def test_an_idle_connection_hides_no_deadlock() -> None:
    async def main() -> None:
        with pair() as (sock, peer):
            peer.sendall(b"tulip")
            await sock.recv(9)
            await Task(stuck())

    async def stuck() -> None:
        await Future[None]()

    with pytest.raises(Deadlock):
        run(main())


def test_a_socket_goes_on_in_another_loop() -> None:
    """The loop that watched it has ended."""

    async def main(word: bytes) -> None:
        peer.sendall(word)
        assert await sock.recv(9) == word

    with pair() as (sock, peer):
        for word in b"tulip", b"iris":
            run(main(word))


def test_a_socket_needs_no_loop_to_be_closed() -> None:
    code = "from demos.engine.engine import AIOSocket as A\nwith A() as sock: pass"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_nobody_there() -> None:
    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
        refused = pytest.raises(ConnectionRefusedError, match="no connection to")
        with AIOSocket() as sock, refused:
            await sock.connect(address)

    run(main())


@contextmanager
def listening() -> Iterator[AIOSocket]:
    with AIOSocket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server


def test_resets_hurt_nobody_else() -> None:
    async def main() -> bytes:
        with listening() as server:
            Task(reverse.serve(server))
            for number in range(50):
                rude = socket.create_connection(server.sock.getsockname())
                if number % 2:
                    rude.sendall(b"tulip")
                    await sleep(0)
                reset(rude)
            with AIOSocket() as peer:
                await peer.connect(server.sock.getsockname())
                await peer.send(b"tulip")
                return await peer.recv(9)

    assert run(main()) == b"pilut"


def test_a_thousand_connections_at_once() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CROWD + 100
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip("not so many files")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    word = b"tulip"

    async def ask(address: Any, number: int, all_here: list[int]) -> bytes:
        with AIOSocket() as peer:
            await peer.connect(address)
            await peer.send(b"%d" % number + word)
            answer = await peer.recv(99)
            all_here.append(number)
            while len(all_here) < CROWD:
                await sleep(0.01)
            return answer

    async def main() -> list[bytes]:
        here: list[int] = []
        with listening() as server:
            Task(reverse.serve(server))
            address = server.sock.getsockname()
            return await gather(*[ask(address, n, here) for n in range(CROWD)])

    try:
        answers = run(main())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert answers == [(b"%d" % n + word)[::-1] for n in range(CROWD)]


# HTTP


@contextmanager
def server(lesson: str) -> Iterator[str]:
    """Start a lesson that listens; give its address."""
    command = [sys.executable, "-m", "demos", lesson, "--listen", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            assert process.stdout
            said = re.search(r"127\.0\.0\.1:\d+", process.stdout.readline())
            assert said
            yield said[0]
        finally:
            process.terminate()
    assert process.returncode == 130


def talk(address: str, sent: bytes) -> bytes:
    """Send bytes to a server; return all that it answers."""
    host, port = address.split(":")
    parts = []
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(sent)
        sock.shutdown(socket.SHUT_WR)
        while part := sock.recv(9999):
            parts.append(part)
    return b"".join(parts)


def test_wrk_talks_to_it() -> None:
    if not shutil.which("wrk"):
        pytest.skip("no wrk here")
    with server("engine.hello_http") as address:
        done = subprocess.run(
            ["wrk", "-t1", "-c50", "-d1s", f"http://{address}/"],
            check=True,
            capture_output=True,
            text=True,
        )
    answered = re.search(r"(\d+) requests in", done.stdout)
    assert answered
    assert int(answered[1]) > 100
    assert "Socket errors" not in done.stdout
    assert "Non-2xx" not in done.stdout


def test_curl_talks_to_it() -> None:
    need("curl", "curl")
    with server("engine.hello_http") as address:
        url = f"http://{address}/"
        once = subprocess.run(
            ["curl", "--noproxy", "*", "-sSi", "--max-time", "10", url, url],
            check=True,
            capture_output=True,
            text=True,
        )
        assert once.stderr == ""
        assert once.stdout.count("HTTP/1.1 200 OK") == 2
        assert once.stdout.endswith("\n\nHello, tulips!")


def test_requests_come_together_or_in_pieces() -> None:
    get = b"GET / HTTP/1.1\r\nHost: tulips\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nconnection: Close\r\n\r\n"
    with server("engine.hello_http") as address:
        assert talk(address, get * 3).count(b"Hello, tulips!") == 3
        assert talk(address, last + get).count(b"Hello, tulips!") == 1
        assert talk(address, get[:9]) == b""
        assert talk(address, b"tulip\r\n\r\n").startswith(b"HTTP/1.1 400 ")
        post = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\ntulip"
        assert talk(address, post).startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize(
    ("head", "status", "keeps"),
    [
        (b"GET / HTTP/1.1", "200 OK", True),
        (b"GET /tulips HTTP/1.1\r\nConnection: close", "200 OK", False),
        (b"GET / HTTP/1.0", "200 OK", False),
        (b"PUT / HTTP/1.1", "405 Method Not Allowed", False),
        (b"GET /", "400 Bad Request", False),
        (b"\xff\xfe", "400 Bad Request", False),
        (b"", "400 Bad Request", False),
    ],
)
def test_answers(head: bytes, status: str, keeps: bool) -> None:
    reply, more = hello_http.respond(head)
    assert reply.startswith(f"HTTP/1.1 {status}\r\n".encode())
    assert more is keeps
    assert (b"Connection: close" in reply) is not keeps
