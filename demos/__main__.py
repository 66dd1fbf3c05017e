"""List the lessons, run one, read or compare them, take all home.

    python -m demos                      list all of them
    python -m demos tasks                list those of a chapter
    python -m demos tasks.cancel         run one; `cancel` will do, or
                                         a path such as tasks/cancel.py
    python -m demos tasks.cancel --help  read it, with its options
    python -m demos --show tasks.cancel  read its source
    python -m demos --show tasks.cancel > cancel.py
                                         have its source
    python -m demos --diff engine.04 engine.05
                                         see what a stage adds to one;
                                         a number is that of a name,
                                         such as stage_04_loop
    python -m demos --copy tulips        have them all in a new folder,
                                         to change, and run anywhere

What follows the lesson's name goes to the lesson.
"""

import sys

# Said before anything that an older one does not know.
if sys.version_info < (3, 11):  # noqa: UP036
    version = sys.version.split()[0]
    sys.exit(f"Python 3.11 or newer is needed; this is {version}.")

import argparse
import difflib
import os
import re
import runpy
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from subprocess import list2cmdline

if not __package__:  # `python tulips/demos`, from anywhere
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from demos import catalogue
from demos.catalogue import (
    chapters,
    lessons,
    requirements,
    runs_by_itself,
    sources,
    summary,
)
from demos.copying import copy
from demos.running import Parser, imported, run
from demos.showing import (
    print_diff,
    print_listing,
    print_source,
    printing,
)


def listing(only: str = "") -> Iterator[str]:
    """Write each chapter, then its lessons, a line each."""
    found = lessons()
    width = max(map(len, found)) + 2
    for chapter in chapters():
        if only not in ("", chapter.name):
            continue
        yield summary(chapter / "__init__.py")
        for name, path in found.items():
            if path.parent == chapter:
                yield f"  {name:{width}}{summary(path)}"


def called(name: str, found: Iterable[str]) -> str:
    """Return the one lesson that a file, a name, a number can mean."""
    dotted = re.sub(r"[/\\]", ".", name.removesuffix(".py"))
    dotted = dotted.removeprefix("demos.")
    chapter, _, last = dotted.rpartition(".")
    form = rf"(.+\.)?{re.escape(dotted)}"
    if last.isdecimal():
        form = rf"{re.escape(chapter) or '.+'}\.[^.]+_0*{int(last)}_.+"
    same = [each for each in found if re.fullmatch(form, each)]
    return same[0] if len(same) == 1 else name


def suggestion(name: str, found: list[str]) -> str:
    """Say what to type instead of an unknown name."""
    if name in (chapter.name for chapter in chapters()):
        return f"{name} is a chapter; `python -m demos {name}` lists it"
    if name in sources():
        how = f"`python -m demos --show {name}` prints it"
        return f"{name} is no lesson; {how}"
    short = name.rpartition(".")[2]
    close = [each for each in found if each.endswith(f".{short}")]
    close += difflib.get_close_matches(name, found, cutoff=0.75)
    if not close:
        return f"no lesson {name}; `python -m demos` lists them"
    near = " or ".join(dict.fromkeys(close))
    return f"no lesson {name}; did you mean {near}?"


def run_lesson(name: str, path: Path, arguments: list[str]) -> int:
    """Run a lesson with its own arguments; return the exit code."""
    if runs_by_itself(path):
        sys.argv[:] = [str(path), *arguments]
        runpy.run_module(f"demos.{name}", run_name="__main__")
        return 0
    lesson = imported(name, path)
    return run(lesson.main, name, lesson.__doc__ or "", arguments)


def take_home(name: Path) -> int:
    """Copy it all to a folder; say what to type next."""
    folder = Path(os.path.expanduser(name))
    here = catalogue.HERE
    scripts = [*here.glob("[!.]*.py")]
    for chapter in chapters():
        scripts += chapter.glob("[!.]*.py")
    needs = [bool(requirements(path)) for path in lessons().values()]
    try:
        copy(scripts, here, folder)
    except OSError as error:
        why = error.strerror or error
        print(f"cannot copy to {name}: {why}", file=sys.stderr)
        return 1
    print(f"{len(needs)} lessons are in {folder / 'demos'}; next:")
    if folder.resolve() != Path.cwd():
        join = shlex.join if os.name == "posix" else list2cmdline
        print("   ", join(["cd", str(folder)]))
    print("    python -m demos")
    how = "python -m pip install -r demos/requirements.txt"
    print(f"{sum(needs)} need packages: {how}")
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Read what is typed; exit with 2 and one line if it is wrong."""
    parser = Parser(
        prog="python -m demos",
        usage="%(prog)s [-h] [lesson [its options]]\n"
        "       %(prog)s --show NAME | --diff OLD NEW | --copy DIR",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one = parser.add_mutually_exclusive_group()
    one.add_argument(
        "lesson",
        nargs="?",
        default="",
        help="a lesson to run, or a chapter to list",
    )
    one.add_argument(
        "--show",
        metavar="NAME",
        help="print the source of a lesson, or of what it imports",
    )
    one.add_argument(
        "--diff",
        metavar=("OLD", "NEW"),
        nargs=2,
        help="print what differs between two sources",
    )
    one.add_argument(
        "--copy",
        metavar="DIR",
        type=Path,
        help="copy all lessons to a folder, new or empty",
    )
    return parser.parse_args(arguments)


def chosen(name: str, found: dict[str, Path]) -> Path:
    """Return its file; without one, suggest another and exit."""
    if name not in found:
        print(suggestion(name, list(found)), file=sys.stderr)
        sys.exit(2)
    return found[name]


def obey(typed: argparse.Namespace, rest: list[str]) -> int:
    """List, run, show, compare or copy; return the exit code."""
    name = typed.lesson
    names = {"", *(chapter.name for chapter in chapters())}
    if name not in names:
        found = lessons()
        name = called(name, found)
        return run_lesson(name, chosen(name, found), rest)
    with printing():
        if typed.copy is not None:
            return take_home(typed.copy)
        if typed.show is not None:
            found = sources()
            print_source(chosen(called(typed.show, found), found))
        elif typed.diff is not None:
            found = sources()
            old, new = (called(each, found) for each in typed.diff)
            print_diff(old, chosen(old, found), new, chosen(new, found))
        else:
            print_listing(list(listing(name)))
    return 0


def main(arguments: list[str]) -> int:
    """Do what is typed; return the exit code: 130 after Ctrl-C."""
    first, rest = arguments[:1], arguments[1:]
    if first and first[0].startswith("-"):
        first, rest = arguments, []  # no lesson: all of it is ours
    try:
        return obey(parsed(first), rest)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
