"""Clients that we did not write take our stub for Redis.

Wherever a client prints, what it prints is the same on a real Redis.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import shutil
import subprocess
import termios
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

import hiredis
import pytest
from redis._parsers import _AsyncHiredisParser, _AsyncRESP2Parser, _AsyncRESP3Parser
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ResponseError, WatchError

from demos.pubsub.resp import Push, ReplyError, Simple, Verbatim, encode
from tests.clients import NODE, NODE_AND_NPM, PREPARE
from tests.peers import need
from tests.pubsub.servers import (
    Server,
    free_port,
    redis_server,
    stub_server,
)

HERE = Path(__file__).parent
TOOLS = "redis-cli and redis-benchmark (apt install redis-tools)"
PASSWORD = "tulip"
DEADLINE = 30.0

Start = Callable[..., AbstractContextManager[Server]]
SERVERS: dict[str, Start] = {
    "redis": redis_server,
    "own": partial(stub_server, "--parser", "own"),
    "hiredis": partial(stub_server, "--parser", "hiredis"),
}
LOCKED: dict[str, Start] = {
    "redis": partial(redis_server, password=PASSWORD),
    **{
        parser: partial(SERVERS[parser], "--password", PASSWORD)
        for parser in ("own", "hiredis")
    },
}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Redis, and the stub with each of its parsers."""
    with SERVERS[request.param]() as running:
        yield running


@pytest.fixture(scope="module", params=LOCKED)
def locked(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The same with a password."""
    with LOCKED[request.param]() as running:
        yield running


def run(*command: object, env: dict[str, str] | None = None) -> str:
    """Run a command; return all that it says, with its exit status if not 0."""
    done = subprocess.run(
        [str(word) for word in command],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=DEADLINE,
        check=False,
    )
    return done.stdout + (f"exit {done.returncode}\n" if done.returncode else "")


@contextlib.contextmanager
def started(*command: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a command beside the test, to its end or the deadline."""
    words = [str(word) for word in command]
    with subprocess.Popen(words, encoding="utf-8", **options) as process:
        clock = Timer(DEADLINE, process.kill)
        clock.start()
        try:
            yield process
        finally:
            clock.cancel()
            process.kill()


PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}


# redis-cli


def tool(name: str) -> str:
    return need(shutil.which(name), TOOLS)


def cli(port: int, *words: str) -> str:
    home = {"HOME": os.devnull, "PATH": os.environ["PATH"]}
    return run(tool("redis-cli"), "-p", port, *words, env=home)


ONE_SHOT = {
    "PING": "PONG\n",
    "-3 PING": "PONG\n",
    "--no-raw PING": "PONG\n",
    "--no-raw ECHO tulip": '"tulip"\n',
    "PUBLISH nowhere x": "0\n",
    "--no-raw PUBLISH nowhere x": "(integer) 0\n",
    "--no-raw GET nothing": "(nil)\n",
    "-3 --no-raw GET nothing": "(nil)\n",
    "-n 1 PING": "PONG\n",
    "SET colour red": "OK\n",
    "-3 GET colour": "red\n",
    "PUBSUB NUMSUB news": "news\n0\n",
    "--no-raw PUBSUB NUMSUB news": '1) "news"\n2) (integer) 0\n',
    "--no-raw PUBSUB CHANNELS": "(empty array)\n",
    "--json PUBSUB NUMSUB news": '["news",0]\n',
    "NOSUCH a b": "ERR unknown command 'NOSUCH', with args beginning with: "
    "'a' 'b' \n\n",
    "-e NOSUCH": "ERR unknown command 'NOSUCH', with args beginning with: \nexit 1\n",
    "PING a b": "ERR wrong number of arguments for 'ping' command\n\n",
    "-a wrong --no-auth-warning PING": "AUTH failed: ERR AUTH <password> called "
    "without any password configured for the default user. Are you sure your "
    "configuration is correct?\nPONG\n",
}


