"""Programs whose complete logs must not change when they are recorded.

    $ PYTHONPATH=. python tests/media/programs.py --seeds 300

prints one line of JSON: the names of what ran, the differences between the log of
a run and that of its recorded twin, and what cannot be true in its trace. Any
Python can run it: it needs the standard library and media.recorder.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import contextvars
import difflib
import gc
import inspect
import io
import json
import linecache
import random
import re
import sys
import threading
import time
import traceback
import types
import warnings
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from media import recorder
from media.recorder import Recorder
from media.trace import Trace
from tests.media.traced_asyncio import defects

Say = Callable[..., None]
Program = Callable[[Say], Coroutine[Any, Any, Any]]

PROGRAMS: dict[str, Program] = {}
MODES = "plain", "debug", "eager", "eager debug", "own factory", "wrapping factory"
EAGER = getattr(asyncio, "eager_task_factory", None)

LATE = 0.002
"""Seconds that a turn of a late loop lasts: more than the programs' deadlines."""

SLOW_START = time.sleep, (0.01,)
"""What a late machine's threads call first, and with what."""

place: contextvars.ContextVar[str] = contextvars.ContextVar("place", default="outside")


def program(function: Program) -> Program:
    """Add a program to those that are compared."""
    PROGRAMS[function.__name__] = function
    return function


async def step(say: Say, name: str, times: int = 1, result: object = None) -> object:
    """Say each of a few steps, then return a result; say a cancellation."""
    try:
        for number in range(times):
            say(name, number)
            await asyncio.sleep(0)
    except asyncio.CancelledError as error:
        say(name, "cancelled", error.args)
        raise
    return result


async def fail(say: Say, name: str, error: BaseException, times: int = 0) -> None:
    """Raise an error after a few steps."""
    await step(say, name, times)
    raise error


async def never() -> None:
    """Wait for nothing."""
    await asyncio.get_running_loop().create_future()


def told(error: BaseException | None, depth: int = 0) -> str:
    """Return all that an exception tells, and what led to it."""
    if error is None or depth > 5:
        return "-"
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    parts = [repr(error), str(error.args), str(frames)]
    parts.append(str(getattr(error, "__notes__", [])))
    if isinstance(error, BaseExceptionGroup):
        parts += [told(each, depth + 1) for each in error.exceptions]
    parts.append(f"cause {told(error.__cause__, depth + 1)}")
    parts.append(f"context {told(error.__context__, depth + 1)}")
    return f"<{', '.join(parts)}>"


async def outcome(say: Say, name: str, awaitable: Awaitable[Any]) -> None:
    """Say what came of an awaitable."""
    try:
        say(name, "gives", await awaitable)
    except BaseException as error:
        say(name, "raises", told(error))


@program
async def ends(say: Say) -> None:
    """Tasks done, failed, cancelled, cancelled before their first step, pending."""
    create = asyncio.create_task
    tasks = [
        create(step(say, "done", 2, "result"), name="done"),
        create(step(say, "tuple", 1, (1, 2)), name="tuple"),
        create(step(say, "error", 1, ValueError("a result")), name="error"),
        create(step(say, "stop", 1, StopIteration(3)), name="stop"),
        create(fail(say, "failed", ValueError("why"), 2), name="failed"),
        create(fail(say, "at once", KeyError("key")), name="at once"),
        create(fail(say, "stops", StopIteration("no")), name="stops"),
        create(fail(say, "cancels itself", asyncio.CancelledError("me"))),
        create(step(say, "cancelled", 9), name="cancelled"),
    ]
    late = create(step(say, "late", 9), name="late")
    say("cancel", late.cancel("before its first step"))
    pending = create(never(), name="pending")
    await asyncio.sleep(0)
    say("cancel", tasks[-1].cancel("later"))
    for task in (*tasks, late):
        await outcome(say, task.get_name(), task)
        say(task.done(), task.cancelled(), repr(task))
    say(pending.done(), repr(pending))


@program
async def gathers(say: Say) -> None:
    """Gather, nested, with exceptions returned or raised, and cancelled."""
    steps = [step(say, f"step {number}", number) for number in range(3)]
    await outcome(say, "gather", asyncio.gather(*steps))
    for kept in False, True:
        error = fail(say, "fails", OSError(5, "text"), 1)
        both = step(say, "other", 3, 1), error
        await outcome(say, "both", asyncio.gather(*both, return_exceptions=kept))
    inner = asyncio.gather(step(say, "in", 5), never())
    outer = asyncio.gather(inner, step(say, "out", 5))
    await asyncio.sleep(0)
    say(outer.cancel("all of it"))
    await outcome(say, "cancelled", outer)


