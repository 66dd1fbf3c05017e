"""The figures that show code: it runs, and does what its figure says."""

import ast
import asyncio
import gc
import inspect
import io
import itertools
import re
import socket
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from media.figures import eight, ping_pong, pubsub, streams
from media.lang import LANGS, Lang
from media.svg import Sketch

HOST = "127.0.0.1"
SECONDS = 10
"""Longer than any conversation here may take."""


def run(source: str, **known: object) -> dict[str, Any]:
    """Run the code that a figure shows; return what it defines."""
    names: dict[str, Any] = dict(known)
    exec(source, names)
    return names


def codes(sketch: Sketch) -> list[str]:
    """Return the texts of a picture that are in code's font."""
    texts = ET.fromstring(sketch.svg()).iter("{http://www.w3.org/2000/svg}text")
    return [
        "".join(text.itertext())
        for text in texts
        if "Iosevka" in text.get("font-family", "")
    ]


async def talk(port: int, *messages: bytes) -> bytes:
    """Send messages, then the end; return all that the server sends."""
    reader, writer = await asyncio.open_connection(HOST, port)
    for message in messages:
        writer.write(message)
        await writer.drain()
    writer.write_eof()
    data = await reader.read()
    writer.close()
    await writer.wait_closed()
    return data


class Socket:
    """A socket that says what it is asked."""

    def __init__(self, inner: socket.socket, asked: list[str]) -> None:
        self.inner, self.asked = inner, asked
        self.loop = asyncio.get_running_loop()
        inner.setblocking(False)

    def close(self) -> None:
        self.asked.append("close")
        self.inner.close()


class Calling(Socket):
    """A socket whose methods are told what to call next."""

    def accept(self, then: Callable[["Calling"], None]) -> None:
        def ready() -> None:
            self.loop.remove_reader(self.inner)
            then(Calling(self.inner.accept()[0], self.asked))

        self.asked.append("accept")
        self.loop.add_reader(self.inner, ready)

    def recv(self, then: Callable[[bytes], None]) -> None:
        def ready() -> None:
            self.loop.remove_reader(self.inner)
            then(self.inner.recv(64))

        self.asked.append("recv")
        self.loop.add_reader(self.inner, ready)

    def send(self, data: bytes, then: Callable[[], None]) -> None:
        def ready() -> None:
            self.loop.remove_writer(self.inner)
            assert self.inner.send(data) == len(data)
            then()

        self.asked.append("send")
        self.loop.add_writer(self.inner, ready)


class Awaited(Socket):
    """A socket whose methods are awaited."""

    async def accept(self) -> "Awaited":
        self.asked.append("accept")
        return Awaited((await self.loop.sock_accept(self.inner))[0], self.asked)

    async def recv(self) -> bytes:
        self.asked.append("recv")
        return await self.loop.sock_recv(self.inner, 64)

    async def send(self, data: bytes) -> None:
        self.asked.append("send")
        await self.loop.sock_sendall(self.inner, data)


@pytest.mark.parametrize(
    ("source", "kind"),
    [(ping_pong.CALLBACKS, Calling), (ping_pong.COROUTINE, Awaited)],
    ids=["callbacks", "coroutine"],
)
def test_both_play_ping_pong_in_the_order_of_the_numbers(
    source: str, kind: type[Socket]
) -> None:
    asked: list[str] = []

    async def play() -> bytes:
        with socket.create_server((HOST, 0)) as listener:
            served = run(source)["serve"](kind(listener, asked))
            async with asyncio.timeout(SECONDS):
                client = talk(listener.getsockname()[1], b"ping")
                both = [client, served] if inspect.iscoroutine(served) else [client]
                data, *_ = await asyncio.gather(*both)
        return bytes(data)

    assert asyncio.run(play()) == b"pong"
    assert tuple(asked) == ping_pong.CALLS


def test_callbacks_are_read_upwards_and_inwards() -> None:
    code = ping_pong.lines(ping_pong.CALLBACKS)
    path = [(line.row, line.depth) for line in ping_pong.steps(code)]
    assert path == [(7, 1), (6, 2), (5, 3), (4, 4)]


def test_a_coroutine_is_read_downwards() -> None:
    code = ping_pong.lines(ping_pong.COROUTINE)
    path = [(line.row, line.depth) for line in ping_pong.steps(code)]
    assert path == [(1, 1), (2, 1), (3, 1), (4, 1)]


PROTOCOL = """\
class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(data)
    def eof_received(self):
        self.transport.close()
    def connection_lost(self, exc):
        self.transport = None
"""
SERVERS = ("await asyncio.start_server(echo, …)", "await loop.create_server(Echo, …)")
"""What makes each a server; `…` stands for the host and the port."""


async def echoed(server: str, names: dict[str, Any], *messages: bytes) -> bytes:
    """Start the server that a figure shows; return what it sends back."""
    names["loop"] = asyncio.get_running_loop()
    start = server.replace("…", f"{HOST!r}, 0")
    names |= run(f"async def start():\n    return {start}", **names)
    served = await names["start"]()
    async with served, asyncio.timeout(SECONDS):
        data = await talk(served.sockets[0].getsockname()[1], *messages)
        await names["ended"].wait()
    return data


def test_the_coroutine_pulls_the_same_bytes() -> None:
    names = run(streams.STREAMS, ended=asyncio.Event())
    echo = names["echo"]

    async def watched(*pair: object) -> None:
        await echo(*pair)
        names["ended"].set()

    names |= {"asyncio": asyncio, "echo": watched}
    server = SERVERS[0]
    assert asyncio.run(echoed(server, names, b"tu", b"lip")) == b"tulip"
    assert streams.STREAMS.count("await ") == 3


