"""An asynchronous engine: tasks, futures, time, sockets.

It is there to understand asyncio, and does a part of its work. It
leaves out context variables, handles of callbacks, the wake-up from
other threads, signals, child processes, TLS, `uncancel`, the report of
an error that nobody reads, and the end of asynchronous generators that
are not read to theirs. Looking up a host's name holds the loop.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import AbstractContextManager, suppress
from functools import partial
from heapq import heappop, heappush
from itertools import repeat
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from socket import SO_ERROR, SOL_SOCKET, socket
from time import monotonic
from types import CoroutineType, coroutine
from typing import Any, ClassVar, Generic, TypeVar

T = TypeVar("T")
Error = BaseException | None


class Cancelled(BaseException):
    """Raised where a task waits that is cancelled."""


class Deadlock(RuntimeError):
    """These tasks wait, and nothing will ever make one ready."""


class Loop:
    """Runs what is ready; waits for time and sockets if nothing is."""

    current: ClassVar["Loop"]

    def __init__(self) -> None:
        self.ready: deque[Task[Any] | Call] = deque()
        self.timers: list[Timer] = []
        self.selector = DefaultSelector()
        self.watched: dict[AIOSocket, int] = {}
        self.tasks: dict[Task[Any], None] = {}

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end; cancel the tasks that it left."""
        outer, Loop.current = getattr(Loop, "current", self), self
        try:
            task = Task(main)
            while not task.finished:
                self.turn()
            return task.result()
        finally:
            for left in self.tasks:
                left.cancel()
            while self.tasks:
                self.turn()
            self.selector.close()
            self.watched, Loop.current = {}, outer

    def turn(self) -> None:
        """Look at clock and sockets; then one step of all ready."""
        heap, ready = self.timers, self.ready
        while heap and (heap[0] <= monotonic() or not heap[0].waiter):
            heappop(heap).wake()
        wait = 0.0 if ready else None
        if heap and not ready:
            wait = max(heap[0] - monotonic(), 0)
        elif not ready and not any(sock.waits for sock in self.watched):
            raise Deadlock("\n  ".join(["", *map(str, self.tasks)]))
        if self.watched or wait != 0:
            for key, events in self.selector.select(wait):
                key.data.wake(events)
        for _ in range(len(ready)):
            ready.popleft().step()


class Future(Generic[T]):
    """A result that is not there yet; who awaits it is parked."""

    __slots__ = ("error", "finished", "value", "waiters")

    def __init__(self) -> None:
        self.error: Error = None
        self.finished = False
        self.waiters: tuple[Task[Any] | Call, ...] = ()

    def __await__(self) -> Generator[Any, None, T]:
        if not self.finished:
            yield self
        return self.result()

    def park(self, waiter: "Task[Any] | Call") -> None:
        """Have it ready once this is finished."""
        self.waiters += (waiter,)

    def result(self) -> T:
        """Return the result, or raise the error."""
        if not self.finished:
            raise RuntimeError("there is no result yet")
        if self.error:
            raise self.error
        return self.value  # type: ignore[no-any-return]

    def set_result(self, value: Any, error: Error = None) -> None:
        """Finish, maybe with an error: who waits is ready."""
        if self.finished:
            raise RuntimeError("it is finished already")
        self.finished, self.value, self.error = True, value, error
        Loop.current.ready.extend(self.waiters)

    def cancel(self) -> bool:
        """Raise Cancelled where it is awaited; False: too late."""
        if self.finished:
            return False
        self.set_result(None, Cancelled())
        return True


class Task(Future[T]):
    """A coroutine that runs beside others; the future of its result.

    Before it is finished, `error` is what its next step will raise.
    """

    __slots__ = ("awaited", "coro")

    def __init__(self, coro: Coroutine[Any, Any, T]) -> None:
        if not isinstance(coro, CoroutineType):
            raise TypeError(f"a task runs a coroutine, not {coro!r}")
        super().__init__()
        self.coro = coro
        self.awaited: Future[Any] | Timer | None = None
        Loop.current.tasks[self] = None
        Loop.current.ready.append(self)

    def step(self) -> None:
        """Run to the next pause; park at what comes out of it."""
        coro, error, self.error = self.coro, self.error, None
        try:
            pause = coro.throw(error) if error else coro.send(None)
        except StopIteration as stop:
            del Loop.current.tasks[self]
            self.set_result(stop.value, self.error)
        except BaseException as error:
            del Loop.current.tasks[self]
            self.set_result(None, error)
            if not isinstance(error, (Exception, Cancelled)):
                raise  # Ctrl-C ends them all
        else:
            if pause is None:
                Loop.current.ready.append(self)
            elif isinstance(pause, (Future, Timer)):
                self.awaited = pause
                pause.park(self)
                if self.error and pause.cancel():
                    self.error = None
            else:
                whose = getattr(pause, "_loop", "another loop")
                self.error = TypeError(f"{pause!r} belongs to {whose}")
                Loop.current.ready.append(self)

    def cancel(self) -> bool:
        """Raise Cancelled where it waits; False: too late."""
        if self.finished:
            return False
        if not (self.awaited and self.awaited.cancel()):
            self.error = Cancelled()
        return True

    def __str__(self) -> str:
        line = getattr(self.coro.cr_frame, "f_lineno", "")
        return f"{self.coro.__qualname__}, line {line}"


