"""Syllabus 9.7: what the lessons on child processes claim."""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import psutil
import pytest

from demos.history import children_2014
from demos.streams import child, child_timeout, children
from tests.served import LIMIT, ended, started, until

Lines = pytest.CaptureFixture[str]
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")

FOREVER = "import time; print('ready', flush=True); time.sleep(60)"
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
POUR = "print('ready', flush=True)\nwhile True: print('tulip' * 1000)"
ENDLESS = "import sys\nwhile True: sys.stdout.write('tulip' * 1000)"
LESSONS = "streams.child", "streams.children", "streams.child_timeout"
EVERY = (*LESSONS, "history.children_2014")


def printed(capsys: Lines) -> list[str]:
    return capsys.readouterr().out.splitlines()


OTHERS: set[psutil.Process] = set()
"""Children of other tests: servers that stay for the session."""


def offspring() -> list[psutil.Process]:
    """Return our children, zombies too."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if child not in OTHERS]


@pytest.fixture(autouse=True)
def _nobody_stays() -> Any:
    OTHERS.clear()
    OTHERS.update(offspring())
    yield
    assert offspring() == [], "an orphan or a zombie"


def python(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


@asynccontextmanager
async def running(
    work: Coroutine[Any, Any, object],
) -> AsyncIterator[asyncio.Task[Any]]:
    """Start a coroutine, wait until its child exists, and give its task."""
    before = set(offspring())
    task = asyncio.create_task(work)
    await asyncio.to_thread(until, lambda: bool(set(offspring()) - before))
    yield task


# child.py


@pytest.mark.parametrize(
    "word",
    ["tulip; echo oops", "$(echo oops)", "`id`", "* ?", "a\nb", "'\"", "été", ""],
)
def test_a_word_stays_one_word(word: str) -> None:
    code = "import sys; print(ascii(sys.argv[1:]))"
    assert asyncio.run(child.finished(*python(code, word)))[:2] == (
        0,
        f"{[word]!a}{os.linesep}",
    )


def test_output_and_errors_apart_and_the_exit_code() -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"
    got = asyncio.run(child.finished(*python(code)))
    done = subprocess.run(python(code), capture_output=True, text=True, check=False)
    assert (got[0], got[1].split(), got[2].split()) == (7, ["out"], ["err"])
    assert got[0] == done.returncode


def test_much_output_on_both_sides_blocks_nobody() -> None:
    code = (
        "import sys\nfor _ in range(300):\n"
        " sys.stdout.write('t' * 1000); sys.stderr.write('n' * 1000)"
    )
    got = asyncio.run(child.finished(*python(code)))
    assert got == (0, "t" * 300_000, "n" * 300_000)


def test_a_missing_program_leaves_no_child() -> None:
    with pytest.raises(FileNotFoundError):
        asyncio.run(child.finished("./narcissus"))
    assert offspring() == []


# Whatever ends the wait, no child stays.


async def planted_for_ever(code: str) -> None:
    async with child_timeout.planted(*python(code)) as process:
        await process.communicate()


FOLLOWERS: dict[str, Callable[[str], Coroutine[Any, Any, object]]] = {
    "child": lambda code: child.finished(*python(code)),
    "children": lambda code: children.follow("tulip", *python(code)),
    "child_timeout": planted_for_ever,
    "children_2014": lambda code: in_2014(python(code)),
}


async def in_2014(words: list[str]) -> object:
    return await children_2014.follow("tulip", words)


@pytest.fixture
def sigterm_ignored() -> Iterator[None]:
    """Ignore SIGTERM, as our children then do from their first moment."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("sigterm_ignored")
@pytest.mark.parametrize("code", [FOREVER, POUR], ids=["forever", "pour"])
@pytest.mark.parametrize("name", FOLLOWERS)
def test_cancelled_its_child_is_gone(name: str, code: str) -> None:
    """Even one that fills its pipe, and does not listen."""

    async def session() -> None:
        async with running(FOLLOWERS[name](code)) as task:
            await asyncio.sleep(0.1)
            task.cancel()
            async with asyncio.timeout(LIMIT):
                await asyncio.wait([task])
            assert offspring() == []  # before the loop ends
            assert task.cancelled()

    asyncio.run(session())


@posix
@pytest.mark.parametrize("lesson", EVERY)
def test_ctrl_c_leaves_no_orphan(lesson: str) -> None:
    option = {"children": "rhythm", "child": "pause", "child_timeout": "limit"}
    name = lesson.partition(".")[2].removesuffix("_2014")
    with started(lesson, f"--{option[name]}", "3") as process:
        alive: list[psutil.Process] = []

        def ready() -> bool:
            alive[:] = psutil.Process(process.pid).children(recursive=True)
            count = 3 if name == "children" else 1
            return len([each for each in alive if "-c" in cmdline(each)]) == count

        until(ready)
        process.send_signal(signal.SIGINT)
        done = ended(process)
    assert done.code == 130
    assert not [each for each in alive if each.is_running()]
    assert "Traceback" not in done.errors
    assert alive


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


