"""The stub from inside and as a program: what no other Redis could tell."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.pubsub.client import Connection, ConnectionLost
from demos.pubsub.patterns import matches
from demos.pubsub.resp import request
from demos.pubsub.resp_replies import ReplyParser
from demos.pubsub.session import Session
from demos.pubsub.stub import Stub, serve
from tests.pubsub.servers import ROOT, Line, Server, stub_server

HELLO = request("HELLO", "3")


class Wire(asyncio.Transport):
    """A transport without a network: keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.data = b""
        self.writes = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.data += data
        self.writes += 1

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False


def client(stub: Stub, *requests: bytes) -> tuple[Session, Wire]:
    session, wire = Session(stub), Wire()
    session.connection_made(wire)
    for each in requests:
        session.data_received(each)
    wire.data, wire.writes = b"", 0
    return session, wire


# Order: what is joined for speed must read as if nothing was


NAMES = ["a", "b", "ab"]
COMMANDS = st.one_of(
    st.tuples(st.just("PUBLISH"), st.sampled_from(NAMES), st.sampled_from("xyz")),
    st.tuples(st.just("SPUBLISH"), st.sampled_from(NAMES), st.sampled_from("xyz")),
    st.tuples(st.sampled_from(["SUBSCRIBE", "SSUBSCRIBE"]), st.sampled_from(NAMES)),
    st.tuples(st.just("PSUBSCRIBE"), st.sampled_from(["a*", "?"])),
    st.tuples(
        st.sampled_from(
            ["UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "PING", "RESET", "QUIT"]
        )
    ),
    st.tuples(st.just("HELLO"), st.sampled_from("23")),
)
CHUNKS = st.tuples(st.integers(0, 3), st.lists(COMMANDS, min_size=1, max_size=5))


def play(script: Sequence[tuple[int, Sequence[tuple[str, ...]]]], at_once: bool) -> str:
    """Run a script of chunks; a turn of the loop is all of it, or a request."""

    async def session() -> str:
        stub = Stub()
        clients = [
            client(stub, HELLO),
            client(stub, HELLO, request("SUBSCRIBE", "a")),
            client(stub, request("SUBSCRIBE", "a", "b")),
            client(stub, request("PSUBSCRIBE", "a*")),
        ]
        gone = set()
        for who, commands in script:
            words = [request(*each) for each in commands]
            for chunk in [b"".join(words)] if at_once else words:
                if who not in gone:
                    clients[who][0].data_received(chunk)
                if clients[who][0].leaving:
                    gone.add(who)
                if not at_once:
                    stub.broker.flush()
        stub.broker.flush()
        return "\n".join(wire.data.decode() for _, wire in clients)

    return asyncio.run(session())


@settings(deadline=None, max_examples=150, derandomize=True)
@given(script=st.lists(CHUNKS, max_size=8))
def test_what_is_joined_keeps_its_order(
    script: list[tuple[int, list[tuple[str, ...]]]],
) -> None:
    assert play(script, at_once=True) == play(script, at_once=False)


def test_a_turn_is_one_write_a_subscriber() -> None:
    async def session() -> None:
        stub = Stub()
        readers = [client(stub, request("SUBSCRIBE", "a")) for _ in range(3)]
        writers = [client(stub) for _ in range(2)]
        for writer, _ in writers:
            writer.data_received(request("PUBLISH", "a", "x") * 16)
        assert [wire.writes for _, wire in readers] == [0, 0, 0]
        await asyncio.sleep(0)
        assert [wire.writes for _, wire in readers] == [1, 1, 1]
        messages = list(ReplyParser().feed(readers[0][1].data))
        assert messages == [[b"message", b"a", b"x"]] * 32
        assert [wire.data for _, wire in writers] == [b":3\r\n" * 16] * 2

    asyncio.run(session())


ABSENT = {
    "scripts": "EVAL EVALSHA EVAL_RO SCRIPT FCALL FUNCTION",
    "lists": "LPUSH RPUSHX BLPOP LMPOP BRPOPLPUSH LRANGE LLEN",
    "hashes": "HSET HGETALL HSCAN",
    "sets": "SADD SMEMBERS SINTERSTORE SUNION",
    "sorted sets": "ZADD BZPOPMIN ZRANGE",
    "streams": "XADD XREADGROUP",
}


@pytest.mark.parametrize("family", ABSENT)
def test_what_is_not_here_says_so_in_one_line(family: str) -> None:
    async def session() -> None:
        stub = Stub()
        for name in ABSENT[family].split():
            someone, wire = client(stub)
            someone.data_received(request(name.lower(), "x"))
            assert wire.data.decode() == (
                f"-ERR unknown command '{name.lower()}', with args beginning with:"
                f" 'x' (this stub of Redis has no {family})\r\n"
            )

    asyncio.run(session())


def test_a_client_is_idle_until_it_asks_or_hears() -> None:
    async def idle(asker: Connection) -> dict[str, str]:
        lines = str(await asker.call("CLIENT", "LIST")).splitlines()
        fields = [dict(word.split("=") for word in line.split(" ")) for line in lines]
        return {each["flags"]: each["idle"] for each in fields}

    async def session() -> None:
        stub = Stub()
        port = await stub.listen()
        async with (
            await Connection.create(port=port) as reader,
            await Connection.create(port=port) as asker,
        ):
            await (await reader.start_subscribe()).subscribe(["news"])
            for each in stub.sessions.values():
                each.heard -= 50
            assert await idle(asker) == {"P": "50", "N": "0"}
            await asker.publish("news", "tulip")
            assert await idle(asker) == {"P": "0", "N": "0"}
        await stub.close()

    asyncio.run(session())


def test_nothing_remembers_who_left() -> None:
    async def session() -> None:
        stub = Stub()
        port = await stub.listen()
        async with await Connection.create(port=port) as connection:
            subscription = await connection.start_subscribe()
            await subscription.subscribe(["a"])
            await subscription.psubscribe(["a*"])
            assert len(stub.sessions) == 1
        await asyncio.sleep(0.05)
        gc.collect()
        assert stub.sessions == {}
        assert stub.broker.topics == ({}, {}, {})
        assert stub.broker.expressions == {}
        assert not [each for each in gc.get_objects() if isinstance(each, Session)]
        await stub.close()

    gc.collect()
    asyncio.run(session())


# Closing


def test_a_stub_that_is_closed_can_listen_again_on_its_port() -> None:
    async def session() -> None:
        stub = Stub()
        port = await stub.listen()
        connection = await Connection.create(port=port)
        waiting = asyncio.create_task(connection.call("PING"))
        assert await waiting == "PONG"
        await stub.close()
        with pytest.raises(ConnectionLost):
            await connection.call("PING")
        with pytest.raises(ConnectionLost, match="no Redis"):
            await Connection.create(port=port)
        assert await stub.listen(port=port) == port
        async with await Connection.create(port=port) as again:
            assert await again.call("PING") == "PONG"
        connection.close()
        await stub.close()

    asyncio.run(session())


# Patterns: Redis's own answers are compared in test_differential


def test_a_pattern_that_is_made_to_be_slow_is_not() -> None:
    """One that tries all places of its stars would need 30,000 ** 8 steps."""
    assert not matches(b"*a" * 8 + b"b", b"a" * 30_000)
    assert matches(b"*a" * 8 + b"*", b"a" * 30_000)


def test_a_pattern_that_is_too_long_is_refused() -> None:
    """Redis has no limit here: it doesn't compile patterns."""

    async def session() -> None:
        stub = Stub()
        reader, wire = client(stub)
        reader.data_received(request("PSUBSCRIBE", "a", "x" * 4097))
        assert wire.data == b"-ERR a pattern has 4096 bytes at most\r\n"
        assert not reader.listens
        reader.data_received(request("PSUBSCRIBE", "x" * 4095 + "*"))
        assert stub.broker.publish(b"x" * 4097, b"") == 1

    asyncio.run(session())


def has_ipv6() -> bool:
    """Tell whether this machine can listen on ::1."""
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6: localhost is one address")
def test_localhost_is_one_port_on_all_its_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.getaddrinfo

    def of_two(host: str, port: int, *kind: int) -> list[object]:
        return [*real("127.0.0.1", port, *kind), *real("::1", port, *kind)]

    monkeypatch.setattr(socket, "getaddrinfo", of_two)

    async def session() -> None:
        stub = Stub()
        port = await stub.listen("localhost")
        for host in "127.0.0.1", "::1":
            async with await Connection.create(host, port) as connection:
                assert await connection.call("PING") == "PONG"
        await stub.close()

    asyncio.run(session())


# The program


def stub(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demos.pubsub.stub", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--host", "0.0.0.0"], 1, "stub: others can reach 0.0.0.0: give --password"),
        (["--host", "::"], 1, "stub: others can reach ::: give --password"),
        (["--host", "example.org"], 1, "stub: others can reach example.org: give"),
        (["--port", "99999"], 1, "stub: "),
        (["--parser", "none"], 2, "invalid choice"),
        (["--port", "x"], 2, "invalid int"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    options: list[str], status: int, said: str
) -> None:
    done = stub(*options)
    assert done.returncode == status
    assert said in done.stderr.splitlines()[-1]
    assert status == 2 or len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_busy_port_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = stub("--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"stub: port {port} is taken: try another, or --port 0\n"


@pytest.mark.parametrize("missing", ["hiredis", "uvloop"])
def test_a_library_that_is_missing_is_named(missing: str) -> None:
    option = {"hiredis": "--parser", "uvloop": "--loop"}[missing]
    code = f"""
import runpy, sys
sys.modules[{missing!r}] = None
sys.argv[1:] = ["--port", "0", {option!r}, {missing!r}]
runpy.run_module("demos.pubsub.stub", run_name="__main__", alter_sys=True)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == f"stub: needs {missing}: pip install {missing}\n"
    assert done.returncode == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix's")
def test_ctrl_c_ends_it_quietly_with_clients_inside() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "demos.pubsub.stub", "--port", "0", "--trace"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline().rpartition(":")[2])
        line = Line(port)
        line.say(request("SUBSCRIBE", "news"))
        assert line.wait(4) == b"*3\r\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        line.close()
    assert process.returncode == 130
    assert errors == ""
    assert output.splitlines() == [
        r"1 > *2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n",
        r"1 < *3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop is Unix's")
def test_on_uvloop_too() -> None:
    async def session(port: int) -> None:
        async with (
            await Connection.create(port=port) as reader,
            await Connection.create(port=port) as writer,
        ):
            subscription = await reader.start_subscribe()
            await subscription.subscribe(["news"])
            sleeper = Line(port)
            sleeper.say(request("SUBSCRIBE", "flood"))
            sleeper.wait(len(b"*3\r\n$9\r\nsubscribe\r\n$5\r\nflood\r\n:1\r\n"))
            while await writer.publish("flood", "x" * 100_000):
                pass  # until who never reads is dropped
            sleeper.close()
            assert await writer.publish("news", "tulip") == 1
            message = await subscription.next_published()
            assert (message.channel, message.value) == ("news", "tulip")

    with stub_server("--loop", "uvloop", "--hard", "1000000") as server:
        asyncio.run(session(server.port))


def test_a_trace_cuts_long_chunks() -> None:
    async def session() -> list[str]:
        lines: list[str] = []
        stub = Stub(trace=lines.append)
        port = await stub.listen()
        async with await Connection.create(port=port) as connection:
            await connection.call("ECHO", "x" * 1000)
        await stub.close()
        return lines

    for line in asyncio.run(session()):
        assert line.endswith("x...")
        assert len(line) < 300


# What the slides say


def test_a_message_reaches_a_thousand_subscribers() -> None:
    async def session() -> None:
        stub = Stub()
        readers = [client(stub, request("SUBSCRIBE", "a")) for _ in range(1000)]
        writer, wire = client(stub)
        writer.data_received(
            request("PUBLISH", "a", "x") + request("PUBLISH", "b", "x")
        )
        stub.broker.flush()
        assert wire.data == b":1000\r\n:0\r\n"
        assert {wire.data for _, wire in readers} == {request("message", "a", "x")}

    asyncio.run(session())


def test_limits_are_those_of_redis(redis: Server) -> None:
    """32 MB at once, or 8 MB during a minute."""

    async def limits(port: int) -> str:
        async with await Connection.create(port=port) as connection:
            _, value = await connection.call(
                "CONFIG", "GET", "client-output-buffer-limit"
            )
            return str(value)

    async def session() -> None:
        async with serve() as port:
            ours = await limits(port)
        assert ours.endswith(" pubsub 33554432 8388608 60")
        assert await limits(redis.port) == ours

    asyncio.run(session())
