"""What the sheet's words claim, and no lesson's test asserts: box by box."""

from __future__ import annotations

import ast
import asyncio
import gc
import io
import signal
import subprocess
import sys
import threading
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from tests.pythons import Python, pythons

every_python = pytest.mark.parametrize("python", pythons(), ids=str)


# Together


def test_the_block_of_a_group_waits_for_all_its_tasks() -> None:
    async def session() -> list[bool]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(asyncio.sleep(n / 100)) for n in range(3)]
        return [task.done() for task in tasks]

    assert asyncio.run(session()) == [True] * 3


async def fail() -> None:
    raise ValueError("no water")


def test_wait_raises_nothing_the_error_stays_in_its_task() -> None:
    async def session() -> BaseException | None:
        task = asyncio.create_task(fail())
        done, _ = await asyncio.wait([task])
        assert done == {task}
        return task.exception()

    assert isinstance(asyncio.run(session()), ValueError)


def test_as_completed_raises_at_the_await_of_who_failed() -> None:
    async def session() -> list[str]:
        seen = []
        others = (asyncio.sleep(n / 50, f"flower {n}") for n in (1, 2))
        for coming in asyncio.as_completed([*others, fail()]):
            try:
                seen.append(str(await coming))
            except ValueError as error:
                seen.append(str(error))
        return seen

    assert asyncio.run(session()) == ["no water", "flower 1", "flower 2"]


@pytest.mark.skipif(sys.version_info < (3, 13), reason="3.13 and newer")
def test_as_completed_gives_the_tasks_themselves() -> None:
    async def session() -> bool:
        tasks = [asyncio.create_task(asyncio.sleep(n / 50)) for n in (2, 1)]
        coming: Any = asyncio.as_completed(tasks)
        seen = [task async for task in coming]
        return seen == tasks[::-1]

    assert asyncio.run(session())


# Time


def test_wait_for_is_a_timeout_in_one_call() -> None:
    async def session() -> None:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)

    with pytest.raises(TimeoutError):
        asyncio.run(session())


def test_who_waits_for_a_cancelled_task_gets_the_error_at_its_own_next_turn() -> None:
    seen = []

    async def work(name: str, other: Awaitable[object]) -> None:
        try:
            await other
        except asyncio.CancelledError:
            seen.append(name)
            raise

    async def session() -> None:
        inner = asyncio.create_task(work("inner", asyncio.Event().wait()))
        outer = asyncio.create_task(work("outer", inner))
        await asyncio.sleep(0.01)
        outer.cancel()
        seen.append("cancel() returned")
        await asyncio.wait([outer])

    asyncio.run(session())
    assert seen == ["cancel() returned", "inner", "outer"]


def test_a_shielded_task_that_nobody_keeps_is_lost() -> None:
    told = []

    async def forever() -> None:
        await asyncio.get_running_loop().create_future()

    async def client() -> None:
        await asyncio.shield(asyncio.create_task(forever(), name="saving"))

    async def session() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(
            lambda loop, context: told.append(context["message"])
        )
        waiting = asyncio.create_task(client())
        await asyncio.sleep(0.01)
        assert "saving" in {task.get_name() for task in asyncio.all_tasks()}
        waiting.cancel()
        await asyncio.wait([waiting])
        gc.collect()
        assert "saving" not in {task.get_name() for task in asyncio.all_tasks()}

    asyncio.run(session())
    assert told == ["Task was destroyed but it is pending!"]


# Sharing


def test_a_queue_of_four_makes_the_fifth_put_wait() -> None:
    async def session() -> None:
        jobs = asyncio.Queue[int](maxsize=4)
        for number in range(4):
            jobs.put_nowait(number)
        putting = asyncio.create_task(jobs.put(4))
        await asyncio.sleep(0.01)
        assert not putting.done()
        await jobs.get()
        await putting

    asyncio.run(session())


def test_a_queue_shut_down_takes_no_more_and_gives_what_is_left() -> None:
    if sys.version_info < (3, 13):
        assert not hasattr(asyncio, "QueueShutDown")
        return

    async def session() -> None:
        jobs = asyncio.Queue[str]()
        jobs.put_nowait("tulip")
        jobs.shutdown()
        with pytest.raises(asyncio.QueueShutDown):
            await jobs.put("iris")
        assert await jobs.get() == "tulip"
        with pytest.raises(asyncio.QueueShutDown):
            await jobs.get()

    asyncio.run(session())


@pytest.mark.parametrize(
    ("gate", "most"), [(asyncio.Lock, 1), (lambda: asyncio.Semaphore(3), 3)]
)
def test_so_many_at_a_time_across_an_await(
    gate: Callable[[], asyncio.Lock | asyncio.Semaphore], most: int
) -> None:
    inside: list[int] = []

    async def work(number: int, gate: asyncio.Lock | asyncio.Semaphore) -> int:
        async with gate:
            inside.append(number)
            await asyncio.sleep(0)
            together = len(inside)
            inside.remove(number)
            return together

    async def session() -> list[int]:
        opened = gate()
        return await asyncio.gather(*(work(n, opened) for n in range(9)))

    assert max(asyncio.run(session())) == most