def test_the_loop_pushes_them_in_the_order_of_the_methods() -> None:
    names = run(PROTOCOL, asyncio=asyncio, ended=asyncio.Event())
    methods = list(streams.METHODS)
    called: list[str] = []

    def watched(name: str) -> Callable[..., object]:
        method = getattr(names["Echo"], name)

        def call(*arguments: object) -> object:
            called.append(name)
            if name == "connection_lost":
                names["ended"].set()
            return method(*arguments)

        return call

    for name in methods:
        assert hasattr(asyncio.Protocol, name)
        setattr(names["Echo"], name, watched(name))
    server = SERVERS[1]
    assert asyncio.run(echoed(server, names, b"tu", b"lip")) == b"tulip"
    assert list(dict.fromkeys(called)) == methods


WIRE = (
    b"*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n",
    b"*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n",
    b"*3\r\n$7\r\nPUBLISH\r\n$4\r\nnews\r\n$5\r\ntulip\r\n",
    b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\ntulip\r\n",
    b":1\r\n",
)
"""What a Redis and its clients send, as its documentation has it."""


def decode(data: io.BytesIO) -> Any:
    """Read a value of RESP2."""
    head = data.readline()
    assert head.endswith(b"\r\n")
    length = int(head[1:])
    match head[:1]:
        case b"*":
            return tuple(decode(data) for _ in range(length))
        case b"$":
            text = data.read(length)
            assert data.read(2) == b"\r\n"
            return text
        case b":":
            return length
    raise AssertionError(head)


def test_the_bytes_are_those_of_redis() -> None:
    assert tuple(pubsub.encode(message.value) for message in pubsub.MESSAGES) == WIRE
    for message, data in zip(pubsub.MESSAGES, WIRE, strict=True):
        rest = io.BytesIO(data)
        assert decode(rest) == message.value
        assert rest.read() == b""


@pytest.mark.parametrize("lang", LANGS)
def test_all_the_bytes_are_drawn(lang: Lang) -> None:
    legend = [sign for sign, _ in pubsub.LEGEND[lang]]
    texts = [text for text in codes(pubsub.picture(lang)) if text not in legend]
    drawn = [ast.literal_eval(f"b'{text}'") for text in texts]
    assert sorted(b"".join(drawn)) == sorted(b"".join(WIRE))
    assert all(any(line in data for data in WIRE) for line in drawn)
    assert all(sign.encode() in b"".join(WIRE) for sign in legend[:3])


def reply(case: eight.Case) -> eight.Reply:
    """Return what this Python says to a call."""
    source = (
        f"{case.called} ask():\n    return {eight.ANSWER}\n"
        f"{case.caller} main():\n    return {'await ' * case.awaited}ask()\n"
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            main = run(source)["main"]
            answer = asyncio.run(main()) if case.caller == "async def" else main()
        except (SyntaxError, TypeError) as error:
            return eight.Reply("error", type(error).__name__, str(error.args[0]))
        says = str(answer)
        del answer
        gc.collect()
    if caught:
        (warning,) = caught
        name, reason = warning.category.__name__, str(warning.message)
        return eight.Reply("suspicious", name, reason)
    return eight.Reply("legal", says)


def quotes(reason: str, told: str) -> bool:
    """Tell whether a reason has the words that were told, in their order."""
    return bool(re.search(".*".join(map(re.escape, reason.split(" … "))), told))


@pytest.mark.parametrize(
    "case", eight.CASES, ids=lambda case: f"{case.caller}-{case.called}-{case.awaited}"
)
def test_python_says_so(case: eight.Case) -> None:
    told = reply(case)
    assert (told.verdict, told.says) == (case.reply.verdict, case.reply.says)
    assert quotes(case.reply.reason, told.reason)


@pytest.mark.parametrize("lang", LANGS)
def test_the_alt_text_names_what_is_not_legal(lang: Lang) -> None:
    names = re.findall(r"\w+(?:Error|Warning)", eight.ALT[lang])
    replies = [case.reply.says for case in eight.CASES if case.reply != eight.FINE]
    assert set(names) == set(replies)


def test_the_table_has_all_eight_calls() -> None:
    defs = ("def", "async def")
    calls = [(case.caller, case.called, case.awaited) for case in eight.CASES]
    assert calls == list(itertools.product(defs, defs, (False, True)))


@pytest.mark.parametrize(
    "told",
    [
        "object int can't be used in 'await' expression",
        "'int' object can't be awaited",
    ],
    ids=["until 3.13", "from 3.14"],
)
def test_the_refusal_is_that_of_every_python(told: str) -> None:
    assert quotes(eight.REFUSED.reason, told)
    assert not quotes(eight.FORGOTTEN.reason, told)


@pytest.mark.parametrize("lang", LANGS)
def test_the_code_drawn_is_the_code_run(lang: Lang) -> None:
    methods = [f"{name}()" for name in streams.METHODS]
    for sketch, sources in (
        (ping_pong.picture(lang), (ping_pong.CALLBACKS, ping_pong.COROUTINE)),
        (streams.picture(lang), (streams.STREAMS, *methods)),
    ):
        lines = [line.strip() for source in sources for line in source.splitlines()]
        assert sorted(codes(sketch)) == sorted(lines)