@posix
@pytest.mark.parametrize("name", FOLLOWERS)
def test_a_terminals_ctrl_c_does_not_reach_the_child(name: str) -> None:
    async def session() -> None:
        async with running(FOLLOWERS[name](FOREVER)) as task:
            (process,) = offspring()
            assert os.getpgid(process.pid) == process.pid
            task.cancel()
            await asyncio.wait([task])

    asyncio.run(session())


# children.py and its ancestor


def test_each_line_has_its_name(capsys: Lines) -> None:
    code = "for n in 1, 2, 3: print('line', n, flush=True)"
    assert asyncio.run(children.follow("tulip", *python(code))) == 0
    assert printed(capsys) == [f"tulip: line {n}" for n in (1, 2, 3)]


def test_a_line_comes_before_the_child_ends(capsys: Lines) -> None:
    async def session() -> None:
        async with running(children.follow("tulip", *python(FOREVER))) as task:
            heard: list[str] = []

            def ready() -> bool:
                heard.append(capsys.readouterr().out)
                return "ready" in heard[-1]

            await asyncio.to_thread(until, ready)
            assert "".join(heard) == "tulip: ready\n"
            assert not task.done()
            task.cancel()
            await asyncio.wait([task])

    asyncio.run(session())


def test_a_line_without_an_end_is_an_error() -> None:
    with pytest.raises(ValueError, match="limit"):
        asyncio.run(children.follow("tulip", *python(ENDLESS)))
    assert offspring() == []


def test_one_failure_ends_the_other_children() -> None:
    async def session() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(children.follow("tulip", *python(FOREVER)))
            group.create_task(children.follow("narcissus", *python(ENDLESS)))

    with pytest.raises(ExceptionGroup) as failed:
        asyncio.run(session())
    assert failed.group_contains(ValueError)
    assert offspring() == []


def test_2014_says_the_same() -> None:
    """`test_demos` compares what each prints with its docstring."""
    one, other = (
        (each.__doc__ or "").split(".py\n", 1)[1].split("\n\n", 1)[0]
        for each in (children, children_2014)
    )
    assert one == other
    assert one.endswith("exit codes: 0 0 1")
    assert inspect.getsource(children.flower) == inspect.getsource(children_2014.flower)


@pytest.mark.parametrize("name", ["follow", "follow_all"])
def test_2014_parses_as_python_3_4(name: str) -> None:
    source = textwrap.dedent(inspect.getsource(getattr(children_2014, name)))
    ast.parse(source, feature_version=(3, 4))
    assert not any(
        isinstance(node, ast.JoinedStr) for node in ast.walk(ast.parse(source))
    )
    assert "yield from" in source


# child_timeout.py


@posix
@pytest.mark.parametrize(
    ("prepare", "work", "code", "killed"),
    [
        ("", "raise SystemExit(3)", 3, False),
        ("", "time.sleep(60)", -signal.SIGTERM, False),
        (DEAF, "time.sleep(60)", -signal.SIGKILL, True),
        (DEAF, "while True: print('tulip' * 1000)", -signal.SIGKILL, True),
    ],
)
def test_asked_first_then_killed(
    capsys: Lines, prepare: str, work: str, code: int, killed: bool
) -> None:
    async def session() -> int | None:
        words = child_timeout.bulb(prepare, work)
        async with child_timeout.planted(*words) as process:
            limit = 0.3 if code < 0 else LIMIT
            await child_timeout.tend("tulip", process, limit)
            assert offspring() == []
            return process.returncode

    assert asyncio.run(asyncio.wait_for(session(), LIMIT)) == code
    lines = printed(capsys)
    assert ("tulip: too long, asked to stop" in lines) == (code < 0)
    assert ("tulip: does not listen, killed" in lines) == killed


@posix
def test_a_child_that_pours_is_stopped_too() -> None:
    async def session() -> int | None:
        async with child_timeout.planted(*python(POUR)) as process:
            await child_timeout.tend("tulip", process, 0.2)
            return process.returncode

    assert asyncio.run(session()) in (-signal.SIGTERM, 1)


def test_to_cancel_a_wait_does_not_end_the_child() -> None:
    async def session() -> None:
        async with child_timeout.planted(*python(FOREVER)) as process:
            await child_timeout.abandon("crocus", process, 0.05)
            assert process.returncode is None
            (still,) = offspring()
            assert still.status() != psutil.STATUS_ZOMBIE
        assert process.returncode is not None
        assert offspring() == []

    asyncio.run(session())


def test_an_error_inside_leaves_no_child() -> None:
    async def session() -> None:
        async with child_timeout.planted(*python(FOREVER)):
            raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(session())
    assert offspring() == []


def test_a_chatty_child_ends_in_time() -> None:
    """A full pipe would hold it, if nobody read."""

    async def session() -> bool:
        code = "print('ready', flush=True); print('tulip' * 200_000)"
        async with child_timeout.planted(*python(code)) as process:
            return await child_timeout.in_time(process, LIMIT)

    assert asyncio.run(session())


def test_a_full_pipe_does_not_hold_the_end() -> None:
    async def session() -> None:
        async with asyncio.timeout(LIMIT):
            async with child_timeout.planted(*python(POUR)):
                await asyncio.sleep(0.2)  # the pipe fills

    asyncio.run(session())
    assert offspring() == []
