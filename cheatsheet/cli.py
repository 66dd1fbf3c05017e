"""The command line: build the sheet, to print and for phones."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cheatsheet import entries, ran, tree
from cheatsheet.build import Asked, build, stale
from cheatsheet.entries import HERE, LANGS, PAPERS
from cheatsheet.watch import watch
from slides.errors import Problem
from slides.paths import CHECKOUT, short

EXAMPLES = """\
examples:
  python -m cheatsheet                        both languages: two papers, one page
                                              of HTML for phones
  python -m cheatsheet --lang fr --paper a4
  python -m cheatsheet --lang fr --html
  python -m cheatsheet --lang fr --paper a4 --watch
                                              build at each change, until Ctrl-C
  python -m cheatsheet -o ~/Desktop
  python -m cheatsheet --check                are the committed PDFs today's?
  python -m cheatsheet --ran                  record what the tests have run
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m cheatsheet",
        description="Build the sheet of asyncio: two pages to print, one for phones.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--lang", choices=LANGS, help="one language (default: both)")
    form = made.add_mutually_exclusive_group()
    form.add_argument("--paper", choices=PAPERS, help="one paper, and no HTML")
    form.add_argument("--html", action="store_true", help="the HTML, and no paper")
    made.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        help="the folder to write to (default: cheatsheet; HTML: build/cheatsheet)",
    )
    add_other_work(made)
    return made


def add_other_work(made: argparse.ArgumentParser) -> None:
    """Add the options that ask for something else than a build."""
    work = made.add_mutually_exclusive_group()
    work.add_argument(
        "--watch", action="store_true", help="build again when a source changes"
    )
    work.add_argument(
        "--check",
        action="store_true",
        help="write nothing; name the PDFs that are not what the sources build",
    )
    work.add_argument(
        "--ran",
        action="store_true",
        help="put what the tests noted in build/ran.txt into ran.json",
    )


def asked(options: argparse.Namespace) -> Asked:
    """Return what the options ask for."""
    papers = (options.paper,) if options.paper else tuple(PAPERS)
    return Asked(
        langs=(options.lang,) if options.lang else LANGS,
        papers=() if options.html else papers,
        web=not options.paper,
        folder=options.output,
    )


def check(asked: Asked) -> int:
    """Name the PDFs that are not what the sources build; return 1 if there are any."""
    found = list(stale(asked))
    for path in found:
        print(f"{short(path)} is not what its sources build: make cheatsheet.")
    return 1 if found else 0


def in_checkout() -> None:
    """Raise Problem for an installed copy: the sheet's address is not in it."""
    if not CHECKOUT:
        raise Problem(f"only a clone can build the sheet; its PDFs are in {HERE}.")


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    made = parser()
    options = made.parse_args(words)
    if options.check and (options.html or options.output):
        made.error("--check is of the committed PDFs: no --html, no --output")
    try:
        in_checkout()
        if options.ran:
            runs = ran.add_notes(tree.all_scripts(entries.read()))
            print(f"{short(ran.RAN)}: {runs} runs")
        elif options.watch:
            watch(asked(options))
        elif options.check:
            return check(asked(options))
        else:
            for built in build(asked(options)):
                print(built)
    except Problem as problem:
        print(f"python -m cheatsheet: {problem}", file=sys.stderr)
        return problem.status
    except OSError as error:
        what = error.filename or "the sheet"
        print(f"python -m cheatsheet: {what}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
