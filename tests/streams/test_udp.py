"""What udp.py claims: losses are noticed and repaired, strangers ignored."""

import asyncio
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from demos.streams import udp
from tests.peers import need
from tests.served import LIMIT, served, told, until

Answer = Callable[[socket.socket, bytes, tuple[str, int]], None]
FLOWERS = ["1 tulip", "2 narcissus", "3 crocus"]


@contextmanager
def peer(answer: Answer) -> Iterator[str]:
    """Be a server that answers in its own way."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(LIMIT)
        over = threading.Event()

        def work() -> None:
            while not over.is_set():
                answer(sock, *sock.recvfrom(2048))

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield f"127.0.0.1:{sock.getsockname()[1]}"
        finally:
            over.set()
            with socket.socket(type=socket.SOCK_DGRAM) as last:
                last.sendto(b"over", sock.getsockname())
            thread.join(LIMIT)


def ask(where: str, *options: str) -> tuple[int, list[str], str]:
    done = told("streams.udp", "--connect", where, "--wait", "0.2", *options)
    return done.code, done.output.splitlines(), done.errors


ANSWERED = [f"{flower}: answered" for flower in FLOWERS]


def test_each_loss_is_said_and_repaired(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(udp.main(wait=0.1))
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.endswith("answered")] == ANSWERED
    said = [line.partition(": no answer")[0] for line in lines if "no answer" in line]
    assert said == ["3 crocus"]


def test_socat_is_answered_and_loses_every_third() -> None:
    socat = need(shutil.which("socat"), "socat (apt install socat)")
    with served("streams.udp") as server:
        # socat 1.8 ends with an empty datagram, which would count: `shut-none`.
        where = f"UDP:127.0.0.1:{server.port},shut-none"
        words = [socat, "-t", "0.3", "-", where]
        answers = [
            subprocess.run(words, input=b"tulip", capture_output=True, timeout=20)
            for _ in range(4)
        ]
    assert [each.stdout for each in answers] == [b"tulip", b"tulip", b"", b"tulip"]


def test_socat_serves_the_client() -> None:
    socat = need(shutil.which("socat"), "socat (apt install socat)")
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    listen = f"UDP-RECVFROM:{port},bind=127.0.0.1,fork"
    with subprocess.Popen([socat, listen, "PIPE"]) as process:
        try:
            bound = psutil.net_connections
            until(lambda: any(each.laddr[1:] == (port,) for each in bound("udp4")))
            assert ask(f"127.0.0.1:{port}") == (0, ANSWERED, "")
        finally:
            process.terminate()


def test_nonsense_late_and_foreign_answers_are_ignored() -> None:
    before = [b"0 rose"]

    def answer(sock: socket.socket, data: bytes, client: tuple[str, int]) -> None:
        with socket.socket(type=socket.SOCK_DGRAM) as foreigner:
            foreigner.sendto(data, client)  # the right answer, from elsewhere
        for each in b"\xff\x00nonsense", b"", before[-1]:
            sock.sendto(each, client)
        before.append(data)
        if before.count(data) > 1:
            sock.sendto(data, client)

    with peer(answer) as where:
        code, lines, errors = ask(where)
    assert (code, errors) == (0, "")
    expected = [
        line
        for flower in FLOWERS
        for line in (f"{flower}: no answer in 0.20 s", f"{flower}: answered")
    ]
    assert lines == expected


def test_a_silent_server_is_given_up_after_nine_times() -> None:
    with peer(lambda *_: None) as where:
        code, lines, errors = ask(where, "--wait", "0.05")
    assert (code, errors) == (1, f"udp: {where}: 1 tulip: never answered\n")
    assert lines == ["1 tulip: no answer in 0.05 s"] * 9


def test_an_absent_server_is_known_at_once() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{sock.getsockname()[1]}"
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(udp.ask_all(where, 20))
