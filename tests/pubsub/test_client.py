"""Our client: the same tests with a real Redis and the stub; then servers that fail."""

from __future__ import annotations

import asyncio
import functools
import itertools
import os
import random
import re
import stat
import sys
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
)
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, ParamSpec

import psutil
import pytest

from demos.pubsub import client
from demos.pubsub.client import (
    UNREAD,
    Connection,
    ConnectionLost,
    Published,
    ReplyError,
    Subscription,
)
from demos.pubsub.resp import request, strings
from demos.pubsub.stub import Stub, new_loop, serve
from tests.pubsub.servers import (
    Server,
    free_port,
    redis_server,
    stub_server,
)
from tests.served import LIMIT

P = ParamSpec("P")
Test = Callable[P, None]
CHUNK = 256 * 1024
"""Bytes that a transport reads at most before it can be paused."""

NUMBERS = itertools.count()


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Test[P]:
    """Run a test in a loop of its own, at whose end nothing may be left."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(leaves_nothing(test(*args, **kwargs)))

    return run


async def leaves_nothing(test: Awaitable[None]) -> None:
    """Await a test; then there is no task, no socket and no complaint more."""
    complaints: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, about: complaints.append(about))
    before = sockets()
    async with asyncio.timeout(LIMIT):
        await test
        await until(lambda: len(asyncio.all_tasks()) == 1)
        await until(lambda: sockets() <= before)
    assert complaints == []


def sockets() -> int:
    """Give how many sockets this process has open.

    Not from the system's table, which is long after a test that made thousands.
    """
    if sys.platform == "win32":
        return len(psutil.Process().net_connections("tcp"))
    return sum(is_socket(int(each)) for each in os.listdir("/dev/fd"))


def is_socket(descriptor: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except OSError:  # what listed the folder
        return False


async def until(done: Callable[[], bool]) -> None:
    """Wait for a state that must come."""
    async with asyncio.timeout(LIMIT):
        while not done():  # noqa: ASYNC110 - what is awaited has no event
            await asyncio.sleep(0.001)


async def turns(count: int) -> None:
    """Let the loop turn."""
    for _ in range(count):
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Peer:
    """A server, and the protocol to speak with it."""

    port: int
    protocol: int

    def connect(self, **options: Any) -> Coroutine[Any, Any, Connection]:
        """Connect to it."""
        return Connection.create(port=self.port, protocol=self.protocol, **options)


@pytest.fixture(scope="module")
def stub_hiredis() -> Iterator[Server]:
    """Our stub, with the parser in C."""
    with stub_server("--parser", "hiredis") as server:
        yield server


SERVERS = ["redis", "redis_8", "valkey_9", "stub", "stub_hiredis"]


@pytest.fixture(
    params=itertools.product(SERVERS, [2, 3]),
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def peer(request: pytest.FixtureRequest) -> Peer:
    """Each server, in each protocol."""
    kind, protocol = request.param
    return Peer(request.getfixturevalue(kind).port, protocol)


@pytest.fixture
def news() -> str:
    """A channel that no other test uses."""
    return f"news{next(NUMBERS)}"


@asynccontextmanager
async def listening(
    peer: Peer, *channels: str, **options: Any
) -> AsyncIterator[tuple[Subscription, Connection]]:
    """Give a subscription, and another connection that publishes."""
    async with (
        await peer.connect(**options) as reader,
        await peer.connect(**options) as writer,
    ):
        subscription = await reader.start_subscribe()
        await subscription.subscribe(channels)
        yield subscription, writer


async def take(subscription: Subscription, count: int) -> list[Published]:
    """Give the next messages, so many."""
    return [await subscription.next_published() for _ in range(count)]


async def values(subscription: Subscription, count: int) -> list[Any]:
    """Give what the next messages say."""
    return [message.value for message in await take(subscription, count)]


# The same with a real Redis and with the stub.


@in_loop
async def test_the_example(stub: Server) -> None:
    """What the module's docstring shows, as it stands there but for the port."""
    (code,) = re.findall(r"\n\n((?:    .+\n)+)", client.__doc__ or "")
    told = f"async def example():\n{code}    return message\n"
    found: dict[str, Any] = {"Connection": Connection}
    exec(told.replace("6379", str(stub.port)), found)
    assert await found["example"]() == Published("news", "tulip")


@in_loop
async def test_messages_and_their_order(peer: Peer, news: str) -> None:
    async with listening(peer, news, news + "b") as (subscription, writer):
        assert await writer.publish(news, "tulip") == 1
        assert await writer.publish(news + "b", "rosé") == 1
        assert await writer.publish(news + "c", "lost") == 0
        assert await writer.publish(news, "") == 1
        assert await take(subscription, 3) == [
            Published(news, "tulip", None),
            Published(news + "b", "rosé", None),
            Published(news, "", None),
        ]


@in_loop
async def test_patterns(peer: Peer, news: str) -> None:
    async with listening(peer, news + ".a") as (subscription, writer):
        await subscription.psubscribe([news + ".*", news + "[.]?"])
        assert await writer.publish(news + ".a", "1") == 3
        assert await writer.publish(news + ".bb", "2") == 1
        first, *others = await take(subscription, 4)
        assert first == Published(news + ".a", "1", None)
        assert {message.pattern for message in others[:2]} == {
            news + ".*",
            news + "[.]?",
        }
        assert others[2] == Published(news + ".bb", "2", news + ".*")
        await subscription.punsubscribe([news + ".*"])
        assert await writer.publish(news + ".bb", "3") == 0
        await subscription.punsubscribe([news + "[.]?"])
        assert await writer.publish(news + ".a", "4") == 1
        assert await values(subscription, 1) == ["4"]


