"""The decks, and the stage they are shown on: `python -m slides --help`."""

import sys

# jsonschema, which Jupyter imports, would spend two seconds of every start on a
# grammar of IRIs; without it, it does not check IRIs, and notebooks have none.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
