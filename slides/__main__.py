"""Run the stage's command line: `python -m slides`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (said before anything fails to import)
    sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")

from slides.errors import missing

try:
    from slides.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"slides: {missing(error)}")

if __name__ == "__main__":
    sys.exit(main())