@program
async def groups(say: Say) -> None:
    """Task groups: done, failed, nested, cancelled from outside."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(step(say, name, 2, name)) for name in "ab"]
    say([task.result() for task in tasks])

    async def failing() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(say, "first", ValueError(1), 1))
            group.create_task(fail(say, "second", TypeError(2), 1))
            group.create_task(step(say, "sibling", 9))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(step(say, "inner", 9))

    await outcome(say, "failing", failing())

    async def endless() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(step(say, "endless", 99))
            await never()

    task = asyncio.create_task(endless())
    await step(say, "outside", 3)
    task.cancel("from outside")
    await outcome(say, "cancelled", task)


@program
async def deadlines(say: Say) -> None:
    """Timeouts and wait_for, over and kept; asyncio.wait; uncancel."""
    await outcome(say, "kept", asyncio.wait_for(step(say, "quick", 2, 1), 60))
    await outcome(say, "over", asyncio.wait_for(never(), 0.001))
    await outcome(say, "zero", asyncio.wait_for(step(say, "zero", 2), 0))

    async def nested() -> None:
        async with asyncio.timeout(60):
            try:
                async with asyncio.timeout(0.001) as inner:
                    await never()
            except TimeoutError as error:
                say("inner", inner.expired(), told(error))
            task = asyncio.current_task()
            assert task is not None
            say(task.cancelling(), task.cancel("once"), task.cancelling())
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError as error:
                say(told(error), task.uncancel())
            await asyncio.sleep(0)

    await outcome(say, "nested", asyncio.create_task(nested()))
    first = asyncio.create_task(step(say, "first", 1), name="first")
    second = asyncio.create_task(never(), name="second")
    done, pending = await asyncio.wait(
        {first, second}, return_when=asyncio.FIRST_COMPLETED
    )
    say([task.get_name() for task in done], [task.get_name() for task in pending])
    second.cancel()
    two = [asyncio.create_task(step(say, f"step {n}", n, n)) for n in (1, 2)]
    for ended in asyncio.as_completed(two):
        say(await ended)


@program
async def shields(say: Say) -> None:
    """What is shielded goes on; the error of what nobody awaits is told."""
    inner = asyncio.create_task(step(say, "inner", 4, "safe"))

    async def waits() -> None:
        try:
            await asyncio.shield(inner)
        except asyncio.CancelledError as error:
            say("outer", error.args)
            say(await inner)
            raise

    outer = asyncio.create_task(waits())
    await asyncio.sleep(0)
    outer.cancel("shielded")
    await outcome(say, "outer", outer)
    failing = asyncio.create_task(fail(say, "shielded", ValueError("lost"), 3))
    shield = asyncio.shield(failing)
    await asyncio.sleep(0)
    shield.cancel()
    await outcome(say, "shield", shield)
    await step(say, "waits", 6)


@program
async def generators(say: Say) -> None:
    """Asynchronous generators and comprehensions, ended and left."""

    async def numbers(name: str) -> AsyncIterator[int]:
        try:
            for number in range(4):
                say(name, number)
                yield number
                await asyncio.sleep(0)
        finally:
            say(name, "closed")

    async def sums() -> int:
        return sum([number * 2 async for number in numbers("list") if number % 2])

    async def pairs() -> dict[int, object]:
        return {n: await step(say, "await", 1, n) async for n in numbers("dict")}

    async def leaves() -> None:
        async for number in numbers("left"):
            if number == 1:
                break

    async def closes() -> None:
        each = numbers("closed")
        say(await anext(each))
        await each.aclose()  # type: ignore[attr-defined]

    for wanted in sums(), pairs(), leaves(), closes():
        await outcome(say, "generator", asyncio.create_task(wanted))
    gc.collect()
    await step(say, "finalized", 3)


@program
async def contexts(say: Say) -> None:
    """Context variables: inherited, changed, given."""

    async def reads(name: str) -> None:
        say(name, place.get())
        place.set(name)
        await asyncio.sleep(0)
        say(name, place.get())

    place.set("program")
    context = contextvars.copy_context()
    context.run(place.set, "given")
    await asyncio.create_task(reads("inherits"))
    await asyncio.create_task(reads("is given"), context=context)
    say(place.get(), context[place])
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: say("callback", place.get()))
    await asyncio.sleep(0)  # else it races with the thread
    await asyncio.to_thread(lambda: say("thread", place.get()))
    names = sorted(variable.name for variable in contextvars.copy_context())
    say([name for name in names if name != "recorders"])


@program
async def errors(say: Say) -> None:
    """Exceptions with a cause, a context, notes; and what frames they show."""

    async def chained() -> None:
        try:
            await fail(say, "inner", KeyError("a"), 1)
        except KeyError as error:
            error.add_note("noted")
            raise ValueError("b") from error

    async def handled() -> None:
        try:
            raise OSError("handled")
        except OSError:
            say(repr(sys.exception()) if sys.version_info > (3, 11) else "")
            await asyncio.sleep(0)
            say(repr(sys.exc_info()[1]))
            await asyncio.create_task(fail(say, "within", TypeError("c"), 1))

    async def swallows() -> None:
        try:
            await never()
        except asyncio.CancelledError:
            raise LookupError("instead") from None

    async def again() -> None:
        task = asyncio.create_task(fail(say, "once", ValueError("twice"), 1))
        for _ in range(2):
            await outcome(say, "again", task)
        raise task.exception() or AssertionError

    class Odd(Exception):
        def __repr__(self) -> str:
            return f"Odd{self.args}"

    class Silent(Exception):
        def __repr__(self) -> str:
            raise RuntimeError("no repr")

    for failing in chained(), handled(), again(), fail(say, "odd", Odd(1), 1):
        await outcome(say, "error", asyncio.create_task(failing))
    task = asyncio.create_task(swallows())
    await asyncio.sleep(0)
    task.cancel()
    await outcome(say, "swallows", task)
    try:
        await asyncio.create_task(fail(say, "silent", Silent()))
    except Silent as error:
        say(error.args)
    say(await asyncio.create_task(step(say, "long", 1, 10**10_000)) == 10**10_000)


@program
async def looks(say: Say) -> None:
    """What a program sees of its tasks and of their coroutines."""

    async def waits() -> None:
        await step(say, "waits", 3)

    coro = waits()
    task = asyncio.create_task(coro, name="looked at")
    for _ in range(3):
        seen: Any = task.get_coro()
        if seen is not None:
            say(seen == coro, hash(seen) == hash(coro), repr(seen) == repr(coro))
            say(seen.__name__, seen.__qualname__, seen.cr_code.co_name)
            say(inspect.iscoroutine(seen), asyncio.iscoroutine(seen))
            say(isinstance(seen, types.CoroutineType), seen.__class__)
            say(inspect.getcoroutinestate(seen), weakref.ref(seen)() is seen)
            say(inspect.getcoroutinelocals(seen).keys(), repr(seen.cr_await))
        stack = io.StringIO()
        task.print_stack(file=stack)
        say(repr(task), stack.getvalue())
        await asyncio.sleep(0)
    current = asyncio.current_task()
    say(current, sorted(map(repr, asyncio.all_tasks())))
    loop = asyncio.get_running_loop()
    say(loop.get_task_factory(), loop.create_task.__name__)
    for wrong in (None, 5, waits, asyncio.sleep):
        try:
            say(loop.create_task(wrong))  # type: ignore[arg-type]
        except TypeError as error:
            say(repr(error))
    left = waits()
    try:
        say(loop.create_task(left, wrong=1))  # type: ignore[call-arg]
    except TypeError as error:
        say(type(error))
    left.close()
    await task


@program
async def threads(say: Say) -> None:
    """Threads beside the loop, and a loop in a thread."""
    loop = asyncio.get_running_loop()
    say(await asyncio.to_thread(lambda: threading.current_thread() is not main))
    await outcome(say, "executor", loop.run_in_executor(None, int, "x"))

    def elsewhere() -> object:
        future = asyncio.run_coroutine_threadsafe(step(say, "here", 2, 7), loop)
        return future.result(), asyncio.run(step(say, "there", 2, 8))

    say(await asyncio.to_thread(elsewhere))

    def ends(error: BaseException) -> str:
        try:
            with asyncio.Runner() as runner:
                runner.run(fail(say, "ends", error, 1))
        except BaseException as raised:
            return told(raised)
        return "no error"

    say(await asyncio.to_thread(ends, SystemExit(3)))


main = threading.main_thread()


@program
async def processes(say: Say) -> None:
    """A subprocess, its streams and its end."""
    script = "import sys; print(sys.stdin.read() + '!'); sys.exit(3)"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", script, stdin=pipe, stdout=pipe
    )
    out, _ = await process.communicate(b"words")
    say(out, process.returncode)


@program
async def streams(say: Say) -> None:
    """A server and its client, with a task each."""

    async def serve(reader: Any, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line.upper())
            await writer.drain()
        writer.close()
        say("served")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for word in b"one\n", b"two\n":
            writer.write(word)
            say(await reader.readline())
        writer.write_eof()
        say(await reader.read())
        writer.close()
        await writer.wait_closed()


@program
async def locks(say: Say) -> None:
    """Queues, locks, events, conditions, semaphores, barriers."""
    queue: asyncio.Queue[int] = asyncio.Queue(1)
    lock, event, semaphore = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(2)
    barrier, condition = asyncio.Barrier(2), asyncio.Condition()

    async def puts() -> None:
        for number in range(3):
            await queue.put(number)
            say("put", number)
        event.set()

    async def gets() -> None:
        for _ in range(3):
            say("got", await queue.get())
            queue.task_done()

    async def holds(name: str) -> None:
        async with semaphore, lock:
            await step(say, name, 2)
        await barrier.wait()
        async with condition:
            condition.notify_all()
        say(name, "through")

    async with asyncio.TaskGroup() as group:
        group.create_task(puts())
        group.create_task(gets())
        for name in "ab":
            group.create_task(holds(name))
        async with condition:
            await condition.wait()
        await event.wait()
    await queue.join()


@program
async def litter(say: Say) -> None:
    """What is destroyed, never awaited or never retrieved is told the same."""

    async def left() -> None:
        future = asyncio.get_running_loop().create_future()
        other = asyncio.create_task(waits(future), name="destroyed")
        await asyncio.sleep(0)
        del other

    async def waits(future: asyncio.Future[None]) -> None:
        await future

    async def unseen() -> None:
        failing = fail(say, "unseen", ValueError("unseen"), 1)
        task = asyncio.create_task(failing, name="unseen")
        await step(say, "maker", 2)
        say(task.done())

    async def unawaited() -> None:
        step(say, "never awaited")  # type: ignore[unused-coroutine]
        await asyncio.sleep(0)

    for maker in left, unseen, unawaited:
        await asyncio.create_task(maker(), name="maker")
        await asyncio.sleep(0)
        gc.collect()
    cancelled = asyncio.create_task(step(say, "never started"))
    cancelled.cancel()
    await outcome(say, "cancelled", cancelled)


@program
async def garbage(say: Say) -> None:
    """The variables of what has ended are released as early."""

    class Thing:
        def __init__(self, name: str) -> None:
            weakref.finalize(self, say, name, "released")

    async def holds(name: str, error: BaseException | None = None) -> None:
        thing = Thing(name)
        await asyncio.sleep(0)
        if error is not None:
            raise error
        del thing
        later = Thing(f"{name} later")
        await asyncio.sleep(0)
        say(name, "ends", type(later).__name__)

    async def waits(name: str) -> None:
        thing = Thing(name)
        await never()
        say(thing)

    done = asyncio.create_task(holds("done"))
    await done
    say("done")
    failed = asyncio.create_task(holds("failed", ValueError()))
    await asyncio.wait([failed])
    say("failed", type(failed.exception()))
    del failed
    say("forgotten")
    cancelled = asyncio.create_task(waits("cancelled"))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait([cancelled])
    del cancelled
    say("cancelled")
    over = asyncio.create_task(waits("over"))
    await asyncio.sleep(0)  # uvloop looks at deadlines before it starts tasks
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(over, 0.001)
    del over
    say("over")
    closed = asyncio.create_task(waits("closed"))
    await asyncio.sleep(0)
    coro: Any = closed.get_coro()
    coro.close()
    say("closed", coro.cr_frame)
    closed.cancel()
    await asyncio.wait([closed])


class Noted(Exception):
    """An exception that can be watched, as built-in ones cannot."""


@program
async def referrers(say: Say) -> None:
    """Whatever passes is referred to by the same objects, and released as early."""

    def refers(name: str, passed: object) -> None:
        weakref.finalize(passed, say, name, "released")
        found = gc.get_referrers(passed)
        # An exception's traceback leads to frames: which of them keep it?
        frames = [each.f_code.co_name for each in found if inspect.isframe(each)]
        say(name, sorted(type(each).__name__ for each in found), frames)

    async def catches() -> object:
        try:
            await never()
        except asyncio.CancelledError as error:
            refers("caught", error)
        await asyncio.sleep(0)
        say("goes on")
        return Noted("returned")

    async def passes() -> None:
        await never()

    async def replaces() -> None:
        try:
            await never()
        except asyncio.CancelledError as error:
            raise Noted("instead") from error

    async def closes() -> None:
        try:
            await never()
        except GeneratorExit:
            raise Noted("closed") from None

    async def ignores() -> None:
        with contextlib.suppress(GeneratorExit):
            await never()
        await asyncio.sleep(0)

    async def raises(times: int) -> None:
        await step(say, "raises", times)
        raise Noted(times)

    async def ended(name: str, task: asyncio.Task[Any]) -> None:
        try:
            await asyncio.wait([task])
            refers(name, task.result())
        except (Noted, asyncio.CancelledError) as error:
            refers(name, error)
            if error.__context__ is not None:
                refers(f"{name}, its context", error.__context__)
        del task
        say(name, "forgotten")

    for function in catches, passes, replaces:
        task = asyncio.create_task(function())
        await asyncio.sleep(0)
        task.cancel()
        await ended(function.__name__, task)
        del task
        await asyncio.sleep(0)
    for times in 0, 1:
        await ended(f"raises {times}", asyncio.create_task(raises(times)))
        await asyncio.sleep(0)
    for leaving in closes, ignores:
        task = asyncio.create_task(leaving())
        await asyncio.sleep(0)
        coro: Any = task.get_coro()
        try:
            coro.close()
        except (Noted, RuntimeError) as error:
            say(told(error))
            if isinstance(error, Noted):
                refers("closed", error)
        task.cancel()
        await asyncio.wait([task])


class Steps(Coroutine[Any, Any, str]):
    """A coroutine that is written by hand."""

    def __init__(self, say: Say) -> None:
        self.say, self.left = say, 2

    def send(self, value: object) -> Any:
        self.say("send", value, self.left)
        self.left -= 1
        if self.left < 0:
            raise StopIteration("by hand")
        return None

    def throw(self, *error: Any) -> Any:
        self.say("throw", error)
        raise StopIteration("thrown")

    def close(self) -> None:
        self.say("close")

    def __await__(self) -> Generator[Any, Any, str]:
        yield
        return "awaited"


@program
async def others(say: Say) -> None:
    """Coroutines that no `async def` made."""

    @types.coroutine
    def yields() -> Generator[None, None, str]:
        yield
        say("yielded")
        yield
        return "generator"

    async def delegates() -> str:
        return await yields()

    class Awaitable:
        def __await__(self) -> Generator[Any, Any, str]:
            yield from asyncio.sleep(0).__await__()
            return "awaitable"

    await outcome(say, "delegates", asyncio.create_task(delegates()))
    await outcome(say, "awaitable", asyncio.ensure_future(Awaitable()))
    await outcome(say, "by hand", asyncio.create_task(Steps(say)))
    task = asyncio.create_task(Steps(say))
    await asyncio.sleep(0)
    task.cancel("by hand")
    await outcome(say, "thrown", task)

    class Bad:
        def __await__(self) -> Any:
            yield "not a future"

    async def bad() -> None:
        await Bad()

    await outcome(say, "bad", asyncio.create_task(bad()))


@program
async def callbacks(say: Say) -> None:
    """The order of callbacks, tasks and done callbacks."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(step(say, "task", 3, 1), name="task")
    task.add_done_callback(lambda done: say("done", done.result()))
    loop.call_soon(say, "soon")
    loop.call_later(0, say, "later")
    await task
    await step(say, "after", 2)
    if EAGER is None:
        return
    before = loop.get_task_factory()
    loop.set_task_factory(EAGER)
    say(loop.get_task_factory() is EAGER)
    async with asyncio.TaskGroup() as group:
        for name in "ab":
            group.create_task(gathering(say, name))
        say("both started")
    loop.set_task_factory(before)
    await asyncio.create_task(gathering(say, "late"))


