"""Run the tests on the newest Pythons, in a Debian of their own.

    sudo make test-newest

Debian's unstable suite has Pythons that this machine may be too old for. It goes
into build/newest, once (two minutes), and the tests that need no browser run in it
on a copy of this tree, on each of its Pythons. It needs root, and a Debian or one
of its children with debootstrap. Nothing stays mounted, and no process stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cheatsheet import ran
from tests import copied
from tests.clients import AXE, NEWEST_NODE, NODE, PUPPETEER, Missing, reason
from tests.pythons import ROOT

BUILD = ROOT / "build" / "newest"
ROOM = BUILD / "root"
"""The Debian: TREE and VENVS are folders in it."""
TREE, VENVS = "/tulipes", "/venv"

PYTHONS = "3.14", "3.15"
SUITE = "sid"
FIRST = ["ca-certificates", *(f"python{each}-venv" for each in PYTHONS)]
PEERS = [
    *("curl", "git", "librsvg2-bin", "make", "netcat-openbsd", "nodejs"),
    *("openssh-client", "openssl", "socat", "wrk"),
    *(f"libpython{each}-testsuite" for each in PYTHONS),
]
REDIS = "redis-server", "redis-tools"
"""From this machine's own suite: the stub is held against the same Redis."""


@dataclass(frozen=True)
class Unpacked:
    """A program of a package that can't be installed: another has its files."""

    package: str
    folder: str

    @property
    def program(self) -> str:
        """Where it is in the room; it is the server, too, if called by its name."""
        return f"{self.folder}/usr/bin/{self.package.replace('tools', 'check-rdb')}"


SERVERS = {
    "Redis 8": Unpacked("redis-tools", "opt/redis-8"),
    "Valkey 9": Unpacked("valkey-tools", "opt/valkey-9"),
}
"""What the stub is held against besides, and what of it differs from 7.0: see
tests/pubsub/newer.py."""

LIBRARIES = "libatomic1", "libjemalloc2", "liblzf1", "libssl3t64", "libstdc++6"
"""Of SERVERS."""

UNPACK = """
cd /var/tmp && apt-get download --quiet "$1/$2" && mkdir -p "/$3" &&
dpkg-deb --extract "$1"_*.deb "/$3" && rm "$1"_*.deb
"""

CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"

AT_ONCE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""As in the Makefile: see LONGEST in tests/conftest.py."""

EXTRAS = ("curio",)
"""Packages that do not import here, which a test asserts."""

REFUSALS = "Couldn't download", "Failed getting release file", "Failed to fetch"
"""What debootstrap and apt say when a mirror, not this machine, is at fault."""

ISOLATED = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
"""Mounts and processes of a command end with it; its shell buries its orphans."""

ENTER = """
cd "$0" && mount -t proc proc proc && mount -t sysfs sysfs sys &&
mount --rbind /dev dev && { chroot . "$@"; exit; }
"""


def inside_it() -> bool:
    """Whether this tree is the copy in the room."""
    return str(ROOT) == TREE


class Refused(Exception):
    """What the mirror did not give, in one line."""


@dataclass(frozen=True)
class Archive:
    """Debian's archive, as this machine's own sources name it."""

    url: str
    codename: str


def archive() -> Archive:
    """Ask apt where the archive is; raises Missing where there is no Debian."""
    columns = "$(LABEL) $(CODENAME) $(REPO_URI)"
    command = ["apt-get", "indextargets", "--format", columns]
    try:
        listed = subprocess.check_output(
            [*command, "Created-By: Packages"], text=True, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        raise Missing("no apt-get: no Debian") from None
    for line in listed.splitlines():
        label, codename, url = line.rsplit(maxsplit=2)
        if label == "Debian":
            return Archive(url, codename)
    raise Missing("no Debian archive in apt's sources (apt-get update)")


def require(*programs: str) -> None:
    """Raise Missing unless these are here, and root runs them."""
    if os.name == "nt" or os.geteuid() != 0:
        raise Missing("no root's rights (sudo make test-newest)")
    for program in programs:
        if shutil.which(program) is None:
            raise Missing(f"no {program} (apt install {program})")


def quietly(*command: str) -> None:
    """Run a command; raise Refused or CalledProcessError, with what it said."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    for line in done.stdout.splitlines() if done.returncode else ():
        if any(refusal in line for refusal in REFUSALS):
            raise Refused(line.strip())
    done.check_returncode()


