"""Our own engine beside asyncio, uvloop and trio: CPU time, on this Python.

    $ python -m tests.bench.engine sleepers 1000000
    {"bytes": 428.1}

prints what a sleeping task weighs, in a process of its own; `… serve streams`,
`… serve engine` and `… serve bare` are servers that echo. What the engine leaves out
(its docstring says it) is a part of its speed.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import platform
import selectors
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from socket import MSG_WAITALL, create_server, socket
from typing import Any

from rich.console import Console
from rich.table import Table

from demos.engine.engine import AIOSocket, Future, Loop, Task, gather, sleep
from slides.paths import ROOT
from tests.bench import Number
from tests.bench.echo import SIZE, Times, load, serving
from tests.bench.load import connect

TURNS = 5
"""Runs of each, in turn, for a median."""

SWITCHES = 100_000
"""In all, of each run."""

HANDED = 50_000
"""Hand-overs of each run."""

PAIRS = 1, 50
"""Of tasks that hand over to each other: alone, a turn of the loop is a part of it."""

MILLION = 1_000_000

CROWD = 100

HANDED_OVER = 0.55
"""What share of asyncio's a hand-over may take.

A loop that only wakes its tasks, without results, errors or cancelling, takes 0.27 to
0.32 of it; what is beyond that is the price of 220 lines that can be read.
"""

OF_BARE = 0.7
"""What share of a bare selector's echoes we want for the same CPU.

