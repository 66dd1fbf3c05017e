"""The parts of a Jupyter server that the stage has otherwise.

Importing this imports the server, which takes a moment: see `slides.server`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
import signal
import socket
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, ClassVar
from urllib.parse import quote

import psutil
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import (
    ZMQChannelsWebsocketConnection,
)
from jupyter_server.services.kernels.kernelmanager import (
    AsyncMappingKernelManager,
    ServerKernelManager,
)
from jupyterlab import commands
from nbclassic import nbclassic_path
from nbclassic.notebook import handlers
from traitlets import Instance, default
from traitlets.config import Config

from slides import children
from slides.contents import Files
from slides.paths import BUILD, HOME

EXTENSIONS = ("notebook_shim", "nbclassic", "jupyterlab", "jupyterlab_jupytext")
"""The server extensions of the stage, and no others."""

MATHS = re.compile(r"\$|\\begin\{|\\\\[(\[]")
"""What may begin a formula in a cell of text: see nbclassic's `mathjaxutils`."""

CODE = re.compile(r"(`+).*?\1", re.DOTALL)

LONGEST_STOP = 8
"""Seconds that the server and its kernels have to end by themselves."""


class Kernel(ServerKernelManager):
    """A kernel whose children end when it does, even by itself.

    They are killed before it, as ipykernel waits for those that heed no signal, and
    after it, those that came meanwhile. Each start has a mark of its own, so that the
    next kernel and its children are spared.
    """

    marks: ClassVar[list[str]] = []
    """Of all kernels of this process, the last started last."""

    _environment: dict[str, str]
    _process: psutil.Process | None = None

    async def start_kernel(  # type: ignore[override]
        self, **options: Any
    ) -> None:
        """Start it, marked."""
        self._environment = options.get("env") or dict(os.environ)
        await super().start_kernel(**options | {"env": self._marked()})
        self._note()

    async def restart_kernel(  # type: ignore[override]
        self, **options: Any
    ) -> None:
        """End it and its children, and start another."""
        mark = self._mark
        children.kill([mark], self._process)
        await super().restart_kernel(**options, env=self._marked())
        self._note()
        children.kill([mark])

    async def shutdown_kernel(  # type: ignore[override]
        self, *how: Any, **options: Any
    ) -> None:
        """End it and its children."""
        children.kill([self._mark], self._process)
        await super().shutdown_kernel(*how, **options)
        children.kill([self._mark])

    def _marked(self) -> dict[str, str]:
        self._mark = uuid.uuid4().hex
        self.marks.append(self._mark)
        return {**self._environment, children.MARK: self._mark}

    def _note(self) -> None:
        self._process = None
        if pid := getattr(self.provisioner, "pid", None):
            with contextlib.suppress(psutil.Error):
                self._process = psutil.Process(pid)


class Kernels(AsyncMappingKernelManager):
    """Kernels that speak to a log; none starts once all were ended."""

    output: ClassVar[IO[str]] = sys.stderr
    """The log: the server's lines go there too."""

    turn = asyncio.Lock()
    ended = False

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]
        """Start one, unless all were ended; return its id."""
        async with self.turn:
            if self.ended:
                raise asyncio.CancelledError
            options |= {"stdout": self.output, "stderr": self.output}
            return str(await super().start_kernel(**options))

    async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]
        """End all, and one that is being started."""
        async with self.turn:
            self.ended = True
            await super().shutdown_all(now)
            children.kill(Kernel.marks)  # of one that died once too often

    @default("kernel_manager_class")
    def _kernel_manager_class(self) -> str:
        return f"{__name__}.Kernel"


