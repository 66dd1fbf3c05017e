# /// script
# requires-python = ">=3.11"
# dependencies = ["psutil>=5.9"]
# ///
"""What an actor costs: as a process, as a thread, as a coroutine.

    $ python actors.py
                  memory    to start   to switch
    process   13026.0 kB   94.192 ms    0.021 ms
    thread       15.8 kB    0.396 ms    0.009 ms
    coroutine     1.1 kB    0.016 ms    0.004 ms
    a thread takes 13.8 times the memory of a coroutine

An actor waits for a word, and gives it back. There are twice as many
each time, until seconds or megabytes would run out. Each kind has a new
process: no memory is left of another one. The system's own for a thread
(a second stack, page tables) is not seen: it is at least as much again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any

import psutil

Costs = tuple[float, float, float]
Start = Callable[[], Awaitable[int]]
Ask = Callable[[], Awaitable[None]]


def memory() -> int:
    """Give the bytes that this process alone has."""
    return int(psutil.Process().memory_full_info().uss)


def echo(questions: Any, answers: Any, apart: bool) -> None:
    """Say what memory is yours alone; then give each word back."""
    answers.put(memory() if apart else 0)
    while True:
        answers.put(questions.get())


async def echo_awaiting(questions: Any, answers: Any) -> None:
    """Do the same: others run at each `await`."""
    await answers.put(0)
    while True:
        await answers.put(await questions.get())


async def measure(
    start: Start, ask: Ask, seconds: float, megabytes: int
) -> Costs:
    """Start more and more actors; give what each has cost."""
    began, empty, count = perf_counter(), memory(), 0
    apart, taken, full = 0, 0, False
    while taken <= 0 or not full:
        for _ in range(max(count, 1)):
            apart += await start()
            count += 1
        spent = perf_counter() - began
        taken = memory() - empty + apart
        full = 2 * spent >= seconds or 2 * taken >= megabytes << 20
    began = perf_counter()
    for _ in range(500):
        await ask()  # there, and back
    return taken / count, spent / count, (perf_counter() - began) / 1000


async def measure_blocking(kind: str, *limits: Any) -> Costs:
    """Measure threads, or processes: they have the same methods."""
    spawn = get_context("spawn")
    apart = kind == "process"
    make: Any = spawn.Process if apart else Thread
    queue: Any = spawn.SimpleQueue if apart else SimpleQueue
    questions, answers = queue(), queue()
    arguments = questions, answers, apart

    async def start() -> int:
        make(target=echo, args=arguments, daemon=True).start()
        return int(answers.get())

    async def ask() -> None:
        questions.put("word")
        answers.get()

    return await measure(start, ask, *limits)


async def measure_coroutines(*limits: Any) -> Costs:
    """Measure coroutines, each in a task."""
    questions, answers = asyncio.Queue[str](), asyncio.Queue[Any]()
    actors = []  # the loop itself would forget them

    async def start() -> int:
        actor = echo_awaiting(questions, answers)
        actors.append(asyncio.create_task(actor))
        return int(await answers.get())

    async def ask() -> None:
        await questions.put("word")
        await answers.get()

    return await measure(start, ask, *limits)


def measured(kind: str, *limits: Any) -> Costs:
    """Measure actors of a kind, which end with this process."""
    if kind == "coroutine":
        return asyncio.run(measure_coroutines(*limits))
    return asyncio.run(measure_blocking(kind, *limits))


async def main(*, seconds: float = 0.4, megabytes: int = 32) -> None:
    """Measure each kind, in a process of its own."""
    loop = asyncio.get_running_loop()
    weights = {}
    print("              memory    to start   to switch")
    for kind in "process", "thread", "coroutine":
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            weight, start, switch = await loop.run_in_executor(
                pool, measured, kind, seconds, megabytes
            )
        weights[kind] = weight
        times = f"{1000 * start:7.3f} ms {1000 * switch:8.3f} ms"
        print(f"{kind:9} {weight / 1024:7.1f} kB  {times}")
    ratio = weights["thread"] / weights["coroutine"]
    print(f"a thread takes {ratio:.1f} times the memory of a coroutine")


if __name__ == "__main__":
    asyncio.run(main())
