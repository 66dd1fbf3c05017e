"""The parts of a Jupyter server that the stage has otherwise.

Importing this imports the server, which takes a moment: see `slides.server`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, ClassVar

import nbformat
import psutil
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from nbclassic import nbclassic_path
from nbclassic.notebook import handlers
from tornado.web import HTTPError
from traitlets import Instance
from traitlets.config import Config

from slides.files import aside, replacing
from slides.merging import Change, settled
from slides.paths import BUILD, CHECKOUT, HOME, short

EXTENSIONS = ("notebook_shim", "nbclassic", "jupyterlab", "jupyterlab_jupytext")
"""The server extensions of the stage, and no others."""

LONGEST_STOP = 8
"""Seconds that the server and its kernels have to end by themselves."""


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


class Files(AsyncLargeFileManager):
    """Files that are saved whole, one by one; Jupyter's are empty for a moment.

    A window of the show says in its notebook's metadata, where jupytext lets it pass,
    what it changed: no more is written over what is on the disk.
    """

    turn = Instance(asyncio.Lock, ())

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Save a model, or the changes of a window; return the model of what is saved.

        `said` in it is what the speaker must know. Raises HTTPError.
        """
        jupyter: Any = super()
        is_notebook = model.get("type") == "notebook"
        window = is_notebook and model["content"]["metadata"].pop("window", None)
        async with self.turn:
            said = await self._merge(model, path, **window) if window else ""
            return {**await jupyter.save(model, path), "said": said}

    async def _merge(
        self,
        model: dict[str, Any],
        path: str,
        changes: list[dict[str, Any]],
        late: bool,
    ) -> str:
        """Make what is on the disk, with the changes, the content of a model.

        They are `late` if what is on the disk, meanwhile, is rather newer.
        """
        jupyter: Any = super()
        file = Path(jupyter._get_os_path(path))
        try:
            kept = (await jupyter.get(path, type="notebook"))["content"]
        except HTTPError:
            if not model["content"]["cells"]:
                raise  # a window that is being left sends its changes only
            return _put_broken_aside(file)
        cells, rest = settled(kept.cells, [Change(**each) for each in changes], late)
        model["content"] = {**kept, "cells": cells}
        if rest is None:
            return ""
        there = aside(file)
        with replacing(there) as copy:
            nbformat.write(nbformat.from_dict({**kept, "cells": rest}), copy)
        whose = "this window's" if late else "the older"
        return f"Two windows changed the same cell: {whose} is in {short(there)}."

    @contextlib.contextmanager
    def atomic_writing(
        self, os_path: str, text: bool = True, encoding: str = "utf-8"
    ) -> Iterator[IO[Any]]:
        """Give a file to write, which then becomes `os_path`."""
        with self.perm_to_403(os_path), replacing(Path(os_path), text=text) as file:
            yield file


def _put_broken_aside(file: Path) -> str:
    """Put a file that is no notebook aside, if there is one; say so."""
    if not file.exists():
        return ""
    there = aside(file)
    shutil.copy(file, there)
    return f"The copy could not be read: it is put aside, {short(there)}."


class StageServer(ServerApp):
    """A server on a port that already listens, which stops without asking."""

    name = ServerApp.name
    listener = Instance(socket.socket)

    @classmethod
    def on(cls, listener: socket.socket) -> StageServer:
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
            Application={"logging_config": {"handlers": output}},
        )
        # The "Download as" menu, never seen on stage, costs a second a page.
        handlers.get_frontend_exporters = list
        app = cls.instance(config=config, listener=listener)
        with contextlib.redirect_stdout(io.StringIO()):  # nbclassic's banner
            app.initialize(argv=[], find_extensions=False)
        return app

    def show(self, notebook: Path, ready: Callable[[str, str], None]) -> None:
        """Serve until the process is told to end; see `slides.server.serve`."""
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
            f"{base}/lab{'/tree/slides' if CHECKOUT else ''}{token}",
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


async def _end_tasks() -> None:
    """End the requests under way: anyio's threads wait for them, not for the loop."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def _end_at_once() -> None:
    """End this process and its kernels, whatever holds them; leave no file."""
    for child in psutil.Process().children(recursive=True):
        words: list[str] = []
        with contextlib.suppress(psutil.Error):
            words = child.cmdline()
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
        if "-f" in words:  # a kernel's connection file
            Path(words[words.index("-f") + 1]).unlink(missing_ok=True)
    os._exit(0)