@in_loop
async def test_unsubscribe(peer: Peer, news: str) -> None:
    async with listening(peer, news, news + "b") as (subscription, writer):
        await subscription.unsubscribe([news])
        assert await writer.publish(news, "1") == 0
        assert await writer.publish(news + "b", "2") == 1
        await subscription.unsubscribe([news + "b"])
        assert await writer.publish(news + "b", "3") == 0
        await subscription.subscribe([news])
        assert await writer.publish(news, "4") == 1
        assert await values(subscription, 2) == ["2", "4"]


@in_loop
async def test_the_same_channel_twice(peer: Peer, news: str) -> None:
    async with listening(peer, news, news) as (subscription, writer):
        await subscription.subscribe(iter([news]))
        assert await writer.publish(news, "once") == 1
        await subscription.unsubscribe([news, news])
        assert await writer.publish(news, "no more") == 0
        assert await values(subscription, 1) == ["once"]


@in_loop
async def test_nothing_to_do(peer: Peer, news: str) -> None:
    async with listening(peer) as (subscription, writer):
        await subscription.subscribe([])
        await subscription.unsubscribe([])
        await subscription.punsubscribe([])
        await subscription.unsubscribe([news, news + "b"])
        await subscription.punsubscribe([news + "*"])
        await subscription.subscribe([news])
        assert await writer.publish(news, "1") == 1
        assert await values(subscription, 1) == ["1"]


@pytest.mark.parametrize("names", ["news", b"news"])
@in_loop
async def test_a_name_instead_of_a_list(peer: Peer, names: Any) -> None:
    async with listening(peer) as (subscription, _):
        for subscribe in (
            subscription.subscribe,
            subscription.psubscribe,
            subscription.unsubscribe,
            subscription.punsubscribe,
        ):
            with pytest.raises(TypeError, match="a list of names is needed"):
                await subscribe(names)
        assert await subscription.connection.call("PING")


@in_loop
async def test_calls(peer: Peer, news: str) -> None:
    async with await peer.connect() as connection:
        assert await connection.call("PING") == "PONG"
        assert await connection.call("ECHO", "tulipe à Paris") == "tulipe à Paris"
        assert await connection.call("ECHO", b"\xff") == "\udcff"
        assert await connection.call("ECHO", "\udcff") == "\udcff"
        assert await connection.call("SET", news, "1.5") == "OK"
        assert await connection.call("GET", news) == "1.5"
        assert await connection.call("DEL", news) == 1
        assert await connection.call("GET", news) is None
        assert await connection.call("PUBSUB", "NUMSUB", news) == [news, 0]


@in_loop
async def test_errors(peer: Peer) -> None:
    async with await peer.connect() as connection:
        with pytest.raises(ReplyError) as caught:
            await connection.call("NOPE", "a")
        assert str(caught.value).rstrip() == (
            "ERR unknown command 'NOPE', with args beginning with: 'a'"
        )
        with pytest.raises(ReplyError, match="ERR wrong number of arguments for"):
            await connection.call("PUBLISH", "a")
        assert await connection.call("PING") == "PONG"


@in_loop
async def test_all_values_are_text(peer: Peer) -> None:
    async with await peer.connect() as connection:
        settings = await connection.call("CONFIG", "GET", "maxmemory")
        expected: object = ["maxmemory", "0"]
        assert settings == (expected if peer.protocol == 2 else {"maxmemory": "0"})
        command = await connection.call("COMMAND", "INFO", "publish")
        assert command[0][0] == "publish"


@in_loop
async def test_no_encoding_gives_bytes(peer: Peer, news: str) -> None:
    async with listening(peer, news, encoding=None) as (subscription, writer):
        assert await writer.call("ECHO", "é") == "é".encode()
        await subscription.psubscribe([news + "*"])
        await writer.publish(news.encode(), b"\xff\r\n\0")
        data = news.encode()
        assert await take(subscription, 2) == [
            Published(data, b"\xff\r\n\0", None),
            Published(data, b"\xff\r\n\0", data + b"*"),
        ]


@in_loop
async def test_any_bytes_survive(peer: Peer, news: str) -> None:
    payload = bytes(range(256)) * 300
    async with listening(peer, news) as (subscription, writer):
        await writer.publish(news, payload)
        message = await subscription.next_published()
        assert message.value.encode("utf-8", "surrogateescape") == payload
        await writer.publish(news, message.value)
        assert await subscription.next_published() == message


@in_loop
async def test_another_encoding(peer: Peer, news: str) -> None:
    async with listening(peer, news + "é", encoding="latin-1") as (
        subscription,
        writer,
    ):
        assert await writer.publish(news + "é", "ü") == 1
        assert await take(subscription, 1) == [Published(news + "é", "ü", None)]


@in_loop
async def test_iteration_ends_when_we_close(peer: Peer, news: str) -> None:
    async with listening(peer, news) as (subscription, writer):
        for text in "abc":
            await writer.publish(news, text)
        heard = []
        async for message in subscription:
            heard.append(message.value)
            if message.value == "c":
                subscription.connection.close()
        assert heard == ["a", "b", "c"]
        assert [message async for message in subscription] == []
        with pytest.raises(ConnectionLost, match="was closed"):
            await subscription.next_published()