@pytest.mark.parametrize("words", ONE_SHOT)
def test_cli_says_one_thing(server: Server, words: str) -> None:
    if "colour" in words:
        cli(server.port, "SET", "colour", "red")
    assert cli(server.port, *words.split()) == ONE_SHOT[words]


def test_cli_says_hello(server: Server) -> None:
    said = cli(server.port, "-3", "HELLO", "3")
    assert re.fullmatch(
        r"server redis\nversion 7\.\d+\.\d+\nproto 3\nid \d+\n"
        r"mode standalone\nrole master\nmodules \n",
        said,
    )


def test_cli_tells_of_the_server_s_state(server: Server) -> None:
    for word in "FLUSHALL", "PING", "SET colour red":
        cli(server.port, *word.split())
    command = (tool("redis-cli"), "-p", server.port, "-i", "0.005", "--stat")
    with started(*command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(4)]
    keys, memory, clients, blocked, requests, _, connections = lines[2].split()
    assert (keys, clients, blocked) == ("1", "1", "0")
    assert re.fullmatch(r"[\d.]+[KM]", memory)
    assert int(requests) >= 3
    assert int(connections) >= 4


NOAUTH = "NOAUTH Authentication required.\n\n"
FAILED = "AUTH failed: WRONGPASS invalid username-password pair or user is disabled.\n"
HELLO_FAILED = (
    "HELLO 3 failed: NOAUTH HELLO must be called with the client already "
    "authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to "
    "authenticate the client and select the RESP protocol version at the same time\n"
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--pass tulip", "PONG\n"),
        ("-3 --pass tulip", "PONG\n"),
        ("--user default --pass tulip", "PONG\n"),
        ("--pass wrong", FAILED + NOAUTH),
        ("-3 --pass wrong", FAILED + NOAUTH),
        ("--user nobody --pass tulip", FAILED + NOAUTH),
        ("", NOAUTH),
        ("-3", HELLO_FAILED + NOAUTH),
    ],
)
def test_cli_says_a_password(locked: Server, words: str, expected: str) -> None:
    assert cli(locked.port, *words.split(), "--no-auth-warning", "PING") == expected


@pytest.mark.parametrize("protocol", ["-2", "-3"])
def test_cli_reads_commands_from_a_pipe(server: Server, protocol: str) -> None:
    command = (tool("redis-cli"), protocol, "-p", server.port)
    with started(*command, **PIPES) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("PING\nSUBSCRIBE news\n")
        process.stdin.close()
        said = [process.stdout.readline() for _ in range(4)]
        assert cli(server.port, "PUBLISH", "news", "tulip") == "1\n"
        said += [process.stdout.readline() for _ in range(3)]
    assert "".join(said) == "PONG\nsubscribe\nnews\n1\nmessage\nnews\ntulip\n"


