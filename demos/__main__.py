"""List the lessons, or run one.

    python -m demos                      list all of them
    python -m demos tasks                list those of a chapter
    python -m demos tasks.cancel         run one
    python -m demos tasks.cancel --help  read it, with its options

What follows the lesson's name goes to the lesson.
"""

import argparse
import ast
import difflib
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

RUNS = 'if __name__ == "__main__":'
HERE = Path(__file__).resolve().parent


def summary(path: Path) -> str:
    """Return a file's first docstring line, without running it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def chapter_number(chapter: Path) -> int:
    """Return the number that the chapter's docstring starts with."""
    number = summary(chapter / "__init__.py").partition(".")[0]
    return int(number) if number.isdecimal() else sys.maxsize


def chapters() -> list[Path]:
    """Find the chapters' folders, in the order of the talks."""
    folders = [init.parent for init in HERE.glob("*/__init__.py")]
    return sorted(sorted(folders), key=chapter_number)


def lessons() -> dict[str, Path]:
    """Find the files that run: `chapter.lesson` and its file."""
    return {
        f"{chapter.name}.{path.stem}": path
        for chapter in chapters()
        for path in sorted(chapter.glob("*.py"))
        if RUNS in path.read_text(encoding="utf-8")
    }


def listing(only: str = "") -> Iterator[Text]:
    """Write each chapter, then its lessons, a line each."""
    found = lessons()
    width = max(map(len, found)) + 2
    for chapter in chapters():
        if only not in ("", chapter.name):
            continue
        yield Text(summary(chapter / "__init__.py"), style="bold")
        for name, path in found.items():
            if path.parent == chapter:
                address = Text(f"  {name:{width}}", style="cyan")
                yield address + Text(summary(path))


def suggestion(name: str) -> str:
    """Say what to type instead of an unknown name."""
    found = list(lessons())
    short = name.rpartition(".")[2]
    close = [each for each in found if each.endswith(f".{short}")]
    close += difflib.get_close_matches(name, found, cutoff=0.75)
    if not close:
        return f"no lesson {name}; `python -m demos` lists them"
    near = " or ".join(dict.fromkeys(close))
    return f"no lesson {name}; did you mean {near}?"


def main(arguments: list[str]) -> int:
    """List or run what the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m demos",
        usage="%(prog)s [-h] [lesson [its options]]",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "lesson",
        nargs="?",
        default="",
        help="a lesson to run, or a chapter to list",
    )
    name = parser.parse_args(arguments[:1]).lesson
    if name in {"", *(chapter.name for chapter in chapters())}:
        lines = Text("\n").join(listing(name))
        Console(highlight=False).print(lines, soft_wrap=True)
        return 0
    path = lessons().get(name)
    if path is None:
        print(suggestion(name), file=sys.stderr)
        return 2
    sys.argv[:] = [str(path), *arguments[1:]]
    try:
        runpy.run_path(str(path), run_name="__main__")
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