@in_loop
async def test_who_waits_is_told_that_we_close(peer: Peer, news: str) -> None:
    async with listening(peer, news) as (subscription, _):
        waiting = [asyncio.create_task(subscription.next_published()) for _ in range(3)]
        await turns(3)
        subscription.connection.close()
        subscription.connection.close()
        for each in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(each, ConnectionLost)


@in_loop
async def test_after_the_end(peer: Peer, news: str) -> None:
    connection = await peer.connect()
    connection.close()
    for delay in 0, 20:
        await turns(delay)
        for use in (
            lambda: connection.call("PING"),
            lambda: connection.publish(news, "1"),
            connection.start_subscribe,
            connection.start_subscribe,
        ):
            with pytest.raises(ConnectionLost):
                await subscription_that_ends(use)


async def subscription_that_ends(use: Callable[[], Awaitable[Any]]) -> None:
    """Use a connection; if that gives a subscription, await its end."""
    found = await use()
    if isinstance(found, Subscription):
        await found.next_published()


@in_loop
async def test_two_who_wait(peer: Peer, news: str) -> None:
    async with listening(peer, news) as (subscription, writer):
        waiting = [asyncio.create_task(subscription.next_published()) for _ in range(2)]
        await turns(3)
        for text in "ab":
            await writer.publish(news, text)
        messages = await asyncio.gather(*waiting)
        assert [message.value for message in messages] == ["a", "b"]


@in_loop
async def test_calls_at_once(peer: Peer) -> None:
    async with await peer.connect() as connection:
        texts = [str(number) for number in range(500)]
        calls = [connection.call("ECHO", text) for text in texts]
        assert await asyncio.gather(*calls) == texts


@in_loop
async def test_cancelled_calls(peer: Peer, news: str) -> None:
    async with await peer.connect() as connection:
        calls = [
            asyncio.create_task(connection.call("ECHO", str(number)))
            for number in range(100)
        ]
        for number, call in enumerate(calls):
            if number % 3 == 0:
                await turns(number % 4 + 1)
                call.cancel()
        replies = await asyncio.gather(*calls, return_exceptions=True)
        assert await connection.call("ECHO", "last") == "last"
        for number, reply in enumerate(replies):
            assert reply == str(number) or isinstance(reply, asyncio.CancelledError)
            assert number % 3 == 0 or reply == str(number)


@in_loop
async def test_cancelled_waits_lose_nothing(peer: Peer, news: str) -> None:
    async with listening(peer, news) as (subscription, writer):
        texts = [str(number) for number in range(200)]
        publishing = asyncio.gather(*(writer.publish(news, text) for text in texts))
        heard: list[str] = []
        for number in itertools.count():
            waiting = asyncio.create_task(subscription.next_published())
            await turns(number % 5)
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                heard.append((await waiting).value)
            if len(heard) == len(texts):
                break
        assert heard == texts
        assert await publishing == [1] * len(texts)


@in_loop
async def test_cancelled_subscribe(peer: Peer, news: str) -> None:
    names = [f"{news}.{number}" for number in range(20)]
    async with listening(peer) as (subscription, writer):
        subscribing = asyncio.create_task(subscription.subscribe(names))
        await turns(2)
        subscribing.cancel()
        with suppress(asyncio.CancelledError):
            await subscribing
        await subscription.subscribe([news])
        assert await writer.publish(news, "1") == 1
        assert await writer.publish(names[-1], "2") == 1
        await subscription.unsubscribe(names)
        assert await writer.publish(names[-1], "3") == 0
        assert await values(subscription, 2) == ["1", "2"]


@in_loop
async def test_subscribe_in_the_stream_of_messages(peer: Peer, news: str) -> None:
    """Confirmations come among messages: nobody takes one for the other."""
    async with listening(peer, news) as (subscription, writer):
        texts = [str(number) for number in range(300)]
        publishing = asyncio.gather(*(writer.publish(news, text) for text in texts))
        for number in range(20):
            await subscription.subscribe([f"{news}.{number}", f"{news}.{number + 1}"])
            await subscription.psubscribe([f"{number}{news}"])
            await subscription.unsubscribe([f"{news}.{number}"])
        assert await values(subscription, len(texts)) == texts
        assert await publishing == [1] * len(texts)


@in_loop
async def test_subscriber_who_asks(peer: Peer, news: str) -> None:
    async with listening(peer, news) as (subscription, _):
        connection = subscription.connection
        if peer.protocol == 2:
            assert await connection.call("PING") == ["pong", ""]
            with pytest.raises(ReplyError, match="Can't execute 'publish'"):
                await connection.publish(news, "1")
        else:
            assert await connection.call("PING") == "PONG"
            assert await connection.publish(news, "1") == 1
            assert await connection.call("ECHO", "2") == "2"
            assert await take(subscription, 1) == [Published(news, "1", None)]


@in_loop
async def test_one_subscription_a_connection(peer: Peer) -> None:
    async with await peer.connect() as connection:
        subscription = await connection.start_subscribe()
        assert await connection.start_subscribe() is subscription


