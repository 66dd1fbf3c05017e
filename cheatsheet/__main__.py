"""Build the printed sheet: `python -m cheatsheet`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cheatsheet import entries, pdf, ran, tree
from cheatsheet.entries import LANGS, PAPERS
from slides.errors import Problem
from slides.files import replacing
from slides.paths import BUILD, short

EXAMPLES = """\
examples:
  python -m cheatsheet                        both languages, both papers
  python -m cheatsheet --lang fr --paper a4
  python -m cheatsheet -o ~/Desktop
  python -m cheatsheet --ran                  record what the tests have run
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m cheatsheet",
        description="Build the printed sheet: two pages of asyncio.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--lang", choices=LANGS, help="one language (default: both)")
    made.add_argument("--paper", choices=PAPERS, help="one paper (default: both)")
    made.add_argument(
        "-o",
        "--output",
        type=Path,
        default=BUILD / "cheatsheet",
        metavar="DIR",
        help="the folder to write to (default: build/cheatsheet)",
    )
    made.add_argument(
        "--ran",
        action="store_true",
        help="put what the tests noted in build/ran.txt into ran.json",
    )
    return made


def build(lang: str | None, paper: str | None, folder: Path) -> None:
    """Write the sheets that are asked for, and print where.

    Raises Problem for what the sheet cannot be made of, OSError for a folder that
    cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for made in tree.trees([lang] if lang else LANGS):
        for size in [paper] if paper else PAPERS:
            data = pdf.pdf(made, size)
            path = pdf.name(made, size, folder)
            with replacing(path, text=False) as file:
                file.write(data)
            print(f"{short(path)}: {len(data) // 1000} kB")


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    asked = parser().parse_args(words)
    try:
        if asked.ran:
            runs = ran.add_notes(tree.all_scripts(entries.read()))
            print(f"{short(ran.RAN)}: {runs} runs")
        else:
            build(asked.lang, asked.paper, asked.output)
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
