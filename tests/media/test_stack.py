"""The pyramid of nested awaits tells what the frames themselves tell."""

from __future__ import annotations

import asyncio
import inspect
import os
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Generator, Iterator
from pathlib import Path
from random import Random
from types import CodeType, FunctionType, coroutine
from typing import Any

import pytest

from media.lang import LANGS, Lang
from media.stack import SENDS, Stack, stack
from media.svg import DARK, LIGHT, Palette
from tests.media.pictures import SVG, Browser, defects, show
from tests.pythons import Python, pythons

ROOT = Path(__file__).resolve().parents[2]


class Story:
    """Four frames that note when they are entered and left."""

    def __init__(self) -> None:
        self.log: list[str] = []

    @coroutine
    def w1(self) -> Generator[str, str, str]:
        self.log.append("in w1")
        for word in ("one", "two"):
            self.log.append("out w1")
            got = yield word
            self.log.append(f"in w1 {got}")
        self.log.append("out w1")
        return "end"

    async def w2(self) -> str:
        self.log.append("in w2")
        got = await self.w1()
        self.log.append("out w2")
        return got

    async def w3(self) -> str:
        self.log.append("in w3")
        return await self.w2()


def moves(shown: Stack, number: int) -> list[tuple[int, str, str]]:
    """Return what happens in a send, in order: a frame is entered, or left."""
    visits = shown.pyramid.sends[number].visits
    names = shown.pyramid.names
    entered = [(visit.start, "in", names[visit.row]) for visit in visits]
    left = [(visit.end, "out", names[visit.row]) for visit in visits]
    return sorted(entered + left)


def test_each_send_goes_down_to_the_yield_and_back() -> None:
    story = Story()
    shown = stack(story.w3(), "A", "B")
    names = ("w3", "w2", "w1")
    assert shown.pyramid.names == tuple(f"Story.{name}()" for name in names)
    for number in range(3):
        order = [(how, name) for _, how, name in moves(shown, number)]
        down = [("in", f"Story.{name}()") for name in names]
        up = [("out", f"Story.{name}()") for name in reversed(names)]
        assert order == down + up
        assert [move for move, _, _ in moves(shown, number)] == list(range(6))
    assert story.log == [
        *("in w3", "in w2", "in w1", "out w1"),
        *("in w1 A", "out w1", "in w1 B", "out w1", "out w2"),
    ]


def test_what_goes_in_and_what_comes_out() -> None:
    sends = stack(Story().w3(), "A", "B").pyramid.sends
    assert [send.given for send in sends] == ["None", "'A'", "'B'"]
    assert [send.got for send in sends] == ["'one'", "'two'", "'end'"]
    assert [send.response for send in sends] == ["yields", "yields", "returns"]


def test_a_frame_is_the_same_from_send_to_send_and_a_new_one_is_not() -> None:
    async def twice() -> None:
        await Story().w1()
        await Story().w1()

    sends = stack(twice(), 1, 2, 3, 4).pyramid.sends
    inner = [[v.frame for v in send.visits if v.row == 1] for send in sends]
    outer = {v.frame for send in sends for v in send.visits if v.row == 0}
    first, second = inner[0][0], inner[2][1]
    assert inner == [[first], [first], [first, second], [second], [second]]
    assert len(outer) == 1


def test_an_exception_is_drawn_and_not_raised() -> None:
    async def fails() -> None:
        await Story().w1()
        raise ValueError("no water")

    shown = stack(fails())
    last = shown.pyramid.sends[-1]
    assert (last.response, last.got) == ("raises", "ValueError('no water')")
    assert "raises ValueError('no water')" in shown.alt
    assert ">ValueError(…)</text>" in shown.svg()


def test_what_has_not_ended_is_closed() -> None:
    closed = []

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    assert len(stack(endless()).pyramid.sends) == SENDS  # type: ignore[arg-type]
    assert closed == [True]


def test_a_coroutine_that_has_not_ended_is_closed() -> None:
    closed = []

    async def waits() -> None:
        try:
            await Story().w1()
        finally:
            closed.append(True)

    coro = waits()
    assert [send.response for send in stack(coro, "A").pyramid.sends] == ["yields"] * 2
    assert closed == [True]
    assert inspect.getcoroutinestate(coro) == inspect.CORO_CLOSED


def test_a_coroutine_that_awaits_itself_has_a_row_each_time() -> None:
    async def counts(down: int) -> None:
        if down:
            await counts(down - 1)

    pyramid = stack(counts(3)).pyramid
    assert [name.rpartition(".")[2] for name in pyramid.names] == ["counts()"] * 4
    assert [visit.row for visit in pyramid.sends[0].visits] == [0, 1, 2, 3]


