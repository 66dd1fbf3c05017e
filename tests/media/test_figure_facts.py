"""What the figures say is true: asked of Python itself, and of typeshed."""

import __future__

import ast
import asyncio
import heapq
import importlib
import importlib.util
import inspect
import json
import re
import select
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Coroutine, Generator, Iterator
from itertools import pairwise
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import pytest

from media.figures import engine, history, language, task_states, years
from media.lang import LANGS, Lang
from media.svg import Sketch
from media.text import MONO
from tests.pythons import Python, pythons

SVG = "{http://www.w3.org/2000/svg}"


def code(picture: Sketch) -> list[tuple[str, float, float]]:
    """Return what a figure shows in MONO, and where."""
    return [
        (text.text or "", float(text.get("x", 0)), float(text.get("y", 0)))
        for text in ET.fromstring(picture.svg()).iter(f"{SVG}text")
        if text.get("font-family") == MONO
    ]


# history

RELEASES = [release for era in history.ERAS for release in era.releases]
ALL = [*RELEASES, *history.MORE]


def english(release: history.Release) -> str:
    brought = release.brought
    return brought if isinstance(brought, str) else brought["en"]


CAME = {english(release): release.version for release in ALL}

SCHEDULES = {
    "2.2": 2001,  # PEP 251
    "2.5": 2006,  # PEP 356
    "3.2": 2011,  # PEP 392
    "3.3": 2012,  # PEP 398
    "3.4": 2014,  # PEP 429
    "3.5": 2015,  # PEP 478
    "3.6": 2016,  # PEP 494
    "3.7": 2018,  # PEP 537
    "3.8": 2019,  # PEP 569
}

SYNTAX = {
    "async def, await": "async def f():\n    await g()",
    "async generators, comprehensions": "async def f():\n    [x async for x in xs]",
    "TaskGroup, timeout, except*": "try:\n    f()\nexcept* OSError:\n    g()",
}
"""What `ast` can be asked whether a version had it."""

MODULES = {
    "concurrent.futures": "concurrent",
    "import asyncio": "asyncio",
    "asyncio.run, contextvars": "contextvars",
    "CancelledError becomes a BaseException": "asyncio.exceptions",
    "to_thread": "asyncio.threads",
    "TaskGroup, timeout, except*": "asyncio.taskgroups",
    "python -m asyncio pstree": "asyncio.tools",
}
"""What typeshed knows the first version of, for it is a module."""

NAMES = {
    "generator.send": ("types:GeneratorType.send",),
    "concurrent.futures": ("concurrent.futures",),
    "import asyncio": ("asyncio",),
    "asyncio.run, contextvars": ("asyncio:run", "contextvars"),
    "to_thread": ("asyncio:to_thread",),
    "TaskGroup, timeout, except*": (
        "asyncio:TaskGroup",
        "asyncio:timeout",
        "builtins:ExceptionGroup",
    ),
    "eager_task_factory": ("asyncio:eager_task_factory",),
    "Queue.shutdown": ("asyncio:Queue.shutdown",),
    "python -m asyncio pstree": ("asyncio.tools",),
    "TaskGroup.cancel": ("asyncio:TaskGroup.cancel",),
}
"""What any Python can be asked whether it has it."""

LOOK = """\
import json, pkgutil, sys
there = {}
for name in json.load(sys.stdin):
    try:
        there[name] = pkgutil.resolve_name(name) is not None
    except (ImportError, AttributeError):
        there[name] = False
print(json.dumps(there))
"""


def minor(version: str) -> tuple[int, int]:
    first, second = map(int, version.split("."))
    return first, second


def test_releases_are_in_order() -> None:
    versions = [minor(release.version) for release in RELEASES]
    years = [release.year for release in RELEASES]
    assert versions == sorted(set(versions))
    assert years == sorted(set(years))
    assert (years[0], years[-1]) == (history.FIRST, history.LAST)


def test_years_are_those_of_the_schedules() -> None:
    for release in ALL:
        # PEP 602: from 3.9 on, a version each October.
        yearly = 2011 + minor(release.version)[1]
        assert release.year == SCHEDULES.get(release.version, yearly)


