"""Draw what the decks show.

python -m media figures           draw all figures, in both languages
python -m media figures pieces    draw one
python -m media figures --check   draw nothing; name those out of date
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from media.figures import figure, names
from media.svg import LANGS

HERE = Path(__file__).resolve().parent


def figures(wanted: Sequence[str], *, check: bool, folder: Path = HERE) -> int:
    """Draw figures into a folder, a line each; return the exit code.

    With `check`, write nothing, and return 1 if a file is not what its figure
    draws. Raises OSError for a folder that cannot be written to.
    """
    late = []
    for name in wanted or names():
        for lang in LANGS:
            path = folder / f"{name}.{lang}.svg"
            drawing = figure(name).picture(lang).svg().encode()
            same = path.is_file() and path.read_bytes() == drawing
            if check and not same:
                late.append(path.name)
            elif not check:
                if not same:
                    path.write_bytes(drawing)
                print(f"{path.name} {'unchanged' if same else 'drawn'}")
    if late:
        files = ", ".join(late)
        print(f"out of date: {files}; run `python -m media figures`", file=sys.stderr)
    return int(bool(late))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code: 0, 1 failed, 2 misused."""
    parser = argparse.ArgumentParser(
        prog="python -m media",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="figures", required=True)
    command = commands.add_parser("figures", help="draw figures as SVG files")
    command.add_argument("name", nargs="*", help=f"one of {', '.join(names())}")
    command.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if one differs"
    )
    options = parser.parse_args(arguments)
    unknown = [name for name in options.name if name not in names()]
    if unknown:
        known = ", ".join(names())
        print(f"no figure {unknown[0]}; there are {known}", file=sys.stderr)
        return 2
    try:
        return figures(options.name, check=options.check)
    except OSError as error:
        print(f"cannot draw: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
