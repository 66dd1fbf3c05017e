"""Fetch the Redis clients that the tests of demos/pubsub drive, axe, and puppeteer.

    python -m tests.clients

puts into build/clients: redis-py's own tests, from the source package of the
version installed here, with what they need; node's `redis` and `ioredis`, and the
newest of both; valkey-glide; axe,
which finds what is wrong with a page for those who do not see it; and puppeteer,
which drives Firefox.
pytest itself installs nothing: it needs no network.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from tests.pythons import interpreter

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "clients"
PREPARE = "python -m tests.clients"

REDIS = f"redis=={version('redis')}"
HIREDIS = f"hiredis=={version('hiredis')}"
RUNNER = ("pytest==9.2.0", "pytest-asyncio==1.5.0", "pytest-timeout==2.4.0")
"""What runs redis-py's tests; its plugins would disturb ours."""

GLIDE_VERSION = "2.6.0"
GLIDE_RUNS = sys.version_info < (3, 15) and sys.platform != "win32"
"""Whether it has a wheel."""

REDIS_LOCK = ROOT / "tests" / "pubsub" / "node" / "package-lock.json"
NEWEST_LOCK = ROOT / "tests" / "pubsub" / "node_newest" / "package-lock.json"
AXE_LOCK = ROOT / "tests" / "cheatsheet" / "axe" / "package-lock.json"
PUPPETEER_LOCK = ROOT / "tests" / "slides" / "firefox" / "package-lock.json"
NODE_AND_NPM = "node and npm (apt install nodejs npm)"


class Missing(Exception):
    """A program that is not on this machine."""


@dataclass(frozen=True)
class Client:
    """A client to fetch into a folder of build/clients."""

    name: str
    folder: Path
    fetch: Callable[[Path], None]
    depends: tuple[str, ...]

    @property
    def stamp(self) -> str:
        """What its folder depends on, in one word."""
        return hashlib.sha256(json.dumps(self.depends).encode()).hexdigest()

    @property
    def prepared(self) -> Path | None:
        """Its folder, if it was fetched and nothing changed since."""
        stamp = self.folder / "stamp"
        if stamp.is_file() and stamp.read_text() == self.stamp:
            return self.folder
        return None

    def prepare(self) -> None:
        """Fetch it; needs the network, or local indexes."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.fetch(self.folder)
        (self.folder / "stamp").write_text(self.stamp)


def fetch_redis_py(folder: Path) -> None:
    """Unpack redis-py with its tests; make an environment that can run them."""
    run(sys.executable, "-m", "venv", folder / "venv")
    pip = (interpreter(folder / "venv"), "-m", "pip", "--quiet")
    run(*pip, "install", "packaging", *RUNNER)
    run(*pip, "install", "--no-deps", "--target", folder / "hiredis", HIREDIS)
    options = ("--no-deps", "--no-binary", "redis", "--dest", folder)
    run(*pip, "download", *options, REDIS)
    (archive,) = folder.glob("redis-*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (folder / archive.name.removesuffix(".tar.gz")).rename(folder / "source")


def fetch_glide(folder: Path) -> None:
    """Install valkey-glide and what it needs, beside what our tests use."""
    options = ("--quiet", "--only-binary", ":all:", "--target", folder)
    wanted = f"valkey-glide=={GLIDE_VERSION}"
    run(sys.executable, "-m", "pip", "install", *options, wanted)


def fetch_node(lock: Path, folder: Path) -> None:
    """Install node's packages as they are locked, running no script of theirs."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Missing(f"no {NODE_AND_NPM}")
    for file in (lock, lock.with_name("package.json")):
        shutil.copy(file, folder)
    quiet = ("--no-audit", "--no-fund", "--fetch-retries=1")
    run(npm, "ci", "--ignore-scripts", *quiet, folder=folder)


REDIS_PY = Client(
    f"redis-py {version('redis')} with its tests",
    BUILD / "redis-py",
    fetch_redis_py,
    (REDIS, HIREDIS, *RUNNER, sys.version, sys.executable),
)
GLIDE = Client(
    f"valkey-glide {GLIDE_VERSION}",
    BUILD / "glide",
    fetch_glide,
    (GLIDE_VERSION, sys.version),
)
NODE, NEWEST_NODE, AXE, PUPPETEER = (
    Client(
        name,
        BUILD / folder,
        partial(fetch_node, lock),
        (lock.read_text(encoding="utf-8"),),
    )
    for name, folder, lock in (
        ("node's redis and ioredis", "node", REDIS_LOCK),
        ("their newest versions", "node_newest", NEWEST_LOCK),
        ("axe", "axe", AXE_LOCK),
        ("puppeteer", "puppeteer", PUPPETEER_LOCK),
    )
)


def locked(client: Client, package: str) -> str:
    """Return the version of a node package that a client's lock names."""
    packages = json.loads(client.depends[0])["packages"]
    named: str = packages[f"node_modules/{package}"]["version"]
    return named


def run(*command: str | Path, folder: Path = ROOT) -> None:
    """Run a command; raise CalledProcessError, with what it said, if it fails."""
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)


def reason(error: Exception) -> str:
    """Say in one line why something was not fetched."""
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    lines = (error.stderr or error.stdout).strip().splitlines()
    marks = ("ERROR: ", "npm error ", "npm ERR! ")
    errors = [line for line in lines if line.startswith(marks)]
    return next(iter(errors or lines[-1:]), f"exit {error.returncode}")


def main() -> int:
    """Fetch each client that is not there yet, with a line each."""
    failed = False
    glide = [GLIDE] if GLIDE_RUNS else []
    for client in (REDIS_PY, *glide, NODE, NEWEST_NODE, AXE, PUPPETEER):
        if client.prepared:
            print(f"{client.name}: ready", flush=True)
            continue
        start = time.monotonic()
        try:
            client.prepare()
        except (Missing, OSError, subprocess.CalledProcessError) as error:
            print(f"{client.name}: not fetched: {reason(error)}", flush=True)
            failed = True
        else:
            took = time.monotonic() - start
            print(f"{client.name}: ready in {took:.0f} s", flush=True)
    return int(failed and os.environ.get("REQUIRE_PEERS") == "1")


if __name__ == "__main__":
    sys.exit(main())
