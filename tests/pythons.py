"""Find the Pythons of this machine, and prepare them for the demos.

    python -m tests.pythons

prepares each: a virtual environment in build/pythons, with the packages
that the demos declare; and one in build/lowest, with the lowest versions that
they declare. pytest itself installs nothing: it needs no network.
"""

import contextlib
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from demos.catalogue import declared, requirements

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "pythons"
LOWEST = ROOT / "build" / "lowest"
FLOOR = (3, 11)
OLDEST = (3, 6)
PREPARE = "python -m tests.pythons"

DESCRIBE = """\
import json, platform, sys
print(json.dumps([
    platform.python_implementation(), sys.version_info[:4], sys.executable]))
"""


def requires_python(path: Path) -> SpecifierSet:
    """Return which Pythons a script's PEP 723 block declares: without one, any."""
    return SpecifierSet(str(declared(path).get("requires-python", "")))


@functools.cache
def all_dependencies() -> tuple[str, ...]:
    """Return what the demos need, all together."""
    scripts = (ROOT / "demos").rglob("*.py")
    return tuple(sorted({name for script in scripts for name in requirements(script)}))


def at_lowest(requirement: str) -> str:
    """Return a requirement of the lowest version alone that another one admits."""
    found = Requirement(requirement)
    (floor,) = (each.version for each in found.specifier if each.operator == ">=")
    found.specifier = SpecifierSet(f"=={floor}")
    return str(found)


@dataclass(frozen=True)
class Python:
    """A Python of this machine."""

    version: tuple[int, int, int]
    executable: Path

    def __str__(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"

    def runs(self, script: Path) -> bool:
        """Whether a script is for it."""
        return ".".join(map(str, self.version)) in requires_python(script)

    def takes(self, requirement: str) -> bool:
        """Whether a requirement is for it: none of its markers says no."""
        marker = Requirement(requirement).marker
        return marker is None or marker.evaluate({"python_version": str(self)})

    @property
    def running(self) -> bool:
        """Whether it is the one that runs this."""
        return self.version == sys.version_info[:3]

    @property
    def title(self) -> str:
        """What `main` calls it."""
        return f"Python {'.'.join(map(str, self.version))}"

    @property
    def venv(self) -> Path:
        """Where the packages for it go."""
        return BUILD / str(self)

    @property
    def packages(self) -> tuple[str, ...]:
        """What the demos need, for pip."""
        return all_dependencies()

    @property
    def stamp(self) -> str:
        """What its environment depends on, in one word."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        parts = [
            self.packages,
            project["project"]["dependencies"],
            self.version,
            str(self.executable),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def prepared(self) -> Path | None:
        """The executable that finds the demos' packages, if there is one."""
        if self.running:
            return Path(sys.executable)
        with contextlib.suppress(OSError):
            if (self.venv / "stamp").read_text() == self.stamp:
                return interpreter(self.venv)
        return None

    def prepare(self) -> None:
        """Make its environment; needs the network, or a local index."""
        create = [str(self.executable), "-m", "venv", "--clear", str(self.venv)]
        install = [str(interpreter(self.venv)), "-m", "pip", "install", "--quiet"]
        for command in create, [*install, *self.packages]:
            subprocess.run(command, check=True, capture_output=True, text=True)
        (self.venv / "stamp").write_text(self.stamp)


class Lowest(Python):
    """A Python with the lowest versions that the demos declare."""

    @property
    def running(self) -> bool:
        """Never: its packages are its own."""
        return False

    @property
    def title(self) -> str:
        """What `main` calls it."""
        return f"{super().title}, lowest versions"

    @property
    def venv(self) -> Path:
        """Where these versions go."""
        return LOWEST

    @property
    def packages(self) -> tuple[str, ...]:
        """What the demos need, at the lowest."""
        return tuple(map(at_lowest, all_dependencies()))


def interpreter(venv: Path) -> Path:
    """Return where a virtual environment has its interpreter."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def candidates() -> Iterator[Path]:
    """Look where Pythons usually are, from `OLDEST` on."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for folder in dict.fromkeys(folders):
        for minor in range(OLDEST[1], FLOOR[1] + 10):
            if found := shutil.which(f"python3.{minor}", path=folder):
                yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob("versions/*/bin/python"))


def describe(executable: Path) -> Python | None:
    """Ask an executable what it is: a pyenv shim may not even start."""
    try:
        answer = subprocess.run(
            [str(executable), "-c", DESCRIBE],
            check=True,
            capture_output=True,
            text=True,
            timeout=20,
        )
        implementation, version, path = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if implementation != "CPython" or version[3] != "final":
        return None
    major, minor, micro, _ = version
    return Python((major, minor, micro), Path(path))


@functools.cache
def found_here() -> tuple[Python, ...]:
    """Return the running Python and all others: one a minor version."""
    running = Python(sys.version_info[:3], Path(sys.executable))
    best: dict[tuple[int, ...], Python] = {}
    for found in filter(None, map(describe, candidates())):
        kept = best.get(found.version[:2])
        if found.version >= OLDEST and (kept is None or found.version > kept.version):
            best[found.version[:2]] = found
    best[running.version[:2]] = running
    return tuple(best[minor] for minor in sorted(best))


def pythons() -> tuple[Python, ...]:
    """Return the running Python and its peers: those that run the demos."""
    return tuple(python for python in found_here() if python.version >= FLOOR)


def lowest() -> tuple[Python, ...]:
    """Return the oldest Python for the demos with as old packages, if it is here."""
    return tuple(
        Lowest(python.version, python.executable)
        for python in pythons()
        if python.version[:2] == FLOOR
    )


def elders() -> tuple[Python, ...]:
    """Return those too old for the demos, which tell what asyncio was like."""
    return tuple(python for python in found_here() if python.version < FLOOR)


def main() -> int:
    """Prepare every Python found, with a line each."""
    failed = False
    for python in (*pythons(), *lowest()):
        if python.prepared:
            print(f"{python.title}: ready", flush=True)
            continue
        print(f"{python.title}: installing", *python.packages, flush=True)
        start = time.monotonic()
        try:
            python.prepare()
        except subprocess.CalledProcessError as error:
            reason = (error.stderr or error.stdout).strip().splitlines()[-1:]
            print(f"{python.title}: not prepared:", *reason, flush=True)
            failed = True
        else:
            took = time.monotonic() - start
            print(f"{python.title}: ready in {took:.0f} s", flush=True)
    return int(failed and os.environ.get("REQUIRE_PEERS") == "1")


if __name__ == "__main__":
    sys.exit(main())
