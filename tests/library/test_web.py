"""Syllabus 11.4, HTTP and WebSocket: beside curl, wrk and another WebSocket client."""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import time
from asyncio import sleep
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import aiohttp
import pytest
import websocket
from aiohttp import web as aio

from demos.library import streaming, web
from tests.peers import need
from tests.served import Served, bad_peer, connect, served, told, under_way, until

MEGABYTE = 1 << 20
KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""RFC 6455, section 1.3: its example of a handshake."""

unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")


def curl(*words: str, data: bytes = b"") -> tuple[int, str]:
    """Return the status and the body that curl got."""
    program = need(shutil.which("curl"), "curl (apt install curl)")
    done = subprocess.run(
        [program, "-sS", "--noproxy", "*", "-m", "20", "-w", "%{http_code}", *words],
        input=data,
        capture_output=True,
        timeout=30,
        check=True,
    )
    text = done.stdout.decode()
    return int(text[-3:]), text[:-3]


def wrk(url: str) -> str:
    """Load a server for a second; return wrk's report."""
    program = need(shutil.which("wrk"), "wrk (apt install wrk)")
    words = [program, "-t1", "-c2", "-d1s", url]
    return subprocess.run(
        words, capture_output=True, text=True, timeout=30, check=True
    ).stdout


# web.py


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with served("library.web") as server:
        yield f"http://{server.address}/flowers"


def put(url: str, body: bytes) -> tuple[int, str]:
    return curl("-X", "PUT", "--data-binary", "@-", url, data=body)


def test_curl_gets(shop: str) -> None:
    status, body = curl(shop)
    assert status == 200
    assert json.loads(body)[:2] == ["tulip", "narcissus"]
    assert curl(f"{shop}/tulip") == (200, '{"tulip": "red"}')
    assert curl(f"{shop}/rose") == (404, "no rose\n")


def test_curl_puts(shop: str) -> None:
    assert put(f"{shop}/narcissus", "jaune œillet".encode())[0] == 200
    assert json.loads(curl(f"{shop}/narcissus")[1]) == {"narcissus": "jaune œillet"}
    assert put(f"{shop}/rose", b"red") == (404, "no rose\n")
    assert "rose" not in json.loads(curl(shop)[1])


def test_a_big_body_is_refused(shop: str) -> None:
    assert put(f"{shop}/narcissus", bytes(2 << 20))[0] == 413


def test_a_slow_route_delays_no_other() -> None:
    """The slow one is asked first; a chain of the others ends before it."""

    async def session() -> list[str]:
        ended: list[str] = []

        async def get(http: aiohttp.ClientSession, *paths: str) -> None:
            for path in paths:
                async with http.get(path) as answer:
                    await answer.read()
                ended.append(answer.url.name)

        async with web.serve() as port, aiohttp.ClientSession() as http:
            slow = f"http://127.0.0.1:{port}/flowers"
            chain = [f"{slow}/tulip", f"{slow}/rose"]
            await asyncio.gather(get(http, slow), get(http, *chain))
        return ended

    assert asyncio.run(session()) == ["tulip", "rose", "flowers"]


def test_wrk_gets_nothing_but_answers(shop: str) -> None:
    report = wrk(f"{shop}/tulip")
    assert "Non-2xx" not in report
    assert "Socket errors" not in report
    found = re.search(r"(\d+) requests in", report)
    assert found
    assert int(found[1]) > 20


def test_the_server_stays_open_from_slide_to_slide() -> None:
    """What one cell enters another leaves: they are different tasks."""

    async def session() -> None:
        stack = AsyncExitStack()
        port = await asyncio.create_task(enter(stack))
        url = f"http://127.0.0.1:{port}/flowers/tulip"
        for _ in range(2):
            assert (await asyncio.to_thread(curl, url))[0] == 200
        await asyncio.create_task(stack.aclose())
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(session())


async def enter(stack: AsyncExitStack) -> int:
    return await stack.enter_async_context(web.serve())


# web_socket.py


@pytest.fixture(scope="module")
def ticker() -> Iterator[Served]:
    with served("library.web_socket") as server:
        yield server


@contextmanager
def follow(server: Served) -> Iterator[websocket.WebSocket]:
    """Connect with a client that shares no code with the server."""
    client = websocket.create_connection(
        f"ws://{server.address}/", timeout=20, http_no_proxy=["*"]
    )
    try:
        yield client
    finally:
        if client.sock:  # which `client.close` leaves open after the peer's close
            client.sock.close()


def handshake(
    server: Served, *, buffer: int | None = None
) -> tuple[socket.socket, bytes]:
    """Shake hands as RFC 6455 shows; return what answers."""
    sock = connect(server.port, buffer=buffer)
    lines = [
        "GET / HTTP/1.1",
        f"Host: {server.address}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
    ]
    sock.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += sock.recv(1)
    return sock, head


def text_frame(text: str) -> bytes:
    """Make a frame, masked with zeros."""
    data = text.encode()
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + bytes(4) + data