async def gathering(say: Say, name: str) -> None:
    """Start others, eagerly or not, and go on."""
    say(name, "starts")
    both = asyncio.gather(step(say, f"{name}0", 0, 1), step(say, f"{name}1", 1, 2))
    say(name, "goes on")
    say(name, await both)


def drawn(seed: int) -> Program:
    """Return a program drawn by lot: a few tasks that wait, give, cancel, fail."""
    lot = random.Random(seed)
    verbs = (
        *("sleep", "put", "get", "set", "wait", "cancel", "shield", "gather"),
        *("raise", "spawn", "lock", "try", "limit", "group"),
    )

    def plan(depth: int) -> list[tuple[str, int, Any]]:
        chosen = lot.choices(verbs, k=lot.randint(1, 6 - depth))
        deep = {"shield", "gather", "spawn", "try", "limit", "group"}
        return [
            (verb, lot.randrange(8), plan(depth + 1) if verb in deep else None)
            for verb in chosen
            if depth < 3 or verb not in deep
        ]

    plans = [plan(0) for _ in range(lot.randint(2, 5))]

    async def runs(say: Say) -> None:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[int] = asyncio.Queue(2)
        futures = [loop.create_future() for _ in range(8)]
        lock = asyncio.Lock()
        tasks: list[asyncio.Task[Any]] = []

        others = len(asyncio.all_tasks())

        async def act(name: str, todo: list[tuple[str, int, Any]]) -> str:
            task = asyncio.current_task()
            assert task is not None
            if task not in tasks:
                tasks.append(task)
            try:
                for place, (verb, number, more) in enumerate(todo):
                    at = f"{name}.{place}"
                    say(at, verb, number)
                    say(at, "then", await do(at, verb, number, more))
            except BaseException as error:
                say(name, told(error))
                raise
            return name

        async def do(at: str, verb: str, number: int, more: Any) -> object:
            future = futures[number]
            if verb == "sleep":
                for _ in range(number):
                    await asyncio.sleep(0)
            elif verb == "put":
                await queue.put(number)
            elif verb == "get":
                return await queue.get()
            elif verb == "set" and not future.done():
                future.set_result(at)
            elif verb == "wait":
                return await asyncio.shield(future)
            elif verb == "cancel" and tasks:
                return tasks[number % len(tasks)].cancel(at)
            elif verb == "raise" and number < 3:
                raise (ValueError, KeyError, OSError)[number](at)
            elif verb == "lock":
                async with lock:
                    await asyncio.sleep(0)
            elif verb == "spawn":
                tasks.append(asyncio.create_task(act(at, more), name=at))
            elif verb == "shield":
                return await asyncio.shield(act(at, more))
            elif verb == "gather":
                parts = act(f"{at}a", more), act(f"{at}b", more)
                return await asyncio.gather(*parts, return_exceptions=number % 2 == 0)
            elif verb == "limit":
                return await asyncio.wait_for(act(at, more), 60 if number else 0)
            elif verb == "group":
                async with asyncio.TaskGroup() as group:
                    group.create_task(act(f"{at}a", more))
                    await group.create_task(act(f"{at}b", more))
            elif verb == "try":
                try:
                    return await act(at, more)
                except Exception as error:
                    return told(error)
                finally:
                    await asyncio.sleep(0)
            return None

        tasks += [
            asyncio.create_task(act(str(place), todo), name=str(place))
            for place, todo in enumerate(plans)
        ]
        for _ in range(60):
            await asyncio.sleep(0)
        # Those that wait for each other are ended, in the order of their start.
        while len(asyncio.all_tasks()) > others:
            for task in tasks:
                task.cancel("in the end")
            await asyncio.sleep(0)
        for task in tasks:
            say(task.get_name(), repr(task))

    return runs


