"""Run the stage's command line: `python -m slides`."""

import sys

from slides.cli import main

if __name__ == "__main__":
    sys.exit(main())
