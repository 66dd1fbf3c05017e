#!/usr/bin/env bash
# jupyterlab 4.6.6: `import jupyterlab.labapp` starts Node, if there is one, and waits.
#
# The module asks for its version as it is imported; that makes the options of a build,
# and their registry of packages is what `node …/yarn.js config --json` says (0.3 s). A
# build alone needs it, but each start of JupyterLab or nbclassic asks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  jupyterlab==4.6.6 2>/dev/null
mkdir "$folder/bin"
cat > "$folder/bin/node" <<'SHELL'
#!/bin/sh
echo "node's arguments: $(basename "$1") $2 $3" >> "$SAID"
SHELL
chmod +x "$folder/bin/node"
cat > "$folder/start.py" <<'PYTHON'
import sys
from pathlib import Path


def audit(event: str, arguments: tuple) -> None:
    if event == "subprocess.Popen":
        print("started by the import:", *(Path(a).name for a in arguments[1]))


sys.addaudithook(audit)
import jupyterlab.labapp
PYTHON
SAID=$folder/said PATH=$folder/bin:$PATH "$folder/venv/bin/python" "$folder/start.py" \
  > "$folder/seen"
cat "$folder/said" >> "$folder/seen"
cat "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
started by the import: node yarn.js config --json
node's arguments: yarn.js config --json
EXPECTED
