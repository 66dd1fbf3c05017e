"""What the figures say of turns, windows and threads: run, and compared."""

import asyncio
import multiprocessing
import os
import platform
import re
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from demos.first_steps import pieces as pieces_demo
from media.figures import pieces, two_way, ways, window
from media.lang import LANGS, Lang
from media.svg import LIGHT, Page, Sketch
from media.text import MONO
from media.timeline import timeline
from media.trace import Trace
from tests.media import sharing
from tests.media.test_figure_code import run
from tests.virtual import run_virtual

SVG = "{http://www.w3.org/2000/svg}"
SECONDS = 10
"""Longer than anything here may take."""


def lines(sketch: Sketch) -> list[tuple[float, str]]:
    """Return the code that a figure shows, line by line, and where it starts."""
    found = sorted(
        (float(text.get("y", 0)), float(text.get("x", 0)), "".join(text.itertext()))
        for text in texts(sketch)
        if text.get("font-family") == MONO
    )
    return [(x, text) for _, x, text in found]


def texts(sketch: Sketch) -> list[ET.Element]:
    """Return the texts of a figure."""
    return list(ET.fromstring(sketch.svg()).iter(f"{SVG}text"))


def rects(svg: str, **wanted: str) -> list[dict[str, str]]:
    """Return the rectangles of a drawing that have these attributes."""
    return [
        rect.attrib
        for rect in ET.fromstring(svg).iter(f"{SVG}rect")
        if wanted.items() <= rect.attrib.items()
    ]


# pieces


def test_pieces_leave_the_thread_free() -> None:
    """The best of a few runs: a busy machine may hold any one of them up."""

    async def record() -> Trace:
        run = await timeline(pieces_demo.pieces("A", 0.03, 0.06), prints=True)
        return run.trace

    traces = [asyncio.run(record()) for _ in range(5)]
    assert min(trace.busy for trace in traces) < 0.1
    holds = [trace.lives[0].holds for trace in traces]
    best = [min(each) for each in zip(*holds, strict=True)]
    assert len(best) == len(["start", "middle", "end"])
    assert max(best) < pieces.FIRST / 300  # a millisecond of what it waits


# two_way


def test_every_value_that_crosses_is_pythons() -> None:
    chat = run(two_way.SOURCE)["chat"]
    known: dict[str, Any] = {"chat": chat}
    exec(two_way.START, known)
    came: object = None
    for crossing in two_way.CROSSINGS:
        if crossing.inward:
            assert crossing.yours == f"g.send({crossing.value})"
            try:
                came = eval(crossing.yours, known)
            except StopIteration as stop:
                came = stop
        elif isinstance(came, StopIteration):
            assert repr(came.value) == crossing.value
            assert f"{type(came).__name__}: {came}" == crossing.yours
        else:
            assert repr(came) == crossing.value == crossing.yours
    assert isinstance(came, StopIteration)


def test_a_yield_returns_what_is_sent() -> None:
    known: dict[str, Any] = {"chat": run(two_way.SOURCE)["chat"]}
    exec(two_way.START, known)
    resumed = [crossing for crossing in two_way.CROSSINGS if crossing.inward]
    for crossing in resumed:
        with suppress(StopIteration):
            known["g"].send(eval(crossing.value))
        if known["g"].gi_frame and " = " in crossing.its:
            name, value = crossing.its.split(" = ")
            assert known["g"].gi_frame.f_locals[name] == eval(value)
            assert value == crossing.value
    assert [" = " in crossing.its for crossing in resumed] == [False, True, True]


@pytest.mark.parametrize("lang", LANGS)
def test_the_generator_drawn_is_the_one_that_runs(lang: Lang) -> None:
    source = [line.strip() for line in two_way.SOURCE.splitlines()]
    its = [crossing.its for crossing in two_way.CROSSINGS]
    assert [line for line in its if line in source] == source
    drawn = [text for x, text in lines(two_way.picture(lang)) if x >= two_way.CODE]
    assert " ".join(drawn) == " ".join(its)


# window


