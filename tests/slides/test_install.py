"""`.venv` is made once, and made anew whatever happened to it."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from slides.paths import ROOT
from tests.peers import need
from tests.pythons import interpreter
from tests.slides import backend

PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

STAGE = "Installing the stage into .venv (once; a minute or two) ..."
TEST = "Installing what the tests need into .venv (once; a minute or two) ..."
INTERRUPTED = "Making .venv anew: an installation was interrupted."

LIMIT = 120
"""Seconds after which an installation hangs: it takes five."""


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def in_pip(checkout: Checkout) -> bool:
    return checkout.building.exists()


def half_made(checkout: Checkout) -> bool:
    return interpreter(checkout.venv).exists()


class Checkout:
    """A project as small as can be, which the real script and pip install."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.hold = root / "hold"
        self.building = root / "building"
        (root / "slides").mkdir()
        shutil.copy(ROOT / "slides" / "install.py", root / "slides")
        shutil.copy(ROOT / "Makefile", root)
        shutil.copy(str(backend.__file__), root)
        (root / "pyproject.toml").write_text(PROJECT)
        self.index = root / "index"
        self.index.mkdir()
        self.stage_wheel = self.index / backend.wheel(self.index, "for_the_stage")
        self.test_wheel = self.index / backend.wheel(self.index, "for_tests")
        temporary = root / "temporary"
        temporary.mkdir()
        self.environment = {
            **{k: v for k, v in os.environ.items() if k[:4] not in {"PIP_", "MAKE"}},
            "TMPDIR": str(temporary),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.index),
        }
        self.running: list[subprocess.Popen[str]] = []

    def start(self, asked: str, **environment: str) -> subprocess.Popen[str]:
        """Start an installation, in a group of its own, as a terminal does."""
        process = subprocess.Popen(
            [sys.executable, "slides/install.py", asked],
            cwd=self.root,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def wait_until_free(self) -> None:
        """Wait for the last of those that were killed: it still holds the lock."""
        import fcntl  # which Windows lacks

        with (self.root / "pyproject.toml").open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)

    def install(self, asked: str, **environment: str) -> tuple[int, list[str], str]:
        """Install; return the exit code, the lines and the errors."""
        process = self.start(asked, **environment)
        out, errors = process.communicate(timeout=LIMIT)
        return process.returncode, out.splitlines(), errors

    def says(self, asked: str, lines: int) -> list[str]:
        """Start an installation; return its first lines."""
        process = self.start(asked)
        assert process.stdout is not None
        return [process.stdout.readline().rstrip("\n") for _ in range(lines)]

    def start_and_hold(
        self, asked: str, there: Callable[[Checkout], bool] = in_pip
    ) -> subprocess.Popen[str]:
        """Start an installation that can't end, and wait until it is there."""
        self.hold.touch()
        self.building.unlink(missing_ok=True)
        process = self.start(asked)
        until(lambda: there(self))
        return process

    def has(self, *modules: str) -> bool:
        """Whether the environment's own Python runs, and finds what was installed."""
        python = str(interpreter(self.venv))
        command = [python, "-I", "-c", f"import {', '.join(modules)}"]
        return subprocess.run(command, capture_output=True).returncode == 0


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout(tmp_path)
    yield made
    made.hold.unlink(missing_ok=True)
    for process in made.running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=LIMIT)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the stage in it, to be copied."""
    made = Checkout(tmp_path_factory.mktemp("model"))
    assert made.install("stage") == (0, [STAGE], "")
    return made.venv


@pytest.fixture
def staged(checkout: Checkout, model: Path) -> Checkout:
    """A checkout that has the stage."""
    shutil.copytree(model, checkout.venv, symlinks=True)
    stamp = checkout.venv / ".installed"
    _, rest = stamp.read_text().split("\n", 1)
    stamp.write_text(f"{checkout.venv}\n{rest}")
    return checkout


def one_line(errors: str, said: str) -> None:
    (line,) = errors.splitlines()
    assert said in line


# All is well


def test_the_stage_then_the_tests_then_nothing(checkout: Checkout) -> None:
    assert checkout.install("stage") == (0, [STAGE], "")
    assert checkout.has("checkout", "for_the_stage")
    assert not checkout.has("for_tests")
    assert checkout.install("stage") == (0, [], "")
    made = (checkout.venv / "pyvenv.cfg").stat().st_ino
    assert checkout.install("test") == (0, [TEST], "")
    assert checkout.has("checkout", "for_the_stage", "for_tests")
    assert checkout.install("test") == checkout.install("stage") == (0, [], "")
    assert (checkout.venv / "pyvenv.cfg").stat().st_ino == made


def test_a_changed_project_is_installed_again(staged: Checkout) -> None:
    assert staged.install("stage") == (0, [], "")
    (staged.root / "pyproject.toml").write_text(PROJECT + "# changed\n")
    assert staged.install("stage") == (0, [STAGE], "")
    assert staged.install("stage") == (0, [], "")


def test_an_environment_that_somebody_made_is_kept(checkout: Checkout) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(checkout.venv)], check=True)
    (checkout.venv / "theirs").touch()
    assert checkout.install("stage") == (0, [STAGE], "")
    assert checkout.has("for_the_stage")
    assert (checkout.venv / "theirs").exists()


def test_two_at_once_wait_for_each_other(staged: Checkout) -> None:
    first = staged.start_and_hold("test")
    second = staged.start("test")
    assert second.stdout is not None
    assert second.stdout.readline() == "Waiting for another installation to end ...\n"
    staged.hold.unlink()
    assert first.communicate(timeout=LIMIT) == (f"{TEST}\n", "")
    assert second.communicate(timeout=LIMIT) == ("", "")
    assert (first.returncode, second.returncode) == (0, 0)


# It can't be trusted


def lose_python(venv: Path) -> None:
    for link in (venv / "bin").glob("python*"):
        link.unlink()
        link.symlink_to("/usr/bin/python3.of-old")


def upgrade(venv: Path) -> None:
    """Leave what one sees after Python 3.10 became this one."""
    minor = "{}.{}".format(*sys.version_info)
    (venv / "lib" / f"python{minor}").rename(venv / "lib" / "python3.10")
    config = venv / "pyvenv.cfg"
    text = config.read_text().replace(f"version = {minor}.", "version = 3.10.")
    config.write_text(text)


def lose_pip(venv: Path) -> None:
    (pip,) = venv.glob("lib/python*/site-packages/pip")
    shutil.rmtree(pip / "_internal")


def lose_its_nature(venv: Path) -> None:
    (venv / "pyvenv.cfg").unlink()


def break_python(venv: Path) -> None:
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").write_text("no program")


def move(venv: Path) -> None:
    stamp = venv / ".installed"
    stamp.write_text(stamp.read_text().replace(str(venv), "/elsewhere/.venv"))


def halve(venv: Path) -> None:
    """Leave what `python -m venv` does where Debian's python3-venv is missing."""
    shutil.rmtree(venv)
    command = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
    subprocess.run(command, check=True)