def inside(room: Path, *words: str) -> list[str]:
    """Return the command that runs `words` in a room, as root's shell there would."""
    return [*ISOLATED, "sh", "-c", ENTER, str(room), *words]


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Say what takes long, and how long it took."""
    print(f"{what} ...", flush=True)
    start = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - start:.0f} s", flush=True)


def is_stamped(folder: Path, stamp: str) -> bool:
    """Tell whether a folder was finished, for the same reasons."""
    with contextlib.suppress(OSError):
        return (folder / "stamp").read_text() == stamp
    return False


def furnish(source: Archive) -> None:
    """Make the room: the suite, its Pythons, and the programs that tests need."""
    stamp = repr((source, SUITE, FIRST, PEERS, REDIS, SERVERS, LIBRARIES))
    if is_stamped(ROOM, stamp):
        return
    shutil.rmtree(BUILD, ignore_errors=True)
    room = BUILD / "unfinished"
    room.mkdir(parents=True)
    options = ["--variant=minbase", f"--include={','.join(FIRST)}"]
    with step(f"Debian {SUITE} with Python {' and '.join(PYTHONS)}"):
        script = ["debootstrap", *options, SUITE, str(room), source.url]
        quietly(*ISOLATED, *script)
        (room / "etc/apt/sources.list").write_text(
            f"deb {source.url} {SUITE} main\ndeb {source.url} {source.codename} main\n"
        )
        (room / "etc/apt/preferences.d/newest").write_text(
            f"Package: *\nPin: release n={source.codename}\nPin-Priority: 100\n"
        )
        # A mirror may lag behind the date that its release file is good until.
        (room / "etc/apt/apt.conf.d/newest").write_text(
            'Acquire::Check-Valid-Until "false";\n'
        )
        shutil.copy(f"/{CERTIFICATES}", room / CERTIFICATES)
    with step("what the tests need besides Python"):
        old = [f"{name}/{source.codename}" for name in REDIS]
        apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]
        quietly(*inside(room, *apt, "update"))
        install = ["install", "--yes", "--no-install-recommends"]
        quietly(*inside(room, *apt, *install, *PEERS, *old, *LIBRARIES))
        for each in SERVERS.values():
            unpack = ["sh", "-ec", UNPACK, "sh", each.package, SUITE, each.folder]
            quietly(*inside(room, *unpack))
        quietly(*inside(room, "apt-get", "clean"))
    (room / "stamp").write_text(stamp)
    room.rename(ROOM)


def put_tree() -> None:
    """Put a copy of this tree in the room, and make it git's."""
    tree = ROOM / TREE.strip("/")
    shutil.rmtree(tree, ignore_errors=True)
    copied.copy_tree(tree)
    for words in ["init", "--quiet"], ["add", "--all"]:
        subprocess.run(["git", "-C", str(tree), *words], check=True)
    for client in NODE, NEWEST_NODE, AXE, PUPPETEER:  # no Python, so the same there
        if client.prepared is None:
            client.prepare()
        shutil.copytree(client.folder, tree / client.folder.relative_to(ROOT))


def install(python: str) -> None:
    """Give a Python of the room an environment with all that the tests need."""
    project = (ROOT / "pyproject.toml").read_bytes()
    stamp = hashlib.sha256(project + repr(EXTRAS).encode()).hexdigest()
    venv = f"{VENVS}/{python}"
    folder = ROOM / venv.strip("/")
    if is_stamped(folder, stamp):
        return
    with step(f"packages for Python {python}"):
        create = ["-m", "venv", "--clear", venv]
        quietly(*inside(ROOM, f"/usr/bin/python{python}", *create))
        pip = [f"{venv}/bin/python", "-m", "pip", "install", "--quiet"]
        wanted = ["--editable", f"{TREE}[stage,sheet,test]", *EXTRAS]
        quietly(*inside(ROOM, *pip, *wanted))
    (folder / "stamp").write_text(stamp)


def environment(python: str) -> dict[str, str]:
    """Return what the tests find around them: that Python first on the path."""
    ours = ("PYTHON", "PYENV", "VIRTUAL_ENV", "MAKE", "TMPDIR")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    path = f"{VENVS}/{python}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {**kept, "PATH": path, "HOME": "/root", "LANG": "C.UTF-8"}


def run(python: str, *words: str) -> int:
    """Run a module of this tree in the room; return its exit code."""
    module = ["env", f"--chdir={TREE}", f"{VENVS}/{python}/bin/python", "-m", *words]
    return subprocess.run(inside(ROOM, *module), env=environment(python)).returncode


def test(python: str, *options: str) -> int:
    """Run the tests that need no browser; return the first exit code that is not 0."""
    print(f"\nPython {python}, Debian {SUITE}:", flush=True)
    pytest = ["pytest", *AT_ONCE, "--without=browser"]
    return run(python, "tests.clients") or run(python, *pytest, *options)


def ready() -> int | None:
    """Make the room if need be, with this tree in it; else say why, return a code."""
    not_run = f"Not run on Python {' and '.join(PYTHONS)}:"
    try:
        require("debootstrap", "unshare", "chroot", "git")
        furnish(archive())
        put_tree()
        for python in PYTHONS:
            install(python)
    except Missing as error:
        print(not_run, error)
        return int(os.environ.get("REQUIRE_PEERS") == "1")
    except Refused as error:
        print(not_run, "the mirror refuses:", error)
        return 0
    except subprocess.CalledProcessError as error:
        print(not_run, reason(error))
        return 1
    finally:
        shutil.rmtree(BUILD / "unfinished", ignore_errors=True)
    return None


def take_notes() -> None:
    """Add to this tree's notes which lessons ran in the room."""
    there = ROOM / TREE.strip("/") / ran.NOTES.relative_to(ROOT)
    if there.exists():
        ran.NOTES.parent.mkdir(parents=True, exist_ok=True)
        with ran.NOTES.open("a", encoding="utf-8") as notes:
            notes.write(there.read_text(encoding="utf-8"))
        there.unlink()


def main(arguments: list[str]) -> int:
    """Run the tests on the room's Pythons."""
    code = ready()
    if code is not None:
        return code
    first, *others = PYTHONS
    codes = [run(first, "tests.pythons"), test(first, *arguments)]
    take_notes()
    # The tests that try every Python have met them all by now.
    codes += [test(python, "--without=pythons", *arguments) for python in others]
    return max(codes)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
