"""How the stub holds its own beside Redis and Valkey: deliveries, latency, memory.

Redis 7 is this machine's; Redis 8 and Valkey 9 are those of `make test-newest`, where
that has made its Debian. They are started by that Debian's own loader, with its own
libraries and allocator: a process as any other here, in no chroot and no container.
Limits are of the fastest of them.

Every server gets the same load (`tests/bench/load.py`) in turn, round by round,
on a core of its own; the generator has another one.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from socket import create_connection
from typing import Any

from rich.console import Console
from rich.status import Status

from slides.paths import ROOT
from slides.server import free_port
from tests import newest
from tests.bench import Number
from tests.peers import find_newer

if sys.platform != "win32":
    import resource

ROUNDS = 5
"""Of each measure on each server, in turn; the medians count."""

LATE_ROUNDS = 11
"""Of latency: its 99th percentile is made of the machine's own hiccups, too."""

SECONDS = 0.4
"""Of publishing, a round."""

RATE = 200
"""Messages a second when latency is measured: a tenth of what Redis could do."""

FEW = 100
"""Subscribers that fakeredis gets at most: each is a thread that polls."""

CROWD = 10_000
"""Idle subscribers."""

GREAT_CROWD = 100_000
"""Of the group `crowd`, or as many as a process here may have connections."""

MARGIN = 1_000
"""Files that a process may hold open besides its connections."""

REDIS, FAKEREDIS = "Redis 7", "fakeredis"
PEERS = (REDIS, *newest.SERVERS)
STUB, HIREDIS, UVLOOP = "stub", "stub with hiredis", "stub with uvloop"

FAKE = """\
import sys, fakeredis
fakeredis.TcpFakeServer(("127.0.0.1", int(sys.argv[2]))).serve_forever()
"""


@dataclass(frozen=True)
class Case:
    """A load, and what part of the fastest peer's throughput must be reached."""

    name: str
    options: dict[str, int]
    limits: dict[str, float]


def fan_out(subscribers: int, limit: float) -> Case:
    """Return the load of one publisher, pipelined by 16, with so many subscribers."""
    whom = "1 subscriber" if subscribers == 1 else f"{subscribers:,} subscribers"
    options = {"subscribers": subscribers, "pipeline": 16}
    return Case(f"messages to {whom}", options, {STUB: limit})


CASES = (
    fan_out(1, 0.85),
    fan_out(10, 0.9),
    fan_out(100, 1.5),
    fan_out(1000, 2.5),
    Case("PUBLISH", {}, {STUB: 0.85}),
    Case("PUBLISH by 16", {"pipeline": 16}, {STUB: 0.4, HIREDIS: 0.65}),
    Case("PUBLISH, 50 clients", {"publishers": 50}, {STUB: 0.7}),
)
"""One publisher leaves both cores idle while it waits, and so the time that a core
takes to wake up is in all its figures; fifty, as redis-benchmark has, keep a server
as busy as it gets."""


def pubsub(console: Console) -> Iterator[Number]:
    """Measure the servers that are here; without Redis, say so."""
    if shutil.which("redis-server") is None:
        console.print("Pub/sub is not measured: no Redis (apt install redis-server).")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        descriptors() as most,
        console.status("Starting servers …") as status,
    ):
        found = commands(folder, CROWD + MARGIN)
        with ExitStack() as stack:
            servers = {
                name: stack.enter_context(serving(command))
                for name, command in found.items()
            }
            for case in CASES:
                yield from throughput(case, servers, status)
            yield latency(servers, status)
        yield memory(found, min(CROWD, most - MARGIN), status)


