"""A copy of the tree, in which mutants are judged, the quickest way first."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from slides.errors import Problem
from tests import test_demos
from tests.copied import copy_tree
from tests.mutate.mutants import Mutant
from tests.pythons import BUILD, ROOT
from tests.served import without_reports

PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider")
NONE_COLLECTED = 5
SERVERS = ("tests/test_abuse.py", "tests/test_bad_peers.py")

PATIENCE = 180.0
"""Seconds that a step may take for a lesson as it is."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    output: str
    errors: str


@dataclass(frozen=True)
class Step:
    """A way to judge the lesson that is in a room."""

    name: str
    passes: Callable[[float], Awaitable[bool | None]]
    """Given seconds: True, False, or None if there is nothing to run.

    Raises TimeoutError.
    """


class Room:
    """A copy of the tree in a folder, for one mutant at a time."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "tree"
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True)
        copy_tree(self.tree)
        (self.tree / "build").mkdir()
        (self.tree / "build" / BUILD.name).symlink_to(BUILD)

    @contextlib.contextmanager
    def holding(self, mutant: Mutant) -> Iterator[None]:
        """Have the mutant in the place of its lesson."""
        lesson = self.tree / "demos" / mutant.lesson
        whole = lesson.read_bytes()
        lesson.write_bytes(mutant.source)
        try:
            yield
        finally:
            lesson.write_bytes(whole)

    async def run(self, command: Sequence[str], where: Path, limit: float) -> Ended:
        """Run a command; raise TimeoutError, and leave no process, if it takes long."""
        # Files: pipes would stay open as long as any grandchild.
        with self.file() as output, self.file() as errors:
            child = await asyncio.create_subprocess_exec(
                *command,
                cwd=where,
                env={**test_demos.ENVIRONMENT, "TMPDIR": str(self.temporary)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(limit):
                    code = await child.wait()
            finally:
                if child.returncode is None:
                    kill_all(child.pid)
                    await child.wait()
            output.seek(0)
            errors.seek(0)
            return Ended(code, output.read(), errors.read())

    def file(self) -> IO[str]:
        """Return an empty file with no name."""
        return tempfile.TemporaryFile("w+", dir=self.temporary, encoding="utf-8")

    async def pytest(self, limit: float, *options: str) -> bool | None:
        """Tell whether tests pass; None if there are none."""
        ended = await self.run([*PYTEST, *options], self.tree, limit)
        return None if ended.code == NONE_COLLECTED else ended.code == 0

    async def sample(self, lesson: str, limit: float) -> bool:
        """Tell whether this Python prints what the lesson's docstring shows."""
        demo = self.tree / "demos" / lesson
        shown = test_demos.sample(ROOT / "demos" / lesson)
        words = [*test_demos.STRICT, *test_demos.how_to_start(demo), *shown.options]
        with tempfile.TemporaryDirectory(dir=self.temporary) as folder:
            test_demos.put(demo, folder)
            ended = await self.run([sys.executable, *words], Path(folder), limit)
        return (
            ended.code == 0
            and test_demos.masked(ended.output) == test_demos.masked(shown.output)
            and without_reports(ended.errors) == ""
        )

    def steps(self, lesson: str) -> Iterator[Step]:
        """Yield the ways to judge a lesson, the quickest first."""
        name = test_demos.demo_id(Path(lesson))
        contract = f"(test_sample or test_inside_a_running_loop) and {name}-"
        own = tests_of(lesson)
        yield Step("sample", lambda limit: self.sample(lesson, limit))
        if own:
            yield Step("tests", lambda limit: self.pytest(limit, *own))
        yield Step("peers", lambda limit: self.pytest(limit, *SERVERS, "-k", name))
        yield Step(
            "contract",
            lambda limit: self.pytest(limit, "tests/test_demos.py", "-k", contract),
        )


def tests_of(lesson: str) -> list[str]:
    """Return the files of the chapter's tests that name a lesson."""
    chapter, name = Path(lesson).parts
    found = [*ROOT.glob(f"tests/test_{chapter}.py")]
    found += sorted(ROOT.glob(f"tests/{chapter}/test_*.py"))
    word = re.compile(rf"\b{Path(name).stem}\b")
    return [
        path.relative_to(ROOT).as_posix()
        for path in found
        if word.search(path.read_text(encoding="utf-8"))
    ]


async def measured(room: Room, lesson: str) -> dict[str, float]:
    """Return how long each step may take for a lesson, from how long it takes as it is.

    A step with nothing to run is left out. Raises Problem for one that fails.
    """
    limits = {}
    for step in room.steps(lesson):
        start = time.monotonic()
        try:
            passes = await step.passes(PATIENCE)
        except TimeoutError:
            passes = False
        if passes is False:
            raise Problem(f"{lesson}: its {step.name} fails as it is.")
        if passes:
            limits[step.name] = 2 * (time.monotonic() - start) + 5
    return limits


async def judged(mutant: Mutant, room: Room, limits: dict[str, float]) -> str | None:
    """Return the name of the step that notices a mutant, if one does.

    It has to do so twice: on a busy machine, tests may fail without a reason.
    """
    with room.holding(mutant):
        for step in room.steps(mutant.lesson):
            limit = limits.get(step.name, 0)
            if limit and await fails(step, limit) and await fails(step, 2 * limit):
                return step.name
    return None


async def fails(step: Step, limit: float) -> bool:
    """Tell whether a step fails, or does not end in time."""
    try:
        return not await step.passes(limit)
    except TimeoutError:
        return True


def kill_all(process: int) -> None:
    """Kill a process with all that it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [psutil.Process(process)]
        family += family[0].children(recursive=True)
        for each in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()


@contextlib.contextmanager
def rooms(number: int) -> Iterator[list[Room]]:
    """Make rooms, and leave nothing of them."""
    folder = Path(tempfile.mkdtemp(prefix="mutate-"))
    try:
        yield [Room(folder / str(each)) for each in range(number)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
