"""Make `.venv`, the environment of the two commands, or mend it.

    $ python3 slides/install.py stage    # what `make present` needs
    $ python3 slides/install.py test     # what `make test` needs

A Python with nothing installed runs this, as a file: it imports the standard
library only. Where all is in place it does nothing. An environment whose Python was
removed or upgraded, or whose installation was interrupted, is made anew.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (said before anything fails to import)
    sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 ...")

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

MARK = VENV / ".unfinished"
"""Is there while packages are installed; found later, it tells of an interruption."""

STAMP = VENV / ".installed"
"""What was installed last: see `stamp`."""

TEMPORARY = VENV / ".temporary"
"""Where pip works: what it leaves behind when it is killed goes with `.venv`."""

EXTRAS = {"stage": "stage", "test": "stage,sheet,test"}
"""What is asked for: the optional dependencies in pyproject.toml that it needs."""

STALE = "stale"
"""The state of a sound environment that lacks what is asked for."""


class Failed(Exception):
    """What could not be done, and what to do about it, in one line."""


def stamp(asked: str) -> str:
    """Return what tells a finished installation: where, what, of which project."""
    project = PYPROJECT.read_text(encoding="utf-8")
    return f"{VENV}\n{EXTRAS[asked]}\n{project}"


def look(asked: str) -> str:
    """Return the state of the environment whose Python runs this.

    "" if it has what is asked for, `STALE`, or what is wrong with it.
    """
    if MARK.exists():
        return "an installation was interrupted"
    config = Path(sys.prefix, "pyvenv.cfg")
    if not config.exists():
        return "its pyvenv.cfg is gone"
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    for line in config.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(" = ")
        if key.startswith("version") and not f"{value}.".startswith(f"{minor}."):
            return f"it was made by Python {value}, which is {minor} now"
    installed = STAMP.read_text(encoding="utf-8") if STAMP.exists() else ""
    where = installed.partition("\n")[0]
    if where not in {"", str(VENV)}:
        return "it was made in another folder"
    return "" if installed in {stamp(asked), stamp("test")} else STALE


def state(asked: str) -> str:
    """Ask the environment's own Python to `look`, if it still can."""
    if not PYTHON.exists():
        return "its Python is gone"
    command: list[str | Path] = [PYTHON, "-I", __file__, "look", asked]
    try:
        answer = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return "its Python does not run"
    if answer.returncode == 0:
        return ""
    found = answer.stdout.strip() or "its Python does not run"
    if found == STALE:
        command = [PYTHON, "-I", "-m", "pip", "--version"]
        if subprocess.run(command, capture_output=True).returncode != 0:
            return "its pip does not work"
    return found


@contextmanager
def alone() -> Iterator[tuple[int, ...]]:
    """Wait until no other installation runs.

    Yield what the children must inherit: a pip that outlives us keeps others out.
    """
    if sys.platform == "win32":
        yield ()
        return
    with PYPROJECT.open("r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another installation to end ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system without locks
        yield (lock.fileno(),)


def run(*command: str | Path, inherited: tuple[int, ...]) -> int:
    """Run a command, show what it says, return its exit code.

    On Ctrl-C it is told too, and may tidy up, but what it says then is not shown.
    """
    with subprocess.Popen(
        command,
        cwd=ROOT,
        pass_fds=inherited,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as child:
        assert child.stdout is not None
        try:
            for line in child.stdout:
                print(line, end="", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
                child.communicate(timeout=5)
            child.kill()
            raise
    return child.returncode


def check_venv() -> None:
    """Fail if this Python can't make environments: Debian packs that apart."""
    try:
        import venv  # noqa: F401
        from ensurepip import bootstrap  # noqa: F401
    except ImportError:
        name = f"python{sys.version_info.major}.{sys.version_info.minor}"
        raise Failed(
            f"{name} lacks what makes environments: on Debian and Ubuntu,"
            f" apt install {name}-venv"
        ) from None


def empty() -> None:
    """Delete all that is in the environment, but the mark: this may be interrupted."""
    for each in VENV.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        elif each != MARK:
            each.unlink()


def delete() -> None:
    """Delete the environment, whatever the keyboard says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    empty()
    MARK.unlink(missing_ok=True)
    VENV.rmdir()


def make(inherited: tuple[int, ...]) -> None:
    """Make an environment that has only pip."""
    # Where .venv is active, its own Python runs this, and is no more.
    base = getattr(sys, "_base_executable", sys.executable)
    if run(base, "-I", "-m", "venv", VENV, inherited=inherited) != 0:
        raise Failed(f"{base} could not make .venv: see above.")


def fill(asked: str, inherited: tuple[int, ...]) -> int:
    """Install the packages; return pip's exit code."""
    pip = (PYTHON, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input")
    what = f".[{EXTRAS[asked]}]"
    return run(*pip, "install", "--quiet", "--editable", what, inherited=inherited)


def install(asked: str) -> None:
    """Install what is asked for, in a new environment if there is no sound one."""
    with alone() as inherited:
        found = state(asked)
        if not found:
            return
        new = found != STALE
        if new:
            check_venv()
            if VENV.exists():
                print(f"Making .venv anew: {found}.", flush=True)
        what = "the stage" if asked == "stage" else "what the tests need"
        print(f"Installing {what} into .venv (once; a minute or two) ...", flush=True)
        try:
            VENV.mkdir(exist_ok=True)
            MARK.touch()
            if new:
                empty()
            TEMPORARY.mkdir()
            os.environ["TMPDIR"] = str(TEMPORARY)
            if new:
                make(inherited)
            status = fill(asked, inherited)
            shutil.rmtree(TEMPORARY)
            if status < 0:
                raise Failed("pip was killed: run the same again.")
            if status > 0:
                if not new:
                    MARK.unlink()  # pip gave up by itself, and left what was there
                raise Failed(
                    "pip failed, see above. If the network was down,"
                    " run the same again once it is up."
                )
            STAMP.write_text(stamp(asked), encoding="utf-8")
            if sys.platform != "win32":
                os.sync()  # the packages reach the disk before the mark goes
            MARK.unlink()
        except BaseException:
            if new:
                delete()
            raise


def main() -> int:
    """Run the command line; return its exit code."""
    *words, asked = sys.argv[1:] or [""]
    if words not in ([], ["look"]) or asked not in EXTRAS:
        print(f"usage: python3 slides/install.py {'|'.join(EXTRAS)}", file=sys.stderr)
        return 2
    if words:
        found = look(asked)
        print(found)
        return int(found != "")
    try:
        install(asked)
    except KeyboardInterrupt:
        return 130
    except (Failed, OSError) as error:
        print(f"install: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
