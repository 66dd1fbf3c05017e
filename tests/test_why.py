"""Syllabus 1: what the lessons of why claim."""

import asyncio
import http.client
import multiprocessing
import os
import select
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from socket import create_server, socket
from time import sleep, thread_time
from typing import Any

import pytest

from demos.why import actors, bound, compute, crawl, one_loop, race, waits
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
from demos.why import actors, bound, compute, crawl, one_loop, race, waits

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


# 1.1, 1.8: what a faster processor would change


def test_a_wait_is_no_work() -> None:
    time_taken, work = bound.measure(partial(sleep, 0.2))
    assert work < time_taken / 2
    assert bound.verdict(time_taken, 0.001) == "I/O-bound"


def test_work_is_work() -> None:
    def compute() -> None:
        end = thread_time() + 0.05
        while thread_time() < end:
            pass

    time_taken, work = bound.measure(compute)
    assert work >= 0.05
    assert bound.verdict(work, work) == "CPU-bound"
    assert time_taken > 0.04


def test_twice_the_processor_leaves_the_waits(capsys: Lines) -> None:
    bound.main(delay=0.2, numbers=400_000)
    fetched, computed, twice = capsys.readouterr().out.splitlines()
    assert fetched.endswith("I/O-bound")
    assert computed.endswith("CPU-bound")
    better, now = float(twice.split()[3]), float(twice.split()[-2])
    work = sum(float(line.split()[5]) for line in (fetched, computed))
    rounded = 0.03
    assert now - better == pytest.approx(work / 2, abs=rounded)
    assert 0.2 <= better <= now


# 1.3: the same crawler in four ways


