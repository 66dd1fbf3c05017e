"""Syllabus 1: what the lessons of why claim."""

import asyncio
import http.client
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from socket import create_server, socket
from time import thread_time
from typing import Any

import pytest

from demos.why import waits
from tests.pythons import ROOT
from tests.served import without_reports

Peers = dict[str, Any]
Lines = pytest.CaptureFixture[str]
NAMES = ["database", "worker", "socket", "service"]


async def collect(peers: Peers, ways: Callable[[Peers], Awaitable[None]]) -> list[str]:
    """Ask real peers, and write down who is asked, and who has answered."""
    seen: list[str] = []

    async def noted(name: str, ask: Callable[[], Awaitable[str]]) -> str:
        seen.append(f"{name}?")
        answer = await ask()
        assert answer.endswith("tulip") or answer.endswith("tulip\n"), answer
        seen.append(f"{name}!")
        return answer

    await ways({name: partial(noted, name, ask) for name, ask in peers.items()})
    return seen


def with_peers(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[Peers], Coroutine[Any, Any, None]]
) -> None:
    """Let `main` start its peers, and do something else with them."""
    monkeypatch.setattr(waits, "compare", act)
    asyncio.run(waits.main(delay=0.05))


# 1.1, 1.2


def test_in_turn_nobody_is_asked_before_the_one_before_has_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def act(peers: Peers) -> None:
        seen = await collect(peers, waits.ask_in_turn)
        assert seen == [f"{name}{mark}" for name in NAMES for mark in "?!"]

    with_peers(monkeypatch, act)


def test_together_all_questions_are_out_before_the_first_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def act(peers: Peers) -> None:
        seen = await collect(peers, waits.ask_together)
        assert seen[:4] == [f"{name}?" for name in NAMES]
        assert sorted(seen[4:]) == sorted(f"{name}!" for name in NAMES)

    with_peers(monkeypatch, act)


def test_together_each_may_wait_for_the_last() -> None:
    barrier = threading.Barrier(4)

    async def ask() -> str:
        return str(await asyncio.to_thread(barrier.wait, 20))

    asyncio.run(waits.ask_together(dict.fromkeys(NAMES, ask)))


def test_it_waits_more_than_it_works(capsys: Lines) -> None:
    asyncio.run(waits.main())
    *each, in_turn, together = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in each] == NAMES
    assert [line.split()[2] for line in each] == ["s"] * 4
    slow, work = float(in_turn.split()[2]), float(in_turn.split()[6]) / 1e3
    fast = float(together.split()[1])
    rounded = 0.05
    assert sum(float(line.split()[1]) for line in each) < slow + rounded
    assert 0 <= work < slow / 2
    assert fast < slow


def test_work_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: Lines) -> None:
    async def compute() -> str:
        end = thread_time() + 0.1
        while thread_time() < end:
            pass
        return "tulip"

    async def rest() -> str:
        return await asyncio.sleep(0.1, "tulip")

    def work(ask: Callable[[], Coroutine[Any, Any, str]]) -> float:
        asyncio.run(waits.compare({"database": ask}))
        return float(capsys.readouterr().out.splitlines()[1].split()[6])

    assert work(compute) >= 100 > work(rest)


# The peers


def test_the_database_runs_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    threads: list[threading.Thread] = []
    connect = sqlite3.connect

    def watched(where: str) -> sqlite3.Connection:
        database = connect(where)
        database.set_trace_callback(said.append)
        return database

    def nap(seconds: float) -> None:
        threads.append(threading.current_thread())

    monkeypatch.setattr(sqlite3, "connect", watched)
    monkeypatch.setattr(waits, "sleep", nap)
    assert asyncio.run(asyncio.to_thread(waits.query, 7)) == "tulip"
    (query,) = said
    assert query.startswith("SELECT 'tulip', nap(7")
    (thread,) = threads
    assert thread is not threading.main_thread()


