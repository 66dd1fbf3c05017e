"""Under which cell output comes, on the stage's kernel: the notes of the decks say it.

A cell starts something that prints later; another cell runs before it does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from slides.server import environment

LIMIT = 60
"""Seconds after which what was awaited never comes."""

START = """\
import asyncio, subprocess, sys, threading
go = threading.Event()
loop = asyncio.get_running_loop()

async def later():
    while not go.is_set():
        await asyncio.sleep(0.01)
    print("later")

def in_thread():
    go.wait()
    print("later")

async def serve(port):
    async def answer(reader, writer):
        print("later")
        writer.close()
    return await asyncio.start_server(answer, "127.0.0.1", port)

def poll():
    print("later") if go.is_set() else loop.call_later(0.01, poll)
"""

CHILD = "import sys; sys.stdin.read(); print('later')"

OWN = {
    "a task": "job = asyncio.create_task(later())",
    "call_later": "poll()",
    "to_thread": "job = asyncio.create_task(asyncio.to_thread(in_thread))",
    "the end of a task": "job = asyncio.create_task(asyncio.to_thread(go.wait))\n"
    "job.add_done_callback(lambda _: print('later'))",
    "a server": "server = await serve(0)\n"
    "async def call():\n"
    "    await asyncio.to_thread(go.wait)\n"
    "    port = server.sockets[0].getsockname()[1]\n"
    "    await asyncio.open_connection('127.0.0.1', port)\n"
    "job = asyncio.create_task(call())",
}
"""What prints under the cell that started it."""

LAST = {
    "a thread": "threading.Thread(target=in_thread).start()",
    "a timer": "threading.Timer(0, in_thread).start()",
    "run_in_executor": "job = loop.run_in_executor(None, in_thread)",
    "call_soon_threadsafe": "threading.Thread(target=lambda: ("
    "go.wait(), loop.call_soon_threadsafe(print, 'later'))).start()",
    "a child": f"child = subprocess.Popen([sys.executable, '-c', {CHILD!r}],"
    " stdin=subprocess.PIPE)\n"
    "threading.Thread(target=lambda: (go.wait(), child.communicate())).start()",
}
"""What prints under the cell that ran last: ipykernel keeps the cell in a context
variable, which a task and `to_thread` copy, and nothing else."""

if os.name == "nt":
    del LAST["a child"]  # ipykernel hears it on Unix only


class Cells:
    """A kernel of the stage, which says under which cell it prints what."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.names: dict[str, str] = {}
        self.said: list[tuple[str, str]] = []

    def hear(self) -> dict[str, Any]:
        """Return the next message, and note what it prints, with its cell's name."""
        message: dict[str, Any] = self.client.get_iopub_msg(timeout=LIMIT)
        assert message["msg_type"] != "error", message["content"]
        cell = self.names.get(message["parent_header"].get("msg_id", ""), "")
        self.said.append((message["content"].get("text", ""), cell))
        return message

    def run(self, name: str, code: str) -> None:
        """Run a cell to its end."""
        asked = self.client.execute(code)
        self.names[asked] = name
        message = self.hear()
        while (
            message["parent_header"].get("msg_id") != asked
            or message["content"].get("execution_state") != "idle"
        ):
            message = self.hear()

    def printed(self, text: str) -> str:
        """Wait until this is printed; return under which cell, "" for none."""
        while not (found := [cell for said, cell in self.said if text in said]):
            self.hear()
        self.said.clear()
        return found[0]


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cells]:
    before = dict(os.environ)
    os.environ.update(environment(tmp_path_factory.mktemp("kernel")))
    manager = KernelManager(kernel_name="python3")
    # Under pytest, ipykernel does not hear what children print.
    heard = {name: os.environ[name] for name in os.environ if "PYTEST" not in name}
    manager.start_kernel(env=heard)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=LIMIT)
    yield Cells(client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize(
    ("how", "under"),
    [*((how, "first") for how in OWN), *((how, "second") for how in LAST)],
)
def test_output_comes_under_its_cell_or_the_last(
    cells: Cells, how: str, under: str
) -> None:
    cells.run("before", START)
    cells.run("first", {**OWN, **LAST}[how])
    cells.run("second", "print('between')\ngo.set()")
    assert cells.printed("later") == under


def test_a_failure_that_nobody_reads_comes_under_no_cell(cells: Cells) -> None:
    """A page shows nothing of it: the deck prints it in a handler of its own."""
    cells.run("before", START)
    cells.run(
        "first",
        "async def fail():\n    await asyncio.to_thread(go.wait)\n    1 / 0\n"
        "job = asyncio.create_task(fail())\ndel job",
    )
    cells.run("second", "go.set()")
    assert cells.printed("never retrieved") == ""
