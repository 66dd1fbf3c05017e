"""`async for` and `async with` need no asyncio: they run on our loop.

    $ python stage_10_language.py
    tulip: day 0
    iris: day 0
    ['tulip -> pilut', 'iris -> siri']
    iris: day 1
    tulip: day 1
    iris: day 2
    tulip: day 2
    took 1.50 s, of which CPU 0.00 s

An iterator, a generator, a comprehension and a context manager: they
belong to the language, and each `await` in them ends at a `yield`.
"""

import os
import time
from collections import deque
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Generator,
)
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
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
        self.selector = DefaultSelector()

    def add_task(self, task: Task) -> None:
        """Have it run beside the others."""
        self.ready.append(task)

    def run_task(self, task: Task) -> None:
        """Run a task, and all that it adds."""
        outer = getattr(Loop, "current", self)
        Loop.current = self
        self.add_task(task)
        while self.ready or self.events or self.selector.get_map():
            self.turn()
        self.selector.close()
        Loop.current = outer

    def turn(self) -> None:
        """Wait if nobody is ready; then call and step who is."""
        for key, _ in self.selector.select(self.time_left()):
            self.selector.unregister(key.fileobj)
            key.data.set()
        while self.events and self.events[0].when <= time.monotonic():
            heappop(self.events).callback()
        for _ in range(len(self.ready)):
            self.step(self.ready.popleft())

    def time_left(self) -> float | None:
        """Return how long to wait: None is for ever."""
        if self.ready:
            return 0
        if self.events:
            return max(self.events[0].when - time.monotonic(), 0)
        return None

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
        await self.can(EVENT_READ)

    async def can_write(self) -> None:
        """Wait until something may be sent."""
        await self.can(EVENT_WRITE)

    async def can(self, event: int) -> None:
        """Be parked until the loop sees that it has come."""
        future = Future()
        Loop.current.selector.register(self, event, future)
        await future

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


class Server:
    """A server that has a client; it ends when the client has."""

    async def __aenter__(self) -> Any:
        self.sock = AIOSocket()
        self.sock.bind(("127.0.0.1", 0))
        self.sock.listen()
        self.ended = Waiter(1)
        Loop.current.add_task(self.serve())
        return self.sock.sock.getsockname()

    async def serve(self) -> None:
        """Serve, and say that it has ended."""
        await serve(self.sock)
        self.ended.set()

    async def __aexit__(self, *_: object) -> None:
        await self.ended
        self.sock.close()


class ARange:
    """Numbers, with a pause after each."""

    def __init__(self, stop: int, pause: float) -> None:
        self.number, self.stop, self.pause = -1, stop, pause

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        if self.number >= 0:
            await sleep(self.pause)
        self.number += 1
        if self.number == self.stop:
            raise StopAsyncIteration
        return self.number


async def ask(address: Any, pause: float) -> AsyncIterator[str]:
    """Send two words, and yield what comes back."""
    with AIOSocket() as peer:
        await peer.connect(address)
        for word in "tulip", "iris":
            await peer.send(word.encode())
            answer = await peer.recv(1024)
            yield f"{word} -> {answer.decode()}"
            await sleep(pause)


async def grow(name: str, day_length: float) -> str:
    """Sleep after each day."""
    async for day in ARange(3, day_length):
        print(f"{name}: day {day}")
    return f"{name} blooms"


async def collect(address: Any, pause: float) -> None:
    """Print all answers at once."""
    print([answer async for answer in ask(address, pause)])


async def garden(day_length: float) -> None:
    """Grow two flowers beside a server and its client."""
    async with Server() as address:
        await gather(
            grow("tulip", day_length),
            grow("iris", day_length * 0.7),
            collect(address, day_length * 0.15),
        )


def main(*, delay: float = 0.5) -> None:
    """Have a garden; say what it took, and what it cost."""
    start, cpu = time.monotonic(), time.process_time()
    Loop().run_task(garden(delay))
    took, cost = time.monotonic() - start, time.process_time() - cpu
    print(f"took {took:.2f} s, of which CPU {cost:.2f} s")


if __name__ == "__main__":
    main()
