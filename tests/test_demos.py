"""The contract of every demo, on every Python of this machine."""

import ast
import functools
import importlib
import inspect
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from packaging.requirements import Requirement

from cheatsheet import ran
from demos.__main__ import called
from demos.catalogue import SAMPLE, lessons, requirements
from tests.peers import need
from tests.pythons import (
    PREPARE,
    ROOT,
    Python,
    all_dependencies,
    at_lowest,
    lowest,
    pythons,
    requires_python,
)
from tests.served import has_ended, without_reports

DEMOS = sorted(
    path for path in (ROOT / "demos").glob("*/*.py") if path.stem != "__init__"
)
# The chapters whose lesson is too big for one file: packages of several, which
# import one another by their full name and run as `python -m demos.pubsub.stub`.
PACKAGES = {"pubsub", "engine"}
# A part of a package that runs alone: a stage of the engine.
STAGE = "stage_"
# Those that run until Ctrl-C, even alone.
SERVERS = {"pubsub.stub"}
# What a package's module may import if it is there, and says if it is not.
OPTIONAL = {"hiredis", "uvloop"}
# Pythons that few machines have yet: lessons for them run where they are.
NEWEST = ("3.14.0", "3.15.0")
# A machine with none before has only the newest: another one has tested the others.
FORMER = (3, 12)
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# Lines of a lesson, with the two empty ones before `main`; one drains, one compares.
LONGEST = {"streams.graceful": 84, "streams.which": 100}
# What a user would see if Python or asyncio disliked anything.
STRICT = (
    *("-X", "dev", "-W", "error"),
    # 3.15 says it in a process that was spawned, where asyncio's debug mode looks at
    # the main module's stack.
    *("-W", "ignore:Module globals is missing a __spec__.loader:DeprecationWarning"),
)
# Read once: pytest changes `os.environ` at each test, while threads start demos.
ENVIRONMENT = {**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True)
class Sample:
    """The run that a docstring shows."""

    options: tuple[str, ...]
    output: str


@dataclass(frozen=True)
class Outcome:
    """What a run left."""

    code: int
    output: str
    errors: str
    orphans: bool = False


def demo_id(path: Path) -> str:
    return f"{path.parent.name}.{path.stem}"


@functools.cache
def tree(demo: Path) -> ast.Module:
    try:
        return ast.parse(demo.read_text(encoding="utf-8"))
    except SyntaxError as error:
        place = f"demos/{demo.parent.name}/{demo.name}:{error.lineno}"
        pytest.fail(f"{place}: no Python: {error.msg}: mend it there", pytrace=False)


def docstring(demo: Path) -> str:
    text = ast.get_docstring(tree(demo))
    assert text, "a demo needs a docstring: the lesson, a sample run, a remark"
    return text


def packaged(demo: Path) -> bool:
    return demo.parent.name in PACKAGES and not demo.stem.startswith(STAGE)