def commands(folder: str, count: int) -> dict[str, list[str]]:
    """Return the servers that are installed, by name: what starts each for a crowd."""
    stub = [sys.executable, "-m", "demos.pubsub.stub"]
    newer = {name: find_newer(name) for name in newest.SERVERS}
    options = [
        *("--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"),
        *("--maxclients", str(count)),
    ]
    found = {
        name: [*program, *options]
        for name, program in ({REDIS: ["redis-server"]} | newer).items()
        if program
    }
    found[STUB] = stub
    if find_spec("hiredis"):
        found[HIREDIS] = [*stub, "--parser", "hiredis"]
    if find_spec("uvloop"):
        found[UVLOOP] = [*stub, "--loop", "uvloop"]
    if find_spec("fakeredis"):
        found[FAKEREDIS] = [sys.executable, "-c", FAKE]
    return found


@contextmanager
def descriptors(count: int = CROWD) -> Iterator[int]:
    """Let what is started meanwhile open files enough; give how many, if not all."""
    wanted = count + MARGIN
    if sys.platform == "win32":
        yield wanted
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    try:
        yield wanted
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Keep what is started meanwhile to one core, where the system can do so."""
    if sys.platform != "linux":
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(cores)[core]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@dataclass(frozen=True)
class Server:
    """A server under way: its port, and its process."""

    port: int
    pid: int


@contextmanager
def serving(command: list[str]) -> Iterator[Server]:
    """Start a server on the first core; stop it in the end."""
    port = free_port(0)
    with pinned(0):
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours
        )
    try:
        while not listens(port):
            if process.poll() is not None:
                raise subprocess.CalledProcessError(process.returncode, command)
            time.sleep(0.02)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    """Whether somebody takes a connection."""
    try:
        create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def load(server: Server, measure: str, **options: object) -> dict[str, Any]:
    """Run the generator on the last core; return what it printed."""
    generator = [sys.executable, "-m", "tests.bench.load", measure, str(server.port)]
    words = [f"--{name}={value}" for name, value in options.items()]
    with pinned(-1):
        done = subprocess.run(
            [*generator, f"--pid={server.pid}", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
            start_new_session=True,
        )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def rounds(
    servers: dict[str, Server], times: int = ROUNDS
) -> Iterator[tuple[int, str, Server]]:
    """Go from server to server, round by round; fakeredis has only one round."""
    for turn in range(1, times + 1):
        for name, server in servers.items():
            if name != FAKEREDIS or turn == 1:
                yield turn, name, server


@dataclass
class Rounds:
    """What the rounds of one server gave, a figure a round."""

    speeds: list[float] = field(default_factory=list)
    """Counted a second."""
    costs: list[float] = field(default_factory=list)
    """Server CPU seconds for each that was counted."""
    served: list[float] = field(default_factory=list)
    """How busy the server was: CPU seconds a second."""
    generated: list[float] = field(default_factory=list)
    """How busy the generator was."""

    def add(self, done: dict[str, float]) -> None:
        """Add a round as the generator printed it."""
        self.speeds.append(done["count"] / done["seconds"])
        self.costs.append(done["server"] / done["count"])
        self.served.append(done["server"] / done["seconds"])
        self.generated.append(done["generator"] / done["seconds"])

    @property
    def speed(self) -> float:
        """The median speed."""
        return statistics.median(self.speeds)


def throughput(
    case: Case, servers: dict[str, Server], status: Status
) -> Iterator[Number]:
    """Compare what servers deliver, or take, a second."""
    done = {name: Rounds() for name in servers}
    for turn, name, server in rounds(servers):
        status.update(f"Publishing, {case.name}: {name}, {turn} of {ROUNDS} …")
        options = dict(case.options)
        if name == FAKEREDIS and "subscribers" in options:
            options["subscribers"] = min(FEW, options["subscribers"])
        done[name].add(load(server, "publish", seconds=SECONDS, **options))

    def speed(name: str) -> float:
        return done[name].speed

    for name, limit in case.limits.items():
        if name in done:
            best = max((each for each in PEERS if each in done), key=speed)
            value = done[name].speed / done[best].speed
            title = f"{case.name}, {name}"
            words = compared(name, best, done)
            yield Number(title, value, f"× {best}", limit, words, at_least=True)


def compared(name: str, best: str, done: dict[str, Rounds]) -> str:
    """Say all else that the rounds tell of a server beside the fastest peer."""
    ours, redis = done[name], done[best]
    others = [
        f"{other} {rounds.speed / redis.speed:.2f} ×"
        for other, rounds in done.items()
        if other not in (name, best)
    ]
    cpu = statistics.median(redis.costs) / statistics.median(ours.costs)
    busy = [
        f"{who} {statistics.median(shares):.0%}"
        for who, shares in (
            ("server", ours.served),
            (best, redis.served),
            ("generator", ours.generated),
        )
    ]
    return (
        f"{ours.speed:,.0f}/s, {best} {redis.speed:,.0f};"
        f" best {max(ours.speeds) / max(redis.speeds):.2f} ×, per CPU {cpu:.2f} ×;"
        f" busy: {', '.join(busy)}; {', '.join(others)}"
    )


def latency(servers: dict[str, Server], status: Status) -> Number:
    """Compare the 99th percentile of the time from a message to its arrivals."""
    done: dict[str, list[float]] = {name: [] for name in servers if name != HIREDIS}
    timed = {name: servers[name] for name in done}
    for turn, name, server in rounds(timed, LATE_ROUNDS):
        status.update(f"Timing deliveries: {name}, {turn} of {LATE_ROUNDS} …")
        done[name].append(load(server, "latency", subscribers=FEW, rate=RATE)["p99"])
    p99 = {name: statistics.median(times) for name, times in done.items()}
    peer = min((each for each in PEERS if each in p99), key=lambda name: p99[name])
    best = min(done[STUB]) / min(done[peer])
    return Number(
        f"p99 latency at {FEW} subscribers, {STUB}",
        p99[STUB] / p99[peer],
        f"× {peer}",
        1.1,
        ", ".join(f"{name} {time:,.0f} µs" for name, time in p99.items())
        + f"; best {best:.2f} ×; {RATE} messages a second",
    )


def memory(found: dict[str, list[str]], count: int, status: Status) -> Number:
    """Weigh a subscriber that hears nothing, on servers started for it."""
    weights = {}
    for name, command in found.items():
        crowd = FEW if name == FAKEREDIS else count
        status.update(f"Connecting {crowd:,} subscribers: {name} …")
        with serving(command) as server:
            done = load(server, "idle", subscribers=crowd)
        weights[name] = (done["after"] - done["before"]) / crowd
    beside = [f"{name} {size:,.0f}" for name, size in weights.items() if name != STUB]
    return Number(
        f"an idle subscriber of {count:,}, {STUB}",
        weights[STUB],
        "bytes",
        2500,
        ", ".join(beside) + f" (of {FEW})" * (FAKEREDIS in weights),
    )


def crowd(console: Console) -> Iterator[Number]:
    """Let 100,000 connect, or what is allowed here, and all hear one message."""
    if shutil.which("redis-server") is None:
        console.print("No crowd is measured: no Redis (apt install redis-server).")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        descriptors(GREAT_CROWD) as most,
        console.status("Starting servers …") as status,
    ):
        count = min(GREAT_CROWD, most - MARGIN)
        found = commands(folder, count + MARGIN // 2)
        done = {}
        for name in (*PEERS, STUB, UVLOOP):
            if name not in found:
                continue
            status.update(f"Connecting {count:,} subscribers: {name} …")
            with serving(found[name]) as server:
                done[name] = load(server, "hear", subscribers=count)
    best = min((each for each in PEERS if each in done), key=lambda n: heard(done[n]))
    yield Number(
        f"one message to all of {count:,}, {STUB}",
        heard(done[STUB]) / heard(done[best]),
        f"× {best}",
        1.5,
        ", ".join(
            f"{name} {heard(each):.2f} s (connecting {each['connecting']:.1f} s)"
            for name, each in done.items()
        ),
    )


def heard(done: dict[str, float]) -> float:
    """Return how long it took until all had heard."""
    return done["seconds"]
