#!/usr/bin/env bash
# jupytext 1.19.6: a Markdown cell that is empty but has metadata is lost in MyST.
#
# It writes such a cell, as a `+++` with its metadata; it reads that back as nothing. The
# metadata is gone with the cell, with no warning: of a slideshow, a fragment that shows
# nothing but takes a step. One letter keeps both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  jupytext==1.19.6 nbformat==5.10.4
cat > "$folder/empty.py" <<'PYTHON'
import jupytext
from nbformat.v4 import new_markdown_cell, new_notebook

for text in "x", "":
    step = {"slideshow": {"slide_type": "fragment"}}
    cells = [
        new_markdown_cell("before"),
        new_markdown_cell(text, metadata=step),
        new_markdown_cell("after", metadata={"step": "last"}),
    ]
    written = jupytext.writes(new_notebook(cells=cells), "md:myst")
    read = jupytext.reads(written, "md:myst").cells
    kept = ["slideshow" in cell.metadata for cell in read].count(True)
    print(f"{text!r}: {written.count('+++')} +++, {len(read)} cells, {kept} with a step")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/empty.py" 2>/dev/null)
echo "$seen"
diff - <(echo "$seen") <<'EXPECTED'
'x': 2 +++, 3 cells, 1 with a step
'': 2 +++, 2 cells, 0 with a step
EXPECTED