def imported(demo: Path) -> set[str]:
    """Return the full names that a demo imports."""
    names = set()
    for node in ast.walk(tree(demo)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, (
                f"line {node.lineno}: a demo stands alone: no relative import"
            )
            assert node.module
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@functools.cache
def is_module(demo: Path) -> bool:
    """Tell whether others of its package import it: it is no lesson then."""
    name = f"demos.{demo_id(demo)}"
    others = (each for each in DEMOS if each.parent == demo.parent)
    used = {each for other in others if packaged(other) for each in imported(other)}
    return any(f"{each}.".startswith(f"{name}.") for each in used)


def is_plain(demo: Path) -> bool:
    """Tell whether it does without asyncio: its `main` is a plain function."""
    return "asyncio" not in imported(demo)


def has_main(demo: Path) -> bool:
    return any(getattr(node, "name", "") == "main" for node in tree(demo).body)


LESSONS = [demo for demo in DEMOS if not is_module(demo)]
MODULES = [demo for demo in DEMOS if is_module(demo)]
PROGRAMS = [demo for demo in DEMOS if demo in LESSONS or has_main(demo)]
# Those that end, and have a sample run to compare.
RUNS = [demo for demo in PROGRAMS if demo_id(demo) not in SERVERS]

every_demo = pytest.mark.parametrize("demo", DEMOS, ids=demo_id)
every_lesson = pytest.mark.parametrize("demo", LESSONS, ids=demo_id)
every_run = pytest.mark.parametrize("demo", RUNS, ids=demo_id)


def samples(demo: Path) -> dict[tuple[int, int], Sample]:
    """Return the runs that a docstring shows, by the first Python of each.

    The first run is that of the oldest Python, and of all those that follow, up to
    one that a line above another run names: "3.14 and newer:".
    """
    found: dict[tuple[int, int], Sample] = {}
    start = ["python", *how_to_start(demo)]
    for block in SAMPLE.finditer(docstring(demo)):
        assert (block["minor"] is None) is (not found), (
            "the first sample run has no Python above it, each other has one:"
            " a line such as `3.14 and newer:`"
        )
        words = shlex.split(block["command"])
        assert words[: len(start)] == start, (
            f"a sample run starts with `$ {' '.join(start)}`: this is"
            f" `$ {block['command']}`"
        )
        run = Sample(tuple(words[len(start) :]), textwrap.dedent(block["output"]))
        assert run not in found.values(), (
            "a newer Python's sample run differs from the one before: take it out"
        )
        found[3, int(block["minor"] or 0)] = run
    assert found, (
        "a docstring needs a sample run, four columns in:"
        f" `    $ {' '.join(start)}`, then what it prints"
    )
    assert list(found) == sorted(found), "sample runs go from the oldest Python on"
    return found


def sample(demo: Path, version: tuple[int, ...] = sys.version_info[:3]) -> Sample:
    """Return the run that a docstring shows for a Python; by default, for this."""
    found = samples(demo)
    return found[max(first for first in found if first <= version)]


def how_to_start(demo: Path) -> list[str]:
    """Return what a user types after `python`."""
    return ["-m", f"demos.{demo_id(demo)}"] if packaged(demo) else [demo.name]


def module_name(demo: Path) -> str:
    """Return the name it is imported by, in a folder that holds it alone."""
    return how_to_start(demo)[-1].removesuffix(".py")


@functools.cache
def parameters(demo: Path) -> dict[str, inspect.Parameter]:
    module = importlib.import_module(f"demos.{demo_id(demo)}")
    return dict(inspect.signature(module.main).parameters)


def scaled(demo: Path, factor: float) -> dict[str, Any]:
    """Return the options that make a demo slower or faster.

    Not `timeout`: that is how long a client waits for a server that is silent.
    """
    options: dict[str, Any] = {}
    for name, parameter in parameters(demo).items():
        if name == "timeout":
            continue
        match parameter.default:
            case float(seconds):
                options[name] = seconds * factor
            case (float(), *_) as many:
                options[name] = [seconds * factor for seconds in many]
    return options


def masked(text: str) -> str:
    """Hide times, their ratios, what depends on them, ports, the Python measured."""
    unit = r"(?=( +\d+\.\d+)* (s|seconds|ms|times|k/s|kB)\b)"  # in a table, of several
    text = re.sub(rf"( ?) *(?<![\w.-])\d+\.\d+{unit}", r"\1N", text)
    text = re.sub(r"(?<=\btries: )\d+\b", "N", text)
    text = re.sub(r"(?<=\bon Python )3\.\d+(?=:$)", "N", text, flags=re.MULTILINE)
    return re.sub(r"(?<=127\.0\.0\.1:)\d+", "PORT", text)


def without_module(demo: Path, text: str) -> str:
    """Take out a lesson's name before its classes: 3.15 prints it."""
    return re.sub(rf"\b{demo.stem}\.(?=[A-Z])", "", text)


def is_reordered(printed: str, expected: str) -> bool:
    """Tell whether the lines are those expected, in another order."""
    lines, others = masked(printed).splitlines(), masked(expected).splitlines()
    return lines != others and sorted(lines) == sorted(others)


# Subprocesses: they mostly sleep, so several run while the tests wait.


def put(demo: Path, folder: str) -> None:
    """Put a demo in a folder: alone, or its chapter as a package."""
    if not packaged(demo):
        shutil.copy(demo, folder)
        return
    chapter = Path(folder, "demos", demo.parent.name)
    shutil.copytree(demo.parent, chapter, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "demos" / "__init__.py", chapter.parent)


def launch(attempt: "Attempt", folder: str, words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(attempt.executable), *words],
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def runs_still(group: int) -> bool:
    """Tell whether a process of that group runs: one that has ended may be listed."""
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getpgid(process.pid) == group and not has_ended(process):
                return True
    return False


def survivors(group: int) -> bool:
    """Tell whether a process of that group outlives its program, and kill it.

    multiprocessing's resource tracker needs a moment to see that the program ended.
    """
    if os.name == "nt":
        return False
    try:
        os.killpg(group, 0)
        for _ in range(50):
            if not runs_still(group):
                return False
            time.sleep(0.01)
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def finish(process: subprocess.Popen[str]) -> Outcome:
    try:
        output, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    code = process.returncode
    return Outcome(code, output, errors, survivors(process.pid))


def run(attempt: "Attempt", *words: str) -> Outcome:
    """Run words after the executable, in a folder that holds the demo alone."""
    with tempfile.TemporaryDirectory() as folder:
        put(attempt.demo, folder)
        return finish(launch(attempt, folder, list(words)))


def run_sample(attempt: "Attempt") -> Outcome:
    options = attempt.sample.options
    return run(attempt, *STRICT, *how_to_start(attempt.demo), *options)


SLOWLY = """
import asyncio, importlib, inspect, json, sys
ended = importlib.import_module(sys.argv[1]).main(**json.loads(sys.argv[2]))
if inspect.iscoroutine(ended):
    asyncio.run(ended)
"""


def run_slowly(attempt: "Attempt") -> Outcome:
    """Run a lesson with pauses that are longer than a machine's stalls."""
    options = json.dumps(scaled(attempt.demo, 5))
    return run(attempt, *STRICT, "-c", SLOWLY, module_name(attempt.demo), options)


def run_by_name(attempt: "Attempt") -> Outcome:
    """Run it as `python -m demos chapter.lesson`, from a folder with all of them."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "demos", Path(folder, "demos"))
        return finish(launch(attempt, folder, ["-m", "demos", demo_id(attempt.demo)]))


PROBE = """
import asyncio, contextlib, importlib, inspect, io, json, sys, threading

async def probe():
    loop = asyncio.get_running_loop()
    ours = asyncio.all_tasks()
    debug = loop.get_debug()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        lesson = importlib.import_module(sys.argv[1])
        seen = {
            "import_output": said.getvalue(),
            "import_threads": threading.active_count() - 1,
            "import_tasks": len(asyncio.all_tasks() - ours),
            "import_main": inspect.iscoroutinefunction(lesson.main),
        }
        for turn in "first", "second":
            said.seek(0), said.truncate()
            ended = lesson.main(**json.loads(sys.argv[2]))
            if seen["import_main"]:
                await ended
            seen[turn] = said.getvalue()
            seen[f"{turn}_left"] = repr(asyncio.all_tasks() - ours)
    seen["handler"] = repr(loop.get_exception_handler())
    seen["same_debug"] = loop.get_debug() == debug
    return seen

print(json.dumps(asyncio.run(probe())))
"""


def run_probe(attempt: "Attempt", slower: float = 1) -> Outcome:
    """Import the demo, then await its main twice, inside a running loop."""
    # Another process starts no sooner because its parent is in a hurry; what looks at
    # the clock again and again loses its turn to whoever else needs the processor.
    source = attempt.demo.read_text(encoding="utf-8")
    waits = "create_subprocess" in source or attempt.demo.stem.startswith(STAGE)
    options = json.dumps(scaled(attempt.demo, slower * (1 if waits else 0.5)))
    return run(attempt, *STRICT, "-c", PROBE, module_name(attempt.demo), options)


IMPORT = """
import importlib, sys, threading
importlib.import_module(sys.argv[1])
assert threading.active_count() == 1
"""


def run_import(attempt: "Attempt") -> Outcome:
    """Import a module."""
    name = f"demos.{demo_id(attempt.demo)}"
    return run(attempt, *STRICT, "-c", IMPORT, name)


@dataclass(frozen=True)
class Attempt:
    """A demo, a Python, and what to do with both."""

    demo: Path
    python: Python
    act: Callable[["Attempt"], Outcome]

    @property
    def executable(self) -> Path | None:
        if any(map(self.python.takes, requirements(self.demo))):
            return self.python.prepared
        return self.python.prepared or self.python.executable

    @property
    def sample(self) -> Sample:
        return sample(self.demo, self.python.version)

    def __str__(self) -> str:
        return f"{demo_id(self.demo)}-{self.python}"


def attempts(
    act: Callable[[Attempt], Outcome],
    demos: list[Path] = RUNS,
    meant: bool = True,
    on: Callable[[], tuple[Python, ...]] = pythons,
) -> pytest.MarkDecorator:
    """Parametrise a test with demos, on every Python meant for them, or on no such."""
    chosen = [
        Attempt(demo, python, act)
        for demo in demos
        for python in on()
        if python.runs(demo) is meant
    ]
    return pytest.mark.parametrize("attempt", chosen, ids=str)


Runs = dict[Attempt, Future[Outcome]]


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest) -> Iterator[Callable[[Attempt], Outcome]]:
    """Start what the collected tests will ask for; give each its outcome."""
    started: Runs = {}
    with ThreadPoolExecutor(3 * (os.cpu_count() or 1)) as pool:

        def start(attempt: Attempt) -> Future[Outcome]:
            if attempt not in started:
                started[attempt] = pool.submit(attempt.act, attempt)
            return started[attempt]

        # With pytest-xdist, `make test` gives a worker whole files: all of these.
        for item in request.session.items:
            callspec = getattr(item, "callspec", None)
            attempt = callspec and callspec.params.get("attempt")
            # Without any, pytest has a mark of its own in its place.
            if isinstance(attempt, Attempt) and attempt.executable:
                start(attempt)
        yield lambda attempt: start(attempt).result()
        pool.shutdown(cancel_futures=True)


@pytest.fixture
def outcome(attempt: Attempt, runs: Callable[[Attempt], Outcome]) -> Outcome:
    found = attempt.executable
    name = str(found) if found else None
    need(name, f"packages for Python {attempt.python} ({PREPARE})")
    return runs(attempt)


def test_there_are_demos() -> None:
    assert {demo.parent.name for demo in DEMOS} >= {"first_steps", "tasks", "pubsub"}


def test_a_package_has_modules_lessons_and_servers() -> None:
    assert {"pubsub.client", "pubsub.stub"} <= set(map(demo_id, MODULES))
    assert {"pubsub.subscribe", "pubsub.zeromq"} <= set(map(demo_id, LESSONS))
    assert set(map(demo_id, PROGRAMS)) >= SERVERS
    assert all(map(packaged, MODULES))


# What the file says.


@functools.cache
def installed() -> Mapping[str, list[str]]:
    """Return the modules that are here, and the distributions that brought each."""
    return packages_distributions()


def import_names(requirements: list[str]) -> set[str]:
    """Return the modules that the required distributions bring.

    One that is not for this Python, so not here to be asked, brings its own name.
    """

    def canonical(name: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", name)[0]).lower()

    (here,) = (python for python in pythons() if python.running)
    wanted = set(map(canonical, requirements))
    absent = {Requirement(each).name for each in requirements if not here.takes(each)}
    return absent | {
        module
        for module, names in installed().items()
        if wanted & set(map(canonical, names))
    }


@every_demo
def test_closed_imports(demo: Path) -> None:
    names = imported(demo)
    if packaged(demo):
        own = f"demos.{demo.parent.name}"
        names = {name for name in names if not f"{name}.".startswith(f"{own}.")}
    declared = import_names(requirements(demo))
    foreign = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    if demo in MODULES:
        foreign -= OPTIONAL
    unknown = ", ".join(sorted(foreign - declared))
    assert not unknown, (
        f"a demo imports the standard library, and what its PEP 723 block declares:"
        f" {unknown} is neither"
    )
    assert len(foreign) == len(requirements(demo)), (
        f"what the PEP 723 block declares is imported: it declares"
        f" {', '.join(requirements(demo))}, and the demo imports"
        f" {', '.join(sorted(foreign)) or 'none of it'}"
    )


def test_the_package_requires_what_demos_declare() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(all_dependencies()) <= set(project["project"]["dependencies"])


@pytest.mark.parametrize(
    ("declared", "lowest"),
    [
        ("redis>=5,!=8.0.0", "redis==5"),
        ("curio>=1.6; python_version < '3.12'", 'curio==1.6; python_version < "3.12"'),
    ],
)
def test_the_lowest_version_is_where_a_requirement_starts(
    declared: str, lowest: str
) -> None:
    assert at_lowest(declared) == lowest


@every_demo
def test_only_definitions(demo: Path) -> None:
    """Nothing but imports and definitions, so any function can stand on a slide.

    A package has constants too.
    """
    documentation, *body = tree(demo).body
    assert isinstance(documentation, ast.Expr), "a demo starts with its docstring"
    if demo in PROGRAMS:
        last = body.pop()
        starts = isinstance(last, ast.If) and ast.unparse(last.test)
        assert starts == "__name__ == '__main__'", (
            f'a demo ends with `if __name__ == "__main__":`: not so line {last.lineno}'
        )
    definitions: tuple[type[ast.stmt], ...] = (
        ast.Import,
        ast.ImportFrom,
        ast.AsyncFunctionDef,
        ast.FunctionDef,
        ast.ClassDef,
    )
    if packaged(demo):
        definitions += (ast.Assign, ast.AnnAssign)
    others = [
        node.lineno
        for node in body
        if not isinstance(node, definitions)
        and not (packaged(demo) and is_documentation(node))
        and not imports_where_it_can(node, demo)
        and not is_type_alias(node)
        and not is_context_variable(node)
    ]
    assert not others, (
        "a demo holds imports and definitions, work starts in main: move lines"
        f" {others}"
    )


def imports_where_it_can(node: ast.stmt, demo: Path) -> bool:
    """Tell whether it only keeps an import from Pythons that the block excludes."""
    match node:
        case ast.If(test=test, body=[ast.Import() | ast.ImportFrom()], orelse=[]):
            guard = ast.unparse(test)
            assert re.fullmatch(r"sys\.version_info (<|>=) \(3, \d+\)", guard)
            return all(
                eval(guard, {"sys": SimpleNamespace(version_info=python.version)})
                is python.runs(demo)
                for python in pythons()
            )
    return False


def is_context_variable(node: ast.stmt) -> bool:
    """Tell whether it makes one: the documentation wants them at a module's top."""
    match node:
        case ast.Assign(value=ast.Call(func=ast.Name("ContextVar"))):
            return True
    return False


def is_type_alias(node: ast.stmt) -> bool:
    """Tell whether it names a type: `Ask = Callable[[], str]`, `T = TypeVar("T")`."""
    match node:
        case ast.Assign(value=ast.Call(func=ast.Name("TypeVar"))):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript()):
            return name[0].isupper() and not name.isupper()
    return False


