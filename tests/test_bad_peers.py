"""Lessons that connect survive a bad server, and a bad address: a line, and exit 1."""

from __future__ import annotations

import random
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.served import BAD_PEERS, DATAGRAMS, PATHS, Outcome, bad_peer, lessons, told

QUICKLY = ("--timeout", "0.5")
"""How long each client waits for an answer."""

SHOWS = {"streams.framing", "streams.echo_protocol"}
"""Those whose lesson is to show whatever comes."""

ADDRESSES = ("nonsense", "127.0.0.1:99999")
"""No addresses, though they may look like one."""

DATAGRAM_PEERS = ("absent", "silent", "nonsense")


STREAMS = [each for each in lessons("--connect") if each not in DATAGRAMS | PATHS]
CLIENTS = [*STREAMS, *sorted(DATAGRAMS)]
PORTS = [each for each in lessons("--listen") if each not in PATHS]
IN_TIME = set(lessons("--timeout"))


def options(lesson: str) -> tuple[str, ...]:
    """Return what else a client is told, for its failure to be soon, and the right."""
    return QUICKLY if lesson in IN_TIME else ()


# Each try, by what it is: they run together, as they mostly wait.


def meet(lesson: str, kind: str) -> tuple[Outcome, str]:
    """Run a client against a bad server; give also where that was."""
    peer = datagram_peer if lesson in DATAGRAMS else bad_peer
    with peer(kind) as where:
        return told(lesson, "--connect", where, *options(lesson)), where


def ask_for(lesson: str, address: str) -> tuple[Outcome, str]:
    """Run a client with something that is no address."""
    return told(lesson, "--connect", address, *options(lesson)), address


def listen_beyond(lesson: str) -> tuple[Outcome, str]:
    """Have a server listen where no port is."""
    return told(lesson, "--listen", "99999"), "99999"


def listen_where_taken(lesson: str) -> tuple[Outcome, str]:
    """Have a server listen where another one does."""
    kind = socket.SOCK_DGRAM if lesson in DATAGRAMS else socket.SOCK_STREAM
    with socket.socket(type=kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = str(taken.getsockname()[1])
        return told(lesson, "--listen", port), port


@contextmanager
def datagram_peer(kind: str) -> Iterator[str]:
    """Be no peer at all, or a bad one, over UDP; give its HOST:PORT."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{sock.getsockname()[1]}"
        if kind == "absent":
            sock.close()
        if kind != "nonsense":
            yield where
            return
        over = threading.Event()
        thread = threading.Thread(target=_babble, args=(sock, over))
        thread.start()
        try:
            yield where
        finally:
            over.set()
            thread.join()


def _babble(sock: socket.socket, over: threading.Event) -> None:
    sock.settimeout(0.05)
    chance = random.Random(1)
    while not over.is_set():
        try:
            _, peer = sock.recvfrom(2048)
        except TimeoutError:
            continue
        for size in 0, 5, 2000:
            sock.sendto(chance.randbytes(size), peer)


Try = Callable[[], tuple[Outcome, str]]

BAD = {
    (lesson, kind): partial(meet, lesson, kind)
    for lesson in CLIENTS
    for kind in (DATAGRAM_PEERS if lesson in DATAGRAMS else BAD_PEERS)
}
WRONG = {
    **{
        (lesson, f"at {address}"): partial(ask_for, lesson, address)
        for lesson in CLIENTS
        for address in ADDRESSES
    },
    **{(each, "beyond"): partial(listen_beyond, each) for each in PORTS},
}
TAKEN = {(each, "taken"): partial(listen_where_taken, each) for each in PORTS}

Tries = dict[tuple[str, str], "Future[tuple[Outcome, str]]"]


@pytest.fixture(scope="module")
def tries(request: pytest.FixtureRequest) -> Iterator[Tries]:
    """Start all that the collected tests will ask for."""
    asked = {
        item.callspec.params["case"]
        for item in request.session.items
        if item.path == request.path
        and hasattr(item, "callspec")
        and "case" in item.callspec.params
    }
    with ThreadPoolExecutor(6) as pool:
        everything: dict[tuple[str, str], Try] = {**BAD, **WRONG, **TAKEN}
        yield {case: pool.submit(everything[case]) for case in asked}
        pool.shutdown(cancel_futures=True)


def the_line(outcome: Outcome) -> str:
    """Return the only line of its complaint."""
    assert "Traceback" not in outcome.errors
    assert outcome.errors.count("\n") == 1, outcome.errors
    return outcome.errors


cases = partial(pytest.mark.parametrize, "case", ids=" ".join)


def test_there_are_clients() -> None:
    assert {"streams.echo_streams", "streams.echo_protocol"} <= set(STREAMS)
    assert DATAGRAMS | set(STREAMS) <= IN_TIME | {"history.echo_2014"}


@cases(list(BAD))
def test_a_bad_server(case: tuple[str, str], tries: Tries) -> None:
    outcome, where = tries[case].result()
    name = case[0].partition(".")[2]
    line = the_line(outcome)
    assert outcome.code == 1
    assert line.startswith(f"{name}: ")
    assert where in line
    assert "[Errno" not in line
    if case[0] not in SHOWS:
        assert not re.search("got|hears|answered|bulb|tulips|✓", outcome.output)


@cases(list(WRONG))
def test_a_bad_address(case: tuple[str, str], tries: Tries) -> None:
    outcome, _ = tries[case].result()
    assert outcome.output == ""
    assert "Traceback" not in outcome.errors
    if outcome.code == 2:
        assert outcome.errors.startswith("usage: ")
    else:
        assert outcome.code == 1
        the_line(outcome)


@cases(list(TAKEN))
def test_a_taken_port(case: tuple[str, str], tries: Tries) -> None:
    outcome, port = tries[case].result()
    assert (outcome.code, outcome.output) == (1, "")
    assert port in the_line(outcome)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Unix sockets")
@pytest.mark.parametrize("kind", ["absent", "silent", "early"])
def test_a_bad_server_at_a_path(kind: str, tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server:
        if kind != "absent":
            server.bind(path)
            server.listen()
        client = threading.Thread(target=lambda: hang_up(server))
        if kind == "early":
            client.start()
        outcome = told("streams.unix_socket", "--connect", path, *QUICKLY)
        if kind == "early":
            client.join()
    assert (outcome.code, outcome.output) == (1, "")
    assert the_line(outcome).startswith("unix_socket: ")
    assert path in outcome.errors


def hang_up(server: socket.socket) -> None:
    server.accept()[0].close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Unix sockets")
def test_a_path_that_exists(tmp_path: Path) -> None:
    path = tmp_path / "tulips"
    path.write_text("a file, and not ours")
    outcome = told("streams.unix_socket", "--listen", str(path))
    assert (outcome.code, outcome.output) == (1, "")
    assert str(path) in the_line(outcome)
    assert path.read_text() == "a file, and not ours"