def test_each_way_brings_each_page() -> None:
    pages = ["/0.05", "/0.02", "/0.03"]

    async def session() -> None:
        server = await asyncio.start_server(crawl.answer_late, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            alone, spawn = ThreadPoolExecutor(1), multiprocessing.get_context("spawn")
            processes = ProcessPoolExecutor(2, mp_context=spawn)
            for found in (
                await crawl.fetch_in(alone, port, pages),
                await crawl.fetch_in(ThreadPoolExecutor(3), port, pages),
                await crawl.fetch_in(processes, port, pages),
                await crawl.fetch_together(port, pages),
            ):
                assert [answer.split()[-1].decode() for answer in found] == pages
            found = await crawl.fetch_calling(port, pages)
            assert sorted(each.split()[-1].decode() for each in found) == sorted(pages)
            assert all(each.startswith(b"HTTP/1.0 200 OK\r\n") for each in found)

    asyncio.run(session())


@pytest.mark.parametrize("way", ["threads", "callbacks", "coroutines"])
def test_all_requests_are_there_before_an_answer(way: str) -> None:
    """A server that answers nobody before all have asked."""
    pages = ["/1", "/2", "/3"]

    async def session() -> None:
        asked = asyncio.Barrier(len(pages))

        async def answer(reader: Any, writer: Any) -> None:
            await reader.readuntil(b"\r\n\r\n")
            async with asyncio.timeout(20):
                await asked.wait()
            writer.write(b"HTTP/1.0 200 OK\r\n\r\ntulip\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            ways: dict[str, crawl.Way] = {
                "threads": partial(crawl.fetch_in, ThreadPoolExecutor(3)),
                "callbacks": crawl.fetch_calling,
                "coroutines": crawl.fetch_together,
            }
            answers = await ways[way](port, pages)
        assert [each.split()[-1] for each in answers] == [b"tulip"] * 3

    asyncio.run(session())


def test_callbacks_and_coroutines_take_no_other_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def session() -> None:
        server = await asyncio.start_server(crawl.answer_late, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            monkeypatch.setattr(threading.Thread, "start", None)
            await crawl.fetch_calling(port, ["/0.01", "/0.01"])
            await crawl.fetch_together(port, ["/0.01", "/0.01"])

    asyncio.run(session())


def test_who_stops_a_crawl_need_not_wait_for_its_threads() -> None:
    """They wait for a server that is in the loop, and would until their timeout."""

    async def session() -> None:
        crawling = asyncio.create_task(crawl.main(latencies=[1]))
        await asyncio.sleep(0.1)
        start = time.monotonic()
        crawling.cancel()
        await asyncio.wait([crawling])
        assert time.monotonic() - start < 5

    asyncio.run(session())


# 1.5: what an actor costs


def costs(kind: str, seconds: float = 3) -> actors.Costs:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(actors.measured, kind, seconds, 8).result()


def test_a_process_outweighs_a_thread_and_a_thread_a_coroutine() -> None:
    process, thread, coroutine = map(costs, ("process", "thread", "coroutine"))
    assert process[0] > 100 * thread[0]
    assert thread[0] > 5 * coroutine[0]
    assert coroutine[0] < 4096
    assert process[1] > 10 * thread[1], "to start"
    assert process[1] > 10 * coroutine[1]
    assert min(process[2], thread[2], coroutine[2]) > 0


def test_actors_stop_at_a_limit() -> None:
    started = 0

    async def start() -> int:
        nonlocal started
        started += 1
        return 1 << 20

    async def ask() -> None:
        pass

    asyncio.run(actors.measure(start, ask, 60, 16))
    assert started == 16 or started == 8  # Python's own memory counts, too

    async def linger() -> int:
        await asyncio.sleep(0.02)
        return await start()

    started = 0
    asyncio.run(actors.measure(linger, ask, 0.1, 1 << 20))
    assert started <= 4


@pytest.mark.parametrize("kind", ["process", "thread", "coroutine"])
def test_with_no_time_at_all_something_is_weighed(kind: str) -> None:
    assert costs(kind, seconds=0)[0] > 0


# 1.6: a race


def left(capsys: Lines) -> list[tuple[str, int]]:
    lines = capsys.readouterr().out.splitlines()
    return [(line[:15].strip(), int(line[16:].split()[4])) for line in lines]


def test_threads_lose_coins_coroutines_only_at_an_await(capsys: Lines) -> None:
    asyncio.run(race.main(payers=4, pause=0.1))
    assert left(capsys) == [("threads", 1), ("coroutines", 4), ("await between", 1)]


def test_nobody_comes_between_where_nothing_is_awaited(capsys: Lines) -> None:
    """Without any pause, too: hundreds of payers, no coin is lost."""
    asyncio.run(race.main(payers=300, pause=0))
    found = dict(left(capsys))
    assert found["coroutines"] == 300
    assert found["await between"] == 1


# 1.7: one loop


@pytest.mark.skipif(os.name == "nt", reason="asyncio hears no keyboard there")
def test_all_three_are_heard_in_any_order(capsys: Lines) -> None:
    async def session() -> None:
        hearing, typing = os.pipe()
        with os.fdopen(typing, "w") as keys:
            task = asyncio.create_task(one_loop.hear(os.fdopen(hearing)))
            child = "print(1); print(2)"
            await one_loop.follow([sys.executable, "-c", child])
            keys.write("tulip\n")
        await task

    asyncio.run(session())
    assert capsys.readouterr().out.splitlines() == [
        "child: 1",
        "child: 2",
        "keyboard: tulip",
    ]


@pytest.mark.skipif(os.name == "nt", reason="asyncio hears no keyboard there")
def test_the_terminal_is_as_it_was_once_the_keyboard_was_heard() -> None:
    """What reads it next, a shell or `head`, would fail on one that does not block."""
    keys, terminal = os.openpty()
    command = [sys.executable, "-m", "demos", "why.one_loop", "--keyboard"]
    with os.fdopen(keys, "wb", 0) as typing, os.fdopen(terminal) as seen:
        typing.write(b"prune the roses\n\x04")
        done = subprocess.run(
            command, stdin=seen, stdout=subprocess.PIPE, cwd=ROOT, timeout=60
        )
        assert os.get_blocking(terminal)
    assert done.returncode == 0
    assert b"keyboard: prune the roses\n" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="asyncio hears no keyboard there")
def test_no_keyboard_is_told_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demos", "why.one_loop", "--keyboard"]
    with one_loop.write_note(str(tmp_path)).open() as note:
        done = subprocess.run(
            command, stdin=note, capture_output=True, cwd=ROOT, text=True, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr == "one_loop: Inappropriate ioctl for device\n"


def test_a_thread_reads_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Lines
) -> None:
    threads = []
    read_text = Path.read_text

    def noted(path: Path) -> str:
        threads.append(threading.current_thread())
        return read_text(path)

    note = one_loop.write_note(str(tmp_path))
    monkeypatch.setattr(Path, "read_text", noted)
    asyncio.run(one_loop.read(note))
    assert threads != [threading.main_thread()]
    assert capsys.readouterr().out == "file: tulips are in the shed\n"


@pytest.mark.skipif(os.name == "nt", reason="asyncio watches no pipe there")
def test_a_file_is_never_ready(tmp_path: Path) -> None:
    async def session() -> None:
        loop = asyncio.get_running_loop()
        with one_loop.write_note(str(tmp_path)).open() as note:
            with pytest.raises(ValueError, match="pipes/sockets only"):
                await loop.connect_read_pipe(asyncio.Protocol, note)
            if hasattr(select, "epoll"):
                with select.epoll() as poll, pytest.raises(PermissionError):
                    poll.register(note)
            assert select.select([note], [], [], 0)[0] == [note]

    asyncio.run(session())


# 1.9: what asyncio does not do


def test_two_sums_are_the_same_in_each_way() -> None:
    async def session() -> None:
        expected = [285, 285]
        assert await compute.one_by_one(10) == expected
        assert await compute.in_coroutines(10) == expected
        with ThreadPoolExecutor(2) as pool:
            assert await compute.in_pool(pool, 10) == expected

    asyncio.run(session())


def test_a_coroutine_that_computes_lets_nobody_run() -> None:
    order: list[str] = []

    async def other() -> None:
        order.append("other")

    async def session() -> None:
        task = asyncio.create_task(other())
        await compute.compute_as_coroutine(1000)
        order.append("sum")
        await task

    asyncio.run(session())
    assert order == ["sum", "other"]