def test_an_environment_whose_python_is_gone_is_made_anew(staged: Checkout) -> None:
    (staged.venv / "old").touch()
    lose_python(staged.venv)
    anew = "Making .venv anew: its Python is gone."
    assert staged.install("test") == (0, [anew, TEST], "")
    assert staged.has("for_the_stage", "for_tests")
    assert not (staged.venv / "old").exists()
    assert staged.install("test") == (0, [], "")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (upgrade, "it was made by Python 3.10."),
        (lose_pip, "its pip does not work."),
        (lose_its_nature, "its pyvenv.cfg is gone."),
        (break_python, "its Python does not run."),
        (move, "it was made in another folder."),
        (halve, "its pip does not work."),
    ],
)
def test_a_spoilt_environment_is_made_anew(
    staged: Checkout, spoil: Callable[[Path], None], why: str
) -> None:
    spoil(staged.venv)
    first, second = staged.says("test", 2)
    assert first.startswith(f"Making .venv anew: {why}")
    assert second == TEST


def test_an_active_environment_makes_itself_anew(staged: Checkout) -> None:
    """`python3` is its own Python then, which goes while it runs."""
    lose_pip(staged.venv)
    script = staged.root / "slides" / "install.py"
    done = subprocess.run(
        [interpreter(staged.venv), script, "test"],
        env=staged.environment,
        capture_output=True,
        text=True,
    )
    anew = "Making .venv anew: its pip does not work."
    assert (done.stdout, done.stderr) == (f"{anew}\n{TEST}\n", "")
    assert staged.has("for_the_stage", "for_tests")


