"""When to choose which: the same echo by streams, protocol, uvloop and threads.

    $ python -m tests.bench.echo 8080 --pid 4242 --crowd 100
    {"count": 18311, "seconds": 0.5, "server": 0.48, ..., "p50": 2.7, "p99": 4.1}

is the generator, a process of its own, with a core of its own; every server has
the other core. Each connection sends 1 KiB, awaits its echo, and sends again.
"""

from __future__ import annotations

import argparse
import json
import re
import selectors
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from socket import MSG_WAITALL, socket

from rich.console import Console
from rich.table import Table

from slides.paths import ROOT
from tests.bench import Number
from tests.bench.load import Clock, connect, expect
from tests.bench.pubsub import ROUNDS, Rounds, Server, pinned

SIZE = 1024
"""Bytes of an echo."""

CROWDS = (1, 100)
"""Connections at once."""

SECONDS = 0.5
"""Of each round."""

STREAMS, PROTOCOL, UVLOOP, THREADS = "streams", "protocol", "uvloop", "threads"

FOLDER = ROOT / "demos" / "streams"


# The load


@dataclass(frozen=True)
class Echoes:
    """A round: CPU and wall-clock seconds, and milliseconds to an echo."""

    count: int
    seconds: float
    server: float
    generator: float
    p50: float
    p99: float


def ask(peers: list[socket], message: bytes, seconds: float) -> list[float]:
    """Have each peer echo again and again; return seconds an echo, sorted."""
    times: list[float] = []
    sent: dict[int, float] = {}
    end = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for peer in peers:
            selector.register(peer, selectors.EVENT_READ, peer)
            sent[peer.fileno()] = time.perf_counter()
            peer.sendall(message)
        while sent:
            for key, _ in selector.select():
                if len(key.data.recv(SIZE, MSG_WAITALL)) != SIZE:
                    sys.exit("the server hung up")
                now = time.perf_counter()
                times.append(now - sent.pop(key.fd))
                if now < end:
                    sent[key.fd] = now
                    key.data.sendall(message)
    return sorted(times)


def measure(port: int, pid: int, crowd: int, seconds: float) -> Echoes:
    """Open so many connections, see that they echo truly, then load them all."""
    message = bytes(range(256)) * (SIZE // 256)
    with ExitStack() as stack:
        peers = [stack.enter_context(connect(port)) for _ in range(crowd)]
        for peer in peers:
            peer.sendall(message)
            expect(peer, message)
            peer.settimeout(None)  # else MSG_WAITALL would not wait
        ask(peers, message, seconds / 10)
        clock = Clock(pid)
        times = ask(peers, message, seconds)
        done = clock.read(len(times))
    p50, p99 = (1000 * times[len(times) * part // 100] for part in (50, 99))
    return Echoes(**asdict(done), p50=p50, p99=p99)


# The servers


def commands() -> dict[str, list[str]]:
    """Return what starts each server that is installed: those of the lesson `which`."""
    kinds = [STREAMS, PROTOCOL, THREADS]
    if find_spec("uvloop"):
        kinds.append(UVLOOP)
    run = "import which; which.run({!r})"
    return {kind: [sys.executable, "-c", run.format(kind)] for kind in kinds}


@contextmanager
def serving(command: list[str], folder: Path = FOLDER) -> Iterator[Server]:
    """Start a server on the first core; stop it in the end."""
    with pinned(0):
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is ours
        )
    with process:
        try:
            assert process.stdout
            first = process.stdout.readline()
            port = re.search(r"(\d+)$", first)
            assert port, f"it said no port: {first!r}"
            yield Server(int(port[1]), process.pid)
        finally:
            process.kill()


def load(server: Server, crowd: int) -> dict[str, float]:
    """Run the generator on the last core; return what it printed."""
    words = [str(server.port), f"--pid={server.pid}", f"--crowd={crowd}"]
    with pinned(-1):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.echo", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
            start_new_session=True,
        )
    result: dict[str, float] = json.loads(done.stdout)
    return result


# The comparison


@dataclass
class Times(Rounds):
    """What the rounds of one server gave, with the milliseconds to an echo."""

    p50s: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)

    def add(self, done: dict[str, float]) -> None:
        """Add a round as the generator printed it."""
        super().add(done)
        self.p50s.append(done["p50"])
        self.p99s.append(done["p99"])

    @property
    def cost(self) -> float:
        """The median microseconds of the server's CPU for an echo."""
        return 1e6 * statistics.median(self.costs)

    @property
    def p50(self) -> float:
        """The median of the medians."""
        return statistics.median(self.p50s)

    @property
    def p99(self) -> float:
        """The median of the 99th percentiles."""
        return statistics.median(self.p99s)


def echo(console: Console) -> Iterator[Number]:
    """Measure the servers in turn, print all figures, yield the ratios."""
    found = commands()
    if UVLOOP not in found:
        console.print("uvloop is not measured: not installed.")
    done = {crowd: {name: Times() for name in found} for crowd in CROWDS}
    with ExitStack() as stack:
        status = stack.enter_context(console.status("Starting servers …"))
        servers = {name: stack.enter_context(serving(c)) for name, c in found.items()}
        for turn in range(1, ROUNDS + 1):
            for crowd in CROWDS:
                for name, server in servers.items():
                    status.update(f"Echoing {crowd}: {name}, {turn} of {ROUNDS} …")
                    done[crowd][name].add(load(server, crowd))
    console.print(table(done))
    for crowd, times in done.items():
        yield from ratios(crowd, times)


def table(done: dict[int, dict[str, Times]]) -> Table:
    """Set all figures side by side."""
    whole = Table("echoes, at once", "a second", "p50", "p99", "server CPU", "busy")
    for crowd, times in done.items():
        for name, each in times.items():
            whole.add_row(
                f"{name}, {crowd}",
                f"{each.speed:,.0f}",
                f"{each.p50:.3f} ms",
                f"{each.p99:.3f} ms",
                f"{each.cost:.1f} µs",
                f"server {statistics.median(each.served):.0%},"
                f" generator {statistics.median(each.generated):.0%}",
            )
    return whole


def ratios(crowd: int, times: dict[str, Times]) -> Iterator[Number]:
    """Compare: CPU an echo of each kind of loop, and threads' with streams."""
    for name, other, limit in (
        (PROTOCOL, STREAMS, 0.9),
        (UVLOOP, PROTOCOL, 1.0),
        (THREADS, STREAMS, 1.0),  # in a crowd it depends on the machine
    ):
        if name in times and (name != THREADS or crowd == 1):
            ours, theirs = times[name], times[other]
            yield Number(
                f"CPU an echo, {name}, {crowd} at once",
                ours.cost / theirs.cost,
                f"× {other}",
                limit,
                f"{ours.cost:.1f} µs, {other} {theirs.cost:.1f} µs;"
                f" p50 {ours.p50:.3f} ms, {other} {theirs.p50:.3f} ms;"
                f" p99 {ours.p99:.3f} ms, {other} {theirs.p99:.3f} ms",
            )


def main() -> None:
    """Load one server, as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.echo",
        description="Load a server that echoes; print as JSON what it did.",
        epilog="example: python -m tests.bench.echo 8080 --pid 4242 --crowd 100",
    )
    parser.add_argument("port", type=int)
    parser.add_argument("--pid", type=int, required=True, help="of the server")
    parser.add_argument("--crowd", type=int, default=1, help="connections at once")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    measured = asdict(measure(**vars(parser.parse_args())))
    print(json.dumps({name: round(value, 6) for name, value in measured.items()}))


if __name__ == "__main__":
    main()
