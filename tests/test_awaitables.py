"""Syllabus 5: what the lessons of awaitables claim, and that asyncio has no part in it.

What is stepped by hand is held against asyncio's own loop where that can run it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Coroutine, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.awaitables import (
    asyncio_sleep,
    by_hand,
    frozen,
    in_turns,
    lock,
    nested,
    pause,
    refused,
    shared,
    two_way,
    waiter,
)
from demos.catalogue import sources
from media.stack import stack
from slides.paths import ROOT

Lines = pytest.CaptureFixture[str]

LESSONS = {
    name: path
    for name, path in sources().items()
    if path.parent.name == "awaitables" and name != "awaitables.asyncio_sleep"
}


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


def responses(steps: Any, *sent: Any) -> list[Any]:
    """Send values; return what each brings: the last, maybe, in a StopIteration."""
    found: list[Any] = []
    for value in sent:
        try:
            found.append(steps.send(value))
        except StopIteration as end:
            found.append(("returned", end.value))
    return found


# No asyncio


@pytest.mark.parametrize("path", LESSONS.values(), ids=LESSONS)
def test_no_lesson_imports_asyncio(path: Path) -> None:
    """Nor does anything that it imports: asked of Python, after a run."""
    script = (
        "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__');"
        "sys.exit('asyncio' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_one_lesson_imports_it_to_step_its_sleep() -> None:
    path = ROOT / "demos" / "awaitables" / "asyncio_sleep.py"
    assert "import asyncio" in path.read_text(encoding="utf-8")
    assert len(LESSONS) == 10


# 5.1


def test_a_for_loop_runs_a_coroutine_that_never_pauses(capsys: Lines) -> None:
    steps = by_hand.grow("tulip").__await__()
    assert isinstance(steps, Iterator)
    by_hand.run_to_end(steps)
    assert printed(capsys) == ["rain: falls", "tulip: drinks water", "for: 0 pauses"]


def test_next_brings_the_result_in_stop_iteration() -> None:
    with pytest.raises(StopIteration) as end:
        next(by_hand.grow("iris").__await__())
    assert end.value.value == "iris in flower"


def test_a_call_runs_nothing(capsys: Lines) -> None:
    by_hand.grow("tulip").close()
    assert printed(capsys) == []


def test_what_runs_by_hand_runs_on_asyncio() -> None:
    assert asyncio.run(by_hand.grow("tulip")) == "tulip in flower"


# 5.2


@pytest.mark.parametrize(
    ("awaitable", "words"),
    [(pause.Once(), ["one"]), (pause.Twice(), ["one", "two"])],
    ids=["one", "two"],
)
def test_each_yield_is_a_pause(awaitable: Awaitable[str], words: list[str]) -> None:
    assert list(pause.sprout(awaitable).__await__()) == words
    sent = [None] * (len(words) + 1)
    assert responses(pause.sprout(awaitable), *sent) == [
        *words,
        ("returned", "in flower"),
    ]


def test_what_await_returns_is_what_the_generator_returns(capsys: Lines) -> None:
    list(pause.sprout(pause.Once()).__await__())
    assert printed(capsys) == ["sprout: waits", "sprout: drinks water"]


# 5.3


@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 40))
def test_each_blooms_at_its_own_pace(tulip: int, iris: int, turns: int) -> None:
    """The proof that it is no accident: the order can be told in advance."""
    seen: list[str] = []
    paces = {"tulip": tulip, "iris": iris}
    expected = []
    for turn in range(turns):
        expected.append(f"turn {turn}")
        expected += [f"{n} blooms" for n, p in paces.items() if turn and turn % p == 0]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "builtins.print", lambda *words: seen.append(" ".join(map(str, words)))
        )
        in_turns.main(tulip=tulip, iris=iris, turns=turns)
    assert seen == expected


# 5.4


def test_the_pause_is_at_the_yield_below_all_awaits() -> None:
    coroutine = nested.w4()
    coroutine.send(None)
    assert nested.path(coroutine) == "w4 > w3 > w2 > __await__"
    coroutine.close()


def test_each_send_goes_through_the_whole_stack() -> None:
    """As `media.stack` sees it, and draws it on the slide."""
    pyramid = stack(nested.w4()).pyramid
    assert pyramid.names == ("w4()", "w3()", "w2()", "W1.__await__()")
    for send in pyramid.sends:
        rows = [visit.row for visit in send.visits]
        assert rows == [0, 1, 2, 3]
    assert [send.got for send in pyramid.sends] == ["'one'", "'two'", "'three'"]


def test_w2_has_no_line_to_run_between_two_pauses() -> None:
    """Its frame is entered at each send, and stays on one instruction."""
    coroutine = nested.w2()
    coroutine.send(None)
    place = coroutine.cr_frame.f_lasti  # type: ignore[attr-defined]
    coroutine.send(None)
    assert coroutine.cr_frame.f_lasti == place  # type: ignore[attr-defined]
    coroutine.close()


# 5.5


@given(st.text(), st.text())
def test_what_send_passes_in_is_what_await_returns(flower: str, colour: str) -> None:
    assert responses(two_way.sell(), None, flower, colour) == [
        "flower?",
        "colour?",
        ("returned", f"{colour} {flower}"),
    ]


# 5.6


def drive(one: Any, other: Any, order: list[bool]) -> None:
    """Step two coroutines in an order, then in turns, until both have ended."""
    left = [one, other]
    for first in (*order, *[True, False] * 8):
        chosen = one if first else other
        if chosen in left:
            try:
                chosen.send(None)
            except StopIteration:
                left.remove(chosen)
    assert left == []


@given(st.lists(st.booleans(), max_size=20))
def test_a_waiter_makes_two_agree_in_any_order(order: list[bool]) -> None:
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("builtins.print", seen.append)
        planted = waiter.Waiter()
        drive(waiter.dig(planted), waiter.shower(planted), order)
    assert seen.index("rain: falls") > seen.index("gardener: plants")
    assert len(seen) == 3


def test_a_waiter_that_is_set_lets_all_pass_at_once() -> None:
    planted = waiter.Waiter()
    planted.set()
    for _ in range(2):
        assert list(planted.__await__()) == []


# 5.8


@given(st.lists(st.booleans(), max_size=20))
def test_one_at_a_time_has_the_lock(order: list[bool]) -> None:
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("builtins.print", seen.append)
        free = lock.Waiter()
        free.set()
        drive(lock.water("tulip", free), lock.water("iris", free), order)
    turns = [line.split(": ") for line in seen]
    assert [what for _, what in turns] == ["opens the tap", "closes the tap"] * 2
    assert turns[0][0] == turns[1][0] != turns[2][0] == turns[3][0]
    assert free.done


def test_the_first_send_is_none() -> None:
    flower = refused.drink(pause.Once())
    with pytest.raises(TypeError, match=r"non-None value to a just-started coroutine"):
        flower.send("water")
    assert flower.send(None) == "one"  # it is as it was
    flower.close()


def test_await_wants_an_iterator_and_no_iterable() -> None:
    vase: Any = refused.Vase()
    with pytest.raises(TypeError, match=r"iterator"):
        refused.drink(vase).send(None)
    spring: Any = refused.Spring()
    assert responses(refused.drink(spring), None, None) == [
        "water",
        ("returned", None),
    ]


def test_asyncio_refuses_a_shared_coroutine_in_the_same_words(capsys: Lines) -> None:
    async def garden() -> list[BaseException | None]:
        rain = shared.fall()
        flowers = (shared.drink(name, rain) for name in ("tulip", "iris"))
        ends = await asyncio.gather(*flowers, return_exceptions=True)
        late = asyncio.gather(shared.drink("rose", rain), return_exceptions=True)
        return [*ends, *await late]

    first, *refusals = asyncio.run(garden())
    assert first is None
    assert printed(capsys) == ["tulip: drinks water"]
    shared.main()
    told = printed(capsys)
    assert [told[1], told[3]] == [
        f"{name}: {refusal}"
        for name, refusal in zip(("iris", "rose"), refusals, strict=True)
    ]


# 5.7


def test_a_generator_and_a_coroutine_go_through_the_same() -> None:
    sent = [None] * 4
    expected = [f"day {n}, clouds" for n in (1, 2, 3)]
    both: list[Generator[str, None, str] | Coroutine[str, None, str]]
    both = [frozen.seed_2012(frozen.Sky(3)), frozen.seed(frozen.Sky(3))]
    for steps in both:
        assert responses(steps, *sent) == [*expected, ("returned", "drinks rain")]


def test_variables_are_kept_while_the_stack_is_frozen(capsys: Lines) -> None:
    coroutine = frozen.plant("iris")
    coroutine.send(None)
    frozen.show(coroutine)
    coroutine.send(None)
    frozen.show(coroutine)
    coroutine.close()
    first, second = (
        [
            "plant {'name': 'iris'}",
            "seed {'sky': Sky(days=2)}",
            f"__await__ {{'self': Sky(days=2), 'day': {day}}}",
        ]
        for day in (1, 2)
    )
    assert printed(capsys) == first + second


# asyncio's own


def test_asyncio_sleeps_yield_none_or_a_future() -> None:
    async def session() -> tuple[Any, Any]:
        zero, one = asyncio.sleep(0), asyncio.sleep(1)
        yielded = zero.send(None), one.send(None)
        zero.close()
        one.close()
        return yielded

    nothing, future = asyncio.run(session())
    assert nothing is None
    assert isinstance(future, asyncio.Future)


def test_a_sleep_goes_on_once_its_future_is_done(capsys: Lines) -> None:
    asyncio.run(asyncio_sleep.main(delay=0.01))
    assert printed(capsys)[1:] == [
        "sleep(delay) yields a Future",
        "sleep(delay) returns rested",
    ]
