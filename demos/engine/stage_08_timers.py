"""Time sets futures: moments in a heap; the loop sleeps until the next.

    $ python stage_08_timers.py
    tulip: day 0
    iris: day 0
    tulip -> pilut
    iris -> siri
    iris: day 1
    tulip: day 1
    iris: day 2
    tulip: day 2
    took 1.50 s, of which CPU 0.10 s

The third loop is just right: who sleeps costs nothing. What is left of
the waste is the sockets': while server and client are connected, they
ask `select` at each turn.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from select import select
from socket import SO_ERROR, SOL_SOCKET, socket
from types import coroutine
from typing import Any, ClassVar, Self, TypeVar

T = TypeVar("T")
Task = Coroutine["Future | None", None, object]


@coroutine
def interrupt() -> Generator[None, None, None]:
    """Let the others have their turn."""
    yield


async def sleep(seconds: float) -> None:
    """Be parked until the time has come."""
    future = Future()
    call_later(seconds, future.set)
    await future


def call_later(seconds: float, callback: Callable[[], None]) -> None:
    """Call a function when the time has come."""
    event = TimeEvent(time.monotonic() + seconds, callback)
    heappush(Loop.current.events, event)


@dataclass(order=True)
class TimeEvent:
    """What to call, and when."""

    when: float
    callback: Callable[[], None] = field(compare=False)


class Loop:
    """Tasks, which have their steps in turn."""

    current: ClassVar["Loop"]

    def __init__(self) -> None:
        self.ready: deque[Task] = deque()
        self.events: list[TimeEvent] = []

    def add_task(self, task: Task) -> None:
        """Have it run beside the others."""
        self.ready.append(task)

    def run_task(self, task: Task) -> None:
        """Run a task, and all that it adds."""
        outer = getattr(Loop, "current", self)
        Loop.current = self
        self.add_task(task)
        while self.ready or self.events:
            self.turn()
        Loop.current = outer

    def turn(self) -> None:
        """Wait if nobody is ready; then call and step who is."""
        if not self.ready:
            time.sleep(max(self.events[0].when - time.monotonic(), 0))
        while self.events and self.events[0].when <= time.monotonic():
            heappop(self.events).callback()
        for _ in range(len(self.ready)):
            self.step(self.ready.popleft())

    def step(self, task: Task) -> None:
        """Run a task to its next pause, or to its end."""
        try:
            future = task.send(None)
        except StopIteration:
            return
        if future is None:
            self.ready.append(task)
        else:
            future.parked.append(task)


class Future:
    """Done once it is set; who awaits it is parked until then."""

    def __init__(self) -> None:
        self.done = False
        self.parked: list[Task] = []

    def set(self) -> None:
        """Have those go on who are parked."""
        self.done = True
        for task in self.parked:
            Loop.current.add_task(task)

    def __await__(self) -> Generator["Future", None, None]:
        if not self.done:
            yield self


class Waiter(Future):
    """Done once it was set n times."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left = n

    def set(self) -> None:
        """Bring it one nearer to its end."""
        self.left -= 1
        if not self.left:
            super().set()


async def gather(*coros: Coroutine[Any, None, T]) -> list[T]:
    """Run coroutines together; return their results in order."""
    results: dict[int, T] = {}
    waiter = Waiter(len(coros))

    async def run(number: int, coro: Coroutine[Any, None, T]) -> None:
        results[number] = await coro
        waiter.set()

    for number, coro in enumerate(coros):
        Loop.current.add_task(run(number, coro))
    await waiter
    return [results[number] for number in range(len(coros))]


class AIOSocket:
    """A socket that lets the others have their turn."""

    def __init__(self, sock: socket | None = None) -> None:
        self.sock = sock or socket()
        self.sock.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fileno(self) -> int:
        """Return its number, which `select` wants."""
        return self.sock.fileno()

    def bind(self, address: Any) -> None:
        """Take an address."""
        self.sock.bind(address)

    def listen(self) -> None:
        """Let clients connect."""
        self.sock.listen()

    def close(self) -> None:
        """Close the connection."""
        self.sock.close()

    async def can_read(self) -> None:
        """Wait until something has arrived."""
        while not select([self], [], [], 0)[0]:
            await interrupt()

    async def can_write(self) -> None:
        """Wait until something may be sent."""
        while not select([], [self], [], 0)[1]:
            await interrupt()

    async def accept(self) -> tuple["AIOSocket", Any]:
        """Wait for a client; return its socket and address."""
        await self.can_read()
        sock, address = self.sock.accept()
        return AIOSocket(sock), address

    async def connect(self, address: Any) -> None:
        """Reach a server."""
        with suppress(BlockingIOError):
            self.sock.connect(address)
        await self.can_write()
        if error := self.sock.getsockopt(SOL_SOCKET, SO_ERROR):
            raise OSError(error, os.strerror(error))

    async def recv(self, size: int) -> bytes:
        """Receive some bytes: none at the end."""
        await self.can_read()
        return self.sock.recv(size)

    async def send(self, message: bytes) -> int:
        """Send some of it; return how many bytes."""
        await self.can_write()
        return self.sock.send(message)


async def serve(server: AIOSocket) -> None:
    """Send one client its messages back, reversed."""
    peer, _ = await server.accept()
    with peer:
        while message := await peer.recv(1024):
            await peer.send(message[::-1])


async def ask(address: Any, pause: float) -> None:
    """Send two words, and print what comes back."""
    with AIOSocket() as peer:
        await peer.connect(address)
        for word in "tulip", "iris":
            await peer.send(word.encode())
            answer = await peer.recv(1024)
            print(word, "->", answer.decode())
            await sleep(pause)


async def grow(name: str, day_length: float) -> str:
    """Sleep after each day."""
    for day in range(3):
        print(f"{name}: day {day}")
        await sleep(day_length)
    return f"{name} blooms"


async def garden(day_length: float) -> None:
    """Grow two flowers beside a server and its client."""
    with AIOSocket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        await gather(
            grow("tulip", day_length),
            grow("iris", day_length * 0.7),
            serve(server),
            ask(server.sock.getsockname(), day_length * 0.15),
        )


def main(*, delay: float = 0.5) -> None:
    """Have a garden; say what it took, and what it cost."""
    start, cpu = time.monotonic(), time.process_time()
    Loop().run_task(garden(delay))
    took, cost = time.monotonic() - start, time.process_time() - cpu
    print(f"took {took:.2f} s, of which CPU {cost:.2f} s")


if __name__ == "__main__":
    main()