No multiple of those of streams can be promised: most of an echo is spent in the
system, by every server alike, and how much is the machine's affair.
"""

NEW = (3, 14)
"""The Python from which on asyncio switches in C what it did in Python."""

Main = Callable[[], Coroutine[Any, Any, None]]


# The programs, on each


async def turns(_: int, times: int) -> None:
    """Let the others have their turn, again and again."""
    for _ in range(times):
        await sleep(0)


async def turns_on_asyncio(_: int, times: int) -> None:
    """Do the same on asyncio."""
    for _ in range(times):
        await asyncio.sleep(0)


async def turns_on_trio(_: int, times: int) -> None:
    """Do the same on trio."""
    import trio

    for _ in range(times):
        await trio.lowlevel.checkpoint()


async def nap(number: int) -> None:
    """Sleep ten times, each time as long as nobody beside us."""
    for turn in range(10):
        await sleep(0.001 * (1 + (7 * number + 3 * turn) % 50))


async def nap_on_asyncio(number: int) -> None:
    """Do the same on asyncio."""
    for turn in range(10):
        await asyncio.sleep(0.001 * (1 + (7 * number + 3 * turn) % 50))


async def nap_on_trio(number: int) -> None:
    """Do the same on trio."""
    import trio

    for turn in range(10):
        await trio.sleep(0.001 * (1 + (7 * number + 3 * turn) % 50))


async def hand_over(
    new: Callable[[], Any], start: Callable[[Any], Any], pairs: int
) -> None:
    """Have pairs of tasks wake each other, each time through a new future."""

    async def wake_the_other(futures: list[Any], me: int) -> None:
        for _ in range(HANDED // pairs // 2):
            await futures[me]
            futures[me] = new()
            futures[1 - me].set_result(None)

    tasks = []
    for _ in range(pairs):
        futures = [new(), new()]
        tasks += [start(wake_the_other(futures, me)) for me in (0, 1)]
        futures[0].set_result(None)
    for task in tasks:
        await task


async def on_engine(make: Callable[[int], Any], count: int) -> None:
    """Run many of a kind together."""
    await gather(*[make(number) for number in range(count)])


async def on_asyncio(make: Callable[[int], Any], count: int) -> None:
    """Run many of a kind together, on asyncio."""
    await asyncio.gather(*[make(number) for number in range(count)])


async def on_trio(make: Callable[[int], Any], count: int) -> None:
    """Run many of a kind together, on trio."""
    import trio

    async with trio.open_nursery() as nursery:
        for number in range(count):
            nursery.start_soon(make, number)


async def engine_hands_over(pairs: int) -> None:
    """Hand over on the engine."""
    await hand_over(Future, Task, pairs)


async def asyncio_hands_over(pairs: int) -> None:
    """Hand over on asyncio."""
    loop = asyncio.get_running_loop()
    await hand_over(loop.create_future, loop.create_task, pairs)


def runners() -> dict[str, Callable[[Main], None]]:
    """Return what runs a program, by name: what is installed."""
    found: dict[str, Callable[[Main], None]] = {
        "engine": lambda main: Loop().run(main()),
        "asyncio": lambda main: asyncio.run(main()),
    }
    if find_spec("uvloop"):
        import uvloop

        def on_uvloop(main: Main) -> None:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(main())

        found["uvloop"] = on_uvloop
    if find_spec("trio"):
        import trio

        found["trio"] = lambda main: trio.run(main)
    return found


def programs(
    ours: Callable[[int], Any],
    theirs: Callable[[int], Any],
    of_trio: Callable[[int], Any],
    count: int,
) -> dict[str, Main]:
    """Return one program for each runner."""
    asyncios = partial(on_asyncio, theirs, count)
    return {
        "engine": partial(on_engine, ours, count),
        "asyncio": asyncios,
        "uvloop": asyncios,
        "trio": partial(on_trio, of_trio, count),
    }


def cpu(run: Callable[[Main], None], main: Main) -> float:
    """Return the CPU seconds of a run."""
    gc.collect()
    start = time.process_time()
    run(main)
    return time.process_time() - start


def medians(mains: dict[str, Main]) -> dict[str, float]:
    """Run each in turn; return the median CPU seconds of each."""
    found = {name: run for name, run in runners().items() if name in mains}
    rounds = [
        {name: cpu(run, mains[name]) for name, run in found.items()}
        for _ in range(TURNS)
    ]
    return {name: statistics.median(each[name] for each in rounds) for name in found}


# Memory


def sleepers(count: int) -> None:
    """Print the resident bytes of a task that sleeps."""

    def resident() -> int:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")

    async def one() -> None:
        await sleep(3600)

    async def main() -> None:
        before = resident()
        for _ in range(count):
            Task(one())
        await sleep(0)
        await sleep(0)
        weight = (resident() - before) / count
        print(json.dumps({"bytes": weight}), flush=True)
        os._exit(0)  # to cancel them all takes longer

    Loop().run(main())


def weight() -> float:
    """Return the bytes of a task among a million that sleep."""
    words = [sys.executable, "-m", "tests.bench.engine", "sleepers", str(MILLION)]
    done = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return float(json.loads(done.stdout)["bytes"])


# The servers


async def echo_back(peer: AIOSocket) -> None:
    """Send back what comes."""
    with peer, suppress(ConnectionError):
        while message := await peer.recv(65536):
            while message:
                message = message[await peer.send(message) :]


async def serve_on_engine() -> None:
    """Serve until killed."""
    with AIOSocket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        print("port", server.sock.getsockname()[1], flush=True)
        while True:
            peer, _ = await server.accept()
            Task(echo_back(peer))


async def serve_on_streams() -> None:
    """Serve until killed."""

    async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while message := await reader.read(65536):
                writer.write(message)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(back, "127.0.0.1", 0, backlog=1000)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def serve_bare() -> None:
    """Serve until killed, by nothing but a selector: what an echo costs at least."""
    selector = selectors.DefaultSelector()

    def accept(server: socket) -> None:
        peer, _ = server.accept()
        peer.setblocking(False)
        selector.register(peer, selectors.EVENT_READ, echo_once)

    def echo_once(peer: socket) -> None:
        message = b""
        with suppress(ConnectionError):
            message = peer.recv(65536)
        if message:
            peer.send(message)
        else:
            selector.unregister(peer)
            peer.close()

    with create_server(("127.0.0.1", 0), backlog=1000) as server:
        selector.register(server, selectors.EVENT_READ, accept)
        print("port", server.getsockname()[1], flush=True)
        while True:
            for key, _ in selector.select():
                key.data(key.fileobj)


def serve(kind: str) -> None:
    """Serve on one of them."""
    if kind == "engine":
        Loop().run(serve_on_engine())
    elif kind == "bare":
        serve_bare()
    else:
        asyncio.run(serve_on_streams())


def spread(port: int, seconds: float = 1.0) -> float:
    """Load from many connections at once; compare what most and least have got.

    Each keeps a message under way all the time.
    """
    message = bytes(SIZE)
    counts: dict[int, int] = {}
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        peers: list[socket] = []
        for _ in range(CROWD):
            peer = stack.enter_context(connect(port))
            peer.settimeout(None)
            selector.register(peer, selectors.EVENT_READ, peer)
            counts[peer.fileno()] = 0
            peers.append(peer)
        for peer in peers:
            peer.sendall(message)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for key, _ in selector.select():
                key.data.recv(SIZE, MSG_WAITALL)
                counts[key.fd] += 1
                key.data.sendall(message)
    return max(counts.values()) / min(counts.values())


# The comparison


def ratio(
    name: str, found: dict[str, float], limit: float, count: int, rival: str = "asyncio"
) -> Number:
    """Compare CPU times with a rival's; say those of all."""
    beside = ", ".join(
        f"{each} {1e6 * seconds / count:.2f} µs" for each, seconds in found.items()
    )
    version = platform.python_version()
    return Number(
        name,
        found["engine"] / found[rival],
        f"× {rival}",
        limit,
        f"Python {version}: {beside}",
    )


