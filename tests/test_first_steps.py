"""Syllabus 2: what the lessons of first_steps claim."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import metadata
from types import CoroutineType, FunctionType

import pytest
from aiohttp import web

from demos.first_steps import coroutine, fetch, hello, no_await, pieces, starvation
from tests.served import served, told
from tests.virtual import schedule

Lines = pytest.CaptureFixture[str]


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


# 2.1


def test_calling_runs_nothing(capsys: Lines) -> None:
    called = coroutine.plant()
    assert isinstance(called, CoroutineType)
    assert printed(capsys) == []
    assert asyncio.run(called) == "tulip"
    assert printed(capsys) == ["plant: running"]


def test_plant_runs_once_for_two_calls(capsys: Lines) -> None:
    asyncio.run(coroutine.main())
    assert printed(capsys).count("plant: running") == 1


# 2.2


def test_run_is_a_whole_program(capsys: Lines) -> None:
    asyncio.run(hello.hello(0))
    assert printed(capsys) == ["hello", "world"]


def test_a_running_loop_refuses_run(capsys: Lines) -> None:
    asyncio.run(hello.run_inside(0))
    kind, message = printed(capsys)
    assert kind == "RuntimeError:"
    with pytest.raises(RuntimeError, match=re.escape(message)):
        asyncio.run(run_again())


async def run_again() -> None:
    refused = asyncio.sleep(0)
    try:
        asyncio.run(refused)
    finally:
        refused.close()


# 2.3


def test_alone_the_pieces_follow_each_other(capsys: Lines) -> None:
    assert asyncio.run(pieces.pieces("A", 0, 0)) == "A is done"
    assert printed(capsys) == ["A: start", "A: middle", "A: end"]


def test_results_come_in_the_order_of_the_arguments(capsys: Lines) -> None:
    asyncio.run(pieces.main(first=0.05, second=0.1))
    *alone, results = printed(capsys)
    together = alone[3:]
    assert together.index("B: end") < together.index("A: end")
    assert results == "['A is done', 'B is done']"


def test_two_coroutines_advance_between_each_others_pieces(capsys: Lines) -> None:
    asyncio.run(pieces.main(first=0.05, second=0.1))
    together = printed(capsys)[3:-1]
    names = [line[0] for line in together]
    assert sorted(names) == ["A"] * 3 + ["B"] * 3
    assert names not in (["A"] * 3 + ["B"] * 3, ["B"] * 3 + ["A"] * 3)


def test_gather_returns_a_future_and_starts_in_the_order_of_creation(
    capsys: Lines,
) -> None:
    async def gathered() -> None:
        both = asyncio.gather(pieces.pieces("B", 0, 0), pieces.pieces("A", 0, 0))
        assert isinstance(both, asyncio.Future)
        assert printed(capsys) == []
        await both

    asyncio.run(gathered())
    assert printed(capsys)[:2] == ["B: start", "A: start"]


def test_b_is_twice_as_fast() -> None:
    assert schedule(pieces.main(first=1, second=4))[3:] == [
        (5, "A: start"),
        (5, "B: start"),
        (5.5, "B: middle"),
        (6, "A: middle"),
        (7.5, "B: end"),
        (10, "A: end"),
        (10, "['A is done', 'B is done']"),
    ]


# 2.4


def test_nobody_moves_while_the_rude_one_sleeps(capsys: Lines) -> None:
    asyncio.run(starvation.main(first=0.05, second=0.1))
    lines = printed(capsys)
    start = lines.index("rude B: start")
    assert lines[start : start + 3] == [
        "rude B: start",
        "rude B: middle",
        "rude B: end",
    ]
    assert lines.index("polite C: start") > lines.index("rude B: end")


def test_the_first_ctrl_c_waits_for_the_rude_one_and_the_second_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: Lines
) -> None:
    """It says so in the notes: the first only cancels the main task."""
    monkeypatch.setattr(
        "demos.first_steps.starvation.time.sleep",
        lambda _: signal.raise_signal(signal.SIGINT),
    )
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(starvation.rude("B", 0, 0))
    assert printed(capsys) == ["B: start", "B: middle"]


def test_the_polite_one_wakes_late_by_what_the_rude_one_held(capsys: Lines) -> None:
    first, second = 0.05, 0.2
    asyncio.run(starvation.main(first=first, second=second))
    out = capsys.readouterr().out
    late = dict(re.findall(r"polite (\w): middle, (\d+\.\d+) s late", out))
    # Held for first + second, due after first.
    assert float(late["A"]) >= second * 0.9


def test_without_a_rude_one_all_start_first(capsys: Lines) -> None:
    async def polite_ones() -> None:
        names = "A", "B", "C"
        await asyncio.gather(*(starvation.polite(name, 0.02, 0.02) for name in names))

    asyncio.run(polite_ones())
    assert printed(capsys)[:3] == ["A: start", "B: start", "C: start"]


# 2.5


class Counter:
    """Counts requests in flight; answers none before so many are."""

    def __init__(self, wanted: int) -> None:
        self.now = self.most = 0
        self.wanted = asyncio.Barrier(wanted)

    async def answer(self, request: web.Request) -> web.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        async with asyncio.timeout(20):
            await self.wanted.wait()
        await asyncio.sleep(0.01)
        self.now -= 1
        return web.Response(text=f"page {request.path}")


@asynccontextmanager
async def counted_pages(wanted: int) -> AsyncIterator[tuple[Counter, list[str]]]:
    counter = Counter(wanted)
    app = web.Application()
    app.router.add_get("/{page}", counter.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        yield counter, [f"http://127.0.0.1:{port}/{page}" for page in "abcd"]
    finally:
        await runner.cleanup()


def test_in_turn_one_request_at_a_time() -> None:
    async def session() -> tuple[int, list[str]]:
        async with counted_pages(1) as (counter, urls):
            pages = await asyncio.to_thread(fetch.fetch_in_turn, urls)
            return counter.most, pages

    assert asyncio.run(session()) == (1, ["page /a", "page /b", "page /c", "page /d"])


def test_together_all_requests_at_once() -> None:
    async def session() -> tuple[int, list[str]]:
        async with counted_pages(4) as (counter, urls):
            pages = await fetch.fetch_together(urls)
            return counter.most, pages

    assert asyncio.run(session()) == (4, ["page /a", "page /b", "page /c", "page /d"])


def test_both_clients_read_the_same_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy that answers nothing: neither client may go through it.
    for name in "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY":
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    async def session() -> tuple[list[str], list[str]]:
        async with fetch.serve() as port:
            urls = [f"http://127.0.0.1:{port}/0.0{page}" for page in (3, 2, 1)]
            in_turn = await asyncio.to_thread(fetch.fetch_in_turn, urls)
            return in_turn, await fetch.fetch_together(urls)

    in_turn, together = asyncio.run(session())
    assert in_turn == together == [f"that took 0.0{page} s" for page in (3, 2, 1)]


def test_about_the_longest_instead_of_the_sum(capsys: Lines) -> None:
    latencies = [0.2, 0.2, 0.2, 0.2, 0.2]
    asyncio.run(fetch.main(latencies=latencies))
    out = capsys.readouterr().out
    match = re.search(r"(\d+\.\d+) times faster", out)
    assert match
    # Five, less what a machine that is busy elsewhere takes from it.
    assert float(match[1]) > 1.5


def test_port_zero_serves_several_at_once() -> None:
    async def session() -> set[int]:
        async with fetch.serve() as one, fetch.serve() as other:
            return {one, other}

    assert len(asyncio.run(session())) == 2


FETCH = "first_steps.fetch"
FEW = "--latencies", "0.05", "0.1"


def test_two_terminals() -> None:
    with served(FETCH) as server:
        done = told(FETCH, "--connect", server.address, *FEW)
    assert (done.code, done.errors) == (0, "")
    assert re.fullmatch(
        r"in turn  \d\.\d\d s\ntogether \d\.\d\d s, \d\.\d times faster\n", done.output
    )


def test_a_server_that_ended_leaves_its_port_free() -> None:
    with served(FETCH) as server:
        told(FETCH, "--connect", server.address, *FEW)
    with served(FETCH, listen=str(server.port)) as again:
        assert again.address == server.address


# 2.6


def test_a_coroutine_function_is_a_function() -> None:
    assert isinstance(coroutine.plant, FunctionType)


def test_gather_takes_arguments_and_no_list() -> None:
    async def gather_a_list() -> None:
        alone = pieces.pieces("A", 0, 0)
        try:
            with pytest.raises(TypeError, match="unhashable type: 'list'"):
                await asyncio.gather([alone])  # type: ignore[call-overload]
        finally:
            alone.close()

    asyncio.run(gather_a_list())


@pytest.mark.parametrize("name", ["aiohttp", "aiosqlite"])
def test_aio_says_made_for_asyncio(name: str) -> None:
    assert "asyncio" in metadata(name)["Summary"]


def test_who_forgot_await_is_told_of_a_type_that_nobody_wrote(capsys: Lines) -> None:
    asyncio.run(no_await.main())
    assert '(not "coroutine")' in printed(capsys)[1]