def is_documentation(node: ast.stmt) -> bool:
    """Tell whether it is a text below a constant."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@functools.cache
def names_looked_up(python: Python) -> frozenset[str]:
    """Return each top-level module that importing the dependencies looks for."""
    script = """
import json, sys
seen = set()
class Recorder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        seen.add(name.partition(".")[0])
sys.meta_path.insert(0, Recorder)
for name in sys.argv[1:]:
    __import__(name)
print(json.dumps(sorted(seen)))
"""
    modules = sorted(import_names([*filter(python.takes, all_dependencies())]))
    assert python.prepared
    command = [str(python.prepared), "-c", script, *modules]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize("python", pythons(), ids=str)
def test_safe_names(python: Python) -> None:
    stems = {demo.stem for demo in DEMOS}
    hiding = stems & sys.stdlib_module_names
    assert not hiding, f"a demo hides no module: rename {', '.join(sorted(hiding))}"
    if python.prepared:
        looked_up = names_looked_up(python)
        assert {"aiohttp", "requests", "asyncio"} <= looked_up
        hiding = stems & looked_up
        assert not hiding, f"a demo hides no module: rename {', '.join(sorted(hiding))}"


@every_demo
def test_docstring_starts_with_the_lesson(demo: Path) -> None:
    lesson = docstring(demo).partition("\n\n")[0]
    rule = "a docstring starts with the lesson: one line, an empty line below"
    assert "\n" not in lesson, rule
    assert lesson.endswith("."), f"{rule}, a full stop at its end: «{lesson}»"


@every_run
def test_docstring_goes_on_with_a_sample_and_a_remark(demo: Path) -> None:
    *_, remark, last = docstring(demo).split("\n\n")
    is_run = re.search(r"(?m)^ *\$ ", last)
    assert not is_run, "a sample needs a remark after it: what to notice"
    if last.startswith("    "):  # what to type in other terminals
        assert remark.endswith((":", ".")), (
            f"what stands above lines to type ends with : or a full stop: «{remark}»"
        )
    else:
        remark = last
        ended = remark.endswith((".", "!")) or "https://" in remark.split("\n")[-1]
        assert ended, f"a remark ends with a full stop, or an address: «{remark}»"
    assert not remark.startswith(" "), "a sample needs a remark after it, not indented"
    assert all(run.output for run in samples(demo).values()), "a sample run prints"


RUN = "    $ python lesson.py\n    {} names left\n\n"
NEWER = RUN.format(64) + "3.14 and newer:\n\n" + RUN.format(59)


@pytest.mark.parametrize(
    ("version", "left"),
    [((3, 11, 7), 64), ((3, 13, 12), 64), ((3, 14, 0), 59), ((3, 16, 1), 59)],
)
def test_each_python_has_its_sample(
    version: tuple[int, ...], left: int, tmp_path: Path
) -> None:
    demo = tmp_path / "lesson.py"
    demo.write_text(f'"""Names leave.\n\n{NEWER}Few do."""\n')
    assert sample(demo, version).output == f"{left} names left\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No run.", r"needs a sample run, .* `    \$ python lesson\.py`"),
        ("3.14 and newer:\n\n" + RUN.format(59), "the first sample run has no Python"),
        (RUN.format(64) + RUN.format(59), "each other has one"),
        (RUN.format(64) + "3.14 and newer:\n\n" + RUN.format(64), "take it out"),
        (NEWER + "3.13 and newer:\n\n" + RUN.format(60), "from the oldest"),
    ],
    ids=["none", "no first", "of which Python", "no difference", "order"],
)
def test_a_sample_that_says_not_whose_it_is(
    text: str, said: str, tmp_path: Path
) -> None:
    demo = tmp_path / "lesson.py"
    demo.write_text(f'"""Names leave.\n\n{text}Few do."""\n')
    with pytest.raises(AssertionError, match=said):
        samples(demo)


@every_demo
def test_columns(demo: Path) -> None:
    lines = demo.read_text(encoding="utf-8").splitlines()
    wide = [number for number, line in enumerate(lines, 1) if len(line) > 72]
    assert not wide, f"72 columns fit on a slide: break lines {wide}"


@every_lesson
def test_sizes(demo: Path) -> None:
    """The lesson itself: without docstring, imports, `main`, and what starts it.

    A stage holds those before it: tests/engine measures what it adds.
    """
    if demo.stem.startswith(STAGE):
        return
    body = [node for node in tree(demo).body if isinstance(node, DEFINITION)]
    assert body, "a demo needs a `main`: its last definition"
    assert body[-1].name == "main", f"main comes last: {body[-1].name} does"
    first = min([body[0].lineno, *(each.lineno for each in body[0].decorator_list)])
    lines, limit = body[-1].lineno - first, LONGEST.get(demo_id(demo), 82)
    assert lines <= limit, (
        f"a lesson, from its first definition to main, has at most {limit} lines:"
        f" this has {lines}; make two of it"
    )


@every_demo
def test_a_docstring_of_a_lesson_is_a_line(demo: Path) -> None:
    for node in ast.walk(tree(demo)) if demo in LESSONS else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            assert "\n" not in (ast.get_docstring(node) or ""), (
                f"line {node.lineno}: a docstring inside a demo is one line:"
                f" {node.name}'s is longer"
            )


@every_run
def test_it_ends_as_their_own_programs_will(demo: Path) -> None:
    """Options, errors and Ctrl-C are the runner's: see test_running.py.

    What does not import asyncio needs no loop, or has its own: a plain `main`.
    """
    *_, last = tree(demo).body
    assert isinstance(last, ast.If)
    ending = "main()" if is_plain(demo) else "asyncio.run(main())"
    found = list(map(ast.unparse, last.body))
    assert found == [ending], (
        f"a demo ends with `{ending}` under __main__, options are main's parameters:"
        f" this ends with {found}"
    )


@every_run
def test_every_option_is_a_keyword_with_a_default(demo: Path) -> None:
    for parameter in parameters(demo).values():
        assert parameter.kind is parameter.KEYWORD_ONLY, (
            f"main's parameters are keywords: put `*,` before {parameter.name}"
        )
        assert parameter.default is not parameter.empty, (
            f"a demo runs with no option: give {parameter.name} a default"
        )


@every_run
def test_output_fits_a_slide(demo: Path) -> None:
    for run in samples(demo).values():
        lines = run.output.splitlines()
        assert len(lines) <= 12, (
            f"12 lines of output fit on a slide: this prints {len(lines)}"
        )
        wide = [line for line in lines if len(line) > 60]
        assert not wide, f"60 columns of output fit on a slide: shorten {wide}"


def keep_rules(demo: Path) -> None:
    for rule in (
        test_closed_imports,
        test_only_definitions,
        test_docstring_starts_with_the_lesson,
        test_docstring_goes_on_with_a_sample_and_a_remark,
        test_columns,
        test_sizes,
        test_a_docstring_of_a_lesson_is_a_line,
        test_it_ends_as_their_own_programs_will,
        test_every_option_is_a_keyword_with_a_default,
        test_output_fits_a_slide,
    ):
        rule(demo)


GOOD = '''\
"""A good lesson.

    $ python lesson.py
    tulip

