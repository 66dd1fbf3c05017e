#!/usr/bin/env bash
# ipykernel 7.4.0 with debugpy 1.8.22: `breakpoint()` in a cell does nothing, in silence.
#
# ipykernel imports debugpy for its debugger, and debugpy takes `sys.breakpointhook`.
# Its hook waits for nobody while no debugger is attached, as in a plain notebook: the
# cell goes on. With Python's own hook pdb asks at that line, here of a client that
# says that it has no answers, hence the error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  ipykernel==7.4.0 debugpy==1.8.22 2>/dev/null
cat > "$folder/cells.py" <<'PYTHON'
from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="python3")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
for cell in (
    "import sys; print(sys.breakpointhook.__module__)",
    "breakpoint()",
    "sys.breakpointhook = sys.__breakpointhook__; breakpoint()",
):
    said = []
    reply = client.execute_interactive(
        cell,
        allow_stdin=False,
        timeout=60,
        output_hook=lambda message: said.append(message["content"].get("text", "")),
    )["content"]
    name = reply.get("ename", "no error")
    print(cell, "->", name, *"".join(said).splitlines()[:1])
client.stop_channels()
manager.shutdown_kernel()
PYTHON
seen=$(JUPYTER_DATA_DIR="$folder/data" JUPYTER_RUNTIME_DIR="$folder/run" \
  IPYTHONDIR="$folder/ipython" "$folder/venv/bin/python" "$folder/cells.py" 2>/dev/null)
echo "$seen"
diff - <(echo "$seen") <<'EXPECTED'
import sys; print(sys.breakpointhook.__module__) -> no error debugpy._vendored.force_pydevd
breakpoint() -> no error
sys.breakpointhook = sys.__breakpointhook__; breakpoint() -> StdinNotImplementedError --Call--
EXPECTED
