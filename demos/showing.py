"""Print the list and the sources, in colours where one can see them."""

import difflib
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def printing() -> Iterator[None]:
    """Flush what is printed; exit with 1 if it goes nowhere.

    Quietly if its reader left, as `head` does; else with one line.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # Python flushes again
        if error.errno in {errno.EPIPE, errno.EINVAL}:
            sys.exit(1)
        sys.exit(f"cannot print: {error.strerror}")


def print_listing(lines: list[str]) -> None:
    """Print the list; a line that starts with a space is a lesson."""
    try:
        from rich.console import Console
        from rich.text import Text
    except ModuleNotFoundError:
        print(*lines, sep="\n")
        return
    text = Text("\n".join(lines))
    text.highlight_regex(r"(?m)^\S.*$", "bold")
    text.highlight_regex(r"(?m)^ +\S+", "cyan")
    Console(highlight=False).print(text, soft_wrap=True)


def print_diff(old: str, before: Path, new: str, after: Path) -> None:
    """Print what differs between two files, under these names."""
    was = before.read_text(encoding="utf-8").splitlines()
    now = after.read_text(encoding="utf-8").splitlines()
    changes = difflib.unified_diff(was, now, old, new, lineterm="")
    lines = list(changes)
    if not print_changes(lines):
        for line in lines:
            print(line)


def print_changes(lines: list[str]) -> bool:
    """Print a diff in colours, where one can see them; else False."""
    try:
        from rich.console import Console
        from rich.text import Text
    except ModuleNotFoundError:
        return False
    console = Console(highlight=False)
    if not console.is_terminal:
        return False
    colours = {"+": "green", "-": "magenta", "@": "cyan"}
    for number, line in enumerate(lines):
        style = "bold" if number < 2 else colours.get(line[0], "")
        console.print(Text(line, style), soft_wrap=True)
    return True


def print_source(path: Path) -> None:
    """Print a file: to the byte, or in colours on a terminal."""
    if not (sys.stdout.isatty() and print_colours(path)):
        sys.stdout.buffer.write(path.read_bytes())


def print_colours(path: Path) -> bool:
    """Print a file as rich can, if it is there; return whether it is.

    The colours are the terminal's own, to be read on black and white.
    """
    try:
        from rich.console import Console
        from rich.style import Style
        from rich.syntax import ANSISyntaxTheme, Syntax
    except ModuleNotFoundError:
        return False
    named = Style(color="cyan", bold=True)
    theme = ANSISyntaxTheme(
        {
            ("Comment",): Style(italic=True),
            ("Keyword",): Style(color="magenta"),
            ("Operator", "Word"): Style(color="magenta"),
            ("Literal", "String"): Style(color="green"),
            ("Literal", "Number"): Style(color="cyan"),
            ("Name", "Class"): named,
            ("Name", "Decorator"): named,
            ("Name", "Function"): named,
        }
    )
    syntax = Syntax("", "python", theme=theme)
    text = syntax.highlight(path.read_text(encoding="utf-8"))
    text.rstrip()  # `print` ends the last line
    Console().print(text, soft_wrap=True)
    return True
