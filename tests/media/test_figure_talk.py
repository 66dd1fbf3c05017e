"""What the figures of the talk's opening and of its history say is true."""

import asyncio
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Generator, Iterator
from itertools import pairwise
from typing import Any

import pytest

from media.figures import language, parts, parts_1, parts_2, standards, waits
from media.lang import LANGS, Lang
from media.svg import LIGHT, Sketch
from tests.pythons import Python, pythons

SVG = "{http://www.w3.org/2000/svg}"
SECONDS = 10
"""Longer than anything here may take."""


def texts(picture: Sketch, font: str = "") -> list[str]:
    """Return the texts of a picture, or those that are in a font."""
    root = ET.fromstring(picture.svg())
    return [
        "".join(text.itertext())
        for text in root.iter(f"{SVG}text")
        if text.get("font-family", "").startswith(font)
    ]


# waits


def bars(colour: str) -> Iterator[tuple[float, float, float]]:
    """Yield where the bars of a colour start, how far down, and how wide they are."""
    root = ET.fromstring(waits.picture("en").svg())
    for rect in list(root.iter(f"{SVG}rect"))[1:]:
        if rect.get("fill") == colour:
            x, y, width = (float(rect.get(key, 0)) for key in ("x", "y", "width"))
            yield x, y, width


@pytest.mark.parametrize("colour", [LIGHT.ink, LIGHT.free], ids=["works", "waits"])
def test_its_time_is_the_sum_of_its_pieces(colour: str) -> None:
    *pieces, (_, low, total) = bars(colour)
    assert low == waits.SUM
    assert all(y < low for _, y, _ in pieces)
    assert sum(width for _, _, width in pieces) == total


def test_its_time_is_whole_and_nearly_all_waiting() -> None:
    spans = sorted(
        (x, x + width)
        for c in (LIGHT.ink, LIGHT.free)
        for x, y, width in bars(c)
        if y < waits.SUM
    )
    assert all(end == start for (_, end), (start, _) in pairwise(spans))
    waiting = sum(peer.wait for peer in waits.PEERS)
    assert waiting > 0.9 * (spans[-1][1] - spans[0][0])


@pytest.mark.parametrize("lang", LANGS)
def test_no_duration_is_invented(lang: Lang) -> None:
    told = texts(waits.picture(lang))
    assert waits.WORDS[lang]["scale"] in told
    assert not re.search(r"\d", " ".join((*told, waits.ALT[lang])))
    assert told.count(waits.WORDS[lang]["waits"]) == len(waits.PEERS) + 1


# parts


class Future(asyncio.Future[str]):
    """A future that says what it is asked."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def __await__(self) -> Generator[Any, None, str]:
        self.said.append("await")
        return super().__await__()

    def add_done_callback(self, *arguments: Any, **options: Any) -> None:
        self.said.append("add_done_callback()")
        super().add_done_callback(*arguments, **options)

    def set_result(self, result: str) -> None:
        self.said.append("set_result()")
        super().set_result(result)


class Awaiting:
    """An awaitable that says when its future's task sends to it again."""

    def __init__(self, future: Future) -> None:
        self.future = future

    def __await__(self) -> Generator[Any, None, str]:
        waiting = self.future.__await__()
        yield next(waiting)
        self.future.said.append("send()")
        try:
            next(waiting)
        except StopIteration as stop:
            return str(stop.value)
        raise AssertionError("woken for nothing")


def test_an_await_goes_the_way_drawn() -> None:
    said: list[str] = []

    async def main() -> None:
        future = Future(said)
        asyncio.get_running_loop().call_later(0.01, future.set_result, "tulip")
        assert await asyncio.wait_for(awaited(future), SECONDS) == "tulip"

    async def awaited(future: Future) -> str:
        return await Awaiting(future)

    asyncio.run(main())
    there = [leg.there for leg in parts.LEGS]
    back = [leg.back for leg in reversed(parts.LEGS)]
    assert said == [call for call in (*there, *back) if isinstance(call, str)]


@pytest.mark.parametrize("lang", LANGS)
def test_the_steps_are_the_same_picture_with_fewer_parts(lang: Lang) -> None:
    steps = [each.picture(lang) for each in (parts_1, parts_2, parts)]
    drawn = [texts(step) for step in steps]
    names = [part.name[lang] for part in parts.PARTS]
    for count, shown in enumerate(drawn, 2):
        assert [name for name in names if name in shown] == names[:count]
    assert {*drawn[0]} < {*drawn[1]} < {*drawn[2]}
    assert len({step.height for step in steps}) == 1
    for count, step in enumerate(steps, 2):
        told = [name for name in names if name in step.desc.lower()]
        assert told[:count] == names[:count]


def test_the_loop_alone_is_replaced() -> None:
    other = pytest.importorskip(language.REPLACES)

    async def main() -> list[type]:
        task = asyncio.create_task(asyncio.sleep(0))
        await task
        return [type(asyncio.get_running_loop()), type(task)]

    with asyncio.Runner(loop_factory=other.new_event_loop) as runner:
        assert runner.run(main()) == [other.Loop, asyncio.Task]


# standards


def test_each_has_its_loop_but_those_who_share() -> None:
    names = [place.name for place in standards.BEFORE]
    guests = [place.name for place in standards.GUESTS]
    apart = [standards.APART.name, standards.SUNK.name]
    assert sorted(names) == sorted(guests + apart)
    assert guests == list(standards.SINCE)
    arcs = re.findall(r"A[\d.]+ [\d.]+ 0 1 1", standards.picture("en").svg())
    before = len(names) + len(["one more"])
    assert len(arcs) == before + len(["asyncio", "uvloop", "Trollius", "gevent"])


def test_tornado_runs_on_the_loop_of_asyncio() -> None:
    pytest.importorskip("tornado")
    from tornado import version_info
    from tornado.ioloop import IOLoop

    since = tuple(map(int, standards.SINCE["Tornado"].split(".")))
    assert version_info[:2] >= since

    async def main() -> None:
        running = asyncio.get_running_loop()
        assert getattr(IOLoop.current(), "asyncio_loop") is running  # noqa: B009

    asyncio.run(main())


@pytest.mark.parametrize("python", pythons(), ids=str)
def test_asyncore_sank_with_python_3_12(python: Python) -> None:
    look = "import importlib.util as u; print(u.find_spec('asyncore') is not None)"
    answer = subprocess.run(
        [str(python.executable), "-c", look],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.stdout.strip() == str(python.version[:2] < (3, 12))


def test_the_pep_is_that_of_asyncio() -> None:
    (pep,) = re.findall(r"PEP (\d+)", " ".join(texts(standards.picture("en"))))
    assert f"PEP {pep}" in (asyncio.__doc__ or "")


# all three


@pytest.mark.parametrize("lang", LANGS)
def test_the_alt_text_names_what_is_drawn(lang: Lang) -> None:
    for peer in waits.PEERS:
        assert peer.name[lang] in waits.ALT[lang]
    for name in standards.COLOURS:
        assert name in standards.ALT[lang]
