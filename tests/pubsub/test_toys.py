"""What the talk's toys claim: in one process, and in two terminals."""

from __future__ import annotations

import asyncio
import inspect
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import zmq
from zmq.asyncio import Context

from demos.pubsub import publish, reconnect, redis_py, slow, subscribe, zeromq
from demos.pubsub.broker import Broker
from demos.pubsub.client import Connection, Published
from demos.pubsub.resp import request
from demos.pubsub.stub import Stub, serve
from tests.pubsub.servers import ROOT, Server, free_port, redis_server, stub_server
from tests.served import command, without_reports

Lines = pytest.CaptureFixture[str]
CLIENTS = ["subscribe", "publish", "reconnect", "redis_py"]
LISTENERS = ["subscribe", "reconnect", "redis_py"]
LIMIT = 30.0


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


def ended(toy: str, *options: str) -> tuple[int, list[str], str]:
    """Run a toy to its end; return its exit code, its lines, its errors."""
    words = command(f"pubsub.{toy}", *options)
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT
    )
    return done.returncode, done.stdout.splitlines(), without_reports(done.stderr)


@contextmanager
def started(toy: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run a toy in a second terminal."""
    with subprocess.Popen(
        command(f"pubsub.{toy}", *options),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout
    return [process.stdout.readline().rstrip("\n") for _ in range(count)]


def rest(process: subprocess.Popen[str]) -> tuple[int, list[str], str]:
    output, errors = process.communicate(timeout=LIMIT)
    return process.returncode, output.splitlines(), without_reports(errors)


@pytest.fixture(params=["stub", "redis"])
def server(request: pytest.FixtureRequest) -> Server:
    """Our stub, then a real Redis."""
    found: Server = request.getfixturevalue(request.param)
    return found


# Two terminals


def test_two_terminals(server: Server) -> None:
    where = ("--redis", f"127.0.0.1:{server.port}")
    with started("subscribe", *where) as reader:
        assert len(read(reader, 2)) == 2
        assert ended("publish", *where, "--flowers", "tulip", "winter") == (
            0,
            ["tulip: 2 received it", "winter: 2 received it"],
            "",
        )
        code, lines, errors = rest(reader)
    assert (code, errors) == (0, "")
    assert sorted(lines) == [
        f"{who}: {what} on news"
        for who in ("florist", "gardener")
        for what in ("tulip", "winter")
    ]


def test_two_terminals_with_redis_py(server: Server) -> None:
    where = ("--redis", f"127.0.0.1:{server.port}")
    with started("redis_py", *where) as reader:
        assert read(reader, 1) == ["florist, gardener: wait for news"]
        ended("publish", *where, "--flowers", "winter")
        code, lines, errors = rest(reader)
    assert (code, errors) == (0, "")
    assert sorted(lines) == ["florist: winter on news", "gardener: winter on news"]


def test_zeromq_in_two_terminals() -> None:
    with started("zeromq", "--listen", "0", "--pause", "0.01") as publisher:
        (line,) = read(publisher, 1)
        where = line.removeprefix("listening on ")
        assert ended("zeromq", "--connect", where) == (0, ["tulip", "winter"], "")
        assert rest(publisher) == (0, ["publisher: 1 subscriptions have arrived"], "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("toy", LISTENERS)
def test_ctrl_c_ends_a_listener_quietly(toy: str, server: Server) -> None:
    where = ("--redis", f"127.0.0.1:{server.port}")
    with started(toy, *where) as reader:
        if toy == "reconnect":
            wait_for_listeners(server.port)
        else:
            read(reader, 2 if toy == "subscribe" else 1)
        reader.send_signal(signal.SIGINT)
        code, _, errors = rest(reader)
    assert (code, errors) == (130, "")


def wait_for_listeners(port: int) -> None:
    """Publish until somebody receives it."""

    async def insist() -> None:
        async with asyncio.timeout(LIMIT):
            await reconnect.insist(port, "crocus")

    asyncio.run(insist())


# Expected errors: a line, and exit code 1


@pytest.mark.parametrize("toy", CLIENTS)
def test_no_server(toy: str) -> None:
    code, _, errors = ended(toy, "--redis", f"127.0.0.1:{free_port()}")
    assert (code, errors.count("\n")) == (1, 1)
    assert errors.startswith(f"{toy}: ")


@pytest.mark.parametrize("toy", CLIENTS)
@pytest.mark.parametrize("make", [stub_server, redis_server])
def test_password(toy: str, make: Any) -> None:
    options = ("--password", "tulip") if make is stub_server else ("tulip",)
    with make(*options) as server:
        where = ("--redis", f"127.0.0.1:{server.port}")
        for words in ([], ["--password", "rose"]):
            code, _, errors = ended(toy, *where, *words)
            assert (code, errors.count("\n")) == (1, 1)
        if toy == "publish":
            assert ended(toy, *where, "--password", "tulip")[0] == 0


@pytest.mark.parametrize("toy", CLIENTS)
def test_not_a_redis(toy: str) -> None:
    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def session() -> tuple[int, list[str], str]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(ended, toy, "--redis", f"127.0.0.1:{port}")

    code, _, errors = asyncio.run(session())
    assert (code, errors.count("\n")) == (1, 1)


# What the slides say


def test_publish_counts_those_who_are_there(capsys: Lines) -> None:
    asyncio.run(publish.main())
    counts = [int(line.split()[1]) for line in printed(capsys)]
    assert counts == [0, 1, 2]


def test_the_talk_s_first_steps() -> None:
    async def session() -> None:
        async with (
            serve() as port,
            await Connection.create(port=port) as connection,
            await Connection.create(port=port) as publisher,
        ):
            florist = await connection.start_subscribe()
            await florist.subscribe(["news"])
            assert await publisher.publish("news", "tulip") == 1
            assert await florist.next_published() == Published("news", "tulip")
            assert await publisher.publish("weather.north", "rain") == 0
            # Who comes later has missed it.
            await florist.subscribe(["weather.north"])
            await publisher.publish("weather.north", "sun")
            assert (await florist.next_published()).value == "sun"

    asyncio.run(session())


def test_a_channel_and_a_pattern_are_two_deliveries(server: Server) -> None:
    async def session() -> None:
        async with (
            await Connection.create(port=server.port) as connection,
            await Connection.create(port=server.port) as publisher,
        ):
            gardener = await connection.start_subscribe()
            await gardener.subscribe(["weather.north"])
            await gardener.psubscribe(["weather.*"])
            assert await publisher.publish("weather.north", "rain") == 2
            found = [(await gardener.next_published()).pattern for _ in range(2)]
            assert found == [None, "weather.*"]

    asyncio.run(session())


def test_only_the_gardener_hears_the_rain(capsys: Lines) -> None:
    asyncio.run(subscribe.main(pause=0))
    rain = [line for line in printed(capsys) if "rain" in line]
    assert rain == ["gardener: rain on weather.north"]


def test_lengths_count_bytes() -> None:
    assert request("PUBLISH", "news", "œillet").endswith(b"$7\r\n\xc5\x93illet\r\n")


def test_the_server_s_heart_fits_a_slide() -> None:
    lines = inspect.getsource(Broker.publish).splitlines()
    assert len(lines) <= 12
    assert max(map(len, lines)) <= 72
    assert "await" not in inspect.getsource(Broker.publish)


def test_a_sleeper_is_dropped_and_others_go_on() -> None:
    hard, size = 1 << 20, 1 << 16

    async def session() -> int:
        async with (
            serve(hard=hard) as port,
            await Connection.create(port=port) as publisher,
            await Connection.create(port=port) as connection,
        ):
            _, writer = await slow.fall_asleep(port)
            sent = await slow.flood(publisher, size)
            reader = await connection.start_subscribe()
            await reader.subscribe(["news"])
            assert await publisher.publish("news", "tulip") == 1
            assert (await reader.next_published()).value == "tulip"
            writer.close()
            return sent

    assert asyncio.run(session()) > hard


def test_what_is_published_during_an_outage_is_lost(capsys: Lines) -> None:
    async def session() -> None:
        stub = Stub()
        port = await stub.listen()
        async with await reconnect.faithful(f"127.0.0.1:{port}", None) as one:
            florist = await reconnect.subscribe(one)
            await stub.close()
            await stub.listen(port=port)
            async with await Connection.create(port=port) as publisher:
                assert await publisher.publish("news", "lost") == 0
            await reconnect.insist(port, "iris")
            assert (await florist.next_published()).value == "iris"
        await stub.close()

    asyncio.run(session())
    lost, back = printed(capsys)
    assert lost.startswith("client: lost")
    assert back.startswith("client: back")


@pytest.mark.parametrize("pause", [0, 0.001])
def test_zeromq_loses_nothing_however_fast(pause: float, capsys: Lines) -> None:
    for _ in range(10):
        asyncio.run(zeromq.main(pause=pause))
        assert printed(capsys)[2:] == [
            "florist heard tulip, winter",
            "gardener heard tulip, rain, winter",
        ]


def test_zeromq_loses_what_comes_before_the_subscription(capsys: Lines) -> None:
    async def session() -> list[bytes]:
        with Context() as context, zeromq.publisher(context, 0) as source:
            await source.send_multipart([b"news", b"early"])
            url = source.get_string(zmq.LAST_ENDPOINT)
            with zeromq.subscriber(context, url, "news") as reader:
                await source.recv()
                # A channel is a prefix.
                await source.send_multipart([b"newspaper", b"late"])
                parts: list[bytes] = await reader.recv_multipart()
                return parts

    assert asyncio.run(session()) == [b"newspaper", b"late"]


def test_redis_py_takes_the_stub_for_a_redis(capsys: Lines) -> None:
    asyncio.run(redis_py.main(pause=0))
    assert len(printed(capsys)) == 5
