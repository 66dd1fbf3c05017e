"""What two_echoes.py claims: two echoes that no client can tell apart."""

import asyncio
import inspect
from typing import Any

import pytest

from demos.streams import two_echoes
from slides import lessons
from tests.served import connect


def halves() -> list[str]:
    return [lessons.code(f"streams/two_echoes.py:{name}") for name in ("echo", "Echo")]


def test_each_fits_half_a_slide() -> None:
    for code in halves():
        assert max(map(len, code.splitlines())) <= 36
        assert len(code.splitlines()) <= 7


def test_only_the_coroutine_awaits() -> None:
    coroutine, protocol = halves()
    assert "await" in coroutine
    assert "await" not in protocol
    assert inspect.iscoroutinefunction(two_echoes.echo)


def test_the_client_hears_the_same_of_both(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(two_echoes.main())
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["coroutine", "protocol"]
    assert {line.partition(": ")[2] for line in lines} == {"['tulip', 'iris']"}


@pytest.mark.parametrize("kind", ["coroutine", "protocol"])
def test_an_echo_ends_when_its_client_has_said_so(kind: str) -> None:
    def exchange(port: int) -> bytes:
        with connect(port) as sock:
            sock.sendall(b"tulip\nnarcissus")
            sock.shutdown(1)
            return b"".join(iter(lambda: sock.recv(1 << 16), b""))

    async def session() -> bytes:
        loop = asyncio.get_running_loop()
        server: Any
        if kind == "coroutine":
            server = await asyncio.start_server(two_echoes.echo, "127.0.0.1", 0)
        else:
            server = await loop.create_server(two_echoes.Echo, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.to_thread(exchange, port)

    assert asyncio.run(session()) == b"tulip\nnarcissus"


def test_the_box_is_filled_by_the_loss_and_by_nothing_else() -> None:
    async def session() -> bytes:
        box = asyncio.get_running_loop().create_future()
        asker = two_echoes.Asker(box)
        asker.data_received(b"tu")
        asker.data_received(b"lip\n")
        await asyncio.sleep(0)
        assert not box.done()
        asker.connection_lost(None)
        heard: bytes = await box
        return heard

    assert asyncio.run(session()) == b"tulip\n"