def test_the_worker_is_a_process_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[str]] = []
    sessions: list[int] = []
    communicate = subprocess.Popen.communicate

    def watched(self: subprocess.Popen[str], *args: Any, **kwargs: Any) -> Any:
        children.append(self)
        if os.name != "nt":
            sessions.append(os.getsid(self.pid))
        return communicate(self, *args, **kwargs)

    monkeypatch.setattr(subprocess.Popen, "communicate", watched)
    assert waits.employ(0.2) == "tulip\n"
    (child,) = children
    assert child.pid != os.getpid()
    assert child.returncode == 0
    assert sessions in ([], [child.pid]), "a terminal's Ctrl-C would reach it"


@pytest.fixture
def hired(monkeypatch: pytest.MonkeyPatch) -> list[socket]:
    """Note where the peers listen that `main` starts."""
    found: list[socket] = []
    hire = waits.hire

    def noted(seconds: float, say: bytes) -> socket:
        found.append(hire(seconds, say))
        return found[-1]

    monkeypatch.setattr(waits, "hire", noted)
    return found


def test_main_asks_four_different_peers(
    monkeypatch: pytest.MonkeyPatch, hired: list[socket]
) -> None:
    asked: list[str] = []
    for name in "query", "employ":
        monkeypatch.setattr(waits, name, noting(getattr(waits, name), asked))

    async def act(peers: Peers) -> None:
        assert list(peers) == NAMES
        answers = [await ask() for ask in peers.values()]
        assert answers[:3] == ["tulip", "tulip\n", "tulip\n"]
        assert answers[3] == "HTTP/1.0 200 OK\r\n\r\ntulip\n"

    with_peers(monkeypatch, act)
    assert asked == ["query", "employ"]
    assert len(set(hired)) == 2


def noting(act: Callable[[float], str], names: list[str]) -> Callable[[float], str]:
    def noted(seconds: float) -> str:
        names.append(act.__name__)
        return act(seconds)

    return noted


def test_the_service_speaks_http(
    monkeypatch: pytest.MonkeyPatch, hired: list[socket]
) -> None:
    def get() -> tuple[int, bytes]:
        port = hired[1].getsockname()[1]
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        client.request("GET", "/")
        with client.getresponse() as response:
            page = response.status, response.read()
        client.close()
        return page

    async def act(peers: Peers) -> None:
        assert await asyncio.to_thread(get) == (200, b"tulip\n")

    with_peers(monkeypatch, act)


def test_the_question_reaches_the_server() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []

        def listen() -> None:
            with server.accept()[0] as client:
                heard.append(client.recv(99))
                client.sendall(b"tulip\n")

        async def ask() -> str:
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.to_thread(listen))
                answer = group.create_task(waits.request(server, b"flower?\n"))
            return answer.result()

        assert asyncio.run(ask()) == "tulip\n"
    assert heard == [b"flower?\n"]


def test_a_peer_that_nobody_calls_ends() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.01)
        waits.reply(server, 0, b"tulip\n")


def test_a_server_that_hangs_up_is_no_answer() -> None:
    class Rude(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            transport.close()

    async def session() -> None:
        loop = asyncio.get_running_loop()
        listener = create_server(("127.0.0.1", 0))
        async with await loop.create_server(Rude, sock=listener):
            with pytest.raises((EOFError, ConnectionError)):
                await waits.request(listener, b"flower?\n")

    asyncio.run(session())


def test_nothing_is_left() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", LEFT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert without_reports(done.stderr) == ""
    assert done.stdout.splitlines()[-1] == "nothing"


LEFT = """
import asyncio, gc, os, threading
import psutil
from demos.why import waits

async def session():
    for _ in range(2):
        await waits.main(delay=0.02)
        assert asyncio.all_tasks() == {asyncio.current_task()}
    assert not psutil.Process().children()

before = psutil.Process().num_fds() if os.name != "nt" else 0
asyncio.run(session())
gc.collect()
assert threading.active_count() == 1, threading.enumerate()
assert os.name == "nt" or psutil.Process().num_fds() == before
print("nothing")
"""
