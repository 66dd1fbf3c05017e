"""The same crawler three times: a process, a thread or a task for each page.

Each new process imports this file: the standard library only. Times are those
of time.perf_counter, in seconds; on one machine all processes share its clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import perf_counter

TIMEOUT = 30
"""Seconds that a page, or a process that crawls it, may take."""


@dataclass(frozen=True)
class PageTimes:
    """When a page was crawled, in seconds of time.perf_counter.

    `born` is when its process, thread or task was asked for, `began` when it ran,
    `sent` when it had sent its request, `received` when the answer began to come,
    `ended` when it was complete.
    """

    born: float
    began: float
    sent: float
    received: float
    ended: float


def request(page: float) -> bytes:
    """Return the request for a page: HTTP/1.0, so that the server closes (RFC 9112)."""
    return f"GET /{page} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode()


def crawl(port: int, page: float, born: float) -> PageTimes:
    """Crawl a page: send, wait, receive. Raise OSError if that fails."""
    began = perf_counter()
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as connection:
        connection.sendall(request(page))
        sent = perf_counter()
        connection.recv(1)
        received = perf_counter()
        while connection.recv(4096):
            pass
    return PageTimes(born, began, sent, received, perf_counter())


async def crawl_async(port: int, page: float, born: float) -> PageTimes:
    """Do the same, but leave the thread to others at each await."""
    began = perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(page))
    sent = perf_counter()
    await reader.readexactly(1)
    received = perf_counter()
    await reader.read()
    writer.close()
    await writer.wait_closed()
    return PageTimes(born, began, sent, received, perf_counter())


def in_processes(port: int, pages: Sequence[float]) -> list[PageTimes]:
    """Crawl each page in a process; raise OSError if one of them fails."""
    spawn = multiprocessing.get_context("spawn")
    started = []
    try:
        for page in pages:
            ours, theirs = spawn.Pipe(duplex=False)
            process = spawn.Process(
                target=_report, args=(theirs, port, page, perf_counter()), daemon=True
            )
            process.start()
            theirs.close()
            started.append((process, ours))
        crawled = []
        for _, ours in started:
            if not ours.poll(TIMEOUT):
                raise TimeoutError("a process did not answer")
            crawled.append(ours.recv())
    except EOFError:
        raise OSError("a process could not crawl its page") from None
    finally:
        for process, ours in started:
            ours.close()
            process.join(TIMEOUT if process.exitcode is None else 0)
            process.kill()
    return crawled


def _report(parent: Connection, port: int, page: float, born: float) -> None:
    # If it fails, it sends nothing: the parent sees the end of the pipe.
    with contextlib.suppress(OSError):
        parent.send(crawl(port, page, born))


def in_threads(port: int, pages: Sequence[float]) -> list[PageTimes]:
    """Crawl each page in a thread; raise OSError if one of them fails."""
    with ThreadPoolExecutor(len(pages)) as pool:
        crawls = [pool.submit(crawl, port, page, perf_counter()) for page in pages]
        return [each.result() for each in crawls]


def in_tasks(port: int, pages: Sequence[float]) -> list[PageTimes]:
    """Crawl each page in a task; raise OSError if one of them fails."""

    async def main() -> list[PageTimes]:
        crawls = (crawl_async(port, page, perf_counter()) for page in pages)
        return await asyncio.gather(*crawls)

    return asyncio.run(main())


KINDS: dict[str, Callable[[int, Sequence[float]], list[PageTimes]]] = {
    "processes": in_processes,
    "threads": in_threads,
    "coroutines": in_tasks,
}
"""The ways to crawl, each given a port, and of each page how late it is (seconds)."""