# It was interrupted


def test_killed_while_the_environment_is_made(checkout: Checkout) -> None:
    process = checkout.start_and_hold("stage", half_made)
    os.killpg(process.pid, signal.SIGKILL)
    checkout.wait_until_free()
    checkout.hold.unlink()
    assert not checkout.has("for_the_stage")
    assert checkout.install("stage") == (0, [INTERRUPTED, STAGE], "")
    assert checkout.has("for_the_stage")


def test_killed_while_the_tests_are_added(staged: Checkout) -> None:
    os.killpg(staged.start_and_hold("test").pid, signal.SIGKILL)
    staged.wait_until_free()
    staged.hold.unlink()
    assert staged.install("stage") == (0, [INTERRUPTED, STAGE], "")
    assert staged.has("for_the_stage")
    assert not staged.has("for_tests")


def test_a_pip_that_outlives_its_caller_is_waited_for(checkout: Checkout) -> None:
    checkout.start_and_hold("stage").kill()
    after = checkout.start("stage")
    assert after.stdout is not None
    assert after.stdout.readline() == "Waiting for another installation to end ...\n"
    checkout.hold.unlink()
    assert after.communicate(timeout=LIMIT) == (f"{INTERRUPTED}\n{STAGE}\n", "")
    assert checkout.has("for_the_stage")


def test_ctrl_c_while_the_environment_is_made_leaves_nothing(
    checkout: Checkout,
) -> None:
    process = checkout.start_and_hold("stage", half_made)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=LIMIT) == (f"{STAGE}\n", "")
    assert process.returncode == 130
    assert not checkout.venv.exists()


def test_ctrl_c_in_pip_leaves_nothing(checkout: Checkout) -> None:
    process = checkout.start_and_hold("stage")
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=LIMIT) == (f"{STAGE}\n", "")
    assert process.returncode == 130
    assert not checkout.venv.exists()


def test_ctrl_c_while_the_tests_are_added(staged: Checkout) -> None:
    process = staged.start_and_hold("test")
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=LIMIT) == (f"{TEST}\n", "")
    assert process.returncode == 130
    assert staged.says("stage", 2) == [INTERRUPTED, STAGE]


# It can't be done


def test_a_pip_that_fails_leaves_nothing(checkout: Checkout) -> None:
    checkout.stage_wheel.unlink()
    status, lines, errors = checkout.install("stage")
    assert (status, lines) == (1, [STAGE])
    assert "No matching distribution found for for_the_stage" in errors
    assert "If the network was down, run the same again" in errors.splitlines()[-1]
    assert not checkout.venv.exists()


def test_a_stage_outlives_the_tests_that_could_not_be_added(staged: Checkout) -> None:
    kept = staged.test_wheel.rename(staged.root / "kept")
    status, lines, errors = staged.install("test")
    assert (status, lines) == (1, [TEST])
    assert errors.splitlines()[-1].startswith("install: pip failed, see above. ")
    assert staged.install("stage") == (0, [], "")
    kept.rename(staged.test_wheel)
    assert staged.install("test") == (0, [TEST], "")
    assert staged.has("for_the_stage", "for_tests")