def test_years_are_to_scale() -> None:
    root = ET.fromstring(history.picture("en").svg())
    dots = [float(dot.get("cx", 0)) for dot in root.iter(f"{SVG}circle")]
    ticks = {
        int(text.text or 0): float(text.get("x", 0))
        for text in root.iter(f"{SVG}text")
        if re.fullmatch(r"20\d\d", text.text or "")
    }
    assert set(ticks) > {history.FIRST, 2014, 2022}
    year = (ticks[2022] - ticks[2006]) / 16
    expected = [ticks[2006] + year * (release.year - 2006) for release in RELEASES]
    assert dots == pytest.approx(expected)


def test_eras_last_as_long_as_the_alt_text_says() -> None:
    starts = [era.releases[0].year for era in history.ERAS]
    assert starts == [2006, 2014, 2022]
    assert all(str(year) in alt for year in starts for alt in history.ALT.values())
    assert max(b - a for a, b in pairwise(starts)) == 8
    assert history.LAST - starts[-1] <= 8


@pytest.mark.parametrize("what", SYNTAX)
def test_syntax_came_with_its_version(what: str) -> None:
    major, second = minor(CAME[what])
    ast.parse(SYNTAX[what], feature_version=(major, second))
    with pytest.raises(SyntaxError, match="only supported in Python"):
        ast.parse(SYNTAX[what], feature_version=(major, second - 1))


def test_modules_came_with_their_versions() -> None:
    spec = importlib.util.find_spec("mypy")
    assert spec
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "typeshed" / "stdlib"
    versions = (folder / "VERSIONS").read_text(encoding="utf-8")
    first = dict(re.findall(r"(?m)^([\w.]+): (\d\.\d+)-", versions))
    for what, module in MODULES.items():
        assert CAME[what] == first[module]


@pytest.mark.parametrize("python", pythons(), ids=str)
def test_each_python_has_what_had_come(python: Python) -> None:
    expected = {
        name: python.version[:2] >= minor(CAME[what])
        for what, names in NAMES.items()
        for name in names
    }
    answer = subprocess.run(
        [str(python.executable), "-c", LOOK],
        input=json.dumps(list(expected)),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert json.loads(answer.stdout) == expected


def test_what_came_is_dated_by_an_oracle() -> None:
    # No oracle dates `yield from`: ast has it in all versions that it knows.
    assert set(CAME) - {*SYNTAX, *MODULES, *NAMES} == {"yield", "yield from"}


def test_generators_came_from_the_future() -> None:
    assert __future__.generators.getOptionalRelease()[:2] == minor(CAME["yield"])


def test_a_cancellation_is_no_exception_like_others() -> None:
    assert asyncio.CancelledError.__bases__ == (BaseException,)
    assert asyncio.CancelledError.__module__ == "asyncio.exceptions"


def test_peps_are_those_that_python_names() -> None:
    peps = {english(release): release.peps for release in ALL}
    assert str(peps["import asyncio"][0]) in re.findall(r"\d+", asyncio.__doc__ or "")
    (pep,) = peps["async def, await"]
    assert f"**PEP {pep}** - Coroutines with async and await syntax" in " ".join(
        " ".join(topics.values()).split()
    )


# years


def column(text: ET.Element) -> list[str]:
    """Return what a text of several parts says, part by part."""
    return [part.text or "" for part in text.iter(f"{SVG}tspan")]


@pytest.mark.parametrize("lang", LANGS)
def test_years_says_what_history_says(lang: Lang) -> None:
    root = ET.fromstring(years.picture(lang).svg())
    texts = list(root.iter(f"{SVG}text"))
    drawn = [column(text) for text in texts if not text.text]
    boxes = [int(text.text) for text in texts if text.text]
    assert boxes == [release.year for release in years.RELEASES]
    for (version, *rest), release in zip(drawn, years.RELEASES, strict=True):
        assert version == release.version
        if release.peps:
            told = rest.pop(0)
            assert told == "PEP\u00a0" + ", ".join(map(str, release.peps))
        whole = years.brought(release, lang)
        assert "".join(rest).replace(" ", "") == whole.replace(" ", "")
        assert f"{whole} ({release.year})" in years.ALT[lang]


def test_years_is_in_order_and_leaves_one_release_out() -> None:
    versions = [minor(release.version) for release in years.RELEASES]
    assert versions == sorted({*versions})
    assert {release.version for release in ALL if release not in years.RELEASES} == {
        "3.2"
    }


@pytest.mark.parametrize("lang", LANGS)
def test_years_alternate_and_keep_apart(lang: Lang) -> None:
    entries = [years.entry(release, lang) for release in years.RELEASES]
    places = years.places(entries)
    for side in (0, 1):
        both = list(zip(places, entries, strict=True))[side::2]
        for (x, item), (following, _) in pairwise(both):
            assert following - x - item.width >= years.GAP
    assert all(b - a >= years.BOX + years.APART for a, b in pairwise(places))
    last = zip(places, entries, strict=True)
    assert max(x + item.width for x, item in last) <= years.RIGHT + 0.1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("yield", ("yield",)),
        ("yield from", ("yield from",)),
        ("generator.send", ("generator", ".send")),
        ("eager_task_factory", ("eager_task_", "factory")),
        ("python -m asyncio pstree", ("python -m", "asyncio", "pstree")),
    ],
)
def test_lines_are_broken_where_code_may_be(text: str, lines: tuple[str, ...]) -> None:
    assert years.broken(text, MONO) == lines


