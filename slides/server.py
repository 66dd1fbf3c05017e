"""The Jupyter server of the stage: only what the show needs, on loopback only.

It runs in this process, so that no server outlives `present`. Its configuration
is made afresh in build/jupyter at each start: the user's own Jupyter settings,
extensions and kernels neither help nor harm a show.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, TextIO

import psutil

from slides import keys
from slides.errors import Problem
from slides.files import replacing
from slides.paths import BUILD, CHECKOUT, HOME, ROOT, THEME

PORT = 8888
"""The port tried first when none is asked for."""

EXTENSIONS = ("notebook_shim", "nbclassic", "jupyterlab", "jupyterlab_jupytext")
"""The server extensions of the stage, and no others."""

LONGEST_STOP = 8
"""Seconds that the server and its kernels have to end by themselves."""

log: TextIO = sys.stderr
"""Where the server's log goes while it runs: build/jupyter/server.log."""


def environment(build: Path = BUILD, lang: str = "") -> dict[str, str]:
    """Write the stage's Jupyter settings; return the variables that name them.

    `lang` is the talk's: pictures that cells draw have their words in it.
    """
    jupyter = build / "jupyter"
    config, data = jupyter / "config", jupyter / "data"
    for source, target in (
        (THEME / "custom", config / "custom"),
        (THEME / "fonts", config / "custom" / "fonts"),
        (THEME / "nbconfig", config / "nbconfig"),
        (THEME / "lab", config / "lab"),
    ):
        shutil.copytree(source, target, dirs_exist_ok=True)
    table = f"define({json.dumps(asdict(keys.page()))});"
    (config / "custom" / "table.js").write_text(table, encoding="utf-8")
    (config / "migrated").touch()
    kernel = data / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    spec = {
        "display_name": "Python 3",
        "language": "python",
        "argv": [
            sys.executable,
            *("-m", "ipykernel_launcher", "-f", "{connection_file}"),
            "--ext=slides.kernel",
            "--IPKernelApp.log_level=ERROR",
            "--HistoryManager.enabled=False",
            "--InteractiveShell.xmode=Minimal",
        ],
        "env": {"TULIPES_LANG": lang},
        "metadata": {"debugger": False},
    }
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return {
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(data),
        "JUPYTER_RUNTIME_DIR": str(jupyter / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "IPYTHONDIR": str(jupyter / "ipython"),
        "PYTHONPATH": path,
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def listen(port: int | None) -> socket.socket:
    """Listen on `port`; for None, on the first that is free from 8888 on.

    From then on the port is ours: two shows may start in the same instant. Raises
    Problem for a port that somebody else listens on.
    """
    for candidate in [port] if port is not None else [*range(PORT, PORT + 20), 0]:
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", candidate))
    raise Problem(f"Port {port} is busy: stop what uses it, or take another --port.")


def free_port(port: int | None) -> int:
    """Return the port that `listen` takes, and leave it free; raises as it does."""
    with listen(port) as listener:
        return int(listener.getsockname()[1])


def serve(
    listener: socket.socket,
    notebook: Path,
    ready: Callable[[str, str], None],
    lang: str = "",
) -> None:
    """Serve until Ctrl-C or SIGTERM; leave no kernel and no file behind.

    `notebook` gets its kernel before anybody asks for it. `ready` is called
    once requests are answered, with the URLs of the show and of JupyterLab. `lang`
    is the talk's.
    """
    global log
    os.environ.update(environment(lang=lang))
    from jupyter_server.serverapp import ServerApp
    from jupyter_server.services.contents.largefilemanager import (
        AsyncLargeFileManager,
    )
    from jupyter_server.services.kernels.kernelmanager import (
        AsyncMappingKernelManager,
    )
    from nbclassic import nbclassic_path
    from nbclassic.notebook import handlers
    from traitlets.config import Config

    # The "Download as" menu, never seen on stage, costs a second a page.
    handlers.get_frontend_exporters = list

    class Kernels(AsyncMappingKernelManager):
        """Kernels that speak to the log; none starts once all were ended."""

        turn = asyncio.Lock()
        ended = False

        async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]
            async with self.turn:
                if self.ended:
                    raise asyncio.CancelledError
                options |= {"stdout": log, "stderr": log}
                return str(await super().start_kernel(**options))

        async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]
            async with self.turn:
                self.ended = True
                await super().shutdown_all(now)

    class Server(ServerApp):
        """A server on the port that listens, which stops without asking."""

        name = ServerApp.name

        def init_signal(self) -> None:
            for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
                if hasattr(signal, name):
                    signal.signal(getattr(signal, name), self._leave)

        def _find_http_port(self) -> None:
            """Keep the one that already listens."""

        def _bind_http_server_tcp(self) -> bool:
            listener.setblocking(False)
            self.http_server.add_socket(listener)
            return True

        async def cleanup_kernels(self) -> None:
            """End the kernels; Jupyter forgets the first one while it starts."""
            kernels: Any = self.kernel_manager
            await kernels.shutdown_all()

        def _leave(self, *_: Any) -> None:
            end = threading.Timer(LONGEST_STOP, _end_at_once)
            end.daemon = True
            end.start()
            self.stop(from_signal=True)

    class Files(AsyncLargeFileManager):
        """Files that are saved whole; Jupyter's are empty for a moment."""

        @contextlib.contextmanager
        def atomic_writing(
            self, os_path: str, text: bool = True, encoding: str = "utf-8"
        ) -> Iterator[IO[Any]]:
            with self.perm_to_403(os_path), replacing(Path(os_path), text=text) as file:
                yield file

    show = notebook.relative_to(HOME).as_posix()
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
    stream = {"handlers": {"console": {"stream": "ext://slides.server.log"}}}
    config = Config(
        ServerApp=settings, LabApp=lab, Application={"logging_config": stream}
    )
    with (BUILD / "jupyter" / "server.log").open("w", encoding="utf-8") as log:
        app = Server.instance(config=config)
        with contextlib.redirect_stdout(io.StringIO()):  # nbclassic's banner
            app.initialize(argv=[], find_extensions=False)

        async def open_show() -> None:
            await app.session_manager.create_session(
                path=show, name=notebook.name, type="notebook", kernel_name="python3"
            )

        base = f"http://127.0.0.1:{app.port}"
        token = f"?token={app.identity_provider.token}"
        app.io_loop.add_callback(
            ready,
            f"{base}{nbclassic_path()}/notebooks/{show}{token}",
            f"{base}/lab{'/tree/slides' if CHECKOUT else ''}{token}",
        )
        app.io_loop.add_callback(open_show)
        app.start()
        app.io_loop.run_sync(_end_tasks)


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
