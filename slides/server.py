"""The Jupyter server of the stage: only what the show needs, on loopback only.

It runs in this process, so that no server outlives `present`. Its configuration
is made afresh in build/jupyter at each start: the user's own Jupyter settings,
extensions and kernels neither help nor harm a show.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from slides import keys
from slides.errors import Problem
from slides.paths import BUILD, ROOT, THEME, decks, served

PORT = 8888
"""The port tried first when none is asked for."""


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
    lang: str,
    ready: Callable[[str, str], None],
) -> None:
    """Serve until Ctrl-C or SIGTERM; leave no kernel and no file behind.

    `notebook`, in the language `lang`, gets its kernel before anybody asks for it.
    `ready` is called once requests are answered, with the URLs of the show and of
    JupyterLab, which opens on the decks if they are served.
    """
    os.environ.update(environment(lang=lang))
    from slides.jupyter import Kernels, StageServer

    with (BUILD / "jupyter" / "server.log").open("w", encoding="utf-8") as log:
        Kernels.output = log
        StageServer.on(listener, notebook).show(notebook, served(decks(lang)), ready)