# language

USES = {
    "async def": "async def f(): return 1",
    "await": "async def f(): return await g()",
    "async for": "async def f():\n    async for x in xs(): return x",
    "async with": "async def f():\n    async with A() as x: return x",
    "async def … yield": (
        "async def ones(): yield 1\nasync def f(): return await anext(ones())"
    ),
    "[x async for x in xs]": (
        "async def f():\n    xs = globals()['xs']()\n"
        "    [one] = [x async for x in xs]\n    return one"
    ),
}
"""A coroutine function f that uses each, and returns 1."""

RUN = """\
import json, sys
sys.modules["asyncio"] = None  # its import would fail
async def g(): return 1
class A:
    async def __aenter__(self): return 1
    async def __aexit__(self, *error): pass
    def __aiter__(self): self.left = [1]; return self
    async def __anext__(self):
        if self.left: return self.left.pop()
        raise StopAsyncIteration
xs = A
for source in json.load(sys.stdin):
    exec(source)
    try:
        f().send(None)
    except StopIteration as stop:
        print(stop.value)
"""


def pieces() -> dict[str, int]:
    return {piece: pep for pep, pieces in language.LANGUAGE for piece in pieces}


def test_the_language_runs_without_asyncio() -> None:
    assert set(USES) == set(pieces())
    answer = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(list(USES.values())),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.stdout == "1\n" * len(USES)


def test_the_uses_use_what_they_stand_for() -> None:
    kinds = {
        "async def": ast.AsyncFunctionDef,
        "await": ast.Await,
        "async for": ast.AsyncFor,
        "async with": ast.AsyncWith,
        "async def … yield": ast.Yield,
        "[x async for x in xs]": ast.ListComp,
    }
    for piece, source in USES.items():
        found = [type(node) for node in ast.walk(ast.parse(source))]
        assert kinds[piece] in found, piece
        # PEP 530 came with 3.6, the others’ `async def` with 3.5.
        before = (3, 5) if pieces()[piece] == 530 else (3, 4)
        with pytest.raises(
            SyntaxError, match=rf"Python 3\.{before[1] + 1} and greater"
        ):
            ast.parse(source, feature_version=before)


def test_both_figures_give_a_pep_to_the_same_things() -> None:
    in_history = {pep for release in ALL for pep in release.peps}
    assert set(pieces().values()) < in_history


def test_bricks_are_modules_of_asyncio() -> None:
    for brick in (*language.BRICKS, language.LOOP):
        for module in brick.modules:
            public = importlib.import_module(f"asyncio.{module}").__all__
            assert public
            assert all(hasattr(asyncio, name) for name in public)


def below(module: str) -> set[str]:
    """Return the modules in the bricks that a module's brick stands on."""
    bricks = (*language.BRICKS, language.LOOP)
    (brick,) = (brick for brick in bricks if module in brick.modules)
    return {
        name
        for other in bricks
        for name in other.modules
        if 0 < other.y - brick.y - language.BRICK < 20
        and other.x <= brick.x
        and brick.x + brick.width <= other.x + other.width
    }


def test_a_brick_stands_on_what_it_is_made_of() -> None:
    assert below("streams") == {"transports", "protocols"}
    assert issubclass(asyncio.StreamReaderProtocol, asyncio.Protocol)
    assert "transport" in inspect.signature(asyncio.StreamWriter).parameters
    assert below("subprocess") == {"transports", "protocols"}
    process = asyncio.subprocess.SubprocessStreamProtocol
    assert issubclass(process, asyncio.SubprocessProtocol)
    assert "transport" in inspect.signature(asyncio.subprocess.Process).parameters
    assert below("locks") == below("queues") == {"tasks", "futures"}
    assert below("tasks") == below("transports") == {"events"}


