"""The stage's kernel, without a browser: what it knows, stops and keeps."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from slides import lessons
from slides.children import MARK
from slides.server import environment

PANIC = "__import__('slides.kernel', fromlist=['panic'])"


class Kernel:
    """A kernel of the stage: runs code, tells what it printed or raised."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client
        self.strays = ""

    def run(self, code: str, cell: str = "", demo: str | None = None) -> str:
        said: list[str] = []

        def listen(message: dict[str, Any]) -> None:
            content = message["content"]
            said.append(content.get("text") or content.get("ename") or "")
            said.append(content.get("data", {}).get("text/plain", ""))

        message = self.client.session.msg(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
            metadata={"cellId": cell, "demo": demo},
        )
        self.client.shell_channel.send(message)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            reply = self.client.get_iopub_msg(timeout=30)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                self._heed(reply)
                continue
            if reply["content"].get("execution_state") == "idle":
                break
            if reply["msg_type"] != "status" and reply["msg_type"] != "execute_input":
                listen(reply)
        self.client.get_shell_msg(timeout=30)
        return "".join(said).strip()

    def _heed(self, message: dict[str, Any]) -> None:
        if not message["parent_header"]:
            self.strays += str(message["content"].get("text", ""))

    def stray(self, words: str) -> str:
        """Wait for words that belong to no cell; return all of them."""
        while words not in self.strays:
            self._heed(self.client.get_iopub_msg(timeout=30))
        strays, self.strays = self.strays, ""
        return strays

    def panic(self) -> str:
        return self.run(f"await {PANIC}.panic(); print({PANIC}.said())")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    settings = environment(tmp_path_factory.mktemp("kernel"))
    before = dict(os.environ)
    os.environ.update(settings)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env={**os.environ, MARK: "of these tests"})
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    kernel = Kernel(manager, client)
    kernel.run("import asyncio")
    yield kernel
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    os.environ.clear()
    os.environ.update(before)


def test_panic_ends_a_task_that_swallows_its_cancellation_twice(
    kernel: Kernel,
) -> None:
    kernel.run(
        "import asyncio\nasync def stubborn():\n    for _ in range(3):\n"
        "        try: await asyncio.sleep(60)\n"
        "        except asyncio.CancelledError: pass\n"
        "task = asyncio.create_task(stubborn())"
    )
    assert kernel.panic() == "Stopped: 1 task."
    assert kernel.run("print(task.done())") == "True"


def test_panic_says_which_tasks_will_not_end(kernel: Kernel) -> None:
    kernel.run(
        "async def immortal():\n    while not over:\n"
        "        try: await asyncio.sleep(60)\n"
        "        except asyncio.CancelledError: pass\n"
        "over = False; task = asyncio.create_task(immortal())"
    )
    assert kernel.panic().endswith("1 task will not end: restart.")
    kernel.run("over = True; task.cancel()")


def test_panic_closes_a_protocols_connections(kernel: Kernel) -> None:
    kernel.run(
        "loop = asyncio.get_running_loop()\n"
        "server = await loop.create_server(asyncio.Protocol, '127.0.0.1', 0)\n"
        "port = server.sockets[0].getsockname()[1]\n"
        "transport, _ = await loop.create_connection(asyncio.Protocol,"
        " '127.0.0.1', port)\nawait asyncio.sleep(0.05)"
    )
    assert kernel.panic() == "Stopped: 1 server, 2 connections."
    assert kernel.run("print(transport.is_closing())") == "True"


@pytest.mark.skipif(os.name == "nt", reason="os.pipe has no transport on Windows")
def test_panic_closes_a_pipe(kernel: Kernel) -> None:
    kernel.run(
        "import os\nloop = asyncio.get_running_loop()\n"
        "there, here = (os.fdopen(end, mode) for end, mode in"
        " zip(os.pipe(), ('rb', 'wb')))\n"
        "reads, _ = await loop.connect_read_pipe(asyncio.Protocol, there)\n"
        "writes, _ = await loop.connect_write_pipe(asyncio.Protocol, here)"
    )
    assert kernel.panic() == "Stopped: 1 connection."  # the end that writes
    assert kernel.run("print(reads.is_closing(), writes.is_closing())") == "True True"


