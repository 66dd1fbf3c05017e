"""Run the sheet's command line: `python -m cheatsheet`."""

import sys

OURS = {"cheatsheet", "demos", "media", "slides"}

try:
    from cheatsheet.cli import main
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] in OURS:
        raise
    sys.exit(
        f"python -m cheatsheet: the package {error.name} is missing:"
        " run `make cheatsheet`, or `pip install '.[sheet]'`."
    )

if __name__ == "__main__":
    sys.exit(main())
