#!/usr/bin/env bash
# ipykernel 7.4.0 with jupyter_client 8.10.0: an interrupt that comes between the
# request for a cell and its beginning is lost, and the cell runs on.
#
# The kernel heeds the signal only while a cell runs. A client that sends both at once,
# in this order, asks too early. One that first waits for the status "busy", which the
# kernel sends as it begins, ends the cell.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  ipykernel==7.4.0 jupyter_client==8.10.0 2>/dev/null
cat > "$folder/early.py" <<'PYTHON'
from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name="python3")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
for moment in "at once", "when busy":
    asked = client.execute("import time\nfor _ in range(30): time.sleep(0.1)")
    state = "busy" if moment == "at once" else ""
    while state != "busy":
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") == asked:
            state = message["content"].get("execution_state", "")
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=60)["content"]
    print(f"interrupted {moment}:", reply.get("ename", "the cell ran to its end"))
client.stop_channels()
manager.shutdown_kernel()
PYTHON
seen=$(JUPYTER_DATA_DIR="$folder/data" JUPYTER_RUNTIME_DIR="$folder/run" \
  IPYTHONDIR="$folder/ipython" "$folder/venv/bin/python" "$folder/early.py" 2>/dev/null)
echo "$seen"
diff - <(echo "$seen") <<'EXPECTED'
interrupted at once: the cell ran to its end
interrupted when busy: KeyboardInterrupt
EXPECTED