def test_a_python_without_its_venv_package_is_one_line(checkout: Checkout) -> None:
    split = checkout.root / "as Debian"
    split.mkdir()
    (split / "ensurepip.py").write_text("raise ModuleNotFoundError('ensurepip')")
    status, lines, errors = checkout.install("stage", PYTHONPATH=str(split))
    assert (status, lines) == (1, [])
    one_line(errors, "apt install python{}.{}-venv".format(*sys.version_info))
    assert not checkout.venv.exists()


def test_a_folder_that_cannot_be_written_is_one_line(checkout: Checkout) -> None:
    checkout.venv.write_text("not a folder")
    status, _, errors = checkout.install("stage")
    assert status == 1
    one_line(errors, f"install: [Errno 20] Not a directory: '{checkout.venv}'")


def test_an_old_python_is_one_line() -> None:
    script = ROOT / "slides" / "install.py"
    ast.parse(script.read_text(encoding="utf-8"), feature_version=(3, 7))
    old = "import runpy, sys; sys.version_info = (3, 8); runpy.run_path(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", old, script], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    one_line(done.stderr, "Python 3.11 or newer is needed")


def test_a_wrong_word_is_one_line(checkout: Checkout) -> None:
    status, lines, errors = checkout.install("sage")
    assert (status, lines) == (2, [])
    one_line(errors, "install.py stage|test")


# Make


def make(
    checkout: Checkout, *arguments: str, path: Path
) -> subprocess.CompletedProcess[str]:
    """Run make where PATH is one folder."""
    command = need(shutil.which("make"), "make (apt install make)")
    return subprocess.run(
        [command, *arguments],
        cwd=checkout.root,
        env={**checkout.environment, "PATH": str(path)},
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


def pythons(folder: Path, **new_enough: bool) -> None:
    """Make Pythons that tell whether they are new enough, and who was chosen."""
    for name, new in new_enough.items():
        python = folder / name.replace("_", ".")
        python.write_text(
            f"#!/bin/sh\n[ $1 = -c ] && exit {not new:d}\necho ${{0##*/}} $*"
        )
        python.chmod(0o755)


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        ({"python3": True, "python3_15": True}, "python3"),
        ({"python3": False, "python3_14": True}, "python3.14"),
        ({"python3_14": True}, "python3.14"),
        ({"python3_15": True}, "python3.15"),
        ({"python3": False, "python3_9": False, "python3_12": True}, "python3.12"),
        ({"python3_11": True, "python3_15": True, "python3_14": True}, "python3.15"),
        ({"python3_11": True, "python3_15": False}, "python3.11"),
        ({"python3": False, "python3_8": False}, "python3"),
    ],
)
def test_make_chooses_a_python(
    checkout: Checkout, tmp_path: Path, there: dict[str, bool], chosen: str
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    pythons(folder, **there)
    done = make(checkout, "install-test", path=folder)
    assert (done.stdout, done.stderr) == (f"{chosen} slides/install.py test\n", "")


def test_the_python_that_one_names_wins(checkout: Checkout, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    pythons(folder, python3=True, python3_12=True, mine=True)
    done = make(checkout, "install-stage", "PYTHON=mine", path=folder)
    assert (done.stdout, done.stderr) == ("mine slides/install.py stage\n", "")


def test_make_looks_at_once_where_all_is_there(staged: Checkout) -> None:
    """No Python but the environment's own is asked, and nothing is said."""
    nowhere = staged.root / "nowhere"
    done = make(staged, "install-stage", path=nowhere)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert make(staged, "install-test", path=nowhere).returncode != 0
    lose_python(staged.venv)
    assert make(staged, "install-stage", path=nowhere).returncode != 0


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        *((name, "stage") for name in ("present", "doctor", "check", "sync", "media")),
        *((name, "test") for name in ("test", "bench")),
    ],
)
def test_every_command_looks_first(checkout: Checkout, target: str, asked: str) -> None:
    path = Path(os.environ["PATH"])
    done = make(checkout, "--dry-run", target, path=path)
    assert f" slides/install.py look {asked} " in done.stdout.splitlines()[0]
