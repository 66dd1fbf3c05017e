"""Take the sheet's pictures, as it looks today, for those that the tests compare.

    $ python -m tests.cheatsheet.accept

writes the PNG files in tests/cheatsheet/accepted; look at them, commit them.
"""

from __future__ import annotations

import argparse

from cheatsheet import tree
from cheatsheet.entries import LANGS
from cheatsheet.pdf import pdf
from tests.cheatsheet import pictures
from tests.cheatsheet.printed import Printed


def main() -> None:
    """Write all of them, and say their names."""
    argparse.ArgumentParser(
        prog="python -m tests.cheatsheet.accept",
        description="Take the sheet's pictures of today for those to compare with.",
    ).parse_args()
    for made in tree.trees(LANGS):
        for path in pictures.accept(Printed(pdf(made, pictures.PAPER)), made.lang):
            print(path.name)


if __name__ == "__main__":
    main()