def test_the_others_are_not_in_the_standard_library() -> None:
    assert "asyncio" in sys.stdlib_module_names
    assert not {*language.OTHERS, language.REPLACES} & sys.stdlib_module_names


def test_trio_stands_on_the_language_without_asyncio() -> None:
    assert "trio" in language.OTHERS
    look = (
        "import sys, trio\nasync def main():\n    await trio.sleep(0)\n"
        "trio.run(main)\nprint('asyncio' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", look],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.stdout == "False\n"


# engine


class Wait:
    """The engine's future, as drawn: a task is parked in it until `set`."""

    def __init__(self, ready: deque[Coroutine[Any, Any, None]]) -> None:
        self.ready = ready
        self.parked: list[Coroutine[Any, Any, None]] = []

    def __await__(self) -> Generator["Wait", None, None]:
        yield self

    def set(self) -> None:
        self.ready.extend(self.parked)


Pairs = dict[str, tuple[socket.socket, socket.socket]]


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    """Connect a socket for each task that waits for one, and its peer."""
    made = {task: socket.socketpair() for _, task in engine.SOCKETS}
    for ours, _ in made.values():
        ours.setblocking(False)
    yield made
    for pair in made.values():
        for end in pair:
            end.close()


def in_our_engine(pairs: Pairs) -> list[str]:
    """Run all tasks drawn, from where they are drawn; return who ran when."""
    ran: list[str] = []
    ready: deque[Coroutine[Any, Any, None]] = deque()
    waits: dict[str, Wait] = {}

    async def work(name: str, wait: Wait | None = None) -> None:
        if wait:
            await wait
        ran.append(name)
        if name == engine.RUNNING:
            for task in engine.PARKED:
                waits[task].set()

    for task in (*dict(engine.TIMERS).values(), *pairs, *engine.PARKED):
        waits[task] = Wait(ready)
        coroutine = work(task, waits[task])
        assert coroutine.send(None) is waits[task]
        waits[task].parked.append(coroutine)
    ready.extend(work(task) for task in (engine.RUNNING, *engine.READY))
    for _, peer in pairs.values():
        peer.send(b".")
    timers, sockets = list(engine.TIMERS), {ours: t for t, (ours, _) in pairs.items()}
    while ready or timers:
        while ready:
            with pytest.raises(StopIteration):
                ready.popleft().send(None)
        readable, _, _ = select.select(sockets, [], [], 0)
        for ours in readable:
            ours.recv(1)
            waits[sockets.pop(ours)].set()
        if not readable and timers:
            waits[heapq.heappop(timers)[1]].set()
    return ran


async def in_asyncio(pairs: Pairs) -> list[str]:
    """Run the same tasks in asyncio."""
    ran: list[str] = []
    loop = asyncio.get_running_loop()
    futures = {task: loop.create_future() for task in engine.PARKED}

    async def work(name: str) -> None:
        if name in futures:
            await futures[name]
        elif name in pairs:
            await loop.sock_recv(pairs[name][0], 1)
        for due, task in engine.TIMERS:
            if task == name:
                await asyncio.sleep(due / 50)
        ran.append(name)
        if name == engine.RUNNING:
            for future in futures.values():
                future.set_result(None)

    parked = (*dict(engine.TIMERS).values(), *pairs, *engine.PARKED)
    tasks = [asyncio.create_task(work(task)) for task in parked]
    await asyncio.sleep(0)
    for _, peer in pairs.values():
        peer.send(b".")
    tasks += [
        asyncio.create_task(work(task)) for task in (engine.RUNNING, *engine.READY)
    ]
    await asyncio.gather(*tasks)
    return ran


def test_the_engine_drawn_runs_in_the_order_of_asyncio(pairs: Pairs) -> None:
    ours, theirs = in_our_engine(pairs), asyncio.run(in_asyncio(pairs))
    at_once = (engine.RUNNING, *engine.READY, *engine.PARKED)
    by_time = tuple(task for _, task in sorted(engine.TIMERS))
    for ran in ours, theirs:
        assert tuple(ran[: len(at_once)]) == at_once
        assert tuple(ran[-len(by_time) :]) == by_time
        # A selector promises no order among sockets that are ready at once.
        assert set(ran[len(at_once) : -len(by_time)]) == set(pairs)
        assert len(ran) == len(set(ran))