async def flood(port: int, channel: str, texts: Iterable[str]) -> None:
    """Publish in one go; wait for the replies."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    for part in batches(texts, 1000):
        writer.write(b"".join(request("PUBLISH", channel, text) for text in part))
        await writer.drain()
        count += len(part)
    await reader.readexactly(len(b":1\r\n") * count)
    writer.close()
    await writer.wait_closed()


def batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    """Cut texts into lists."""
    source = iter(texts)
    while batch := list(itertools.islice(source, size)):
        yield batch


@pytest.mark.parametrize("kind", ["redis", "stub"])
@in_loop
async def test_slow_reader(request: pytest.FixtureRequest, kind: str) -> None:
    """What it doesn't read waits at the server, and comes when it reads."""
    peer = Peer(request.getfixturevalue(kind).port, 2)
    texts = [f"{number:0100d}" for number in range(100_000)]
    async with listening(peer, "flood") as (subscription, _):
        await flood(peer.port, "flood", texts)
        kept = []
        for text in texts:
            kept.append(subscription._messages.qsize())
            assert (await subscription.next_published()).value == text
        assert max(kept) < UNREAD + CHUNK // len(texts[0])
        await subscription.subscribe(["more"])


@in_loop
async def test_subscribe_while_many_messages_wait(peer: Peer, news: str) -> None:
    texts = [f"{number:01000d}" for number in range(4 * UNREAD)]
    async with listening(peer, news) as (subscription, writer):
        await flood(peer.port, news, texts)
        await until(lambda: subscription._messages.qsize() >= UNREAD)
        await subscription.subscribe([news + "b"])
        await subscription.unsubscribe([news])
        assert await writer.publish(news, "lost") == 0
        assert await writer.publish(news + "b", "last") == 1
        assert await values(subscription, len(texts) + 1) == [*texts, "last"]


@in_loop
async def test_cancelled_subscribe_while_many_messages_wait(
    peer: Peer, news: str
) -> None:
    texts = [f"{number:01000d}" for number in range(4 * UNREAD)]
    async with listening(peer, news) as (subscription, _):
        await flood(peer.port, news, texts)
        await until(lambda: subscription._messages.qsize() >= UNREAD)
        subscribing = asyncio.create_task(subscription.subscribe([news + "b"]))
        await turns(1)
        subscribing.cancel()
        assert await values(subscription, len(texts)) == texts
        await subscription.subscribe([news + "c"])


@in_loop
async def test_close_while_many_messages_wait(peer: Peer, news: str) -> None:
    texts = [f"{number:01000d}" for number in range(2 * UNREAD)]
    async with listening(peer, news) as (subscription, _):
        await flood(peer.port, news, texts)
        await until(lambda: subscription._messages.qsize() >= UNREAD)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("debug", [False, True])
