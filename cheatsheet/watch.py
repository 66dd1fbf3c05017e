"""Build again at each change of a source, for who writes the sheet.

A build takes what it can from the one before: typst keeps what it has laid out, and
code is laid out once. A change of Python code of the builder's or the figures' is
another thing: those modules are forgotten, and imported as they are now.
"""

from __future__ import annotations

import importlib
import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path

import watchfiles

from cheatsheet import pdf
from cheatsheet.build import Asked
from cheatsheet.entries import HERE
from slides.errors import Problem
from slides.paths import DEMOS, MEDIA, ROOT, SLIDES, short

FOLDERS = (HERE, MEDIA, DEMOS, SLIDES)

KINDS = {".py", ".md", ".toml", ".typ", ".css", ".json", ".ttf", ".woff2"}
"""What a source's name ends with."""

PACKAGES = {"cheatsheet": HERE, "media": MEDIA}
"""Those whose modules are part of what is built."""

UP = 100
"""Milliseconds after which the first build begins: the folders are watched by then."""


class Sources(watchfiles.DefaultFilter):
    """Chooses the changes of sources among those of the folders."""

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        """Tell whether a change is one of a source."""
        return Path(path).suffix in KINDS and super().__call__(change, path)


def watch(asked: Asked) -> None:
    """Build, then again whenever a source changes, until KeyboardInterrupt.

    Prints a line for each build. What is wrong is a line, too, on stderr.
    """
    print("Watching the sources. Ctrl-C ends.", flush=True)
    first = True
    for changes in watchfiles.watch(
        *FOLDERS, watch_filter=Sources(), yield_on_timeout=True, rust_timeout=UP
    ):
        if first or changes:
            forget(Path(path) for _, path in changes)
            attempt(asked)
            pdf.forget(len(asked.langs) * len(asked.papers))
        first = False


def attempt(asked: Asked) -> None:
    """Build; print which files changed, or what is wrong."""
    start = time.perf_counter()
    try:
        # By its name: it may have been forgotten.
        builder = importlib.import_module("cheatsheet.build")
        built = list(builder.build(asked))
    except Problem as problem:
        complain(str(problem))
    except OSError as error:
        complain(f"{error.filename or 'the sheet'}: {error.strerror}.")
    except Exception as error:  # a figure's or the builder's, half written
        reason = " ".join(str(error).split())
        complain(f"{where(error)}: {type(error).__name__}: {reason}")
    else:
        names = ", ".join(each.path.name for each in built if each.changed)
        took = time.perf_counter() - start
        print(f"{names or 'nothing changed'} ({took:.1f} s)", flush=True)


def complain(reason: str) -> None:
    """Say what is wrong, in a line."""
    print(f"python -m cheatsheet: {reason}", file=sys.stderr, flush=True)


def where(error: Exception) -> str:
    """Return the line of ours at which something failed."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{short(Path(error.filename))}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
    return f"{short(Path(ours[-1].filename))}:{ours[-1].lineno}"


def forget(changed: Iterable[Path]) -> None:
    """Forget the modules that make the sheet, if the code of one has changed."""
    if not any(makes(path) for path in changed):
        return
    for name in list(sys.modules):
        if name.partition(".")[0] in PACKAGES:
            del sys.modules[name]
    importlib.invalidate_caches()


def makes(path: Path) -> bool:
    """Tell whether a file is code that makes the sheet."""
    inside = any(path.is_relative_to(folder) for folder in PACKAGES.values())
    return path.suffix == ".py" and inside
