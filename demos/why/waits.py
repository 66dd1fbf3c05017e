"""A program hardly works: it waits for others, maybe for all at once.

    $ python waits.py
    database  0.20 s
    worker    0.23 s
    socket    0.20 s
    service   0.30 s
    in turn   0.94 s, of which 6.2 ms of work
    together  0.31 s, 3.1 times faster

Work is this thread's. The peers are real, and slow on purpose.
"""

import asyncio
import sqlite3
import sys
from collections.abc import Callable, Coroutine
from contextlib import closing, suppress
from socket import create_server, socket
from subprocess import check_output
from threading import Thread
from time import perf_counter, sleep, thread_time

Ask = Callable[[], Coroutine[None, None, str]]


async def ask_in_turn(peers: dict[str, Ask]) -> None:
    """Ask each peer once the one before has answered."""
    for name, ask in peers.items():
        start = perf_counter()
        await ask()
        print(f"{name:9} {perf_counter() - start:.2f} s")


async def ask_together(peers: dict[str, Ask]) -> None:
    """Ask all peers at once; wait for the last answer."""
    async with asyncio.TaskGroup() as group:
        for ask in peers.values():
            group.create_task(ask())


async def compare(peers: dict[str, Ask]) -> None:
    """Time both ways, and our own work during the first."""
    start = perf_counter()
    work_before = thread_time()
    await ask_in_turn(peers)
    slow = perf_counter() - start
    work = 1000 * (thread_time() - work_before)
    print(f"in turn   {slow:.2f} s, of which {work:.1f} ms of work")
    start = perf_counter()
    await ask_together(peers)
    fast = perf_counter() - start
    print(f"together  {fast:.2f} s, {slow / fast:.1f} times faster")


def query(seconds: float) -> str:
    """Ask a database that naps: for a thread, since this blocks."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.create_function("nap", 1, sleep)
        rows = database.execute("SELECT 'tulip', nap(?)", (seconds,))
        return str(rows.fetchone()[0])


def employ(seconds: float) -> str:
    """Ask a new process: for a thread, since this blocks."""
    nap = f"import time; time.sleep({seconds}); print('tulip')"
    child = sys.executable, "-c", nap
    return check_output(child, text=True, start_new_session=True)


async def request(server: socket, question: bytes) -> str:
    """Connect, and ask; others advance until the answer comes."""
    here = server.getsockname()
    reader, writer = await asyncio.open_connection(*here)
    with closing(writer):
        writer.write(question)
        return (await reader.readuntil(b"tulip\n")).decode()


def reply(server: socket, seconds: float, say: bytes) -> None:
    """Be a slow peer, in a thread of its own, for two clients."""
    with suppress(OSError):  # nobody calls any more
        for _ in "in turn", "together":
            with server.accept()[0] as client:
                client.recv(1 << 16)
                sleep(seconds)
                client.sendall(say)


def hire(seconds: float, say: bytes) -> socket:
    """Start a slow peer; return where it listens."""
    peer = create_server(("127.0.0.1", 0))
    peer.settimeout(seconds + 5)
    Thread(target=reply, args=(peer, seconds, say), daemon=True).start()
    return peer


async def main(*, delay: float = 0.1) -> None:
    """Ask four real peers, each slow on purpose, in both ways."""
    lines = hire(2 * delay, b"tulip\n")
    pages = hire(3 * delay, b"HTTP/1.0 200 OK\r\n\r\ntulip\n")
    peers = {
        "database": lambda: asyncio.to_thread(query, 2 * delay),
        "worker": lambda: asyncio.to_thread(employ, 2 * delay),
        "socket": lambda: request(lines, b"flower?\n"),
        "service": lambda: request(pages, b"GET / HTTP/1.0\r\n\r\n"),
    }
    with lines, pages:
        await compare(peers)


if __name__ == "__main__":
    asyncio.run(main())