# Running them


def own_factory(loop: Any, coro: Any, **options: Any) -> asyncio.Task[Any]:
    """Make a plain task, as a program's factory may."""
    return asyncio.Task(coro, loop=loop, **options)


def wrapping_factory(loop: Any, coro: Any, **options: Any) -> asyncio.Task[Any]:
    """Make a task of a coroutine that awaits what was given."""

    async def wraps() -> Any:
        return await coro

    return asyncio.Task(wraps(), loop=loop, **options)


def eager_factory(loop: Any, coro: Any, **options: Any) -> asyncio.Task[Any]:
    """Make an eager task on uvloop too, which gives factories eager_start=None."""
    return asyncio.Task(coro, loop=loop, **{**options, "eager_start": True})


FACTORIES: dict[str, Any] = {
    "own factory": own_factory,
    "wrapping factory": wrapping_factory,
    "eager": eager_factory,
    "eager debug": eager_factory,
}


def masked(text: str, base: str) -> str:
    """Return a log without addresses, and without the recorder's own frames.

    Tasks without a name have numbers, that here count from the main task's, `base`.
    """
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    first = int(base.removeprefix("Task-")) if base[-1].isdigit() else 0
    text = re.sub(r"Task-(\d+)", lambda found: f"Task-{int(found[1]) - first}", text)
    file = re.escape(recorder.__file__)
    text = re.sub(rf' *File "{file}", line \d+, in \w+\n.*\n', "", text)
    # Where something was created is told by ten frames: the outermost may be lost.
    return re.sub(r'(?: *File ".+\n.+\n)+(?= *File ".+\n.+\n)', "", text)


