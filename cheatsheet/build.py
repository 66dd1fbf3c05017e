"""The files that are asked for, each replaced whole: who reads one reads all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cheatsheet import pdf, tree, web
from cheatsheet.entries import LANGS, PAPERS
from cheatsheet.nodes import Tree
from slides.files import replacing
from slides.paths import BUILD, short


@dataclass(frozen=True)
class Asked:
    """What to build: by default all, in build/cheatsheet."""

    langs: tuple[str, ...] = LANGS
    papers: tuple[str, ...] = tuple(PAPERS)
    web: bool = True
    folder: Path = BUILD / "cheatsheet"


@dataclass(frozen=True)
class Built:
    """A file that was built, and whether it differs from what was there."""

    path: Path
    size: int
    changed: bool

    def __str__(self) -> str:
        same = "" if self.changed else ", unchanged"
        return f"{short(self.path)}: {self.size // 1000} kB{same}"


def build(asked: Asked) -> Iterator[Built]:
    """Write the files that are asked for; yield each.

    Raises Problem for what the sheet cannot be made of, OSError for a folder that
    cannot be written to.
    """
    asked.folder.mkdir(parents=True, exist_ok=True)
    for made in tree.trees(asked.langs):
        for path, data in files(made, asked):
            yield written(path, data)


def files(made: Tree, asked: Asked) -> Iterator[tuple[Path, bytes]]:
    """Yield the files of a language that are asked for: where, and what."""
    for paper in asked.papers:
        yield pdf.name(made, paper, asked.folder), pdf.pdf(made, paper)
    if asked.web:
        yield web.name(made, asked.folder), web.html(made).encode()


def written(path: Path, data: bytes) -> Built:
    """Write a file, unless it is so already."""
    changed = not path.is_file() or path.read_bytes() != data
    if changed:
        with replacing(path, text=False) as file:
            file.write(data)
    return Built(path, len(data), changed)
