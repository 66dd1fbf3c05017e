"""What a cell started does not outlive its kernel, however the kernel ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from slides import children
from tests.slides.stage import Show

DEAF = (
    "import signal, time\n"
    "for name in ('SIGINT', 'SIGTERM', 'SIGHUP'):\n"
    "    if hasattr(signal, name):\n"
    "        signal.signal(getattr(signal, name), signal.SIG_IGN)\n"
    "print('deaf', flush=True); time.sleep(600)"
)
"""A child that heeds no signal but one."""

PARENT = (
    "import subprocess, sys\n"
    f"child = subprocess.Popen([sys.executable, '-c', {DEAF!r}],"
    " stdout=-1, start_new_session=True)\n"
    "child.stdout.readline(); print(child.pid, flush=True)"
)
"""A child that starts another, in a session of its own, and leaves it alone."""

CELL = f"""
import subprocess, sys
def start(code, **options):
    child = subprocess.Popen([sys.executable, "-c", code], stdout=-1, **options)
    return child, child.stdout.readline()
deaf, _ = start({DEAF!r})
apart, _ = start({DEAF!r}, start_new_session=True)
parent, orphan = start({PARENT!r})
parent.wait()
print(deaf.pid, apart.pid, int(orphan))
"""


class Kernel:
    """A show's kernel, by its connection file."""

    def __init__(self, show: Show) -> None:
        self.show = show
        runtime = show.home / "build" / "jupyter" / "runtime"
        while not (files := list(runtime.glob("kernel-*.json"))):
            time.sleep(0.05)
        self.client = BlockingKernelClient(connection_file=str(files[0]))
        self.client.load_connection_file()
        self.client.start_channels(hb=False)  # which is late on a busy machine
        self.client.wait_for_ready(timeout=60)

    def start_children(self) -> list[psutil.Process]:
        """Run the cell; return what it started."""
        said: list[str] = []
        self.client.execute_interactive(
            CELL,
            timeout=60,
            output_hook=lambda m: said.append(m["content"].get("text", "")),
        )
        return [psutil.Process(int(pid)) for pid in "".join(said).split()]

    def restart(self) -> None:
        """Do as F9 twice does."""
        with urllib.request.urlopen(self._url("")) as answer:
            (kernel,) = json.load(answer)
        where = self._url(f"/{kernel['id']}/restart")
        urllib.request.urlopen(
            urllib.request.Request(where, method="POST"), timeout=60
        ).close()

    def _url(self, path: str) -> str:
        base = "/".join(self.show.url.split("/")[:3])
        token = self.show.url.partition("token=")[2]
        return f"{base}/api/kernels{path}?token={token}"

    def die(self) -> None:
        """End without a word."""
        self.client.execute("import os; os._exit(1)")


@pytest.fixture
def stranger() -> Iterator[psutil.Process]:
    """A process like the cell's children, of somebody else."""
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=-1) as process:
        yield psutil.Process(process.pid)
        process.kill()


def assert_gone(processes: list[psutil.Process], stranger: psutil.Process) -> None:
    assert len(processes) == 3
    _, alive = psutil.wait_procs(processes, timeout=30)
    for process in alive:
        process.kill()
    assert alive == []
    assert stranger.is_running()


@pytest.mark.parametrize("end", ["restart", "die"])
def test_the_next_kernel_starts_alone(
    tmp_path: Path, stranger: psutil.Process, end: str
) -> None:
    with Show(tmp_path) as show:
        kernel = Kernel(show)
        processes = kernel.start_children()
        getattr(kernel, end)()
        assert_gone(processes, stranger)
        kernel.client.stop_channels()
        again = Kernel(show)
        assert_gone_after_the_end(show, again, stranger)


def assert_gone_after_the_end(
    show: Show, kernel: Kernel, stranger: psutil.Process
) -> None:
    processes = kernel.start_children()
    kernel.client.stop_channels()
    show.process.terminate()
    assert show.process.wait(20) == 0
    assert_gone(processes, stranger)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGHUP")
def test_a_closed_terminal_ends_all(tmp_path: Path, stranger: psutil.Process) -> None:
    with Show(tmp_path) as show:
        kernel = Kernel(show)
        processes = kernel.start_children()
        kernel.client.stop_channels()
        show.process.send_signal(signal.SIGHUP)
        assert show.process.wait(20) == 0
        assert_gone(processes, stranger)


def test_only_what_bears_the_mark_is_killed(stranger: psutil.Process) -> None:
    command = [sys.executable, "-c", DEAF]
    marked = {**os.environ, children.MARK: "ours"}
    other = {**os.environ, children.MARK: "theirs"}
    with (
        subprocess.Popen(command, stdout=-1, env=marked) as ours,
        subprocess.Popen(command, stdout=-1, env=other) as theirs,
    ):
        for process in ours, theirs:
            assert process.stdout is not None
            process.stdout.readline()  # it has its environment by then
        assert [each.pid for each in children.kill(["ours"])] == [ours.pid]
        assert ours.wait(30) != 0
        assert theirs.poll() is None
        assert stranger.is_running()
        theirs.kill()
