"""Syllabus 1.4: a server of nested callbacks beside the same as a coroutine."""

from __future__ import annotations

import ast
import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from demos.history import ping_pong
from slides import lessons

Serve = Callable[[ping_pong.Line], None]
FILE = "history/ping_pong.py"
SHOWN = ("serve_by_callbacks", "serve_by_coroutine")
COLUMNS = 36
"""What fits beside another on a slide."""


class Paper:
    """A line that writes down what it is asked, and answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[Callable[[Any], None]] = []

    def recv(self, received: Callable[[bytes], None]) -> None:
        self.asked.append("recv")
        self.answers.append(received)

    def send(self, data: bytes, sent: Callable[[int], None]) -> None:
        self.asked.append(f"send {data.decode()}")
        self.answers.append(sent)

    def close(self) -> None:
        self.asked.append("close")


async def by_callbacks(line: Any) -> None:
    ping_pong.serve_by_callbacks(line)


async def by_coroutine(line: Any) -> None:
    task = asyncio.create_task(
        ping_pong.serve_by_coroutine(ping_pong.AwaitedLine(line))
    )
    task.add_done_callback(asyncio.Task.result)


@pytest.mark.parametrize("start", [by_callbacks, by_coroutine])
def test_each_step_waits_for_the_one_before(
    start: Callable[[Any], Any],
) -> None:
    async def session() -> None:
        line = Paper()

        async def then(*asked: str) -> None:
            for _ in range(5):  # turns that a task may need
                await asyncio.sleep(0)
            assert line.asked == list(asked)

        await start(line)
        await then("recv")
        line.answers.pop()(b"ping")
        await then("recv", "send pong")
        line.answers.pop()(4)
        await then("recv", "send pong", "close")

    asyncio.run(session())


STARTED: list[asyncio.Future[None]] = []


def start_task(line: ping_pong.Line) -> None:
    awaited = ping_pong.AwaitedLine(line)
    STARTED.append(asyncio.ensure_future(ping_pong.serve_by_coroutine(awaited)))


@pytest.mark.parametrize("serve", [ping_pong.serve_by_callbacks, start_task])
def test_a_client_of_ours_gets_its_pong_and_the_end(serve: Serve) -> None:
    """A plain socket, which waits first: the ping comes late."""

    def call(port: int) -> list[bytes]:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(b"ping")
            return [client.recv(99), client.recv(99)]

    async def session() -> list[bytes]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: ping_pong.Line(serve), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(call, port)

    assert asyncio.run(session()) == [b"pong", b""]


def test_a_future_is_what_is_called_back() -> None:
    """Said in the remark: in the coroutine, too, the same methods call back."""
    given: list[Callable[[str], None]] = []

    async def session() -> str:
        task = asyncio.ensure_future(ping_pong.called_back(given.append))
        await asyncio.sleep(0)
        (call_back,) = given
        assert isinstance(call_back.__self__, asyncio.Future)  # type: ignore[attr-defined]
        assert not task.done()
        call_back("here")
        answer: str = await task
        return answer

    assert asyncio.run(session()) == "here"


def calls(name: str) -> list[str]:
    """Return the methods of the line that a function calls, as they are written."""
    tree = ast.parse(lessons.code(f"{FILE}:{name}"))
    found = [
        (node.lineno, node.func.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "line"
    ]
    return [method for _, method in sorted(found)]


def test_one_is_read_upwards_the_other_downwards() -> None:
    steps = ["recv", "send", "close"]
    assert calls("serve_by_callbacks") == steps[::-1]
    assert calls("serve_by_coroutine") == steps


@pytest.mark.parametrize("name", SHOWN)
def test_both_fit_beside_each_other(name: str) -> None:
    lines = lessons.code(f"{FILE}:{name}").splitlines()
    assert max(map(len, lines)) <= COLUMNS
    assert len(lines) <= 8