class Channels(ZMQChannelsWebsocketConnection):
    """What a page and its kernel say to each other, each message at once.

    A cell's end is several small ones: TCP would hold the second one back until the
    page has acknowledged the first, for 40 ms (Nagle's algorithm, RFC 896).
    """

    def connect(self) -> Any:
        """Go between the page and its kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


class StageServer(ServerApp):
    """A server on a port that already listens, which stops without asking."""

    name = ServerApp.name
    listener = Instance(socket.socket)
    _is_leaving = False

    @classmethod
    def on(cls, listener: socket.socket, notebook: Path) -> StageServer:
        """Return the server of this process, ready to start."""
        settings = {
            "ip": "127.0.0.1",
            "port": listener.getsockname()[1],
            "root_dir": str(HOME),
            "open_browser": False,
            "allow_root": True,
            "terminals_enabled": False,
            "contents_manager_class": Files,
            "kernel_manager_class": Kernels,
            "kernel_websocket_connection_class": Channels,
            "jpserver_extensions": dict.fromkeys(EXTENSIONS, True),
        }
        lab = {
            "app_settings_dir": str(BUILD / "jupyter" / "config" / "lab"),
            "extension_manager": "readonly",
            "news_url": None,
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        }
        output = {"console": {"stream": f"ext://{__name__}.Kernels.output"}}
        config = Config(
            ServerApp=settings,
            LabApp=lab,
            NotebookApp={"enable_mathjax": _has_maths(notebook)},
            Application={"logging_config": {"handlers": output}},
        )
        # Importing JupyterLab asks Node, if there is one, for a registry of packages.
        commands._yarn_config = lambda _: {"yarn config": {}, "npm config": {}}
        # The "Download as" menu, never seen on stage, costs a second a page.
        handlers.get_frontend_exporters = list
        app = cls.instance(config=config, listener=listener)
        with contextlib.redirect_stdout(io.StringIO()):  # nbclassic's banner
            app.initialize(argv=[], find_extensions=False)
        return app

    def show(
        self, notebook: Path, folder: str, ready: Callable[[str, str], None]
    ) -> None:
        """Serve until the process is told to end; see `slides.server.serve`.

        JupyterLab opens on `folder`.
        """
        path = notebook.relative_to(HOME).as_posix()
        base = f"http://127.0.0.1:{self.port}"
        token = f"?token={self.identity_provider.token}"

        async def start_kernel() -> None:
            await self.session_manager.create_session(
                path=path, name=notebook.name, type="notebook", kernel_name="python3"
            )

        self.io_loop.add_callback(
            ready,
            f"{base}{nbclassic_path()}/notebooks/{path}{token}",
            f"{base}/lab{f'/tree/{quote(folder)}' if folder else ''}{token}",
        )
        self.io_loop.add_callback(start_kernel)
        self.start()
        self.io_loop.run_sync(_end_tasks)

    def init_signal(self) -> None:
        """Heed every signal that ends a process, and ask nobody."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._leave)

    def _leave(self, *_: Any) -> None:
        if self._is_leaving:
            return  # a second Ctrl-C: all is ending already
        self._is_leaving = True
        end = threading.Timer(LONGEST_STOP, _end_at_once)
        end.daemon = True
        end.start()
        self.stop(from_signal=True)

    def _find_http_port(self) -> None:
        """Keep the one that already listens."""

    def _bind_http_server_tcp(self) -> bool:
        self.listener.setblocking(False)
        self.http_server.add_socket(self.listener)
        return True

    async def cleanup_kernels(self) -> None:
        """End the kernels; Jupyter forgets the first one while it starts."""
        kernels: Any = self.kernel_manager
        await kernels.shutdown_all()


def _has_maths(notebook: Path) -> bool:
    """Tell whether a page may need MathJax, which takes a quarter of a second."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    markdown = [cell for cell in cells if cell["cell_type"] == "markdown"]
    texts = ("".join(cell["source"]) for cell in markdown)
    return any(MATHS.search(CODE.sub("", text)) for text in texts)


async def _end_tasks() -> None:
    """End the requests under way: anyio's threads wait for them, not for the loop."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def _end_at_once() -> None:
    """End this process, its kernels and their children; leave no connection file."""
    for process in children.living(Kernel.marks):
        words: list[str] = []
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
        if "ipykernel_launcher" in words:
            Path(words[words.index("-f") + 1]).unlink(missing_ok=True)
    children.kill(Kernel.marks)
    os._exit(0)
