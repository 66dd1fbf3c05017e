"""The same crawler four ways: the longest wait instead of their sum.

    $ python crawl.py
    one by one  3 pages, 0.63 s
    processes   3 pages, 0.65 s
    threads     3 pages, 0.31 s
    callbacks   3 pages, 0.31 s
    coroutines  3 pages, 0.31 s

Processes must start first. They and the threads share `fetch`, which
blocks; the two others never do. To read: `Fetching` has three pieces,
`fetch_awaiting` goes from top to bottom.
"""

import asyncio
import time
from asyncio import BaseTransport, StreamReader, StreamWriter, Transport
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import (
    Executor,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from socket import create_connection
from typing import cast

Way = Callable[[int, list[str]], Awaitable[list[bytes]]]


def fetch(port: int, page: str) -> bytes:
    """Send, wait, receive: it keeps its thread meanwhile."""
    with create_connection(("127.0.0.1", port), 9) as connection:
        connection.sendall(f"GET {page} HTTP/1.0\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            return answer.read()


async def fetch_in(
    pool: Executor, port: int, pages: list[str]
) -> list[bytes]:
    """Fetch each page in a process, or in a thread, of a pool."""
    loop = asyncio.get_running_loop()
    calls = [loop.run_in_executor(pool, fetch, port, p) for p in pages]
    return await asyncio.gather(*calls)


class Fetching(asyncio.Protocol):
    """Fetch a page in three pieces: the loop calls each."""

    def __init__(self, page: str, done: Callable[[bytes], None]):
        self.page, self.done, self.answer = page, done, b""

    def connection_made(self, transport: BaseTransport) -> None:
        """Send."""
        request = f"GET {self.page} HTTP/1.0\r\n\r\n".encode()
        cast(Transport, transport).write(request)

    def data_received(self, data: bytes) -> None:
        """Receive, maybe several times."""
        self.answer += data

    def connection_lost(self, error: Exception | None) -> None:
        """Call back: the page is complete."""
        self.done(self.answer)


async def fetch_calling(port: int, pages: list[str]) -> list[bytes]:
    """Fetch pages by callbacks; they come in the order of answers."""
    answers: asyncio.Queue[bytes] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for page in pages:
        fetching = partial(Fetching, page, answers.put_nowait)
        await loop.create_connection(fetching, "127.0.0.1", port)
    return [await answers.get() for _ in pages]


async def fetch_awaiting(port: int, page: str) -> bytes:
    """Send, wait, receive: others advance at each `await`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {page} HTTP/1.0\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer


async def fetch_together(port: int, pages: list[str]) -> list[bytes]:
    """Fetch each page in a coroutine: one thread for all."""
    fetches = [fetch_awaiting(port, page) for page in pages]
    return await asyncio.gather(*fetches)


async def answer_late(
    reader: StreamReader, writer: StreamWriter
) -> None:
    """Answer /0.3 after 0.3 seconds."""
    with closing(writer):
        request = await reader.readuntil(b"\r\n\r\n")
        page = request.split()[1].decode()
        await asyncio.sleep(float(page.removeprefix("/")))
        writer.write(f"HTTP/1.0 200 OK\r\n\r\n{page}\n".encode())


async def main(*, latencies: Sequence[float] = (0.1, 0.2, 0.3)) -> None:
    """Crawl the same server in each way."""
    server = await asyncio.start_server(answer_late, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pages = [f"/{latency}" for latency in latencies]
    many, spawn = len(pages), get_context("spawn")
    processes = ProcessPoolExecutor(many, mp_context=spawn)
    threads, thread = ThreadPoolExecutor(many), ThreadPoolExecutor(1)
    ways: dict[str, Way] = {
        "one by one": partial(fetch_in, thread),
        "processes": partial(fetch_in, processes),
        "threads": partial(fetch_in, threads),
        "callbacks": fetch_calling,
        "coroutines": fetch_together,
    }
    try:
        async with server:
            for name, way in ways.items():
                start = time.perf_counter()
                found = len(await way(port, pages))
                spent = time.perf_counter() - start
                print(f"{name:11} {found} pages, {spent:.2f} s")
    finally:
        for pool in thread, processes, threads:
            pool.shutdown(wait=False)  # its threads may wait for us


if __name__ == "__main__":
    asyncio.run(main())