class Recorder:
    """What stands for asyncio in the figure's code: it notes who sleeps when."""

    def __init__(self) -> None:
        self.times: list[tuple[int, float, float]] = []
        self.library = SimpleNamespace(Queue=asyncio.Queue, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        start = loop.time()
        await asyncio.sleep(seconds)
        self.times.append((int(task.get_name()), start, loop.time()))


Job = Callable[[int, int], Coroutine[Any, Any, None]]


async def start_all(job: Job) -> None:
    async with asyncio.TaskGroup() as group:
        for number, seconds in enumerate(window.SECONDS, 1):
            group.create_task(job(number, seconds), name=str(number))


def expected(runs: list[window.Run]) -> list[tuple[int, float, float]]:
    return sorted((run.number, run.start, run.end) for run in runs)


def test_a_queue_gives_the_schedule_drawn() -> None:
    recorder = Recorder()
    known = run(f"{window.WINDOW}\n{window.JOB}", asyncio=recorder.library)
    assert known["window"].maxsize == window.SLOTS
    run_virtual(start_all(known["job"]))
    assert sorted(recorder.times) == expected(window.RUNS)
    assert known["window"].empty()


def test_a_semaphore_gives_the_same() -> None:
    recorder, permits = Recorder(), asyncio.Semaphore(window.SLOTS)

    async def job(number: int, seconds: int) -> None:
        async with permits:
            await recorder.sleep(seconds)

    run_virtual(start_all(job))
    assert sorted(recorder.times) == expected(window.RUNS)


def test_one_by_one_is_the_sum() -> None:
    times = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        for number, seconds in enumerate(window.SECONDS, 1):
            start = loop.time()
            await asyncio.sleep(seconds)
            times.append((number, start, loop.time()))

    run_virtual(main())
    assert times == expected(window.TURNS)


@pytest.mark.parametrize("slots", range(1, 14))
def test_a_slot_has_one_job_at_a_time(slots: int) -> None:
    runs = window.schedule(window.SECONDS, slots)
    assert [run.end - run.start for run in runs] == list(window.SECONDS)
    for slot in range(slots):
        own = [run for run in runs if run.slot == slot]
        assert all(one.end <= other.start for one, other in pairwise(own))


def test_bars_are_to_scale() -> None:
    def time(place: float) -> int:
        return round((place - window.LEFT) / window.SECOND)

    bars = rects(window.picture("en").svg(), height="38", fill=LIGHT.ink)
    spans = [
        (time(float(bar["x"])), time(float(bar["x"]) + float(bar["width"])))
        for bar in bars
    ]
    runs = [*window.RUNS, *window.TURNS]
    assert spans == [(run.start, run.end) for run in runs]


@pytest.mark.parametrize("lang", LANGS)
def test_the_code_drawn_is_the_code_run(lang: Lang) -> None:
    shown = [text for _, text in lines(window.picture(lang))]
    source = f"{window.WINDOW}\n{window.JOB}".splitlines()
    assert shown == [line.strip() for line in source]


def test_the_alt_text_tells_the_ends() -> None:
    last, end = max((run.start, run.end) for run in window.RUNS)
    whole = max(run.end for run in window.TURNS)
    for lang in LANGS:
        told = re.findall(r"(\d+) s\b", window.ALT[lang].replace("\u00a0", " "))
        assert told == [str(last), str(end), str(whole)]


# ways

NAMES = ("Processes", "Threads", "Callbacks", "Coroutines")


def test_processes_share_no_memory() -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [
        spawn.Process(target=sharing.leave_a_trace) for _ in range(ways.ACTORS)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(SECONDS)
    assert len({process.pid for process in processes} | {os.getpid()}) == 4
    assert [process.exitcode for process in processes] == [1, 1, 1]
    assert sharing.SHARED == []


def test_threads_share_memory() -> None:
    idents: list[int] = []
    together = threading.Barrier(ways.ACTORS, timeout=SECONDS)

    def leave() -> None:
        idents.append(threading.get_ident())
        together.wait()

    threads = [threading.Thread(target=leave) for _ in range(ways.ACTORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len({*idents, threading.get_ident()}) == ways.ACTORS + 1


def test_a_thread_is_switched_out_anywhere() -> None:
    seen: list[bool] = []
    spinning = threading.Event()

    def spin() -> None:
        spinning.set()
        while not seen:
            pass

    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    assert spinning.wait(SECONDS)
    seen.append(True)
    thread.join(SECONDS)
    assert not thread.is_alive()


def test_a_coroutine_is_switched_out_at_an_await_only() -> None:
    seen: list[bool] = []

    async def spin() -> tuple[bool, bool]:
        for _ in range(100_000):
            if seen:
                break
        before = bool(seen)
        await asyncio.sleep(0)
        return before, bool(seen)

    async def other() -> None:
        seen.append(True)

    async def main() -> tuple[bool, bool]:
        spinning, _ = await asyncio.gather(spin(), other())
        return spinning

    assert asyncio.run(main()) == (False, True)


Ran = list[tuple[int, int]]
"""Whose piece ran, and in which thread."""


async def chain_callbacks(ran: Ran, count: int) -> None:
    loop, end = asyncio.get_running_loop(), asyncio.Event()

    def piece(actor: int, left: int) -> None:
        ran.append((actor, threading.get_ident()))
        if left > 1:
            loop.call_soon(piece, actor, left - 1)
        elif actor == ways.ACTORS - 1:
            end.set()

    for actor in range(ways.ACTORS):
        loop.call_soon(piece, actor, count)
    await end.wait()


async def await_in_turns(ran: Ran, count: int) -> None:
    async def actor_of(actor: int) -> None:
        for left in range(count, 0, -1):
            ran.append((actor, threading.get_ident()))
            if left > 1:
                await asyncio.sleep(0)

    await asyncio.gather(*map(actor_of, range(ways.ACTORS)))


@pytest.mark.parametrize("actors", [chain_callbacks, await_in_turns])
def test_one_thread_takes_the_turns_drawn(
    actors: Callable[[Ran, int], Coroutine[Any, Any, None]],
) -> None:
    ran: Ran = []
    asyncio.run(actors(ran, len(ways.TURNS) // ways.ACTORS))
    assert tuple(actor for actor, _ in ran) == ways.TURNS
    assert {ident for _, ident in ran} == {threading.get_ident()}


def test_ten_thousand_fit_in_one_thread() -> None:
    *_, callbacks, coroutines = ways.WAYS
    assert callbacks.many == coroutines.many
    count = 10 ** coroutines.many[0]

    async def main() -> list[int]:
        door = asyncio.Event()
        called: list[int] = []
        for number in range(count):
            asyncio.get_running_loop().call_soon(called.append, number)

        async def wait() -> int:
            await door.wait()
            return threading.get_ident()

        tasks = [asyncio.create_task(wait()) for _ in range(count)]
        await asyncio.sleep(0)
        assert len(called) == count
        assert len(asyncio.all_tasks()) == count + 1
        door.set()
        return await asyncio.gather(*tasks)

    assert set(asyncio.run(main())) == {threading.get_ident()}


@pytest.fixture(scope="module")
def weights() -> dict[str, float]:
    """Weigh one of each way, in kilobytes."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("the figure tells of Linux x86-64")
    script = Path(__file__).with_name("weights.py")
    return {
        way: float(
            subprocess.run(
                [sys.executable, "-P", script, way.lower()],
                capture_output=True,
                check=True,
            ).stdout
        )
        for way in NAMES
    }


def test_each_takes_the_memory_drawn(weights: dict[str, float]) -> None:
    """Within a factor of two: it is drawn for 3.11, and newer Pythons need less."""
    for way, name in zip(ways.WAYS, NAMES, strict=True):
        assert 1 / 2 < weights[name] / way.kilobytes < 2, name


def test_a_task_takes_much_less_than_a_thread(weights: dict[str, float]) -> None:
    processes, threads, callbacks, coroutines = weights.values()
    assert callbacks < coroutines < threads / 10 < processes / 1000


@pytest.mark.parametrize("lang", LANGS)
def test_the_memory_is_drawn_and_told(lang: Lang) -> None:
    drawn = [text.text for text in texts(ways.picture(lang))]
    for way in ways.WAYS:
        size = ways.size(way.kilobytes, lang)
        assert size in drawn
        assert size in ways.ALT[lang]
    where = "CPython 3.11", "Linux x86-64"
    assert all(words in ways.MEASURED[lang] for words in where)
    assert all(words in ways.ALT[lang] for words in where)
    assert ways.MEASURED[lang] in drawn


def test_orders_of_magnitude_increase() -> None:
    assert [way.words["en"][0] for way in ways.WAYS] == list(NAMES)
    spans = [way.many for way in ways.WAYS]
    assert all(low < high for low, high in spans)
    assert spans == sorted(spans)
    processes, threads, callbacks, _ = spans
    assert processes[1] <= threads[0]
    assert threads[1] <= callbacks[0]


def test_threads_are_cut_from_one_to_another() -> None:
    ends = [end for _, end in ways.CUTS]
    assert ends == sorted({*ends})
    assert ends[-1] == 1
    assert all(one != other for (one, _), (other, _) in pairwise(ways.CUTS))
    assert {actor for actor, _ in ways.CUTS} == set(range(ways.ACTORS))


def test_callbacks_are_among_others() -> None:
    placed = list(zip(ways.SCATTER, ways.TURNS, strict=True))
    for line in range(ways.ACTORS):
        own = [actor for place, actor in placed if place == line]
        assert all(one != other for one, other in pairwise(own))


@pytest.mark.parametrize(
    ("way", "memories", "paths"),
    [*zip(ways.WAYS, (3, 1, 1, 1), (0, 0, 1, 1), strict=True)],
)
def test_memories_and_threads_are_counted(
    way: ways.Way, memories: int, paths: int
) -> None:
    page = Page()
    way.draw(page, ways.TOP)
    svg = page.svg("", "", "en", 540)
    assert len(rects(svg, fill=LIGHT.free)) == memories
    assert len(list(ET.fromstring(svg).iter(f"{SVG}path"))) == paths
