"""What unix_socket.py and pipe_ends.py claim."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from demos.streams import graceful, pipe_ends, unix_socket
from tests.peers import need
from tests.served import served, told, until

Lines = pytest.CaptureFixture[str]
UNIX = "streams.unix_socket"
WORDS = b"tulip\niris\n"
posix = pytest.mark.skipif(os.name == "nt", reason="no Unix sockets on Windows")


def socat() -> str:
    return need(shutil.which("socat"), "socat (apt install socat)")


def heard(words: list[str]) -> bytes:
    """Run a client that we did not write; return what came back."""
    done = subprocess.run(words, input=WORDS, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@posix
def test_the_server_serves_socat_and_nc_and_our_client(tmp_path: Path) -> None:
    nc = need(shutil.which("nc"), "nc (apt install netcat-openbsd)")
    path = tmp_path / "tulips"
    with served(UNIX, listen=str(path)) as server:
        assert server.first == f"listening on {path}"
        assert stat.S_ISSOCK(path.stat().st_mode)
        assert heard([nc, "-N", "-U", str(path)]) == WORDS
        assert heard([socat(), "-t", "9", "-", f"UNIX:{path}"]) == WORDS
        done = told(UNIX, "--connect", str(path))
        assert (done.code, done.output) == (0, "sent tulip, got tulip\n")
    assert not path.exists()


@posix
def test_the_client_speaks_to_socat(tmp_path: Path) -> None:
    path = tmp_path / "tulips"
    with subprocess.Popen([socat(), f"UNIX-LISTEN:{path}", "PIPE"]) as server:
        until(path.exists)
        done = told(UNIX, "--connect", str(path))
        server.kill()
    assert (done.code, done.output) == (0, "sent tulip, got tulip\n")


@posix
def test_a_server_takes_anothers_place_but_no_other_files(tmp_path: Path) -> None:
    async def session() -> None:
        path = tmp_path / "tulips"
        async with unix_socket.serve(path):
            first = path.stat().st_ino
            async with unix_socket.serve(path):
                assert path.stat().st_ino != first
                await unix_socket.call(path)
        (tmp_path / "bulbs").write_text("tulip")
        with pytest.raises(OSError, match="in use"):
            async with unix_socket.serve(tmp_path / "bulbs"):
                pass
        assert (tmp_path / "bulbs").read_text() == "tulip"

    asyncio.run(session())


@posix
def test_an_error_inside_leaves_no_file(tmp_path: Path) -> None:
    async def session() -> None:
        async with unix_socket.serve(tmp_path / "tulips"):
            raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(session())
    assert os.listdir(tmp_path) == []


@posix
def test_the_folder_is_the_owners_and_the_file_goes(capsys: Lines) -> None:
    asyncio.run(unix_socket.main())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("drwx------")
    assert lines[-1] == "the socket's file is gone"


@pytest.mark.parametrize("lesson", [unix_socket, pipe_ends, graceful])
def test_windows_is_named(lesson: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner makes one line of it."""

    async def session() -> str:
        monkeypatch.setattr(sys, "platform", "win32")
        try:
            await lesson.main()
        except OSError as error:
            return str(error)
        finally:
            monkeypatch.undo()
        return ""

    assert "Windows" in asyncio.run(session())


@posix
def test_the_reader_of_a_pipe_sees_its_end(capsys: Lines) -> None:
    before = set(os.listdir("/dev/fd"))
    asyncio.run(pipe_ends.main(pause=0))
    assert capsys.readouterr().out.splitlines()[-1] == "florist: the end"
    assert len(os.listdir("/dev/fd")) == len(before)


@posix
def test_a_pipe_has_backpressure() -> None:
    """Who writes into one that nobody reads has to pause."""

    async def session() -> int:
        class Paused(asyncio.Protocol):
            def __init__(self) -> None:
                self.paused = asyncio.Event()

            def pause_writing(self) -> None:
                self.paused.set()

        taking, putting = os.pipe()
        transport, writer = await asyncio.get_running_loop().connect_write_pipe(
            Paused, os.fdopen(putting, "wb")
        )
        size = 0
        while not writer.paused.is_set():
            transport.write(bytes(65536))
            size += 65536
        transport.abort()
        os.close(taking)
        return size

    assert asyncio.run(session()) <= 1 << 20
