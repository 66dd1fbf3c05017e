#!/usr/bin/env bash
# jupytext 1.19.6: a cell's option that looks like a date makes a notebook that cannot
# be written.
#
# In its MyST format, an option's value is read as YAML. Text, numbers, lists become
# what a notebook's metadata may hold. A date becomes a datetime.date, which nothing
# rejects as it is read: nbformat finds the notebook valid, and json raises as it is
# written, with no word of the cell. In quotes it is text, and all is well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  jupytext==1.19.6 nbformat==5.10.4
cat > "$folder/date.py" <<'PYTHON'
import jupytext
import nbformat

DECK = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
---

```{code-cell}
:planted: VALUE

print("tulip")
```
"""

for value in "spring", "'2026-11-29'", "2026-11-29":
    notebook = jupytext.reads(DECK.replace("VALUE", value), "md:myst")
    nbformat.validate(notebook)
    kind = type(notebook.cells[-1].metadata["planted"]).__name__
    try:
        nbformat.writes(notebook)
    except TypeError as error:
        print(f"{value}: {kind}, valid, {error}")
    else:
        print(f"{value}: {kind}, valid, written")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/date.py")
echo "$seen"
diff - <(echo "$seen") <<'EXPECTED'
spring: str, valid, written
'2026-11-29': str, valid, written
2026-11-29: date, valid, Object of type date is not JSON serializable
EXPECTED