def test_other_loops(peer: Peer, news: str, loop: str, debug: bool) -> None:
    async def talk() -> None:
        async with listening(peer, news) as (subscription, writer):
            assert await writer.publish(news, "tulip") == 1
            assert await values(subscription, 1) == ["tulip"]
            texts = [f"{number:01000d}" for number in range(2 * UNREAD)]
            await flood(peer.port, news, texts)
            await subscription.subscribe([news + "b"])
            assert await values(subscription, len(texts)) == texts
            await subscription.unsubscribe([news])
        with pytest.raises(ConnectionLost):
            await writer.publish(news, "late")
        with pytest.raises(ConnectionLost):
            await Connection.create(port=free_port())

    with asyncio.Runner(debug=debug, loop_factory=new_loop(loop)) as runner:
        runner.run(leaves_nothing(talk()))


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_reconnect_on_other_loops(
    quick: None, loop: str, protocol: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with asyncio.Runner(debug=True, loop_factory=new_loop(loop)) as runner:
        runner.run(leaves_nothing(come_back(protocol)))
    assert capsys.readouterr() == ("", "")


# Passwords.


@pytest.fixture(scope="module")
def guarded_redis() -> Iterator[Server]:
    """A Redis with a password."""
    with redis_server("tulipé") as server:
        yield server


@pytest.fixture(scope="module")
def guarded_stub() -> Iterator[Server]:
    """A stub with a password."""
    with stub_server("--password", "tulipé") as server:
        yield server


@pytest.fixture(
    params=itertools.product(["guarded_redis", "guarded_stub"], [2, 3]),
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def guarded(request: pytest.FixtureRequest) -> Peer:
    """Each server with a password, in each protocol."""
    kind, protocol = request.param
    return Peer(request.getfixturevalue(kind).port, protocol)


@in_loop
async def test_right_password(guarded: Peer, news: str) -> None:
    async with listening(guarded, news, password="tulipé") as (subscription, writer):
        await writer.publish(news, "1")
        assert await values(subscription, 1) == ["1"]


@pytest.mark.parametrize("reconnect", [False, True])
@in_loop
async def test_wrong_password(guarded: Peer, reconnect: bool) -> None:
    with pytest.raises(ReplyError, match="WRONGPASS"):
        await guarded.connect(password="rose", reconnect=reconnect)


@in_loop
async def test_no_password(guarded: Peer, news: str) -> None:
    if guarded.protocol == 3:
        with pytest.raises(ReplyError, match="NOAUTH"):
            await guarded.connect()
        return
    async with await guarded.connect() as connection:
        with pytest.raises(ReplyError, match="NOAUTH"):
            await connection.publish(news, "1")
        subscription = await connection.start_subscribe()
        with pytest.raises(ReplyError, match="NOAUTH"):
            await subscription.subscribe([news, news + "b"])
        assert await connection.call("AUTH", "tulipé") == "OK"
        await subscription.subscribe([news])


@in_loop
async def test_password_where_there_is_none(peer: Peer) -> None:
    if peer.protocol == 2:
        with pytest.raises(ReplyError, match="without any password configured"):
            await peer.connect(password="tulip")


# Servers that fail.

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted(talk: Talk, port: int = 0) -> AsyncIterator[int]:
    """Serve by a script, which may hang: it ends with the block."""
    tasks: list[asyncio.Task[None]] = []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError):
                await talk(reader, writer)
            writer.close()
        except asyncio.CancelledError:
            writer.transport.abort()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.create_task(play(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say nothing, and go."""


async def hear_and_hang_up(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Hear one request, and go."""
    await reader.read(1)


async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hear all, say nothing."""
    while await reader.read(CHUNK):
        pass


async def be_deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hear no more than fits into a buffer, say nothing."""
    await asyncio.Event().wait()


def says(data: bytes, requests: int = 1, stay: bool = False) -> Talk:
    """Hear so many requests of one word, say something, and go."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(requests):
            await reader.readuntil(b"*")
        writer.write(data)
        await writer.drain()
        if stay:
            await be_silent(reader, writer)

    return talk


@pytest.fixture(params=[2, 3])
def protocol(request: pytest.FixtureRequest) -> int:
    """Each protocol."""
    number: int = request.param
    return number


def is_one_line(error: BaseException) -> bool:
    """Tell whether an error can be shown to an audience."""
    return str(error).isprintable() and 0 < len(str(error)) < 200


@pytest.mark.parametrize("reconnect", [False, True])
@in_loop
async def test_absent(protocol: int, reconnect: bool) -> None:
    port = free_port()
    with pytest.raises(ConnectionLost, match=rf"^no Redis at \S*:{port}: ") as caught:
        await Connection.create(port=port, protocol=protocol, reconnect=reconnect)
    assert is_one_line(caught.value)
    assert isinstance(caught.value, ConnectionError)


@pytest.mark.parametrize("talk", [hang_up, hear_and_hang_up])
@in_loop
async def test_closes_at_once(talk: Talk, protocol: int) -> None:
    async with scripted(talk) as port:
        with pytest.raises(ConnectionLost) as caught:
            async with await Connection.create(
                port=port, protocol=protocol
            ) as connection:
                await connection.call("PING")
    assert is_one_line(caught.value)


@pytest.mark.parametrize("talk", [hang_up, hear_and_hang_up])
@in_loop
async def test_closes_at_once_with_reconnect(talk: Talk) -> None:
    """What create() couldn't connect, nobody will close: nothing is left."""
    async with scripted(talk) as port:
        for options in {"protocol": 3}, {"password": "tulip"}:
            with pytest.raises(ConnectionLost):
                await Connection.create(port=port, reconnect=True, **options)
            await turns(20)
            assert not [task for task in asyncio.all_tasks() if "_come" in repr(task)]


@pytest.mark.parametrize("talk", [be_silent, be_deaf])
@in_loop
async def test_silent(talk: Talk, protocol: int) -> None:
    async with scripted(talk) as port:
        with pytest.raises(TimeoutError):
            async with (
                asyncio.timeout(0.05),
                await Connection.create(port=port, protocol=protocol) as connection,
            ):
                await connection.call("PING")


@in_loop
async def test_leaving_a_server_that_does_not_read() -> None:
    async with scripted(be_deaf) as port:
        with pytest.raises(TimeoutError):
            async with (
                asyncio.timeout(0.05),
                await Connection.create(port=port) as connection,
            ):
                await connection.publish("news", bytes(32 << 20))
        connection = await Connection.create(port=port)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await connection.publish("news", bytes(32 << 20))
        connection.close()


NONSENSE = [
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"220 mail\nready\r\n",
    b"\x15\x03\x03\x00\x02\x02\x46\r\n",
    b"$99999999999\r\n",
    b"*1\r\n" * 1000,
    b"|0\r\n" * 5000 + b"|x\r\n",
]


@pytest.mark.parametrize("data", NONSENSE)
@in_loop
async def test_not_a_redis(data: bytes, protocol: int) -> None:
    async with scripted(says(data, stay=True)) as port:
        with pytest.raises(ConnectionLost, match="not a Redis") as caught:
            async with await Connection.create(
                port=port, protocol=protocol
            ) as connection:
                await connection.call("PING")
        assert is_one_line(caught.value)


@in_loop
async def test_nonsense_after_messages() -> None:
    data = confirmed(b"subscribe", b"news", 1) + message(b"news", b"1") + b"?\r\n"
    async with (
        scripted(says(data, stay=True)) as port,
        await Connection.create(port=port) as connection,
    ):
        subscription = await connection.start_subscribe()
        await subscription.subscribe(["news"])
        assert await values(subscription, 1) == ["1"]
        for _ in range(2):
            with pytest.raises(ConnectionLost, match=f":{port}: not a Redis"):
                await subscription.next_published()
        with pytest.raises(ConnectionLost, match="not a Redis"):
            [message async for message in subscription]


@pytest.mark.parametrize("part", [b"$5\r\ntul", b"*2\r\n:1\r\n", b"+O", b"%1\r\n"])
@in_loop
async def test_closes_in_a_reply(part: bytes) -> None:
    async with (
        scripted(says(b"+FIRST\r\n" + part, 2)) as port,
        await Connection.create(port=port) as connection,
    ):
        first, second = await asyncio.gather(
            connection.call("A"), connection.call("B"), return_exceptions=True
        )
        assert first == "FIRST"
        assert isinstance(second, ConnectionLost)


@in_loop
async def test_closes_while_many_wait() -> None:
    async with (
        scripted(says(b"+FIRST\r\n", 5)) as port,
        await Connection.create(port=port) as connection,
    ):
        subscription = await connection.start_subscribe()
        waiting: list[Awaitable[Any]] = [
            *(connection.call("PING") for _ in range(5)),
            *(subscription.next_published() for _ in range(3)),
        ]
        first, *others = await asyncio.gather(*waiting, return_exceptions=True)
        assert first == "FIRST"
        assert len(others) == 7
        assert all(isinstance(each, ConnectionLost) for each in others)
        assert all(is_one_line(each) for each in others)
        with pytest.raises(ConnectionLost):
            [message async for message in subscription]


@in_loop
async def test_a_cancelled_call_keeps_its_place() -> None:
    async with (
        scripted(says(b"+A\r\n+B\r\n-ERR c\r\n+D\r\n", 4, stay=True)) as port,
        await Connection.create(port=port) as connection,
    ):
        first = asyncio.create_task(connection.call("A"))
        third = asyncio.create_task(connection.call("C"))
        await turns(2)
        first.cancel()
        second = asyncio.create_task(connection.call("B"))
        await turns(1)
        third.cancel()
        # Sent: A, C, B, D.
        fourth = await connection.call("D")
        with pytest.raises(ReplyError, match="ERR c"):
            await second
        assert fourth == "D"


@in_loop
async def test_messages_before_and_among_confirmations() -> None:
    data = b"".join(
        [
            message(b"news", b"early"),
            confirmed(b"subscribe", b"news", 1),
            message(b"news", b"1"),
            confirmed(b"subscribe", b"b", 2),
            strings([b"pmessage", b"n*", b"news", b"2"]),
            b"*2\r\n$4\r\npong\r\n$0\r\n\r\n",
        ]
    )
    async with (
        scripted(says(data, 2, stay=True)) as port,
        await Connection.create(port=port) as connection,
    ):
        subscription = await connection.start_subscribe()
        _, pong = await asyncio.gather(
            subscription.subscribe(["news", "b"]), connection.call("PING")
        )
        assert pong == ["pong", ""]
        assert await take(subscription, 3) == [
            Published("news", "early", None),
            Published("news", "1", None),
            Published("news", "2", "n*"),
        ]


@pytest.mark.parametrize(
    "push",
    [b">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n", b">1\r\n*0\r\n", b">0\r\n"],
)
@in_loop
async def test_pushes_that_are_no_replies(push: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in b"%0\r\n", b"+A\r\n", b"+B\r\n":
            await reader.readuntil(b"*")
            writer.write(push + reply + push)
        await be_silent(reader, writer)

    async with (
        scripted(talk) as port,
        await Connection.create(port=port, protocol=3) as connection,
    ):
        assert await connection.call("A") == "A"
        assert await connection.call("B") == "B"


# Whose answer is it?

REFUSED: list[tuple[Any, ...]] = [
    ("SUBSCRIBE", "a", "b"),
    ("psubscribe", "a*"),
    (b"Ssubscribe", "a"),
    ("UNSUBSCRIBE",),
    ("PUNSUBSCRIBE", "a"),
    ("SUNSUBSCRIBE",),
    ("CLIENT", "REPLY", "OFF"),
    (b"client", b"reply", b"skip"),
    ("HELLO", "2"),
    ("RESET",),
    ("MONITOR",),
    ("PSYNC", "?", "-1"),
    ("REPLCONF", "ACK", "0"),
    (),
]
"""Calls with no reply, with several, or with others than calls expect later on."""


@in_loop
async def test_calls_that_have_not_one_reply_are_refused(peer: Peer) -> None:
    async with await peer.connect() as connection:
        for words in REFUSED:
            refused, pong = await asyncio.gather(
                connection.call(*words),
                connection.call("PING"),
                return_exceptions=True,
            )
            assert isinstance(refused, ValueError)
            assert pong == "PONG"


LIKE_A_MESSAGE = "COMMAND", "GETKEYS", "DEL", "message", "a", "b"
LIKE_A_CONFIRMATION = "COMMAND", "GETKEYS", "DEL", "subscribe", "a"


@in_loop
async def test_a_reply_that_looks_like_a_message(peer: Peer, news: str) -> None:
    async with (
        await peer.connect() as connection,
        await peer.connect() as writer,
    ):
        subscription = await connection.start_subscribe()
        asked = [
            connection.call(*LIKE_A_MESSAGE),
            connection.call(*LIKE_A_CONFIRMATION),
        ]
        first, second, _ = await asyncio.gather(*asked, subscription.subscribe([news]))
        assert first == ["message", "a", "b"]
        assert second == ["subscribe", "a"]
        if peer.protocol == 3:
            assert await connection.call(*LIKE_A_MESSAGE) == ["message", "a", "b"]
        await subscription.unsubscribe([news])
        assert await connection.call(*LIKE_A_MESSAGE) == ["message", "a", "b"]
        assert await writer.publish(news, "nobody") == 0
        await subscription.psubscribe([news])
        assert await writer.publish(news, "tulip") == 1
        assert await take(subscription, 1) == [Published(news, "tulip", news)]


@in_loop
async def test_who_subscribes_inside_a_transaction_loses_the_link(peer: Peer) -> None:
    async with await peer.connect() as connection:
        subscription = await connection.start_subscribe()
        asked = await asyncio.gather(
            connection.call("MULTI"),
            subscription.subscribe(["a", "b"]),
            connection.call("EXEC"),
            connection.call("PING"),
            return_exceptions=True,
        )
        assert asked[0] == "OK"
        assert all(isinstance(each, ConnectionLost) for each in asked[1:])
        assert "no answer to subscribe: QUEUED" in str(asked[1])


@dataclass
class Asking:
    """Calls on a subscriber, each of which must get its own answer; in any order."""

    subscription: Subscription
    writer: Connection
    random: random.Random
    names: list[str]
    sent: dict[str, list[str]]

    async def once(self, token: str) -> None:
        """Do one thing."""
        connection = self.subscription.connection
        some = self.random.choices(self.names, k=self.random.randint(0, 3))
        match self.random.randrange(8):
            case 0:
                assert await connection.call("PING", token) in (token, ["pong", token])
            case 1:
                with suppress(ReplyError):  # a subscriber, in RESP2
                    assert await connection.call("ECHO", token) == token
            case 2:
                with suppress(ReplyError):
                    words = "COMMAND", "GETKEYS", "DEL", "message", "a", token
                    assert await connection.call(*words) == ["message", "a", token]
            case 3:
                change = self.random.choice(
                    [self.subscription.subscribe, self.subscription.psubscribe]
                )
                await change(some)
            case 4:
                change = self.random.choice(
                    [self.subscription.unsubscribe, self.subscription.punsubscribe]
                )
                await change(some)
            case 5:
                with pytest.raises(ValueError, match=r"[A-Z?]"):
                    await connection.call(*self.random.choice(REFUSED))
            case 6:
                with pytest.raises(ReplyError, match="unknown command"):
                    await connection.call("NOPE", token)
            case _:
                name = self.random.choice(self.names)
                self.sent[name].append(token)
                await self.writer.publish(name, token)


@pytest.mark.parametrize("seed", range(12))
@in_loop
async def test_each_call_gets_its_own_answer(peer: Peer, news: str, seed: int) -> None:
    dice = random.Random(seed)
    names = [f"{news}.{letter}" for letter in "abc"]
    sent: dict[str, list[str]] = {name: [] for name in names}
    async with (
        await peer.connect() as reader,
        await peer.connect() as writer,
        asyncio.timeout(LIMIT),
    ):
        subscription = await reader.start_subscribe()
        asking = Asking(subscription, writer, dice, names, sent)
        calls = set()
        for number in range(150):
            calls.add(asyncio.create_task(asking.once(str(number))))
            if not dice.randrange(4):
                await turns(dice.randint(1, 9))
            if not dice.randrange(10):
                await asyncio.wait(calls)
            if not dice.randrange(9):
                dice.choice(list(calls)).cancel()
        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            assert outcome is None or isinstance(outcome, asyncio.CancelledError)
        await subscription.subscribe([news])
        assert await writer.publish(news, "end") == 1
        heard: dict[str, list[str]] = {name: [] for name in names}
        while (message := await subscription.next_published()).channel != news:
            heard[message.channel] += [message.value] * (message.pattern is None)
    for name in names:
        wanted = iter(sent[name])
        assert all(value in wanted for value in heard[name])  # in their order


def message(channel: bytes, value: bytes) -> bytes:
    """Write what a subscriber gets."""
    return strings([b"message", channel, value])


def confirmed(verb: bytes, name: bytes, count: int) -> bytes:
    """Write what a subscriber gets first."""
    return b"*3\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n:%d\r\n" % (
        len(verb),
        verb,
        len(name),
        name,
        count,
    )


# Coming back.


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come back sooner: the tests wait for it."""
    monkeypatch.setattr(client, "FIRST_DELAY", 0.001)
    monkeypatch.setattr(client, "LAST_DELAY", 0.01)


async def come_back(protocol: int) -> None:
    """Lose a server twice, and hear it again."""
    told: list[str] = []
    stub = Stub()
    port = await stub.listen()
    create = functools.partial(Connection.create, port=port, protocol=protocol)
    async with await create(reconnect=True, tell=told.append) as reader:
        subscription = await reader.start_subscribe()
        await subscription.subscribe(["a", b"b", "gone"])
        await subscription.psubscribe(["p*", "q*"])
        await subscription.unsubscribe([b"gone"])
        await subscription.punsubscribe(["q*"])
        waiting = asyncio.create_task(subscription.next_published())
        for count in 1, 2:
            await stub.close()
            await until(lambda count=count: len(told) == 2 * count - 1)  # type: ignore[misc]
            with pytest.raises(ConnectionLost, match=f":{port}"):
                await reader.call("PING")
            with pytest.raises(ConnectionLost, match=f":{port}"):
                await subscription.subscribe(["c"])
            assert not waiting.done()
            await stub.listen(port=port)
            await until(lambda count=count: len(told) == 2 * count)  # type: ignore[misc]
            async with await create() as writer:
                heard = [await writer.publish(name, "1") for name in ("p1", "gone")]
                assert heard == [1, 0]
                assert (await waiting).pattern == "p*"
                assert [await writer.publish(name, "2") for name in "abcq"] == [
                    *(1, 1, 0, 0)
                ]
                channels = [each.channel for each in await take(subscription, 2)]
                assert channels == ["a", "b"]
            waiting = asyncio.create_task(subscription.next_published())
        await until(lambda: len(stub.sessions) == 1)
        waiting.cancel()
    await stub.close()
    assert [line.split()[0] for line in told] == ["lost", "back", "lost", "back"]
    for line in told:
        assert f"127.0.0.1:{port}" in line
        assert line.isprintable()


@in_loop
async def test_come_back(quick: None, protocol: int) -> None:
    await come_back(protocol)


@in_loop
async def test_come_back_without_a_subscription(quick: None, protocol: int) -> None:
    stub = Stub()
    port = await stub.listen()
    async with await Connection.create(
        port=port, protocol=protocol, reconnect=True
    ) as connection:
        for _ in range(3):
            assert await connection.call("PING") == "PONG"
            await stub.close()
            await until(lambda: not is_up(connection))
            await stub.listen(port=port)
            await until(lambda: is_up(connection))
    await stub.close()


def is_up(connection: Connection) -> bool:
    """Tell whether a connection has a server now."""
    with suppress(ConnectionLost):
        return connection.link is not None
    return False


@pytest.mark.parametrize("kind", ["redis", "stub"])
@in_loop
async def test_come_back_to_a_server_that_hung_up(
    quick: None, request: pytest.FixtureRequest, kind: str, protocol: int, news: str
) -> None:
    told: list[str] = []
    peer = Peer(request.getfixturevalue(kind).port, protocol)
    async with listening(peer, news, reconnect=True, tell=told.append) as (
        subscription,
        writer,
    ):
        await writer.call("CLIENT", "KILL", "TYPE", "pubsub")
        await until(lambda: len(told) == 2)
        assert await writer.publish(news, "1") == 1
        assert await values(subscription, 1) == ["1"]


@pytest.mark.parametrize("password", [None, "rose"])
@in_loop
async def test_wrong_password_at_the_return(
    quick: None, protocol: int, password: str | None
) -> None:
    stub = Stub(password=password)
    port = await stub.listen()
    async with await Connection.create(
        port=port, protocol=protocol, password=password, reconnect=True
    ) as connection:
        subscription = await connection.start_subscribe()
        await subscription.subscribe(["news"])
        await stub.close()
        async with serve(port, password="tulip"):
            code = "WRONGPASS" if password else "NOAUTH"
            for _ in range(2):
                with pytest.raises(ConnectionLost, match=code):
                    await subscription.next_published()
            with pytest.raises(ConnectionLost, match=code):
                [message async for message in subscription]


@in_loop
async def test_close_while_it_tries(quick: None, protocol: int) -> None:
    told: list[str] = []
    stub = Stub()
    port = await stub.listen()
    connection = await Connection.create(
        port=port, protocol=protocol, reconnect=True, tell=told.append
    )
    subscription = await connection.start_subscribe()
    waiting = asyncio.create_task(subscription.next_published())
    await stub.close()
    await until(lambda: bool(told))
    connection.close()
    connection.close()
    with pytest.raises(ConnectionLost, match="was closed"):
        await waiting
    assert [message async for message in subscription] == []
    await until(lambda: len(asyncio.all_tasks()) == 1)
    assert len(told) == 1


@pytest.mark.parametrize("talk", [be_silent, be_deaf])
@in_loop
async def test_close_while_it_greets(quick: None, talk: Talk) -> None:
    stub = Stub()
    port = await stub.listen()
    arrived = asyncio.Event()

    async def arrive(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        arrived.set()
        await talk(reader, writer)

    async with await Connection.create(
        port=port, protocol=3, reconnect=True
    ) as connection:
        await stub.close()
        async with scripted(arrive, port):
            await arrived.wait()
            connection.close()


@in_loop
async def test_a_server_that_fails_while_we_come_back(quick: None) -> None:
    """It comes once a time, and once in the end."""
    tries, told = 0, list[str]()
    stub = Stub()
    port = await stub.listen()

    async def fail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        await reader.read(1)

    async with await Connection.create(
        port=port, reconnect=True, tell=told.append
    ) as connection:
        subscription = await connection.start_subscribe()
        await subscription.subscribe(["news"])
        await stub.close()
        async with scripted(fail, port):
            await until(lambda: tries > 5)
            coming = [task for task in asyncio.all_tasks() if "_come" in repr(task)]
            assert len(coming) == 1
        await stub.listen(port=port)
        await until(lambda: told[-1].startswith("back"))
        assert stub.broker.publish(b"news", b"1") == 1
        assert await values(subscription, 1) == ["1"]
    await stub.close()
    assert [line.split()[0] for line in told] == ["lost", "back"]


@pytest.mark.parametrize("part", [b"", b"?\r\n", b"$5\r\ntul"])
@in_loop
async def test_calls_in_flight_when_it_is_lost(quick: None, part: bytes) -> None:
    """They fail: nobody knows whether the server did what they asked."""
    async with (
        scripted(says(part, 2)) as port,
        await Connection.create(port=port, reconnect=True) as connection,
    ):
        calls = connection.call("A"), connection.call("B")
        for each in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(each, ConnectionLost)