class Timer(float):
    """A moment to wait for: a float, so that a heap is fast."""

    __slots__ = ("waiter",)

    def __await__(self) -> Generator[Any, None, None]:
        # As if it were `yield self`, without a generator's 200 bytes.
        return repeat(self, 1)  # type: ignore[return-value]

    def park(self, waiter: "Task[Any] | Call") -> None:
        """Have it ready when the moment comes."""
        self.waiter: Task[Any] | Call | None = waiter
        heappush(Loop.current.timers, self)

    def wake(self) -> bool:
        """Have it ready now; False: it has to raise Cancelled."""
        if self.waiter:
            Loop.current.ready.append(self.waiter)
        self.waiter = None
        return False

    cancel = wake


@coroutine
def interrupt() -> Generator[None, None, None]:
    """Let all others have their turn."""
    yield


def sleep(seconds: float) -> Awaitable[None]:
    """Wait; 0 seconds only let the others have their turn."""
    return Timer(monotonic() + seconds) if seconds > 0 else interrupt()


class Call(partial[object]):
    """A call of a function, whose turn comes as a task's does."""

    step = partial.__call__


def call_later(seconds: float, function: Callable[[], object]) -> None:
    """Call a function in so many seconds."""
    Timer(monotonic() + seconds).park(Call(function))


class Waiter(Future[T]):
    """Finished once it was set n times, or once with an error."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left, self.finished, self.value = n, not n, None

    def set(self, error: Error = None) -> None:
        """Come one step nearer, or to the end."""
        self.left -= 1
        if not self.finished and (error or not self.left):
            self.set_result(None, error or self.error)


class gather(Waiter[list[T]]):
    """The results of several, started together, or the first error."""

    def __init__(self, *coros: Coroutine[Any, Any, T]) -> None:
        super().__init__(len(coros))
        self.tasks = [Task(coro) for coro in coros]
        for task in self.tasks:
            task.park(Call(lambda task=task: self.set(task.error)))

    def result(self) -> list[T]:
        """Return the results in order, or raise the first error."""
        super().result()
        return [task.result() for task in self.tasks]

    def cancel(self) -> bool:
        """Cancel the tasks: when they are, so is this."""
        if self.finished or not any([t.cancel() for t in self.tasks]):
            return False
        self.error = Cancelled()
        return True


class AIOSocket(AbstractContextManager["AIOSocket"]):
    """A socket whose calls wait in the loop.

    The selector goes on watching it after a call, until it is ready and
    nobody waits: most calls need not tell the system what they want.
    """

    def __init__(self, sock: socket | None = None) -> None:
        self.sock = sock or socket()
        self.sock.setblocking(False)
        self.waits: dict[int, Future[None]] = {}
        self.bind, self.listen = self.sock.bind, self.sock.listen

    async def accept(self) -> tuple["AIOSocket", Any]:
        """Return a client's socket, and its address."""
        sock, address = await self.when(EVENT_READ, self.sock.accept)
        return AIOSocket(sock), address

    async def connect(self, address: Any) -> None:
        """Reach a server."""
        with suppress(BlockingIOError):
            self.sock.connect(address)
        error = partial(self.sock.getsockopt, SOL_SOCKET, SO_ERROR)
        if code := await self.when(EVENT_WRITE, error):
            raise OSError(code, f"no connection to {address}")

    def recv(self, size: int) -> Coroutine[Any, Any, bytes]:
        """Receive some bytes: none at the end."""
        return self.when(EVENT_READ, partial(self.sock.recv, size))

    def send(self, data: bytes | memoryview) -> Awaitable[int]:
        """Send some of it; return how many bytes."""
        return self.attempt(EVENT_WRITE, partial(self.sock.send, data))

    async def attempt(self, event: int, call: Callable[[], T]) -> T:
        """Call; if the system would block, when it no longer would."""
        try:
            return call()
        except BlockingIOError:
            return await self.when(event, call)

    async def when(self, event: int, call: Callable[[], T]) -> T:
        """Wait, then call: who never waits leaves no turn to others."""
        if event in self.waits:
            raise RuntimeError("another task waits for this socket")
        self.waits[event] = Future()
        try:
            if event & ~Loop.current.watched.get(self, 0):
                self.watch(sum(self.waits))
            await self.waits[event]
        finally:
            del self.waits[event]
        return await self.attempt(event, call)

    def watch(self, events: int) -> None:
        """Have the selector watch for these events."""
        loop = Loop.current
        if loop.watched.pop(self, 0):
            loop.selector.unregister(self.sock)
        if events:
            loop.selector.register(self.sock, events, self)
            loop.watched[self] = events

    def wake(self, events: int) -> None:
        """Have go on who waits; watch no more for what nobody does."""
        for event, turn in self.waits.items():
            if event & events and not turn.finished:
                turn.set_result(None)
        if events & ~sum(self.waits):
            self.watch(sum(self.waits))

    def close(self, *_: object) -> None:
        """Close it: calls that wait have an OSError."""
        if hasattr(Loop, "current"):  # else nobody ever waited
            self.wake(EVENT_READ | EVENT_WRITE)
            self.watch(0)
        self.sock.close()

    __exit__ = close