def delay(loop: asyncio.AbstractEventLoop) -> None:
    """Make each turn of a loop last, from here on."""
    time.sleep(LATE)
    loop.call_soon(delay, loop)


def run(
    made: Program,
    mode: str,
    recorded: bool,
    new_loop: Any = None,
    late: bool = False,
) -> tuple[str, Trace | None]:
    """Return the complete log of a run: what it says, and what is told of it.

    On a `late` machine each turn of the loop lasts, before and after what the
    program does in it, and threads start late.
    """
    log = io.StringIO()
    trace: Trace | None = None
    base = ""

    def say(*words: object) -> None:
        print(*words, file=log)

    gc.collect()
    gc.disable()

    async def whole() -> None:
        nonlocal trace, base
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        base = task.get_name()
        loop.slow_callback_duration = 60
        loop.set_exception_handler(lambda loop, seen: handle(seen))
        loop.set_task_factory(FACTORIES.get(mode))
        with Recorder(loop) if recorded else contextlib.nullcontext() as kept:
            if late:
                loop.set_default_executor(ThreadPoolExecutor(None, "", *SLOW_START))
                delay(loop)
            # A first task, that is recorded: this one is not.
            task = asyncio.create_task(made(say), name="all")
            if late:
                delay(loop)
            await outcome(say, "program", task)
            del task
            gc.collect()
        if kept is not None:
            trace = kept.trace

    def handle(seen: dict[str, Any]) -> None:
        told_too = {key: str(value) for key, value in seen.items()}
        frames = told_too.pop("source_traceback", "")
        if frames:
            frames = "".join(seen["source_traceback"].format())
        say("handler", told_too, told(seen.get("exception")), frames)

    with contextlib.redirect_stderr(log), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda *told: say("warning", *told[:2])
        with asyncio.Runner(debug="debug" in mode, loop_factory=new_loop) as runner:
            runner.run(whole())
        gc.collect()
    gc.enable()
    return masked(log.getvalue(), base), trace