def test_the_rfc_s_handshake(ticker: Served) -> None:
    sock, head = handshake(ticker)
    sock.close()
    assert head.startswith(b"HTTP/1.1 101 ")
    assert f"Sec-WebSocket-Accept: {ACCEPT}\r\n".encode() in head


def test_all_hear_what_one_says(ticker: Served) -> None:
    with follow(ticker) as florist, follow(ticker) as gardener:
        for one, news in (florist, "tulips"), (gardener, "œillets"), (florist, ""):
            one.send(news)
            assert [florist.recv(), gardener.recv()] == [news, news]


def test_news_of_one_who_leaves_at_once_is_announced(ticker: Served) -> None:
    with follow(ticker) as gardener:
        sock, _ = handshake(ticker)
        sock.sendall(text_frame("farewell"))
        sock.close()
        assert gardener.recv() == "farewell"


def test_a_ping_is_answered(ticker: Served) -> None:
    with follow(ticker) as florist:
        florist.ping("bulb")
        assert florist.recv_data(control_frame=True) == (
            websocket.ABNF.OPCODE_PONG,
            b"bulb",
        )


def test_a_long_message_closes_with_1009(ticker: Served) -> None:
    with follow(ticker) as florist:
        florist.send("t" * 999)
        assert florist.recv() == "t" * 999
        florist.send("t" * 1001)
        assert closing_code(florist) == 1009


def closing_code(client: websocket.WebSocket) -> int:
    opcode, data = client.recv_data()
    assert opcode == websocket.ABNF.OPCODE_CLOSE
    return int.from_bytes(data[:2], "big")


def test_who_does_not_read_is_dropped_and_others_go_on(ticker: Served) -> None:
    with follow(ticker) as florist:
        news = "n" * 900
        sleeper, _ = handshake(ticker, buffer=4096)
        with closing(sleeper):
            before = ticker.descriptors
            for _ in range(400):
                for _ in range(50):
                    florist.send(news)
                assert {florist.recv() for _ in range(50)} == {news}
                if ticker.descriptors < before:
                    break
            else:
                pytest.fail("the sleeper is still there")


@unix
def test_ctrl_c_closes_with_1001() -> None:
    with served("library.web_socket") as server, follow(server) as florist:
        florist.send("tulips")
        florist.recv()
        server.process.send_signal(signal.SIGINT)
        assert closing_code(florist) == 1001
        assert server.process.wait(5) == 130


def test_curl_speaks_websocket_too(ticker: Served) -> None:
    """An extra: only a curl built with `ws` can."""
    program = need(shutil.which("curl"), "curl (apt install curl)")
    words = [program, "--version"]
    version = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    if not re.search(r"(?m)^Protocols:.* ws\b", version):
        pytest.skip("this curl knows no WebSocket")
    url = f"ws://{ticker.address}/"
    words = [program, "-sN", "--noproxy", "*", url]
    with (
        follow(ticker) as florist,
        subprocess.Popen(words, stdout=subprocess.PIPE) as process,
    ):
        output = process.stdout
        assert output
        try:
            until(lambda: heard(florist, output))
            assert output.read(6) == b"tulips"
        finally:
            process.kill()


def heard(florist: websocket.WebSocket, other: IO[bytes]) -> bool:
    """Say it to all; tell whether another, who may still shake hands, hears it."""
    florist.send("tulips")
    assert florist.recv() == "tulips"
    return bool(select.select([other], [], [], 0.1)[0])


# streaming.py


@pytest.fixture(scope="module")
def stream() -> Iterator[Served]:
    with served("library.streaming") as server:
        yield server


def test_curl_reads_lines_that_never_end(stream: Served) -> None:
    program = need(shutil.which("curl"), "curl (apt install curl)")
    words = [program, "-sN", "--noproxy", "*", f"http://{stream.address}/flowers"]
    before = stream.descriptors
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(3)]
        assert process.poll() is None
        process.kill()
    assert lines == [b"tulip\n", b"iris\n", b"tulip\n"]
    # Nothing is left of it; `served` sees to it that nothing is complained of.
    until(lambda: stream.descriptors == before)


