"""A lesson in a terminal of its own, and the worst of its peers.

`served` runs a lesson with `--listen`; `told` runs one to its end, as a client.
The other functions are peers that misbehave, each in its own way.
"""

from __future__ import annotations

import asyncio
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import psutil

from tests.pythons import ROOT

LIMIT = 20.0
"""Seconds after which what was awaited is said never to come."""

STRICT = ("-u", "-X", "dev", "-W", "error")
REPORTS = re.compile(
    r"^Executing <.+> took \d+\.\d+ seconds\n"
    r"|^Error on transport creation for incoming connection\n(?:.*\n)*?"
    r"Traceback \(most recent call last\):\n(?:  .*\n)+"
    r"(?:ssl\.SSL\w*|Connection\w*|asyncio\.exceptions\.Cancelled)Error\b.*\n",
    re.MULTILINE,
)
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER's value for a close that sends RST."""

DATAGRAMS = {"streams.udp"}
"""Lessons whose peers send datagrams."""

PATHS = {"streams.unix_socket"}
"""Lessons whose addresses are files: no port can be wrong."""

ROBUST = {"streams.framing", "streams.graceful", "streams.slow_reader"}
"""Lessons about peers that misbehave: whatever these do, nothing is complained of."""


def without_reports(errors: str) -> str:
    """Drop what only asyncio's debug mode says, which `-X dev` turns on.

    That a step took over 100 ms: a slow machine, or the starvation that a lesson
    is about. That a TLS handshake has failed: a client refused the server.
    """
    return REPORTS.sub("", errors)


def lessons(option: str) -> list[str]:
    """Return those of the chapters that meet a network which have an option."""
    parameter = re.compile(rf"\b{option.lstrip('-')}: .* = ")
    return sorted(
        f"{path.parent.name}.{path.stem}"
        for chapter in ("streams", "library", "history", "engine")
        for path in (ROOT / "demos" / chapter).glob("*.py")
        if parameter.search(path.read_text(encoding="utf-8"))
    )


@dataclass(frozen=True)
class Outcome:
    """What a lesson left: its exit code, what it printed, what it complained of."""

    code: int
    output: str
    errors: str