def test_without_an_await_in_between_no_lock_is_needed() -> None:
    litres = 0

    async def add(pause: bool) -> None:
        nonlocal litres
        for _ in range(10):
            read = litres
            if pause:
                await asyncio.sleep(0)
            litres = read + 1
            await asyncio.sleep(0)

    async def session(pause: bool) -> int:
        nonlocal litres
        litres = 0
        await asyncio.gather(*(add(pause) for _ in range(10)))
        return litres

    assert asyncio.run(session(pause=False)) == 100
    assert asyncio.run(session(pause=True)) < 100


def test_the_context_copied_is_that_of_the_task_s_creation() -> None:
    gardener = ContextVar("gardener", default="nobody")

    async def who() -> str:
        return gardener.get()

    async def session() -> tuple[str, str]:
        gardener.set("Anna")
        task = asyncio.create_task(who())
        gardener.set("Bert")  # before the task's first turn
        return await task, gardener.get()

    assert asyncio.run(session()) == ("Anna", "Bert")


# A clean end


def test_ctrl_c_cancels_main() -> None:
    seen = []

    async def session() -> None:
        signal.raise_signal(signal.SIGINT)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(session())
    assert seen == ["cancelled"]


def test_only_unix_has_other_signals() -> None:
    """The library's other files are read: those of Windows do not import here."""
    folder = Path(asyncio.__file__).parent
    assert (folder / "windows_events.py").exists()
    definers = {
        path.stem
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef) and node.name == "add_signal_handler"
    }
    assert definers == {"events", "unix_events"}
    base: Any = asyncio.AbstractEventLoop
    with pytest.raises(NotImplementedError):
        base().add_signal_handler(signal.SIGTERM, print)


# Input, output


def test_a_server_serves_until_it_is_cancelled() -> None:
    async def session() -> bool:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)

        async def serve() -> None:
            async with server:
                await server.serve_forever()

        serving = asyncio.create_task(serve())
        await asyncio.sleep(0.01)
        assert server.is_serving()
        serving.cancel()
        await asyncio.wait([serving])
        return server.is_serving()

    assert not asyncio.run(session())


def test_a_child_outlives_who_stops_waiting() -> None:
    async def session() -> int | None:
        code = "input()"
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdin=PIPE, stdout=PIPE
        )
        waiting = asyncio.create_task(child.communicate())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.01)
        waiting.cancel()
        await asyncio.wait([waiting])
        alive = child.returncode
        child.kill()
        await child.wait()
        return alive

    assert asyncio.run(session()) is None


# Mixing sync and async


def test_a_thread_has_one_loop_at_a_time() -> None:
    async def session() -> None:
        other = asyncio.new_event_loop()
        never = asyncio.Event().wait()
        with pytest.raises(RuntimeError, match="while another loop is running"):
            other.run_until_complete(never)
        never.close()
        other.close()

    asyncio.run(session())


async def notified(condition: asyncio.Condition) -> None:
    async with condition:
        await condition.wait()


WAITED: dict[str, tuple[Callable[[], Any], Callable[[Any], Awaitable[object]]]] = {
    "Lock": (asyncio.Lock, asyncio.Lock.acquire),
    "Semaphore": (asyncio.Semaphore, asyncio.Semaphore.acquire),
    "Queue": (lambda: asyncio.Queue(1), lambda jobs: jobs.put("tulip")),
    "Event": (asyncio.Event, asyncio.Event.wait),
    "Condition": (asyncio.Condition, notified),
}
"""How each is made, and waited for: at once or, the second time, in vain."""


@pytest.mark.parametrize("kind", WAITED)
def test_what_is_waited_for_is_bound_to_the_first_loop(kind: str) -> None:
    make, wait = WAITED[kind]
    shared = make()

    async def in_vain() -> None:
        async with asyncio.timeout(0.01):
            await wait(shared)
            await wait(shared)

    with pytest.raises(TimeoutError):
        asyncio.run(in_vain())
    with pytest.raises(RuntimeError, match="is bound to a different event loop"):
        asyncio.run(in_vain())


def test_who_never_had_to_wait_binds_to_no_loop() -> None:
    lock, jobs = asyncio.Lock(), asyncio.Queue[str]()

    async def session() -> str:
        async with lock:
            await jobs.put("tulip")
            return await jobs.get()

    assert [asyncio.run(session()) for _ in range(2)] == ["tulip"] * 2


def test_a_thread_gives_the_loop_a_callback() -> None:
    async def session() -> None:
        loop = asyncio.get_running_loop()
        rung = loop.create_future()

        def ring() -> None:
            rung.set_result(threading.get_ident())

        await asyncio.to_thread(loop.call_soon_threadsafe, ring)
        assert await rung == threading.get_ident()

    asyncio.run(session())


# Tools


@every_python
def test_the_console_awaits(python: Python) -> None:
    done = subprocess.run(
        [str(python.executable), "-m", "asyncio"],
        input="await asyncio.sleep(0, 'tulip')\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "'tulip'" in done.stdout + done.stderr


def test_print_stack_says_where_a_task_is() -> None:
    async def wait_for_rain() -> None:
        await asyncio.Event().wait()

    async def session() -> str:
        task = asyncio.create_task(wait_for_rain())
        await asyncio.sleep(0)
        told = io.StringIO()
        task.print_stack(file=told)
        task.cancel()
        return told.getvalue()

    told = asyncio.run(session())
    assert "in wait_for_rain" in told
    assert "await asyncio.Event().wait()" in told
