"""What clients send before your first command: README's table, and the stub's trace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.clients import (
    GLIDE,
    GLIDE_RUNS,
    GLIDE_VERSION,
    NEWEST_NODE,
    NODE,
    NODE_AND_NPM,
    PREPARE,
    Client,
    locked,
)
from tests.peers import need
from tests.pubsub.servers import ROOT

HERE = Path(__file__).parent
DEADLINE = 30.0
REDIS_PY = "8.1.0"
SENT = re.compile(r"^\d+ > (.*?)(?:\.\.\.)?$", re.MULTILINE)
WORD = re.compile(r"\$\d+\\r\\n(.*?)(?=\\r\\n|$)")


def node_client(client: Client, package: str, folder: Path) -> list[str]:
    """Return what runs a node package's greeting, in a folder beside it."""
    program = need(shutil.which("node"), NODE_AND_NPM)
    told = subprocess.check_output([program, "--version"], text=True)
    if client is NEWEST_NODE and int(told[1:].partition(".")[0]) < 20:
        pytest.skip(f"node {told.strip()}: the newest clients need node 20")
    packages = need(str(client.prepared or ""), f"node's packages ({PREPARE})")
    shutil.copy(HERE / "node" / "greet.mjs", folder)
    (folder / "node_modules").symlink_to(Path(packages) / "node_modules")
    return [program, str(folder / "greet.mjs"), package]


def redis_py(_: Path) -> list[str]:
    if version("redis") != REDIS_PY:
        pytest.skip(f"the table tells of redis-py {REDIS_PY}, not {version('redis')}")
    return [sys.executable, str(HERE / "greet.py"), "redis"]


def glide(_: Path) -> list[str]:
    if not GLIDE_RUNS:
        pytest.skip("valkey-glide has no wheel for this Python")
    need(str(GLIDE.prepared or ""), f"valkey-glide ({PREPARE})")
    return [sys.executable, str(HERE / "greet.py"), "glide"]


CLIENTS: dict[str, Callable[[Path], list[str]]] = {
    f"redis-py {REDIS_PY}": redis_py,
    **{
        f"{title} {locked(client, package)}": partial(node_client, client, package)
        for title, package in (("node's redis", "redis"), ("ioredis", "ioredis"))
        for client in (NODE, NEWEST_NODE)
    },
    f"valkey-glide {GLIDE_VERSION}": glide,
}


def table() -> dict[str, list[str]]:
    """Read README's table."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (rows,) = re.findall(r"\| client \| before [^\n]*\n\|[-|]+\n((?:\|.*\n)+)", readme)
    cells = [row.strip("| \n").split(" | ") for row in rows.splitlines()]
    return {name: re.findall(r"`([^`]+)`", sent) for name, sent in cells}


def test_table_has_each_client() -> None:
    assert list(table()) == list(CLIENTS)


@pytest.mark.parametrize("name", CLIENTS)
def test_client_greets_as_the_table_says(name: str, tmp_path: Path) -> None:
    command = CLIENTS[name](tmp_path)
    paths = [str(GLIDE.folder)] if "glide" in name else []
    path = os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")])
    stub = [sys.executable, "-m", "demos.pubsub.stub", "--port", "0", "--trace"]
    with subprocess.Popen(stub, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().strip().rpartition(":")[2]
        try:
            subprocess.run(
                [*command, port],
                env={**os.environ, "PYTHONPATH": path},
                timeout=DEADLINE,
                check=True,
            )
        finally:
            process.terminate()
        trace, _ = process.communicate(timeout=DEADLINE)
    assert [*table()[name], "PING"] == greetings(trace)


def greetings(trace: str) -> list[str]:
    """Read what was sent, up to PING: the first three words of each command."""
    said: list[str] = []
    for chunk in SENT.findall(trace):  # a long one has lost its end
        for command in re.split(r"(?:^|(?<=\\r\\n))\*\d+\\r\\n", chunk)[1:]:
            said.append(" ".join(WORD.findall(command)[:3]).upper())
    return said[: said.index("PING") + 1]