def test_head_has_headers_only_and_the_next_request_its_answer(stream: Served) -> None:
    with connect(stream.port) as sock:
        sock.sendall(b"HEAD /flowers HTTP/1.1\r\nHost: a\r\n\r\n")
        sock.sendall(b"GET /tulips HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: sock.recv(1 << 16), b""))
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert rest.startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("source", ["file", "-"], ids=["length", "chunked"])
def test_an_upload_is_counted_and_not_held(
    stream: Served, source: str, tmp_path: Path
) -> None:
    program = need(shutil.which("curl"), "curl (apt install curl)")
    body = tmp_path / "file"
    body.write_bytes(bytes(32 * MEGABYTE))
    url = f"http://{stream.address}/crates"
    before = most = stream.resident
    with (
        body.open("rb") as file,
        subprocess.Popen(
            [program, "-sS", "--noproxy", "*", "-T", source, url],
            cwd=tmp_path,
            stdin=file,
            stdout=subprocess.PIPE,
        ) as process,
    ):
        while process.poll() is None:
            most = max(most, stream.resident)
        assert process.stdout
        assert process.stdout.read() == b"%d\n" % (32 * MEGABYTE)
    assert most - before < 6 * MEGABYTE


def test_the_body_is_read_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each half reaches the handler before the other half is sent."""
    pieces: asyncio.Queue[bytes] = asyncio.Queue()
    real = aiohttp.StreamReader.iter_any

    async def seen(self: aiohttp.StreamReader) -> AsyncIterator[bytes]:
        async for piece in real(self):
            pieces.put_nowait(piece)
            yield piece

    monkeypatch.setattr(aiohttp.StreamReader, "iter_any", seen)

    async def session() -> bytes:
        async with streaming.serve() as port, asyncio.timeout(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"PUT /crates HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n")
            writer.write(b"Connection: close\r\n\r\n")
            for half in b"bulb", b"onio":
                writer.write(half)
                assert await pieces.get() == half
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer

    assert asyncio.run(session()).endswith(b"\r\n\r\n8\n")


async def settled(count: Callable[[], int]) -> None:
    """Wait until a count has begun to grow, and grows no more."""
    before = -1
    async with asyncio.timeout(20):
        while (now := count()) != before or not now:
            before = now
            await sleep(0.2)


def test_who_sends_waits_for_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads: the endless stream stops, some bytes ahead."""
    written = 0
    real = aio.StreamResponse.write

    async def write(self: aio.StreamResponse, data: bytes) -> None:
        nonlocal written
        written += 1
        await real(self, data * 1000)

    monkeypatch.setattr(aio.StreamResponse, "write", write)

    async def session() -> None:
        monkeypatch.setattr(asyncio, "sleep", lambda _: sleep(0))
        async with streaming.serve() as port:
            sock = connect(port, buffer=4096)
            sock.sendall(b"GET /flowers HTTP/1.1\r\nHost: a\r\n\r\n")
            await settled(lambda: written)
            sock.close()

    asyncio.run(session())
    assert 0 < written * 5000 < 16 * MEGABYTE


def test_crates_are_made_when_there_is_room() -> None:
    """A server that stops reading stops the making of the body."""
    made = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal made
        async for crate in streaming.crates(10_000):
            made += 1
            yield crate

    async def session() -> None:
        with bad_peer("silent") as where:
            async with aiohttp.ClientSession() as http:
                url = f"http://{where}/crates"
                put = asyncio.ensure_future(http.put(url, data=counted()))
                await settled(lambda: made)
                put.cancel()
                await asyncio.wait([put])

    asyncio.run(session())
    assert 0 < made < 1000


def leave(sock: socket.socket) -> None:
    """Leave without a word: RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@pytest.mark.parametrize("go", [socket.socket.close, leave])
@pytest.mark.parametrize("path", ["GET /flowers", "PUT /crates"])
def test_who_leaves_in_the_middle_ends_its_coroutine(
    path: str, go: Callable[[socket.socket], None], caplog: pytest.LogCaptureFixture
) -> None:
    async def session() -> None:
        handlers = partial(under_way, asyncio.get_running_loop(), "_handle_request")
        async with streaming.serve() as port:
            sock = connect(port)
            sock.sendall(f"{path} HTTP/1.1\r\nHost: a\r\n".encode())
            sock.sendall(b"Content-Length: 100\r\n\r\nbulbs")
            await asyncio.to_thread(until, lambda: handlers() == 1)
            go(sock)
            await asyncio.to_thread(until, lambda: handlers() == 0)

    asyncio.run(session())
    assert caplog.records == []


def test_on_a_busy_machine_the_end_is_quiet_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No handler ends in the turn in which aiohttp stops waiting for it."""

    async def session() -> None:
        async with streaming.serve() as port:
            await streaming.visit(f"http://127.0.0.1:{port}")
            # The end has begun by then; whatever it waits for is due at once.
            asyncio.get_running_loop().call_later(0.01, time.sleep, 0.2)

    asyncio.run(session())
    assert caplog.records == []


@unix
def test_ctrl_c_ends_open_streams() -> None:
    """`served` presses it, and wants no word on stderr."""
    with (
        served("library.streaming") as server,
        closing(connect(server.port)) as sender,
        closing(connect(server.port)) as reader,
    ):
        sender.sendall(b"PUT /crates HTTP/1.1\r\nHost: a\r\n")
        sender.sendall(b"Content-Length: 100\r\n\r\nbulbs")
        reader.sendall(b"GET /flowers HTTP/1.1\r\nHost: a\r\n\r\n")
        while b"tulip" not in reader.recv(1000):
            pass
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(5) == 130


@pytest.mark.parametrize("lesson", ["web", "web_socket", "streaming"])
def test_two_terminals(lesson: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy stands between them, even if the environment names one."""
    for name in "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY":
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    alone = told(f"library.{lesson}")
    with served(f"library.{lesson}") as server:
        done = told(f"library.{lesson}", "--connect", server.address)
    outputs = [re.sub(r"\d\.\d\d s", "N s", each.output) for each in (alone, done)]
    assert outputs[0] == outputs[1] != ""
    assert {(each.code, each.errors) for each in (alone, done)} == {(0, "")}