def engine(console: Console) -> Iterator[Number]:
    """Measure switches, futures, timers, sockets, memory."""
    with console.status("Switching …"):
        yield from switches()
        yield from futures_and_timers()
    with console.status("Echoing …"):
        yield from echoes(console)
    if Path("/proc/self/statm").exists():
        with console.status("A million sleep …"):
            beside = f"{MILLION:,} tasks"
            yield Number("a sleeping task", weight(), "bytes", 450, beside)


def switches() -> Iterator[Number]:
    """Compare `sleep(0)`, among few and among many."""
    for tasks in 100, 10_000:
        times = SWITCHES // tasks
        found = medians(
            programs(
                partial(turns, times=times),
                partial(turns_on_asyncio, times=times),
                partial(turns_on_trio, times=times),
                tasks,
            )
        )
        limit = 0.4 if sys.version_info >= NEW else 0.3
        yield ratio(f"a switch, {tasks:,} tasks", found, limit, SWITCHES)
        if "uvloop" in found:
            yield ratio(f"a switch, {tasks:,} tasks", found, 1, SWITCHES, "uvloop")


def futures_and_timers() -> Iterator[Number]:
    """Compare a hand-over from task to task, and ten timers of many tasks."""
    for pairs in PAIRS:
        asyncios = partial(asyncio_hands_over, pairs)
        mains: dict[str, Main] = {
            "engine": partial(engine_hands_over, pairs),
            "asyncio": asyncios,
            "uvloop": asyncios,
        }
        name = f"a hand-over through a future, {2 * pairs} tasks"
        yield ratio(name, medians(mains), HANDED_OVER, HANDED)
    many = programs(nap, nap_on_asyncio, nap_on_trio, 10_000)
    yield ratio("10,000 tasks × 10 timers", medians(many), 0.35, 100_000)


def echoes(console: Console) -> Iterator[Number]:
    """Compare echoes of 1 KiB with those of asyncio's streams, and of a bare loop."""
    kinds = "streams", "engine", "bare"
    words = {
        kind: [sys.executable, "-m", "tests.bench.engine", "serve", kind]
        for kind in kinds
    }
    done = {kind: Times() for kind in kinds}
    with ExitStack() as stack:
        servers = {
            kind: stack.enter_context(serving(command, ROOT))
            for kind, command in words.items()
        }
        for _ in range(TURNS):
            for kind, server in servers.items():
                done[kind].add(load(server, CROWD))
        uneven = spread(servers["engine"].port)
    table = Table("echoes, 100 at once", "a second", "p50", "p99", "server CPU")
    for kind, each in done.items():
        cost = f"{each.cost:.1f} µs"
        speed, p50, p99 = f"{each.speed:,.0f}", f"{each.p50:.2f}", f"{each.p99:.2f}"
        table.add_row(kind, speed, f"{p50} ms", f"{p99} ms", cost)
    console.print(table)
    ours, theirs, bare = done["engine"], done["streams"], done["bare"]
    yield Number(
        "echoes for the same CPU, 100 at once",
        theirs.cost / ours.cost,
        "× streams",
        round(OF_BARE * theirs.cost / bare.cost, 2),
        f"{ours.cost:.1f} µs, streams {theirs.cost:.1f} µs; a bare selector"
        f" {bare.cost:.1f} µs, or {theirs.cost / bare.cost:.2f} × streams",
        at_least=True,
    )
    beside = f"{ours.p99:.2f} ms, streams {theirs.p99:.2f} ms"
    yield Number("p99 of an echo", ours.p99 / theirs.p99, "× streams", 1, beside)
    beside = "echoes of the fastest of 100 connections and of the slowest"
    yield Number("no connection starves", uneven, "×", 1.5, beside)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["sleepers", count]:
            sleepers(int(count))
        case ["serve", kind]:
            serve(kind)
        case _:
            sys.exit(f"usage: see {__name__}'s docstring")