It prints.
"""


def main() -> None:
    """Print."""
    print("tulip")


if __name__ == "__main__":
    main()
'''


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("It prints.\n", ""), "a sample needs a remark after it"),
        (("It prints.", "It prints"), "a remark ends with a full stop"),
        (("good lesson.", "good lesson"), "a full stop at its end"),
        (("def main()", "def main(x)"), "put `\\*,` before x"),
        (("def main()", "def main(*, x)"), "give x a default"),
        (("    main()\n", "    print(main())\n"), "ends with `main\\(\\)` under"),
        (("\n\ndef", "\nx = 1\n\n\ndef"), r"move lines \[9\]"),
        (("\n\ndef", "\nimport rich\n\n\ndef"), "PEP 723 .*: rich is neither"),
        (('"""Print."""', '"""Print\n\n    it."""'), "main's is longer"),
        (('("tulip")', f'("tulip")  # {"x" * 70}'), r"72 columns .* lines \[12\]"),
        (("    tulip\n", "    tulip\n" * 13), "this prints 13"),
        (("    tulip\n", f"    {'tulip' * 13}\n"), "60 columns"),
        (("def main", "def other"), "main comes last: other does"),
    ],
)
def test_what_breaks_a_rule_is_told_with_the_rule(
    change: tuple[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = tmp_path / "lesson.py"
    demo.write_text(GOOD.replace(*change))
    monkeypatch.setattr(sys.modules[__name__], "LESSONS", [demo])
    monkeypatch.setattr(sys.modules[__name__], "PROGRAMS", [demo])

    def main_of(name: str) -> SimpleNamespace:
        namespace: dict[str, Any] = {"__name__": name}
        exec(demo.read_text(), namespace)
        return SimpleNamespace(**namespace)

    monkeypatch.setattr(importlib, "import_module", main_of)
    with pytest.raises(AssertionError, match=said):
        keep_rules(demo)


@every_demo
def test_a_python_here_runs_it(demo: Path) -> None:
    versions = requires_python(demo)
    found = [str(python) for python in pythons() if python.runs(demo)]
    found += [version for version in NEWEST if version in versions]
    if not found and all(python.version >= FORMER for python in pythons()):
        pytest.skip("for older Pythons than all that are here")
    need(found[0] if found else None, f"Python {versions}, for {demo_id(demo)}")


# What the file does.


def check_sample(attempt: Attempt, outcome: Outcome) -> None:
    if is_reordered(outcome.output, attempt.sample.output):
        outcome = run_slowly(attempt)
    assert masked(outcome.output) == masked(attempt.sample.output), (
        "the sample is what the demo prints: paste it anew, or mend the demo"
    )
    assert without_reports(outcome.errors) == "", "stderr stays empty"
    assert outcome.code == 0, f"a demo ends with 0: this with {outcome.code}"
    assert not outcome.orphans, "a demo leaves no process behind"


@attempts(run_sample, [demo for demo in RUNS if requirements(demo)], on=lowest)
def test_lowest_versions_give_the_sample(attempt: Attempt, outcome: Outcome) -> None:
    check_sample(attempt, outcome)


@attempts(run_sample)
def test_sample(attempt: Attempt, outcome: Outcome) -> None:
    check_sample(attempt, outcome)
    lesson = f"{attempt.demo.parent.name}/{attempt.demo.name}"
    ran.note(lesson, ".".join(map(str, attempt.python.version[:2])))


@attempts(run_by_name, PROGRAMS, meant=False)
def test_on_a_python_that_is_not_meant(attempt: Attempt, outcome: Outcome) -> None:
    """Too old or too new: one line says which Python it needs."""
    assert (outcome.code, outcome.output) == (1, "")
    needed = requires_python(attempt.demo)
    assert outcome.errors.startswith(f"{attempt.demo.stem} needs Python ")
    assert outcome.errors.count("\n") == 1
    assert set(re.findall(r"[<>]=?3\.\d+", outcome.errors)) == set(map(str, needed))


@attempts(run_import, [demo for demo in MODULES if not imported(demo) & OPTIONAL])
def test_quiet_import(outcome: Outcome) -> None:
    assert outcome == Outcome(0, "", ""), "an import prints and starts nothing"


@attempts(run_probe)
def test_inside_a_running_loop(attempt: Attempt, outcome: Outcome) -> None:
    assert without_reports(outcome.errors) == ""
    seen = json.loads(outcome.output)
    assert seen["import_output"] == "", "an import prints nothing"
    started = seen["import_threads"] + seen["import_tasks"]
    assert started == 0, "an import starts no thread, no task"
    assert seen["import_main"] is not is_plain(attempt.demo), (
        "main is `async def` where asyncio is imported, `def` elsewhere"
    )
    expected = attempt.sample.output
    turns = [without_module(attempt.demo, seen[turn]) for turn in ("first", "second")]
    if any(is_reordered(turn, expected) for turn in turns):
        seen = json.loads(run_probe(attempt, slower=5).output)
    for turn in "first", "second":
        printed = without_module(attempt.demo, seen[turn])
        assert masked(printed) == masked(expected), (
            f"awaited in a running loop, main prints its sample: not so the {turn} time"
        )
        left = seen[f"{turn}_left"]
        assert left == "set()", f"a demo waits for its tasks: {left} is left"
    assert seen["handler"] == "None", "a demo sets no exception handler on its loop"
    assert seen["same_debug"], "a demo leaves the loop's debug mode as it was"


@pytest.mark.parametrize(
    ("printed", "other"),
    [
        ("woke 0.50 s late", "woke 0.50 s early"),
        ("2! = 2", "2! = 3"),
        ("12 s", "13 s"),
        ("version 3.11", "version 3.12"),
        ("new on Python 3.11", "new on Python 3.12"),
        ("2.5 times faster", "2.5 times slower"),
        ("port 8080", "port 8081"),
        ("entries: 3", "entries: 4"),
        ("1.5 tulips  0.41 ms", "1.6 tulips  0.41 ms"),
        ("tulip 0.41 ms", "0.41 ms"),
        ("0.41 ms  tulip", "0.41 ms tulip"),
        ("0.41 0.52 ms", "0.41 ms"),
        ("2.0 k/s", "2.0 ms"),
        ("2.0 kB  0.41 ms", "2 kB  0.41 ms"),
    ],
)
def test_masks_hide_no_word(printed: str, other: str) -> None:
    assert masked(printed) != masked(other)


@pytest.mark.parametrize(
    ("printed", "other"),
    [
        ("woke 0.50 s late", "woke 10.51 s late"),
        ("2.5 times faster", "2.4 times faster"),
        ("took 0.204 seconds", "took 1.310 seconds"),
        ("thread  9.5 kB  0.1 ms", "thread 16.2 kB 10.2 ms"),
        ("http://127.0.0.1:80/1", "http://127.0.0.1:8080/1"),
        ("back, tries: 3", "back, tries: 12"),
        ("CPU, on Python 3.11:", "CPU, on Python 3.15:"),
        ("streams   9.9 k/s  0.08  9.12 ms", "streams 123.4 k/s 10.08 99.12 ms"),
    ],
)
def test_masks_hide_measures(printed: str, other: str) -> None:
    assert masked(printed) == masked(other)


@pytest.mark.parametrize(
    ("printed", "other", "reordered"),
    [
        ("tulip 0.1 s\niris\n", "iris\ntulip 0.2 s\n", True),
        ("tulip 0.1 s\niris\n", "tulip 0.2 s\niris\n", False),
        ("tulip\niris\n", "iris\nrose\n", False),
    ],
)
def test_only_another_order_is_asked_again(
    printed: str, other: str, reordered: bool
) -> None:
    assert is_reordered(printed, other) is reordered


def test_another_order_is_asked_again_with_longer_pauses() -> None:
    lesson = ROOT / "demos" / "awaitables" / "asyncio_sleep.py"
    here = next(python for python in pythons() if python.running)
    attempt = Attempt(lesson, here, run_sample)
    words = attempt.sample.output.splitlines(keepends=True)
    check_sample(attempt, Outcome(0, "".join(words[::-1]), ""))
    with pytest.raises(AssertionError):
        check_sample(attempt, Outcome(0, "".join(words[1:]), ""))
    slower = run_probe(attempt, slower=5)
    assert json.loads(slower.output)["second"]


# The command.


def command(
    *words: str, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m demos` from elsewhere, as after an installation."""
    clean = {
        k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")
    }
    return subprocess.run(
        [sys.executable, "-m", "demos", *words],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_list(tmp_path: Path) -> None:
    done = command(folder=tmp_path, COLUMNS="30")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    for demo in PROGRAMS:
        lesson = docstring(demo).partition("\n")[0]
        (line,) = (each for each in lines if each.split()[0] == demo_id(demo))
        assert line.split(maxsplit=1)[1] == lesson
    chapters = [line for line in lines if not line.startswith(" ")]
    assert len(lines) == len(PROGRAMS) + len(chapters)
    numbers = [int(line.partition(".")[0]) for line in chapters]
    assert numbers == sorted(numbers)
    assert "\x1b" not in done.stdout


def test_list_imports_no_lesson(tmp_path: Path) -> None:
    package = tmp_path / "demos"
    shutil.copytree(ROOT / "demos", package)
    lesson = package / "tasks" / "trap.py"
    lesson.write_text(
        '"""Springs when imported."""\nraise SystemExit("sprung")\n'
        'if __name__ == "__main__":\n    pass\n'
    )
    done = command("tasks", folder=tmp_path, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "tasks.trap" in done.stdout
    assert "first_steps" not in done.stdout


@pytest.mark.parametrize(("no_color", "cyan"), [("", True), ("1", False)])
def test_list_colours(tmp_path: Path, no_color: str, cyan: bool) -> None:
    environment = {"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": no_color}
    done = command("tasks", folder=tmp_path, **environment)
    assert ("\x1b[36m" in done.stdout) is cyan


def test_run_one(tmp_path: Path) -> None:
    done = command("tasks.cancel", "--delay", "0.1", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == sample(ROOT / "demos/tasks/cancel.py").output


@pytest.mark.parametrize(
    "typed",
    [
        "cancel",
        "cancel.py",
        "tasks/cancel.py",
        "tasks\\cancel.py",
        "demos/tasks/cancel.py",
    ],
)
def test_a_file_or_a_bare_name_will_do(typed: str) -> None:
    assert called(typed, lessons()) == "tasks.cancel"


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("tasks.cancelx", "did you mean tasks.cancel?"),
        ("sea_lions", "`python -m demos` lists them"),
    ],
)
def test_unknown_lesson(tmp_path: Path, typed: str, advice: str) -> None:
    done = command(typed, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"no lesson {typed}; {advice}\n"


def test_help_of_the_command(tmp_path: Path) -> None:
    done = command("--help", folder=tmp_path)
    assert done.returncode == 0
    assert "python -m demos tasks.cancel" in done.stdout
