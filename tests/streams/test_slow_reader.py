"""What slow_reader.py claims: who drains keeps little, who does not keeps all."""

import asyncio
import shutil
import signal
import subprocess

import pytest

from demos.streams import slow_reader
from tests.peers import need
from tests.served import LIMIT, connect, served, told

SIZE = 16 << 20


def waited(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return what each way of pouring has said of its memory."""
    lines = capsys.readouterr().out.splitlines()
    said = (line.split(": up to ") for line in lines if " in memory" in line)
    return {name: size.removesuffix(" in memory") for name, size in said}


def test_drain_bounds_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(slow_reader.main())
    assert waited(capsys) == {"pour_broken": "16 MB", "pour_fixed": "128 kB"}


def test_sizes_are_rounded_up() -> None:
    sizes = 1, 1024, 1025, 65536, 65537, (1 << 20) - 1, 1 << 20, SIZE
    said = "1 kB", "1 kB", "2 kB", "64 kB", "128 kB", "1 MB", "1 MB", "16 MB"
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
            assert server.line() == "pour_fixed: up to 128 kB in memory"


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