def difference(made: Program, mode: str, new_loop: Any = None) -> str:
    """Return how a recorded run's log differs, and what its trace has wrong."""
    runs = [run(made, mode, recorded, new_loop) for recorded in (False, True)]
    (plain, _), (recorded, trace) = runs
    assert trace is not None
    wrong = [*defects(trace)]
    if not trace.lives or not any(life.runs for life in trace.lives):
        wrong.append("nothing recorded")
    lines = difflib.unified_diff(plain.splitlines(), recorded.splitlines(), n=2)
    return "\n".join([*lines, *wrong])


def compare(seeds: int, new_loop: Any = None) -> dict[str, str]:
    """Return the differences of every program, in every mode."""
    modes = [mode for mode in MODES if EAGER or "eager" not in mode]
    found = {
        f"{name} ({mode})": difference(made, mode, new_loop)
        for name, made in PROGRAMS.items()
        for mode in modes
    }
    for seed in range(seeds):
        mode = modes[seed % len(modes)]
        found[f"seed {seed} ({mode})"] = difference(drawn(seed), mode, new_loop)
    return found


def start() -> None:
    """Compare all, and print what was found."""
    parser = argparse.ArgumentParser(description=start.__doc__)
    parser.add_argument("--seeds", type=int, default=0)
    seeds = parser.parse_args().seeds
    # Programs collect garbage at each step: spare them what was imported.
    gc.collect()
    gc.freeze()
    found = compare(seeds)
    different = {name: text for name, text in found.items() if text}
    print(json.dumps({"ran": len(found), "different": different}))


if __name__ == "__main__":
    linecache.lazycache(__file__, globals())
    start()