def test_panic_ends_a_child_and_its_pipes(kernel: Kernel) -> None:
    kernel.run(
        "import sys\nchild = await asyncio.create_subprocess_exec("
        "sys.executable, '-c', 'input()', stdin=-1, stdout=-1)"
    )
    assert kernel.panic().startswith("Stopped: 1 child process")
    assert kernel.run("print(await child.wait() != 0)") == "True"
    assert kernel.panic() == "Stopped: nothing was running."


def test_panic_cancels_what_was_to_be_called_later(kernel: Kernel) -> None:
    kernel.run(
        "def tick(): loop.call_later(0.01, tick)\n"
        "loop = asyncio.get_running_loop(); tick(); loop.call_later(600, print)"
    )
    assert kernel.panic() == "Stopped: 2 timers."
    assert kernel.panic() == "Stopped: nothing was running."


def test_panic_ends_a_pool_of_processes(kernel: Kernel) -> None:
    kernel.run(
        "import multiprocessing, time\n"
        "pool = multiprocessing.get_context('spawn').Pool(2)\n"
        "waits = pool.map_async(time.sleep, [600] * 2)"
    )
    assert kernel.panic().startswith("Stopped: ")
    assert kernel.panic() == "Stopped: nothing was running."


def test_panic_closes_the_server_of_a_uvloop_in_a_thread(kernel: Kernel) -> None:
    pytest.importorskip("uvloop")
    kernel.run(
        "import threading, uvloop\n"
        "other = uvloop.new_event_loop()\n"
        "threading.Thread(target=other.run_forever).start()\n"
        "serving = asyncio.start_server(print, '127.0.0.1', 0)\n"
        "server = asyncio.run_coroutine_threadsafe(serving, other).result()"
    )
    assert kernel.panic() == "Stopped: 1 server, 1 thread."
    assert kernel.run("print(server.is_serving())") == "False"


def test_panic_spares_the_kernels_own_tasks(kernel: Kernel) -> None:
    names = "print(sorted(t.get_coro().__qualname__ for t in asyncio.all_tasks()))"
    before = kernel.run(names)
    kernel.panic()
    assert kernel.run(names) == before
    assert "_beat" in before


IN_A_THREAD = {
    "thread": "threading.Thread(target=asyncio.run, args=(serve(),)).start()",
    "pool": "pool.submit(asyncio.run, serve())",
    "runner": "pool.submit(run)",
    "for-ever": "loop = asyncio.new_event_loop()\n"
    "threading.Thread(target=loop.run_forever).start()\n"
    "asyncio.run_coroutine_threadsafe(serve(), loop)",
}


@pytest.mark.parametrize("name", IN_A_THREAD)
def test_panic_stops_the_loops_of_all_threads(kernel: Kernel, name: str) -> None:
    threads = "print(len(threading.enumerate()))"
    kernel.run(
        "import threading, concurrent.futures\n"
        "pool = concurrent.futures.ThreadPoolExecutor(1)\n"
        "pool.submit(print).result()  # its thread is there, and waits\n"
        "def run():\n"
        "    with asyncio.Runner() as runner: runner.run(serve())"
    )
    before = kernel.run(threads)
    kernel.run(
        "up = threading.Event()\n"
        "async def serve():\n"
        "    global server, writer\n"
        "    held = asyncio.Event()\n"
        "    async def hold(reader, writer):\n"
        "        held.set()\n"
        "        await reader.read()\n"
        "    server = await asyncio.start_server(hold, '127.0.0.1', 0)\n"
        "    address = server.sockets[0].getsockname()\n"
        "    _, writer = await asyncio.open_connection(*address)\n"
        "    await held.wait()\n"
        "    up.set()\n"
        "    await asyncio.sleep(60)\n" + IN_A_THREAD[name] + "\nup.wait()"
    )
    assert kernel.panic() == "Stopped: 1 server, 2 tasks, 2 connections, 1 thread."
    assert kernel.run("print(server.is_serving(), writer.is_closing())") == "False True"
    assert kernel.run(threads) == before
    assert kernel.panic() == "Stopped: nothing was running."


