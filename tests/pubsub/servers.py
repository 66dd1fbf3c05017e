"""A real Redis and our stub, each in a process of its own, and lines to them."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.peers import need, need_newer

ROOT = Path(__file__).parents[2]
REDIS = "redis-server 7 (apt install redis-server)"
DEADLINE = 20.0
TIMEVAL = struct.pack("ll", int(DEADLINE), 0)


@dataclass(frozen=True)
class Server:
    """A server that runs: where it listens, who it is."""

    port: int
    pid: int


def find_redis() -> str:
    """Give the path of redis-server, or skip (fail, if peers are required)."""
    return need(shutil.which("redis-server"), REDIS)


@contextmanager
def redis_server(
    password: str | None = None, *, newer: str = "", **settings: object
) -> Iterator[Server]:
    """Run redis-server, or one that is `newer` (see tests/newest.py).

    `client_output_buffer_limit="…"` sets what has that name.
    """
    program = need_newer(newer) if newer else [find_redis()]
    with tempfile.TemporaryDirectory() as folder:
        config = {
            "bind": "127.0.0.1",
            "save": '""',
            "appendonly": "no",
            "dir": folder,
            "daemonize": "no",
            **({"requirepass": password} if password else {}),
            **{name.replace("_", "-"): value for name, value in settings.items()},
        }
        for _ in range(5):
            port = free_port()
            lines = [f"{name} {value}" for name, value in config.items()]
            with _started([*program, "-"]) as process:
                assert process.stdin
                process.stdin.write("\n".join([*lines, f"port {port}\n"]).encode())
                process.stdin.close()
                if _answers(process, port):
                    yield Server(port, process.pid)
                    return
    raise RuntimeError("redis-server doesn't start")


@contextmanager
def stub_server(*options: str) -> Iterator[Server]:
    """Run our stub; at the end it must have left quietly and written no error."""
    command = [sys.executable, "-m", "demos.pubsub.stub", "--port", "0", *options]
    with tempfile.TemporaryFile() as errors, _started(command, errors) as process:
        assert process.stdout
        first = process.stdout.readline().decode()
        if not first.startswith("listening on "):
            process.wait(DEADLINE)
            errors.seek(0)
            raise RuntimeError(f"the stub doesn't start: {errors.read().decode()}")
        yield Server(int(first.rpartition(":")[2]), process.pid)
        process.terminate()
        process.communicate(timeout=DEADLINE)
        errors.seek(0)
        assert errors.read().decode() == ""


def free_port() -> int:
    """Give a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def _started(
    command: list[str], errors: object = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command; kill it at the end, whatever happened."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if errors else subprocess.DEVNULL,
        stderr=errors or subprocess.DEVNULL,  # type: ignore[call-overload]
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server answers a PING; tell whether it lives."""
    end = time.monotonic() + DEADLINE
    while process.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as sock:
                sock.sendall(b"PING\r\n")
                if sock.recv(64)[:1] in {b"+", b"-"}:
                    return process.poll() is None
        except OSError:
            time.sleep(0.02)
    return False


class Line:
    """A client's connection, whose bytes we write and read ourselves."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self.sock.settimeout(None)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, TIMEVAL)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, TIMEVAL)
        self.over = False

    def say(self, data: bytes) -> None:
        """Send bytes; no bytes: say that there will be no more."""
        try:
            if data:
                self.sock.sendall(data)
            else:
                self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.hear()

    def hear(self) -> bytes:
        """Give the bytes that are there now; note whether the server hung up."""
        heard = bytearray()
        while not self.over:
            try:
                data = self.sock.recv(1 << 18, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            except ConnectionResetError:
                data = b""
            heard += data
            self.over = not data
        return bytes(heard)

    def wait(self, size: int) -> bytes:
        """Give the next so many bytes, or fewer if the server hangs up."""
        return self.sock.recv(size, socket.MSG_WAITALL)

    def close(self) -> None:
        """Hang up."""
        self.sock.close()


class Control(Line):
    """A connection that tells when a server has done what it was sent before."""

    def __init__(self, port: int, password: str | None = None) -> None:
        super().__init__(port)
        self.ask(f"AUTH {password}" if password else "SELECT 0", b"+OK\r\n")

    def ask(self, command: str, reply: bytes) -> None:
        """Send a command and wait for the only reply it may have."""
        assert not self.over, "the server doesn't answer any more"
        self.over = True
        self.say(command.encode() + b"\r\n")
        heard = self.wait(len(reply))
        assert heard == reply, (command, heard)
        self.over = False

    def settle(self) -> None:
        """Let the server go round its loop until earlier bytes are answered."""
        for _ in range(2):
            self.ask("PING", b"+PONG\r\n")
