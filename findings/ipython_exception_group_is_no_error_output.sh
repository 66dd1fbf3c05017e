#!/usr/bin/env bash
# IPython 9.18.1, ipykernel 7.4.0, nbclient 0.11.0: a cell that raises an exception
# group, as a TaskGroup does, has no output of type error.
#
# The traceback is printed by Python's own `traceback`, whole, as a stream on stderr,
# whatever `xmode` says: "Minimal" gives one line for any other exception. Who looks
# through a notebook's outputs for errors finds none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  ipython==9.18.1 ipykernel==7.4.0 nbclient==0.11.0 2>/dev/null
cat > "$folder/group.py" <<'PYTHON'
import nbformat
from nbclient import NotebookClient

CELLS = (
    "%xmode Minimal",
    "raise ValueError('no water')",
    "raise ExceptionGroup('wilted', [ValueError('no water')])",
)
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute()
for cell in notebook.cells[1:]:
    for output in cell.outputs:
        lines = output.get("traceback") or output.text.splitlines()
        print(cell.source[:20], output.output_type, "one line" if len(lines) == 1 else "many")
PYTHON
seen=$(JUPYTER_DATA_DIR="$folder/data" JUPYTER_RUNTIME_DIR="$folder/run" \
  IPYTHONDIR="$folder/ipython" "$folder/venv/bin/python" "$folder/group.py" 2>/dev/null)
echo "$seen"
diff - <(echo "$seen") <<'EXPECTED'
raise ValueError('no error one line
raise ExceptionGroup stream many
EXPECTED