def test_panic_says_which_threads_will_not_end(kernel: Kernel) -> None:
    kernel.run(
        "import threading, concurrent.futures\n"
        "pool = concurrent.futures.ThreadPoolExecutor(2)\n"
        "over, started = threading.Event(), threading.Barrier(3)\n"
        "def wait(): started.wait(); over.wait()\n"
        "thread = threading.Thread(target=wait); thread.start()\n"
        "future = pool.submit(wait); started.wait()"
    )
    assert kernel.panic() == (
        "Stopped: nothing was running. 2 threads will not end: restart."
    )
    kernel.run("over.set(); thread.join(); future.result()")
    assert kernel.panic() == "Stopped: nothing was running."


def test_panic_kills_a_child_that_its_parent_left(kernel: Kernel) -> None:
    parent = (
        "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c',"
        " 'import time; time.sleep(60)'], start_new_session=True).pid)"
    )
    pid = kernel.run(
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {parent!r}], stdout=-1)\n"
        "print(int(child.stdout.readline())); ended = child.wait()"
    )
    assert kernel.panic() == "Stopped: 1 child process."
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid)).wait(30)


def test_what_panic_cancels_has_nothing_to_say(kernel: Kernel) -> None:
    kernel.run(
        "import logging, threading\n"
        "class Log(logging.Handler):\n"
        "    def emit(self, record): heard.append(record.getMessage())\n"
        "heard = []; log = Log(); logging.getLogger('asyncio').addHandler(log)\n"
        "server = await asyncio.start_server(lambda r, w: r.read(), '127.0.0.1', 0)\n"
        "address = server.sockets[0].getsockname()\n"
        "_, writer = await asyncio.open_connection(*address)\n"
        "thread = threading.Thread(target=asyncio.run, args=(asyncio.sleep(60),))\n"
        "thread.start(); await asyncio.sleep(0.1)"
    )
    assert "connection" in kernel.panic()  # from 3.12 on, its handler closes the other
    assert kernel.run("thread.join(); print(heard)") == "[]"
    kernel.run("logging.getLogger('asyncio').removeHandler(log)")


# What goes wrong where nobody looks


@pytest.mark.parametrize("kept", ["", "\ntask = None"], ids=["last", "dropped"])
def test_a_forgotten_tasks_exception_is_told(kernel: Kernel, kept: str) -> None:
    kernel.run(f"async def bug(): 1 / 0\nasyncio.create_task(bug()){kept}")
    assert "ZeroDivisionError" in kernel.stray("never retrieved")


def test_a_breakpoint_asks(kernel: Kernel) -> None:
    kernel.run("import sys")
    assert kernel.run("print(sys.breakpointhook is sys.__breakpointhook__)") == "True"


# Interrupts and servers


@pytest.mark.parametrize(
    "serve",
    [
        "await asyncio.start_server(print, '127.0.0.1', {port})",
        "await asyncio.get_running_loop().create_datagram_endpoint("
        "asyncio.DatagramProtocol, ('127.0.0.1', {port}))",
    ],
    ids=["tcp", "udp"],
)
def test_the_same_cell_may_serve_again_and_another_may_not(
    kernel: Kernel, serve: str
) -> None:
    kind = "SOCK_DGRAM" if "datagram" in serve else "SOCK_STREAM"
    port = kernel.run(
        "import socket, asyncio\n"
        f"with socket.socket(type=socket.{kind}) as probe:\n"
        "    probe.bind(('127.0.0.1', 0)); print(probe.getsockname()[1])"
    )
    code = serve.format(port=port)
    for _ in range(3):
        assert "OSError" not in kernel.run(code, cell="first")
    assert "OSError" in kernel.run(code, cell="second")
    kernel.panic()