def test_any_awaitable_is_stepped() -> None:
    class Pause:
        def __await__(self) -> Generator[str, str, str]:
            return (yield "pause")

    class Waiter:
        def __await__(self) -> Iterator[int]:
            return iter([1, 2])

    pause = stack(Pause(), "go").pyramid
    assert [name.rpartition(".")[2] for name in pause.names] == ["__await__()"]
    assert [send.got for send in pause.sends] == ["'pause'", "'go'"]
    bare = stack(Waiter()).pyramid  # type: ignore[arg-type]
    assert bare.names == ()
    assert [send.got for send in bare.sends] == ["1", "2", "None"]


def test_plain_calls_are_no_frames_of_the_pyramid() -> None:
    async def busy() -> int:
        return max(number for number in sorted({3, 1, 2}))

    assert [name.rpartition(".")[2] for name in stack(busy()).pyramid.names] == [
        "busy()"
    ]


def test_a_profiler_is_put_back() -> None:
    def mine(*_: object) -> None:
        """Profile nothing."""

    before = sys.getprofile()
    sys.setprofile(mine)
    try:
        stack(Story().w3())
        assert sys.getprofile() is mine
    finally:
        sys.setprofile(before)


def test_as_text() -> None:
    lines = str(stack(Story().w3(), "A")).splitlines()
    assert lines[:5] == [
        "send(None)",
        "  Story.w3()",
        "    Story.w2()",
        "      Story.w1()",
        "yields 'one'",
    ]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sends", [(), ("A", "B"), tuple("ABCDEFGH")], ids=len)
def test_every_text_is_legible(
    browser: Browser, lang: Lang, palette: Palette, sends: tuple[str, ...]
) -> None:
    async def an_outermost_coroutine_with_a_very_long_name() -> None:
        await Story().w3()
        raise RuntimeError("a long message that does not fit under its send")

    coro = an_outermost_coroutine_with_a_very_long_name()
    pyramid = stack(coro, *sends, lang=lang).pyramid
    shapes = show(browser, pyramid.svg(palette))
    assert sum(shape.tag == "text" for shape in shapes) > 6
    assert list(defects(shapes)) == []


Node = tuple[str, tuple["Node | None", ...]]
"""A coroutine: its name, and what it awaits, None for a pause of its own."""


class Pause:
    """Pauses once, with no frame of its own."""

    def __await__(self) -> Generator[str, None, None]:
        return iter(["pause"])  # type: ignore[return-value]


