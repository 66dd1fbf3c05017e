"""What slow_reader.py claims: who drains keeps little, who does not keeps all."""

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from demos.streams import slow_reader
from tests.peers import need
from tests.served import LIMIT, connect, served, told

SIZE = 16 << 20


def test_drain_bounds_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(slow_reader.main())
    first, _, second, _ = capsys.readouterr().out.splitlines()
    assert first == "pour_broken: up to 16 MB wait in memory"
    assert second == "pour_fixed: up to 64 kB wait in memory"


async def most(pour: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> int:
    """Pour for one who reads late; return how many bytes have waited at most."""
    sizes: list[int] = []

    class Gauge(asyncio.StreamWriter):
        def write(self, data: Any) -> None:
            super().write(data)
            sizes.append(self.transport.get_write_buffer_size())

    async def welcome(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.__class__ = Gauge
        await pour(writer)
        writer.close()

    server = await asyncio.start_server(welcome, "127.0.0.1", 0)
    await slow_reader.read_late(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()
    return max(sizes)


def test_never_more_than_128_kilobytes_wait_with_drain() -> None:
    assert asyncio.run(most(slow_reader.pour_fixed)) <= 128 << 10
    assert asyncio.run(most(slow_reader.pour_broken)) > 8 << 20


def test_sizes_are_rounded_up() -> None:
    sizes = 0, 65536, 65537, 131073, (1 << 20) - 1, 1 << 20, (8 << 20) + 1, SIZE
    said = "64 kB", "64 kB", "128 kB", "256 kB", "1 MB", "1 MB", "16 MB", "16 MB"
    assert tuple(map(slow_reader.rounded_up, sizes)) == said


def test_drain_returns_at_once_while_less_than_64_kilobytes_wait() -> None:
    async def session() -> tuple[int, int]:
        over = asyncio.Event()

        async def keep(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await over.wait()
            writer.close()

        server = await asyncio.start_server(keep, "127.0.0.1", 0)
        where = server.sockets[0].getsockname()
        _, writer = await asyncio.open_connection(*where)
        at_once = size = 0
        suspended = False
        while not suspended:
            at_once = max(at_once, size)
            writer.write(bytes(1000))
            draining = asyncio.create_task(writer.drain())
            await asyncio.sleep(0)
            size = writer.transport.get_write_buffer_size()
            suspended = not draining.done()
        draining.cancel()
        writer.transport.abort()
        server.close()
        over.set()
        await asyncio.sleep(0.05)
        return at_once, size

    at_once, suspended = asyncio.run(session())
    assert at_once <= 65536 < suspended


def test_netcat_has_it_all_and_another_after_it() -> None:
    nc = need(shutil.which("nc"), "nc (apt install netcat-openbsd)")
    with served("streams.slow_reader") as server:
        for _ in range(2):
            words = [nc, "-d", "127.0.0.1", str(server.port)]
            done = subprocess.run(words, capture_output=True, timeout=60)
            assert len(done.stdout) == SIZE
            assert server.line() == "pour_fixed: up to 64 kB wait in memory"


def test_two_terminals() -> None:
    with served("streams.slow_reader") as server:
        done = told("streams.slow_reader", "--connect", server.address)
    assert (done.code, done.errors) == (0, "")
    assert done.output == "16 MB read, late\n"


def test_ctrl_c_ends_it_with_a_client_that_does_not_read() -> None:
    with (
        served("streams.slow_reader", quiet=False) as server,
        connect(server.port, buffer=4096) as sock,
    ):
        assert sock.recv(1)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(LIMIT) == 130
