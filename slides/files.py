"""Files that are written whole or not at all, whatever interrupts the writing."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import IO, Any


@contextlib.contextmanager
def replacing(path: Path, *, text: bool = True) -> Iterator[IO[Any]]:
    """Give a file to write, of UTF-8 text or bytes, which then becomes `path`.

    Until all is on the disk, who reads `path` reads what it was; so it stays if an
    exception comes. Line ends are kept. Raises OSError.
    """
    path = path.resolve()
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    options: dict[str, Any] = {"encoding": "utf-8", "newline": ""} if text else {}
    try:
        with part.open("x" if text else "xb", **options) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def aside(path: Path) -> Path:
    """Return a name beside `path`, with the date, that no file has yet."""
    dated = free = path.with_name(
        f"{path.stem}.{datetime.now():%Y-%m-%d-%H%M%S}{path.suffix}"
    )
    for number in count(2):
        if not free.exists():
            break
        free = dated.with_stem(f"{dated.stem}-{number}")
    return free