def test_a_chapters_cells_find_its_names_again(kernel: Kernel) -> None:
    kernel.run("await asyncio.sleep(0); port = 1", cell="streams-1")
    kernel.run("port = 2", cell="library-1")
    assert kernel.run("port", cell="streams-2") == "1"


def test_a_lesson_in_a_cell_finds_what_its_file_imports(kernel: Kernel) -> None:
    """At once, as a decorator is needed, and later, as what a function calls."""
    address = "streams/graceful.py:hearing_sigterm"
    assert kernel.run("contextmanager", cell="streams-1") == "NameError"
    lesson = lessons.code(address)
    assert kernel.run(lesson, cell="streams-2", demo=address) == ""
    assert kernel.run("contextmanager.__module__, signal.__name__") == (
        "('contextlib', 'signal')"
    )


def test_what_a_cell_has_bound_no_lesson_takes_away(kernel: Kernel) -> None:
    kernel.run("rain = 7")
    address = "history/garden_2014.py:grow"
    kernel.run(lessons.code(address), demo=address)
    assert kernel.run("rain, coroutine.__module__") == (
        "(7, 'demos.history.garden_2014')"
    )


def test_a_lesson_edited_in_its_cell_is_what_its_module_runs(kernel: Kernel) -> None:
    address = "history/garden_2012.py:grow"
    grow = lessons.code(address)
    after = "from demos.history import garden_2012 as g; g.run(g.grow('tulip', 0))"
    for drunk in "sips", "drinks":
        kernel.run(grow.replace("drinks", drunk), demo=address)
        assert f"tulip {drunk} water" in kernel.run(after)
    kernel.run(grow.replace("drinks", "sips") + "\n1 / 0", demo=address)
    assert "tulip drinks water" in kernel.run(after)  # the cell failed


def test_a_forgotten_task_that_blocks_is_interrupted(kernel: Kernel) -> None:
    kernel.run(
        "import time\nasync def block(): time.sleep(60)\n"
        "blocking = asyncio.create_task(block())"
    )
    time.sleep(0.3)
    kernel.manager.interrupt_kernel()
    assert kernel.run("print(blocking.cancelled())") == "True"


def test_a_callback_that_blocks_is_interrupted(kernel: Kernel) -> None:
    kernel.run(
        "def block_again(): time.sleep(60)\n"
        "asyncio.get_running_loop().set_exception_handler(lambda *_: None)\n"
        "asyncio.get_running_loop().call_soon(block_again)"
    )
    time.sleep(0.3)
    kernel.manager.interrupt_kernel()
    assert kernel.run("print('alive')") == "alive"


def test_interrupts_between_cells_lose_no_message(kernel: Kernel) -> None:
    for number in range(40):
        kernel.manager.interrupt_kernel()
        assert kernel.run(f"print({number})") in {str(number), "KeyboardInterrupt"}
    assert kernel.run("print('alive')") == "alive"


def test_errors_are_short_on_stage(kernel: Kernel) -> None:
    assert kernel.run("1 / 0") == "ZeroDivisionError"
    message = kernel.client.execute_interactive(
        "1 / 0", output_hook=lambda _: None, timeout=30
    )
    assert len(message["content"]["traceback"]) == 1


def test_a_group_of_errors_is_short_too(kernel: Kernel) -> None:
    message = kernel.client.execute_interactive(
        "async def wilt(): raise ValueError('no water')\n"
        "async with asyncio.TaskGroup() as group:\n"
        "    for _ in range(2): group.create_task(wilt())",
        output_hook=lambda _: None,
        timeout=30,
    )
    assert message["content"]["ename"] == "ExceptionGroup"
    assert message["content"]["traceback"] == [
        "ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)",
        "    ValueError: no water",
        "    ValueError: no water",
    ]


def test_the_kernel_finds_the_demos_from_anywhere(
    kernel: Kernel, tmp_path: Path
) -> None:
    kernel.run(f"import os; os.chdir({str(tmp_path)!r})")
    assert kernel.run("import demos.tasks.cancel as c; print(c.__name__)") == (
        "demos.tasks.cancel"
    )