@pytest.mark.parametrize(
    ("words", "first", "message"),
    [
        ("SUBSCRIBE news", "subscribe\nnews\n1\n", "message\nnews\ntulip\n"),
        ("PSUBSCRIBE n*", "psubscribe\nn*\n1\n", "pmessage\nn*\nnews\ntulip\n"),
        ("-3 SSUBSCRIBE news", "ssubscribe\nnews\n1\n", "smessage\nnews\ntulip\n"),
    ],
)
def test_cli_listens(server: Server, words: str, first: str, message: str) -> None:
    command = (tool("redis-cli"), "-p", server.port, *words.split())
    publish = "SPUBLISH" if "SSUB" in words else "PUBLISH"
    with started(*command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert "".join(process.stdout.readline() for _ in range(3)) == first
        assert cli(server.port, publish, "news", "tulip") == "1\n"
        said = [process.stdout.readline() for _ in range(message.count("\n"))]
    assert "".join(said) == message


class Terminal:
    """The screen and keys before a redis-cli."""

    def __init__(self, screen: int, prompt: str) -> None:
        self.screen = screen
        self.prompt = prompt

    def until(self, end: str) -> str:
        """Return what comes on the screen, with this at its end."""
        said = b""
        while not said.endswith(end.encode()):
            byte = os.read(self.screen, 1)
            assert byte, said
            said += byte
        return said.decode().replace("\r", "")

    def type(self, line: str) -> None:
        """Type a line, and see it on the screen."""
        os.write(self.screen, f"{line}\n".encode())
        self.until(f"{line}\r\n")

    def say(self, line: str) -> str:
        """Type a line; return what is answered before the next prompt."""
        self.type(line)
        return self.until(self.prompt).removesuffix(self.prompt)


@contextlib.contextmanager
def terminal(port: int, *options: str) -> Iterator[Terminal]:
    """Run a redis-cli that believes that somebody sits before it."""
    screen, far = pty.openpty()
    termios.tcsetwinsize(far, (50, 100))
    with (
        open(screen, "rb", buffering=0),
        open(far, "wb", buffering=0) as terminal_end,
        started(
            *(tool("redis-cli"), "-p", port, *options),
            **dict.fromkeys(("stdin", "stdout", "stderr"), far),
            env={"TERM": "dumb", "HOME": os.devnull, "PATH": os.environ["PATH"]},
        ),
    ):
        terminal_end.close()
        shown = Terminal(screen, f"127.0.0.1:{port}> ")
        shown.until(shown.prompt)
        yield shown


@pytest.mark.parametrize("options", [(), ("-3",)], ids=["resp2", "resp3"])
def test_cli_before_a_person(server: Server, options: tuple[str, ...]) -> None:
    with terminal(server.port, *options) as shown:
        assert shown.say("PING") == "PONG\n"
        assert shown.say('ECHO "a b"') == '"a b"\n'
        assert shown.say("PUBLISH nowhere x") == "(integer) 0\n"
        assert shown.say("HELP PUBLISH").startswith("\n  \x1b[1mPUBLISH\x1b[0m ")
        assert shown.say("NOSUCH").startswith("(error) ERR unknown command 'NOSUCH'")
        shown.type("SUBSCRIBE news")
        assert shown.until("(integer) 1\r\n") == (
            "Reading messages... (press Ctrl-C to quit)\n"
            '1) "subscribe"\n2) "news"\n3) (integer) 1\n'
        )
        assert cli(server.port, "PUBLISH", "news", "tulip") == "1\n"
        assert shown.until('"tulip"\r\n') == '1) "message"\n2) "news"\n3) "tulip"\n'


# redis-benchmark


def benchmark(port: int, *words: str) -> str:
    return run(tool("redis-benchmark"), "-p", port, "-n", 2000, *words)


@pytest.mark.parametrize(
    ("words", "tests"),
    [
        ("-q -t ping,set,get", ["PING_INLINE", "PING_MBULK", "SET", "GET"]),
        ("-q -3 -t ping", ["PING_INLINE", "PING_MBULK"]),
        ("-q -P 16 publish news x", ["publish news x"]),
        ("-q -P 16 -3 publish news x", ["publish news x"]),
    ],
)
def test_benchmark_runs_to_its_end(
    server: Server, words: str, tests: list[str]
) -> None:
    said = benchmark(server.port, *words.split())
    assert re.findall(r"([\w ]+): [\d.]+ requests per second", said) == tests
    assert not re.search(r"ERR|error|WARN|exit \d", said)


def test_benchmark_says_a_password(locked: Server) -> None:
    said = benchmark(locked.port, "-q", "-a", PASSWORD, "-t", "ping")
    assert said.count("requests per second") == 2
    assert "exit" not in said
    assert "NOAUTH" in benchmark(locked.port, "-q", "-t", "ping")


# redis.asyncio

READERS: dict[str, tuple[int, type]] = {
    "resp2-python": (2, _AsyncRESP2Parser),
    "resp2-hiredis": (2, _AsyncHiredisParser),
    "resp3-python": (3, _AsyncRESP3Parser),
    "resp3-hiredis": (3, _AsyncHiredisParser),
}


def redis_client(port: int, reader: str, **options: Any) -> Redis:
    protocol, parser = READERS[reader]
    pool = ConnectionPool(
        host="127.0.0.1",
        port=port,
        protocol=protocol,
        parser_class=parser,
        decode_responses=True,
        **options,
    )
    return Redis.from_pool(pool)


Message = tuple[str, str | None, str, str | int]


async def next_message(pubsub: Any) -> Message:
    """Wait for a message; an answer to a health check gives None."""
    message = None
    async with asyncio.timeout(DEADLINE):
        while message is None:
            message = await pubsub.get_message(timeout=DEADLINE)
    return tuple(message[name] for name in ("type", "pattern", "channel", "data"))


@pytest.mark.parametrize("reader", READERS)
def test_redis_asyncio_publishes_and_subscribes(server: Server, reader: str) -> None:
    async def talk() -> list[Message]:
        async with redis_client(server.port, reader) as client, client.pubsub() as box:
            await box.subscribe("news", "été")
            await box.psubscribe("n*")
            messages = [await next_message(box) for _ in range(3)]
            assert await client.publish("news", "tulip") == 2
            assert await client.publish("été", "fleur ✿") == 1
            assert await client.publish("other", "x") == 0
            messages += [await next_message(box) for _ in range(3)]
            assert await client.pubsub_numsub("news") == [("news", 1)]
            await box.unsubscribe("news", "été")
            await box.punsubscribe("n*")
            return messages + [await next_message(box) for _ in range(3)]

    assert asyncio.run(talk()) == [
        ("subscribe", None, "news", 1),
        ("subscribe", None, "été", 2),
        ("psubscribe", None, "n*", 3),
        ("message", None, "news", "tulip"),
        ("pmessage", "n*", "news", "tulip"),
        ("message", None, "été", "fleur ✿"),
        ("unsubscribe", None, "news", 2),
        ("unsubscribe", None, "été", 1),
        ("punsubscribe", None, "n*", 0),
    ]


@pytest.mark.parametrize("reader", READERS)
def test_redis_asyncio_asks_for_health(server: Server, reader: str) -> None:
    async def talk() -> None:
        options = {"health_check_interval": 0.01, "client_name": "tulip"}
        async with (
            redis_client(server.port, reader, **options) as client,
            redis_client(server.port, reader) as other,
            client.pubsub() as box,
        ):
            await box.subscribe("news")
            assert (await next_message(box))[0] == "subscribe"
            await asyncio.sleep(0.02)
            assert await box.get_message(timeout=0) is None
            assert await other.publish("news", "tulip") == 1
            assert (await next_message(box))[-1] == "tulip"
            clients = await other.client_list()
            commands = {each["cmd"] for each in clients if each["name"] == "tulip"}
            assert "ping" in commands

    asyncio.run(talk())


@pytest.mark.parametrize("reader", READERS)
def test_redis_asyncio_sends_a_pipeline_once(server: Server, reader: str) -> None:
    """What it sends by default is a transaction: all of it runs, and once."""

    async def talk() -> list[Message]:
        async with (
            redis_client(server.port, reader) as client,
            client.pubsub() as box,
        ):
            await client.flushall()
            await box.subscribe("news")
            messages = [await next_message(box)]
            pipe: Any
            async with client.pipeline() as pipe:
                pipe.set("tulip", "red").publish("news", "tulip").incr("count")
                assert await pipe.execute() == [True, 1, 1]
            assert await client.get("tulip") == "red"
            assert await client.get("count") == "1"
            await client.publish("news", "last")
            return messages + [await next_message(box) for _ in range(2)]

    assert asyncio.run(talk()) == [
        ("subscribe", None, "news", 1),
        ("message", None, "news", "tulip"),
        ("message", None, "news", "last"),
    ]


@pytest.mark.parametrize("reader", READERS)
def test_redis_asyncio_watches_a_key(server: Server, reader: str) -> None:
    async def talk() -> None:
        pipe: Any
        async with (
            redis_client(server.port, reader) as client,
            client.pipeline() as pipe,
        ):
            await client.set("tulip", 1)
            await pipe.watch("tulip")
            await client.incr("tulip")
            pipe.multi()
            pipe.set("tulip", 5)
            with pytest.raises(WatchError):
                await pipe.execute()
            assert await client.get("tulip") == "2"

            async def double(pipe: Any) -> None:
                value = int(await pipe.get("tulip"))
                pipe.multi()
                pipe.set("tulip", 2 * value)

            assert await client.transaction(double, "tulip") == [True]
            assert await client.get("tulip") == "4"
            pipe.set("tulip", "red").incr("tulip").get("tulip")
            with pytest.raises(ResponseError, match="not an integer"):
                await pipe.execute()
            assert await client.get("tulip") == "red"

    asyncio.run(talk())


FIELDS = """id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free
argv-mem multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp"""


@pytest.mark.parametrize("reader", READERS)
def test_redis_asyncio_asks_who_is_there(server: Server, reader: str) -> None:
    async def talk() -> None:
        options = {"client_name": "tulip"}
        async with (
            redis_client(server.port, reader, **options) as client,
            client.pubsub() as box,
        ):
            await box.subscribe("news")
            assert (await next_message(box))[0] == "subscribe"
            me = await client.client_info()
            assert list(me) == FIELDS.split()
            words = {"addr", "laddr", "name", "flags", "events", "cmd", "user"}
            words |= {name for name in me if not isinstance(me[name], int)}
            assert all(int(me[name]) >= -1 for name in me.keys() - words)
            clients = [
                each for each in await client.client_list() if each["name"] == "tulip"
            ]
            assert [each["flags"] for each in clients] == ["P", "N"]
            assert int(clients[0]["fd"]) > 2
            stats = await client.info()
            assert stats["total_commands_processed"] >= 3
            assert stats["used_memory"] > 0

    asyncio.run(talk())


WRONG = [{"password": "wrong"}, {}, {"password": PASSWORD, "username": "nobody"}]


@pytest.mark.parametrize("reader", READERS)
def test_redis_asyncio_says_a_password(locked: Server, reader: str) -> None:
    async def ask(**options: Any) -> bool:
        once = Retry(NoBackoff(), 0)
        async with redis_client(locked.port, reader, retry=once, **options) as client:
            answer: bool = await client.ping()
            return answer

    assert asyncio.run(ask(password=PASSWORD))
    assert asyncio.run(ask(password=PASSWORD, username="default"))
    for options in WRONG:
        with pytest.raises(AuthenticationError):
            asyncio.run(ask(**options))


# hiredis

BOTH = [
    (Simple("OK"), b"OK"),
    (b"", b""),
    (b"\r\n\0\xff", b"\r\n\0\xff"),
    ("été", "été".encode()),
    (0, 0),
    (-(2**63), -(2**63)),
    (None, None),
    ([], []),
    ([1, [b"a", [None]], Simple("x")], [1, [b"a", [None]], b"x"]),
    ((b"a" * 100_000,), [b"a" * 100_000]),
]
"""What is encoded, and what hiredis reads from it in either protocol."""

ONLY_2 = [
    (True, 1),
    (1.5, b"1.5"),
    ({b"a": 1}, [b"a", 1]),
    ({b"a"}, [b"a"]),
    (Push([b"message", b"a"]), [b"message", b"a"]),
    (Verbatim("a: 1"), b"a: 1"),
]
ONLY_3 = [
    (True, True),
    (False, False),
    (1.5, 1.5),
    (float("-inf"), float("-inf")),
    ({b"a": 1, b"b": {b"c": []}}, {b"a": 1, b"b": {b"c": []}}),
    ({b"a"}, [b"a"]),
    (Push([b"message", b"a"]), [b"message", b"a"]),
    (Verbatim("a: 1"), b"a: 1"),
]


@pytest.mark.parametrize(
    ("protocol", "value", "expected"),
    [(2, *pair) for pair in BOTH + ONLY_2] + [(3, *pair) for pair in BOTH + ONLY_3],
)
def test_hiredis_reads_what_we_write(
    protocol: int, value: object, expected: object
) -> None:
    reader = hiredis.Reader()
    for byte in encode(value, protocol):
        assert reader.gets() is False
        reader.feed(bytes([byte]))
    read = reader.gets()
    assert read == expected
    assert type(read) is type(expected) or isinstance(value, Push)
    assert reader.gets() is False


@pytest.mark.parametrize("protocol", [2, 3])
def test_hiredis_reads_errors_and_pushes(protocol: int) -> None:
    reader = hiredis.Reader()
    reader.feed(encode(ReplyError("ERR no"), protocol) + encode(Push([1]), protocol))
    error, push = reader.gets(), reader.gets()
    assert isinstance(error, hiredis.ReplyError)
    assert str(error) == "ERR no"
    assert isinstance(push, hiredis.PushNotification) is (protocol == 3)


# node: redis and ioredis


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our scripts, in a folder where node finds the packages beside them."""
    packages = need(str(NODE.prepared or ""), f"node's packages ({PREPARE})")
    folder = tmp_path_factory.mktemp("node")
    for script in (HERE / "node").glob("*.mjs"):
        shutil.copy(script, folder)
    (folder / "node_modules").symlink_to(Path(packages) / "node_modules")
    return folder


def node(script: Path, *words: object) -> str:
    return run(need(shutil.which("node"), NODE_AND_NPM), script, *words)


@pytest.mark.parametrize("protocol", [2, 3])
def test_node_redis(server: Server, scripts: Path, protocol: int) -> None:
    assert (
        node(scripts / "redis.mjs", server.port, protocol)
        == f"""\
publish 2
publish 1
publish 0
spublish 1
channel news tulip
pattern news tulip
channel été fleur ✿
shard shard bulb
channels news été
numsub 1
numpat 1
ping PONG {"pong" if protocol == 2 else "PONG"}
set OK v
name tulip
numbers true true true true
multi 1 0 1
ERR unknown command 'NOSUCH', with args beginning with: \n\
publish 0
quit OK
"""
    )


def test_ioredis(server: Server, scripts: Path) -> None:
    assert (
        node(scripts / "ioredis.mjs", server.port)
        == """\
subscribe 2
psubscribe 3
ssubscribe 1
publish 2
publish 1
spublish 1
message news tulip
pmessage n* news tulip
message été fleur ✿
smessage shard bulb
numsub [ 'news', 1 ]
ping PONG [ 'pong', '' ]
pipeline OK v PONG
multi 1 0 1
ERR unknown command 'NOSUCH', with args beginning with: \n\
unsubscribe 1
punsubscribe 0
sunsubscribe 0
select OK
quit OK OK
"""
    )


def test_node_says_a_password(locked: Server, scripts: Path) -> None:
    assert (
        node(scripts / "password.mjs", locked.port, PASSWORD)
        == """\
redis, RESP2: PONG
redis, RESP3: PONG
ioredis: PONG
"""
    )
    reason = "WRONGPASS invalid username-password pair or user is disabled."
    assert (
        node(scripts / "password.mjs", locked.port, "wrong")
        == f"""\
redis, RESP2: {reason}
redis, RESP3: {reason}
ioredis, at once: {reason}
ioredis: {reason}
"""
    )


@pytest.mark.parametrize("parser", ["own", "hiredis"])
def test_node_comes_back_when_the_stub_does(parser: str, scripts: Path) -> None:
    port = free_port()
    options = ("--port", str(port), "--parser", parser)
    program = need(shutil.which("node"), NODE_AND_NPM)
    with started(program, scripts / "reconnect.mjs", port, **PIPES) as process:
        with stub_server(*options):
            assert process.stdout
            first = "".join(process.stdout.readline() for _ in range(3))
        with stub_server(*options):
            second, _ = process.communicate("the stub is back\n", timeout=DEADLINE)
    assert process.returncode == 0
    assert first == "received by 2\nioredis tulip\nredis tulip\n"
    assert second == "received by 2\nioredis tulip again\nredis tulip again\n"
