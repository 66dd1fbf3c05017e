"""Find the lessons, and what each declares, without running it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SAMPLE = re.compile(
    r"(?:^3\.(?P<minor>\d+) and newer:\n\n)?"
    r"^    \$ (?P<command>.+)\n(?P<output>(?:    .*\n)+)",
    re.MULTILINE,
)
"""A run in a docstring: the first one, or that of newer Pythons."""

RUNS = b'if __name__ == "__main__":'

ENDINGS = b"    asyncio.run(main())\n", b"    main()\n"
"""How a program ends that the runner runs; the second needs no loop."""


def summary(path: Path) -> str:
    """Return a file's first docstring line, without running it."""
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError as error:  # somebody is changing it
        return f"(not Python yet, line {error.lineno}: {error.msg})"
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def chapter_number(chapter: Path) -> int:
    """Return the number that the chapter's docstring starts with."""
    number = summary(chapter / "__init__.py").partition(".")[0]
    return int(number) if number.isdecimal() else sys.maxsize


def chapters() -> list[Path]:
    """Find the chapters' folders, in the order of the talks."""
    folders = [init.parent for init in HERE.glob("*/__init__.py")]
    return sorted(sorted(folders), key=chapter_number)


def sources() -> dict[str, Path]:
    """Find what can be read: `chapter.name` and its file."""
    return {
        f"{chapter.name}.{path.stem}": path
        for chapter in chapters()
        for path in sorted(chapter.glob("[!._]*.py"))
    }


def lessons() -> dict[str, Path]:
    """Find those that run."""
    return {
        name: path
        for name, path in sources().items()
        if RUNS in path.read_bytes()
    }


def runs_by_itself(path: Path) -> bool:
    """Tell whether a program does without the runner."""
    return not path.read_bytes().endswith(ENDINGS)


def declared(script: Path) -> dict[str, Any]:
    """Return what a script declares of itself, as PEP 723 says.

    Empty without a block; raises tomllib.TOMLDecodeError for a bad one.
    """
    text = script.read_text(encoding="utf-8")
    form = r"(?m)^# /// script\n((?:#(?: .*)?\n)+?)# ///$"
    block = re.search(form, text)
    if block is None:
        return {}
    return tomllib.loads(re.sub(r"(?m)^# ?", "", block[1]))


def requirements(script: Path) -> list[str]:
    """Return the packages that a script declares; raises as above."""
    return list(declared(script).get("dependencies", []))


def missing(path: Path) -> list[str]:
    """Return what a script needs, and this Python has not."""
    wanted = []
    for requirement in requirements(path):
        name = re.split(r"[^\w.-]", requirement)[0]
        try:
            distribution(name)
        except PackageNotFoundError:
            wanted.append(requirement)
    return wanted