def named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return the same function, with code of another name."""
    assert isinstance(function, FunctionType)
    code: CodeType = function.__code__.replace(co_name=name, co_qualname=name)
    made = FunctionType(code, globals(), name, None, function.__closure__)
    return made


def awaiting(node: Node) -> Awaitable[None]:
    """Return a coroutine that awaits its nodes."""
    name, children = node

    async def awaits() -> None:
        for child in children:
            await (Pause() if child is None else awaiting(child))

    made: Awaitable[None] = named(awaits, name)()
    return made


def by_hand(node: Node, log: list[str]) -> Generator[str, None, None]:
    """Do what `await` does, and note each time that the frame is entered or left."""
    name, children = node

    def steps() -> Generator[str, None, None]:
        log.append(f"> {name}()")
        for child in children:
            inner = iter(["pause"]) if child is None else by_hand(child, log)
            for value in inner:
                log.append(f"< {name}()")
                yield value
                log.append(f"> {name}()")
        log.append(f"< {name}()")

    made: Generator[str, None, None] = named(steps, name)()
    return made


def invented(random: Random, depth: int, names: Iterator[int]) -> Node:
    """Return a coroutine that awaits others, or pauses."""
    choices = (None, "node") if depth else (None,)
    children = tuple(
        invented(random, depth - 1, names) if random.choice(choices) else None
        for _ in range(random.randint(0, 3))
    )
    return f"w{next(names)}", children


def visits(stacked: Stack) -> list[str]:
    """Return who is entered and left, over all sends."""
    told = []
    for send in stacked.pyramid.sends:
        moves: dict[int, str] = {}
        for visit in send.visits:
            name = stacked.pyramid.names[visit.row]
            moves |= {visit.start: f"> {name}", visit.end: f"< {name}"}
        assert sorted(moves) == list(range(send.moves))
        told += [moves[at] for at in sorted(moves)]
    return told


@pytest.mark.parametrize("seed", range(40))
def test_frames_are_visited_in_the_order_that_they_note(seed: int) -> None:
    node = invented(Random(seed), 4, iter(range(999)))
    pauses: list[str] = []
    list(by_hand(node, pauses))
    sends = [None] * (len(pauses) + 1)
    log: list[str] = []
    by_hands = stack(by_hand(node, log), *sends)
    assert log == pauses
    assert visits(by_hands) == log
    awaited = stack(awaiting(node), *sends)
    assert awaited.pyramid == by_hands.pyramid
    assert [send.response for send in awaited.pyramid.sends[-1:]] == ["returns"]
    for send in awaited.pyramid.sends:
        for visit in send.visits:
            outer = [v for v in send.visits if v.start < visit.start < v.end]
            assert all(visit.end < v.end and v.row != visit.row for v in outer)


def test_invented_nestings_are_deep_and_wide() -> None:
    told = [
        stack(awaiting(invented(Random(seed), 4, iter(range(999)))), *[None] * 99)
        for seed in range(40)
    ]
    assert max(len(each.pyramid.names) for each in told) > 12
    assert max(len(each.pyramid.sends) for each in told) > 10
    assert max(send.moves for each in told for send in each.pyramid.sends) > 8


async def fails(error: BaseException) -> None:
    """Raise, under another frame."""
    await raises(error)


async def raises(error: BaseException) -> None:
    """Raise."""
    raise error


@pytest.mark.parametrize("error", [asyncio.CancelledError(), StopAsyncIteration()])
def test_any_exception_is_drawn(error: BaseException) -> None:
    made = stack(fails(error))
    (send,) = made.pyramid.sends
    assert (send.response, send.got) == ("raises", repr(error))
    assert visits(made) == ["> fails()", "> raises()", "< raises()", "< fails()"]
    assert f"raises {error!r}" in made.alt
    assert "raise" in made.svg()
    assert LIGHT.red in made.svg()


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_exit_is_raised(error: type[BaseException]) -> None:
    with pytest.raises(error):
        stack(fails(error()))
    assert sys.getprofile() is None


@pytest.mark.parametrize("thing", [42, None, Story, [1]])
def test_what_cannot_be_stepped_is_told(thing: Any) -> None:
    kind = type(thing).__name__
    with pytest.raises(TypeError, match=f"an awaitable or a generator, not {kind}$"):
        stack(thing)


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_told_to_those_who_cannot_see_it(lang: Lang) -> None:
    made = stack(
        Story().w3(), "A", "B", lang=lang, title="" if lang == "fr" else "<Mine>"
    )
    root = ET.fromstring(made._repr_svg_())
    assert (root.get("role"), root.get("lang")) == ("img", lang)
    title = {"fr": "Ce que traverse chaque send", "en": "<Mine>"}[lang]
    assert (root[0].tag, root[0].text) == (f"{SVG}title", title)
    assert (root[1].tag, root[1].text) == (f"{SVG}desc", made.alt)
    frames = "Story.w3(), Story.w2(), Story.w1()"
    told = {
        "fr": f"send(None) traverse {frames} et rapporte 'one'\u00a0; ",
        "en": f"send(None) goes through {frames} and brings back 'one'; ",
    }
    assert made.alt.startswith(told[lang])
    assert made._repr_html_().startswith("<svg style=")


def test_its_language_is_that_of_the_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TULIPES_LANG", "fr")
    assert ">vous</text>" in stack(Story().w3()).svg()
    assert ">you</text>" in stack(Story().w3(), lang="en").svg()


SCRIPT = textwrap.dedent("""
    import sys
    from types import coroutine
    from media import text
    from media.stack import stack

    text.advances = lambda font, bold: text.Advances()  # nothing reads fonts here

    @coroutine
    def w1():
        yield "one"
        yield "two"
        return "end"

    async def w2():
        return await w1()

    async def w3():
        return [await w2(), await w2()]

    print(stack(w3(), *"ABCDE"))
    print(stack(w3(), "A").svg())
    rooms = {"cheatsheet", "demos", "media", "slides", "tests"}
    print({name.partition(".")[0] for name in sys.modules} & rooms)
""")


def said(executable: Path, folder: Path) -> str:
    """Return what the script says, run by a Python that has no site-packages."""
    done = subprocess.run(
        [executable, "-S", "-c", SCRIPT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What this Python says."""
    return said(Path(sys.executable), tmp_path_factory.mktemp("here"))


@pytest.mark.parametrize("python", pythons(), ids=str)
def test_the_same_on_every_python(python: Python, here: str, tmp_path: Path) -> None:
    assert "returns ['end', 'end']" in here
    assert here.endswith("</svg>\n\n{'media'}\n")
    assert said(python.executable, tmp_path) == here
