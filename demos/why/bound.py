"""Would a faster processor change anything? Measure, then decide.

    $ python bound.py
    fetch    0.30 s, of which 0.00 s of work: I/O-bound
    compute  0.22 s, of which 0.15 s of work: CPU-bound
    twice the processor: 0.45 s instead of 0.52 s

One application, two halves. A faster processor halves the work, and
leaves the waits as long as they were: these are for asyncio.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from socket import create_server, socket
from threading import Thread
from time import perf_counter, sleep, thread_time


def measure(program: Callable[[], None]) -> tuple[float, float]:
    """Run a program; give its time, and the processor's for it."""
    start, work_before = perf_counter(), thread_time()
    program()
    return perf_counter() - start, thread_time() - work_before


def verdict(time: float, work: float) -> str:
    """Tell whether a faster processor would be felt."""
    return "CPU-bound" if work > time / 20 else "I/O-bound"


def fetch(port: int) -> None:
    """Send, wait, receive."""
    connection = HTTPConnection("127.0.0.1", port, timeout=9)
    connection.request("GET", "/")
    connection.getresponse().read()
    connection.close()


def compute(numbers: int) -> None:
    """Add squares."""
    sum(number * number for number in range(numbers))


def answer_late(server: socket, seconds: float) -> None:
    """Be a slow server, in a thread of its own, for one client."""
    with suppress(OSError), server.accept()[0] as client:
        client.recv(1024)
        sleep(seconds)
        client.sendall(b"HTTP/1.0 200 OK\r\n\r\ntulip\n")


def main(*, delay: float = 0.3, numbers: int = 3_000_000) -> None:
    """Measure both halves of an application."""
    with create_server(("127.0.0.1", 0)) as server:
        server.settimeout(9)
        Thread(target=answer_late, args=(server, delay)).start()
        halves = {
            "fetch": partial(fetch, server.getsockname()[1]),
            "compute": partial(compute, numbers),
        }
        now = better = 0.0
        for name, half in halves.items():
            time, work = measure(half)
            spent = f"{time:.2f} s, of which {work:.2f} s of work"
            print(f"{name:8} {spent}: {verdict(time, work)}")
            now += time
            better += time - work / 2
    print(f"twice the processor: {better:.2f} s instead of {now:.2f} s")


if __name__ == "__main__":
    main()
