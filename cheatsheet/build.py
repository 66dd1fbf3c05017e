"""The files that are asked for, each replaced whole: who reads one reads all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cheatsheet import pdf, tree, web
from cheatsheet.entries import HERE, LANGS, PAPERS
from cheatsheet.nodes import Tree
from slides.files import replacing
from slides.paths import BUILD, short

SHOWN = "en", "a4"
"""The sheet whose first page README shows as a picture."""


@dataclass(frozen=True)
class Asked:
    """What to build: by default all.

    Without a `folder`, what people download goes beside the sources, where it is
    committed, the HTML to build/cheatsheet.
    """

    langs: tuple[str, ...] = LANGS
    papers: tuple[str, ...] = tuple(PAPERS)
    web: bool = True
    folder: Path | None = None


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
    for made in tree.trees(asked.langs):
        for path, data in files(made, asked):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield written(path, data)


def stale(asked: Asked) -> Iterator[Path]:
    """Yield the committed PDFs that are not today's; raise as `build` does.

    What is committed is of the sheet's day, whatever SOURCE_DATE_EPOCH is.
    """
    for made in tree.trees(asked.langs):
        for paper in asked.papers:
            path = pdf.name(made, paper, HERE)
            today = pdf.pdf(made, paper, pdf.updated(made))
            if not path.is_file() or path.read_bytes() != today:
                yield path


def files(made: Tree, asked: Asked) -> Iterator[tuple[Path, bytes]]:
    """Yield the files of a language that are asked for: where, and what."""
    for paper in asked.papers:
        path = pdf.name(made, paper, asked.folder or HERE)
        yield path, pdf.pdf(made, paper)
        if (made.lang, paper) == SHOWN:
            yield path.with_suffix(".png"), pdf.picture(made, paper)
    if asked.web:
        folder = asked.folder or BUILD / "cheatsheet"
        yield web.name(made, folder), web.html(made).encode()


def written(path: Path, data: bytes) -> Built:
    """Write a file, unless it is so already."""
    changed = not path.is_file() or path.read_bytes() != data
    if changed:
        with replacing(path, text=False) as file:
            file.write(data)
    return Built(path, len(data), changed)
