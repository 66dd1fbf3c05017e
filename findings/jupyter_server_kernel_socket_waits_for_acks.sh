#!/usr/bin/env bash
# jupyter_server 2.21.1 with tornado 6.6.1: TCP holds back what a kernel says, 40 ms a
# cell on Linux, on loopback, too.
#
# A cell sends several small messages. TCP keeps the second until the client has
# acknowledged the first (Nagle's algorithm, RFC 896), and a client that sends nothing
# lets that wait. A websocket of tornado's that wants no delay must say so, as its page
# tells (`set_nodelay`); jupyter_server's to a kernel doesn't.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  jupyter_server==2.21.1 tornado==6.6.1 ipykernel==7.4.0 websocket-client==1.9.2 \
  2>/dev/null
cat > "$folder/at_once.py" <<'PYTHON'
from jupyter_server.services.kernels.connection.channels import (
    ZMQChannelsWebsocketConnection,
)


class AtOnce(ZMQChannelsWebsocketConnection):
    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()
PYTHON
cat > "$folder/cells.py" <<'PYTHON'
import json
import socket
import subprocess
import sys
import time
from statistics import median
from urllib.request import Request, urlopen

from websocket import WebSocket, create_connection

TOKEN = {"Authorization": "token tulip"}


def cell(kernel: WebSocket, number: int) -> float:
    """Run a cell; return the milliseconds until its kernel is idle again."""
    header = {"msg_id": f"{number}", "msg_type": "execute_request", "version": "5.3"}
    header |= {"session": "tulip", "username": "florist", "date": ""}
    content = {"code": "pass", "silent": False, "allow_stdin": False}
    request = {"header": header, "parent_header": {}, "metadata": {}}
    request |= {"content": content, "channel": "shell"}
    start = time.perf_counter()
    kernel.send(json.dumps(request))
    asked, state = None, None
    while (asked, state) != (header["msg_id"], "idle"):
        message = json.loads(kernel.recv())
        asked = message["parent_header"].get("msg_id")
        state = message["content"].get("execution_state")
    return 1000 * (time.perf_counter() - start)


def cells(*options: str) -> float:
    """Start a server and a kernel; return the median of twenty cells."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    port = ["--port", address.split(":")[1], "--ServerApp.port_retries=0"]
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    with subprocess.Popen(
        [*command, *port, "--ip=127.0.0.1", "--IdentityProvider.token=tulip", *options]
    ) as server:
        kernels = Request(f"http://{address}/api/kernels", b"{}", TOKEN)
        for _ in range(300):
            try:
                name = json.load(urlopen(kernels))["id"]
                break
            except OSError:
                time.sleep(0.1)
        url = f"ws://{address}/api/kernels/{name}/channels"
        kernel = create_connection(url, timeout=60, header=TOKEN)
        taken = [cell(kernel, number) for number in range(21)]
        kernel.close()
        server.terminate()
    return median(taken[1:])


plain = cells()
at_once = cells("--ServerApp.kernel_websocket_connection_class=at_once.AtOnce")
print(f"{plain:.0f} ms a cell; without Nagle's algorithm {at_once:.0f} ms")
sys.exit(plain < 2 * at_once)
PYTHON
export JUPYTER_CONFIG_DIR="$folder/config" JUPYTER_DATA_DIR="$folder/data"
export JUPYTER_RUNTIME_DIR="$folder/run" IPYTHONDIR="$folder/ipython"
PYTHONPATH="$folder" "$folder/venv/bin/python" "$folder/cells.py" 2>/dev/null