def test_the_timers_are_a_heap_and_drawn_as_one() -> None:
    timers = list(engine.TIMERS)
    heapq.heapify(timers)
    assert timers == list(engine.TIMERS)
    assert timers != sorted(timers)
    drawn = code(engine.picture("en"))
    places = {text: (x, y) for text, x, y in drawn}
    levels = [places[task][1] for _, task in timers]
    assert levels[0] < levels[1] == levels[2]
    across = [places[task][0] for _, task in timers]
    assert across[1] < across[0] < across[2]


def test_the_queue_is_taken_from_where_it_is_drawn() -> None:
    places = {text: x for text, x, _ in code(engine.picture("en"))}
    queue = deque(engine.READY)
    assert places["popleft()"] < places[queue.popleft()] < places[queue.popleft()]
    assert places[engine.READY[-1]] < places["append()"]
    for name in ("popleft()", "append()"):
        assert callable(getattr(deque, name.removesuffix("()")))


def test_every_task_is_drawn_once() -> None:
    tasks = [engine.RUNNING, *engine.READY, *engine.PARKED]
    tasks += [task for _, task in (*engine.TIMERS, *engine.SOCKETS)]
    drawn = [text for text, _, _ in code(engine.picture("fr"))]
    assert [drawn.count(task) for task in tasks] == [1] * len(tasks)


# task_states


def started(coroutine: Coroutine[Any, Any, object]) -> str:
    return inspect.getcoroutinestate(coroutine).removeprefix("CORO_").lower()


async def states(ending: str) -> tuple[list[str], asyncio.Task[str]]:
    """Take a task the way drawn to one of its ends; return what it was in turn."""
    door: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    seen = []

    async def life() -> str:
        assert asyncio.current_task() is task
        seen.append(started(coroutine))
        await door
        if ending == "raise":
            raise ValueError("no water")
        return "in flower"

    coroutine = life()
    assert not hasattr(coroutine, "done")
    task = asyncio.create_task(coroutine)
    seen.append(started(coroutine))
    for _ in range(2):
        assert not task.done()
        await asyncio.sleep(0)
        seen.append(started(coroutine))
    if ending == "CancelledError":
        assert task.cancel()
    else:
        door.set_result(None)
    assert not task.done()
    assert not task.cancelled()
    seen.append(started(coroutine))
    await asyncio.wait([task])
    seen.append(started(coroutine))
    return seen, task


@pytest.mark.parametrize("end", task_states.ENDS, ids=lambda end: end.by)
def test_a_task_goes_the_way_drawn(end: task_states.Ending) -> None:
    seen, task = asyncio.run(states(end.by))
    waiting = ["suspended"] * 3
    assert seen == ["created", "running", *waiting, "closed"]
    assert task.done()
    read = getattr(task, end.read.removesuffix("()"))
    match end.by:
        case "return":
            assert read() == "in flower"
            assert task.exception() is None
        case "raise":
            assert isinstance(read(), ValueError)
            with pytest.raises(ValueError, match="no water"):
                task.result()
        case _:
            assert read()
            with pytest.raises(getattr(asyncio, end.by)):
                task.result()
    assert task.cancelled() == (end.by == "CancelledError")
    assert not task.cancel()


def test_cancel_only_wakes_the_task() -> None:
    told = []

    async def stubborn() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            told.append("woken")
        return "in flower"

    async def main() -> None:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        task.cancel()
        assert told == []
        assert await task == "in flower"
        assert told == ["woken"]
        assert not task.cancelled()

    asyncio.run(main())


def test_what_is_not_done_cannot_be_read() -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(0))
        for end in task_states.ENDS[:2]:
            with pytest.raises(asyncio.InvalidStateError):
                getattr(task, end.read.removesuffix("()"))()
        await task

    asyncio.run(main())


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_calls_drawn_exist(lang: Any) -> None:
    calls = {
        name
        for text, _, _ in code(task_states.picture(lang))
        for name in re.findall(r"(\w+)\(\)", text)
    }
    ours = {"result", "exception", "cancelled", "cancel", "done"}
    assert calls == {"create_task", *ours}
    assert all(callable(getattr(asyncio.Task, name)) for name in ours)
