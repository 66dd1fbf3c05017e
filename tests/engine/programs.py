"""Random programs, and how to run one on asyncio and on the engine.

Both run in virtual time, and write down whatever happens. No two moments are equal:
each sleep lasts the square root of another prime number, and what has no order on
asyncio, two timers due at once, never occurs.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from demos.engine import engine, queues
from tests.virtual import Skips, Virtual

Op = tuple[Any, ...]
Program = list[list[Op]]
Log = list[tuple[Any, ...]]

FUTURES = 3
SIZES = (1, 2, 0)
"""Of the queues; 0 is endless."""
TASKS = 6
"""That an operation can name; fewer may be there."""
LONG = 1e6
"""Seconds after which whatever waits is cancelled."""


def primes() -> Iterator[int]:
    """Count the prime numbers."""
    return (n for n in count(2) if all(n % d for d in range(2, math.isqrt(n) + 1)))


DELAYS = [math.sqrt(prime) for prime, _ in zip(primes(), range(300), strict=False)]


class OnAsyncio:
    """What asyncio calls it."""

    cancelled = asyncio.CancelledError
    sleep = staticmethod(asyncio.sleep)
    gather = staticmethod(asyncio.gather)

    def time(self) -> float:
        """Return the virtual time."""
        return asyncio.get_running_loop().time()

    def future(self) -> Any:
        return asyncio.get_running_loop().create_future()

    def queue(self, size: int) -> Any:
        return asyncio.Queue(size)

    def task(self, coro: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.get_running_loop().create_task(coro)

    def is_done(self, future: Any) -> bool:
        return bool(future.done())

    def fail(self, future: Any, error: Exception) -> None:
        future.set_exception(error)

    def parts(self, gathered: Any) -> list[Any]:
        return list(getattr(gathered, "_children", []))

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, function)


class OnEngine:
    """What the engine calls it."""

    cancelled = engine.Cancelled
    sleep = staticmethod(engine.sleep)
    gather = staticmethod(engine.gather)

    def time(self) -> float:
        """Return the virtual time."""
        return float(vars(engine)["monotonic"]())

    def future(self) -> Any:
        return engine.Future()

    def queue(self, size: int) -> Any:
        return queues.Queue(size or math.inf)

    def task(self, coro: Coroutine[Any, Any, Any]) -> Any:
        return engine.Task(coro)

    def is_done(self, future: Any) -> bool:
        return bool(future.finished)

    def fail(self, future: Any, error: Exception) -> None:
        future.set_result(None, error)

    def parts(self, gathered: Any) -> list[Any]:
        return list(gathered.tasks)

    def later(self, seconds: float, function: Callable[[], None]) -> None:
        engine.call_later(seconds, function)


class Run:
    """One run of a program, on either; its log."""

    def __init__(self, kit: OnAsyncio | OnEngine) -> None:
        self.kit = kit
        self.log: Log = []
        self.tasks: list[Any] = []
        self.waits: dict[int, set[int]] = {}
        self.delays = iter(DELAYS)

    async def main(self, program: Program) -> Log:
        """Start all; cancel what waits in the end, until nothing does."""
        self.futures = [self.kit.future() for _ in range(FUTURES)]
        self.queues = [self.kit.queue(size) for size in SIZES]
        for ops in program:
            self.spawn(ops)
        while not all(map(self.kit.is_done, self.tasks)):
            await self.kit.sleep(LONG)
            for number, task in enumerate(self.tasks):
                self.note("end", number, task.cancel())
        for number, task in enumerate(self.tasks):
            self.note("task", number, await self.outcome(task))
        self.note("queues", [self.drain(queue) for queue in self.queues])
        return self.log

    def note(self, *words: Any) -> None:
        """Write down what happens, and when."""
        self.log.append((round(self.kit.time(), 6), *words))

    def drain(self, queue: Any) -> list[Any]:
        return list(queue._queue if hasattr(queue, "_queue") else queue.items)

    async def outcome(self, awaitable: Awaitable[Any]) -> str:
        """Await, and say how it ended."""
        try:
            return repr(await awaitable)
        except self.kit.cancelled:
            return "cancelled"
        except ValueError as error:
            return f"error {error}"

    def spawn(self, ops: list[Op]) -> int:
        """Start a task; return its number."""
        number = len(self.tasks)
        self.tasks.append(self.kit.task(self.run(number, ops)))
        return number

    def leads_to(self, number: int, aim: int) -> bool:
        """Tell whether a task waits for another, maybe through others."""
        return number == aim or any(
            self.leads_to(each, aim) for each in self.waits.get(number, ())
        )

    async def run(self, me: int, ops: list[Op]) -> int:
        """Be a task: do one thing after the other, and note both ends of each."""
        for number, op in enumerate(ops):
            self.note(me, number, op[0], "…")
            self.note(me, number, op[0], await self.do(me, *op))
        return me

    async def do(self, me: int, name: str, *rest: Any) -> Any:
        return await getattr(self, f"do_{name}")(me, *rest)

    async def do_yield(self, me: int) -> None:
        await self.kit.sleep(0)

    async def do_sleep(self, me: int) -> None:
        await self.kit.sleep(next(self.delays))

    async def do_raise(self, me: int) -> None:
        raise ValueError(me)

    async def do_await(self, me: int, future: int) -> Any:
        return await self.futures[future]

    async def do_set(self, me: int, future: int) -> bool:
        return self.set(me, future)

    def set(self, me: int, future: int) -> bool:
        if done := self.kit.is_done(self.futures[future]):
            self.futures[future] = self.kit.future()
        else:
            self.futures[future].set_result(me)
        return done

    async def do_fail(self, me: int, future: int) -> bool:
        if not (done := self.kit.is_done(self.futures[future])):
            self.kit.fail(self.futures[future], ValueError(me))
        return done

    async def do_drop(self, me: int, future: int) -> bool:
        return bool(self.futures[future].cancel())

    async def do_later(self, me: int, future: int) -> None:
        def fire() -> None:
            self.note(me, "later", self.set(me, future))

        self.kit.later(next(self.delays), fire)

    async def do_put(self, me: int, queue: int) -> None:
        await self.queues[queue].put(me)

    async def do_get(self, me: int, queue: int) -> Any:
        return await self.queues[queue].get()

    async def do_cancel(self, me: int, task: int) -> Any:
        return task < len(self.tasks) and self.tasks[task].cancel()

    async def do_join(self, me: int, task: int) -> Any:
        if task >= len(self.tasks) or self.leads_to(task, me):
            return None
        return await self.waiting(me, [task], self.tasks[task])

    async def do_spawn(self, me: int, ops: list[Op]) -> int:
        return self.spawn(ops)

    async def do_gather(self, me: int, many: list[list[Op]]) -> Any:
        first = len(self.tasks)
        numbers = list(range(first, first + len(many)))
        gathered = self.kit.gather(
            *[self.run(n, ops) for n, ops in zip(numbers, many, strict=True)]
        )
        self.tasks += self.kit.parts(gathered)
        return await self.waiting(me, numbers, gathered)

    async def waiting(self, me: int, tasks: list[int], aim: Awaitable[Any]) -> Any:
        """Await tasks; remember it, so that nobody waits in a circle."""
        before = self.waits.get(me, set())
        self.waits[me] = before | set(tasks)
        try:
            return await aim
        finally:
            self.waits[me] = before

    async def do_catch(self, me: int, ops: list[Op]) -> str:
        return await self.outcome(self.run(me, ops))


def on_asyncio(program: Program) -> Log:
    """Run it on asyncio, in virtual time."""
    with asyncio.Runner(loop_factory=Virtual) as runner:
        runner.get_loop().set_exception_handler(lambda *_: None)
        return runner.run(Run(OnAsyncio()).main(program))


@contextmanager
def virtual_engine() -> Iterator[None]:
    """Give the engine a clock that jumps."""
    skips = Skips()
    with (
        patch.object(engine, "monotonic", lambda: skips.now),
        patch.object(engine, "DefaultSelector", lambda: skips),
    ):
        yield


def on_engine(program: Program) -> Log:
    """Run it on the engine, in virtual time."""
    with virtual_engine():
        return engine.Loop().run(Run(OnEngine()).main(program))


# Programs


def leaves(number: Callable[[int], Any]) -> list[Any]:
    """Return the simple operations, of numbers made by a function."""
    return [
        *[("yield",), ("sleep",), ("sleep",), ("raise",)],
        *[(name, number(FUTURES)) for name in ("await", "set", "fail", "drop")],
        ("later", number(FUTURES)),
        *[(name, number(len(SIZES))) for name in ("put", "put", "get", "get")],
        *[(name, number(TASKS)) for name in ("cancel", "cancel", "join")],
    ]


def any_program(chance: random.Random, gathers: bool) -> Program:
    """Make a program by chance: a thousand a second."""

    def ops(depth: int) -> list[Op]:
        return [op(depth) for _ in range(chance.randint(1, 5))]

    def op(depth: int) -> Op:
        many = ["catch", "spawn"] + ["gather"] * gathers
        if depth and chance.random() < 0.3:
            name = chance.choice(many)
            if name == "gather":
                return name, [ops(depth - 1) for _ in range(chance.randint(0, 3))]
            return name, ops(depth - 1)
        leaf: Op = chance.choice(leaves(chance.randrange))
        return leaf

    return [ops(2) for _ in range(chance.randint(1, 5))]


def programs(gathers: bool) -> st.SearchStrategy[Program]:
    """Make programs that hypothesis can shrink."""
    simple = st.one_of(
        *[
            st.tuples(*map(as_strategy, leaf))
            for leaf in leaves(lambda n: st.integers(0, n - 1))
        ]
    )

    def deeper(inner: Any) -> Any:
        some = st.lists(inner, min_size=1, max_size=5)
        kinds = [
            st.tuples(st.just("catch"), some),
            st.tuples(st.just("spawn"), some),
        ]
        if gathers:
            several = st.lists(some, max_size=3)
            kinds.append(st.tuples(st.just("gather"), several))
        return st.one_of(inner, *kinds)

    op = deeper(deeper(simple))
    return st.lists(st.lists(op, min_size=1, max_size=5), min_size=1, max_size=5)


def as_strategy(part: Any) -> st.SearchStrategy[Any]:
    return part if isinstance(part, st.SearchStrategy) else st.just(part)