@dataclass(frozen=True)
class Served:
    """A lesson that listens: its port, its process, and the first line it printed."""

    port: int
    process: subprocess.Popen[str]
    first: str

    @property
    def address(self) -> str:
        """What a client's `--connect` takes."""
        return f"127.0.0.1:{self.port}"

    @property
    def descriptors(self) -> int:
        """How many files and sockets the server has open."""
        return int(psutil.Process(self.process.pid).num_fds())

    @property
    def resident(self) -> int:
        """Bytes of memory that the server holds."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def line(self) -> str:
        """Return the next line that it prints."""
        assert self.process.stdout
        return self.process.stdout.readline().rstrip("\n")


def command(lesson: str, *options: str, strict: bool = True) -> list[str]:
    """Return what a user types to run `chapter.lesson` with options."""
    python = [sys.executable, *(STRICT if strict else ("-u",))]
    return [*python, "-m", "demos", lesson, *options]


def told(lesson: str, *options: str) -> Outcome:
    """Run a lesson to its end."""
    done = subprocess.run(
        command(lesson, *options), capture_output=True, text=True, timeout=60
    )
    return Outcome(done.returncode, done.stdout, without_reports(done.stderr))


@contextmanager
def started(lesson: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Start a lesson whose end is the test's; kill it if that did not come."""
    with subprocess.Popen(
        command(lesson, *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> Outcome:
    """Wait for the end of a lesson that was `started`."""
    output, errors = process.communicate(timeout=LIMIT)
    return Outcome(process.returncode, output, without_reports(errors))


@contextmanager
def served(
    lesson: str,
    *options: str,
    listen: str = "0",
    strict: bool = True,
    quiet: bool = True,
) -> Iterator[Served]:
    """Serve; at the end press Ctrl-C: it must leave, without a complaint if `quiet`."""
    words = command(lesson, "--listen", listen, *options, strict=strict)
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        try:
            assert process.stdout
            first = process.stdout.readline().rstrip("\n")
            port = re.search(r"listening on 127\.0\.0\.1:(\d+)", first)
            yield Served(int(port[1]) if port else 0, process, first)
            process.send_signal(signal.SIGINT)
            code = process.wait(LIMIT)
        finally:
            process.kill()
        assert code == 130
        errors.seek(0)
        complaint = without_reports(errors.read())
        assert complaint == "" or not quiet


def until(done: Callable[[], bool]) -> None:
    """Wait for a state that must come."""
    end = time.monotonic() + LIMIT
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def has_ended(process: psutil.Process) -> bool:
    """Tell whether a process has ended, though nobody may have waited for it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def under_way(loop: asyncio.AbstractEventLoop, name: str) -> int:
    """Count the loop's tasks whose coroutine function has that name."""
    coroutines = (task.get_coro() for task in asyncio.all_tasks(loop))
    return sum(getattr(each, "__name__", "") == name for each in coroutines)


def connect(port: int, *, buffer: int | None = None) -> socket.socket:
    """Connect; with `buffer`, as a client that can hold few bytes unread."""
    sock = socket.socket()
    if buffer is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    sock.settimeout(LIMIT)
    sock.connect(("127.0.0.1", port))
    return sock


# Clients that a server must survive.


def send_and_leave(port: int, chunks: list[bytes], ending: str) -> None:
    """Send bytes chunk by chunk; then close, `half`-close, or `reset`."""
    with connect(port) as sock, suppress(OSError):  # the server may hang up first
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for chunk in chunks:
            sock.sendall(chunk)
        if ending == "half":
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(1 << 16):
                pass
        elif ending == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def come_and_go(port: int, times: int) -> None:
    """Connect and disconnect, politely or not, saying something or nothing."""
    chance = random.Random(times)
    for _ in range(times):
        words = [b"tulip\n"] * chance.randrange(2)
        send_and_leave(port, words, chance.choice(["close", "reset"]))


def pour(port: int, data: bytes, most: int, patience: float = 1.0) -> int:
    """Send and never read, until the server takes no more; return bytes taken.

    Stops at `most` bytes, after `patience` seconds without progress, or when the
    server hangs up.
    """
    with closing(connect(port, buffer=4096)) as sock:
        sock.settimeout(patience)
        taken = 0
        with suppress(OSError):
            while taken < most:
                taken += sock.send(data)
        return taken


# Servers that a client must survive.

SAYS = {
    "nonsense": b"\xff\x00 tulips? \r\n" * 20,
    "cut": b"tul",
    "endless": b"tulip" * 1000,
}
"""What a bad peer says first."""


@contextmanager
def bad_peer(kind: str) -> Iterator[str]:
    """Be no server at all, or a bad one; give its HOST:PORT.

    `absent`: nobody listens; `silent`: takes what comes and never answers;
    `nonsense`: says what no protocol says, and stays; `early`: hangs up at once;
    `reset`: does so with RST; `cut`: says the beginning of a line, and hangs up;
    `endless`: says the beginning of a line that is too long, and stays.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"127.0.0.1:{server.getsockname()[1]}"
        if kind == "absent":
            server.close()
            yield where
            return
        over = threading.Event()
        thread = threading.Thread(target=_misbehave, args=(server, kind, over))
        thread.start()
        try:
            yield where
        finally:
            over.set()
            thread.join(LIMIT)


def _misbehave(server: socket.socket, kind: str, over: threading.Event) -> None:
    server.settimeout(0.05)
    taken: list[socket.socket] = []
    while not over.is_set():
        with suppress(TimeoutError):
            peer, _ = server.accept()
            taken.append(peer)
            if kind == "reset":
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            peer.sendall(SAYS.get(kind, b""))
            if kind in {"early", "reset", "cut"}:
                peer.close()
    for peer in taken:
        peer.close()
