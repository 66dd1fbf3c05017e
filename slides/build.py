"""From decks to the notebook that the stage shows, and the speaker's copy of it.

The sources are only read. The working copy in build/stage holds the speaker's
edits and outputs; it is reused until `--fresh`, and never thrown away unasked.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from media.svg import night
from slides import beside, look, solutions
from slides import speaker as speakers
from slides.covers import covers
from slides.deck import Slide
from slides.errors import Problem
from slides.files import aside, replacing
from slides.paths import MEDIA, STAGE, THEME, short
from slides.speaker import Speaker
from slides.talks import Talk, unknown

IMAGE = re.compile(r"(!\[[^\]]*\]\()([^)\s]+)(\))")
"""A picture in Markdown: before its path, the path, after it."""

ADDRESS = re.compile(r"\]\(<([^>]+)>\)\n\n!\[QR code\]")
"""What a cover links to, above the picture of its QR code."""

SIGNS = re.compile(r"[\\`*_\[\]<>&#~|$]|^[-+=]|[.)](?= )")
"""What Markdown could take for more than text."""

MANNERS = ("slideshow", "demo", "beside", "lines", "over")
"""The options of a cell that the page heeds."""

FONTS = (
    ("Inter", "100 900", "Inter.woff2"),
    ("Iosevka", "400", "Iosevka-Regular.woff2"),
    ("Iosevka", "700", "Iosevka-Bold.woff2"),
)
"""Families, weights and files of the fonts in theme/fonts."""


@dataclass(frozen=True)
class Copy:
    """A working copy: where it is, and what the speaker should know of it."""

    path: Path
    remark: str = ""


def notebook(talk: Talk) -> NotebookNode:
    """Return the notebook that shows a talk, its cells in order.

    Every cell is kept from deletion, and prose from edition; a cell's `tulipes`
    metadata says where it comes from, and a slide's first how many minutes it has, and
    which language, if it is not the talk's.
    """
    cells, speaker = [], speakers.read()
    given = zip(talk.slides, talk.pace, covers(talk.slides), strict=True)
    for slide, minutes, (cover, part) in given:
        compared = beside.facts(slide.shown)
        foreign = slide.lang if talk.translated and slide.lang != talk.lang else ""
        for cell in slide.cells:
            node = nbformat.from_dict(dict(cell.node))
            node.id = f"{slide.chapter}-{cell.number}{foreign}"
            node.metadata["deletable"] = False
            node.metadata["tulipes"] = {"id": node.id, "place": cell.place}
            node.metadata["tulipes"] |= compared.get(cell.number, {})
            node.metadata["tulipes"] |= solutions.facts(cell)
            if not cell.is_code:
                node.metadata["editable"] = False
                node.source = IMAGE.sub(_beside, node.source)
            if cell is slide.cells[0]:
                node.metadata["tulipes"] |= {"minutes": minutes, "part": part}
                if foreign:
                    node.metadata["tulipes"]["lang"] = foreign
                if cover:
                    node.metadata["tulipes"]["cover"] = cover
                    node.source = _signed(node.source, slide, cover, speaker)
            cells.append(node)
    made: NotebookNode = nbformat.v4.new_notebook(cells=cells)
    made.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3"},
        language_info={"name": "python"},
        tulipes={
            "talk": talk.name,
            "title": talk.title,
            "lang": talk.lang,
            "built": fingerprint(made),
        },
    )
    return made


def fingerprint(made: NotebookNode) -> str:
    """Return what tells whether cells were edited, or are shown in another way."""
    cells = "\0".join(
        f"{cell.cell_type} {_manner(cell)} {cell.source}" for cell in made.cells
    )
    return hashlib.sha256(cells.encode()).hexdigest()[:16]


def working_copy(talk: Talk, *, fresh: bool = False, stage: Path = STAGE) -> Copy:
    """Write or reuse the speaker's copy of a talk; return it with a remark.

    An edited copy is kept, even when the decks have changed since; `fresh`
    puts it aside under a name with the date and starts from the decks again.
    """
    made = notebook(talk)
    suffix = f"-{talk.lang}" if talk.translated else ""
    path = stage / f"{talk.name}{suffix}.ipynb"
    stage.mkdir(parents=True, exist_ok=True)
    _furnish(path, made)
    if not path.exists():
        return _write(path, made, "")
    try:
        kept = nbformat.read(path, as_version=4)
        facts = kept.metadata["tulipes"]
        again = solutions.unsolved(kept.cells)
        built, edited = facts["built"], fingerprint(kept) != facts["built"]
    except Exception:  # whatever broke it: the speaker's file is not ours to judge
        return _write(path, made, f"{_put_aside(path)} could not be read: put aside.")
    if fresh and edited:
        return _write(path, made, f"Your edits are kept in {_put_aside(path)}.")
    if fresh or (built != made.metadata["tulipes"]["built"] and not edited):
        return _write(path, made, "")
    if again:
        _write(path, kept, "")
    if built != made.metadata["tulipes"]["built"]:
        return Copy(path, "The decks have changed since your edits: --fresh has both.")
    return Copy(path, "Your edits are there; --fresh starts anew." if edited else "")


def first_slide(talk: Talk, chapter: str | None, slide: int) -> int:
    """Return the number in the talk, from 1, of a slide, or of a chapter's slide.

    Raises Problem (status 2) for a chapter or a slide that the talk lacks.
    """
    chapters = [each.chapter for each in talk.slides]
    if chapter and chapter not in chapters:
        raise unknown("chapter", chapter, talk.chapters)
    numbers = [n for n, each in enumerate(chapters, 1) if chapter in {None, each}]
    if not 1 <= slide <= len(numbers):
        what = chapter or talk.name
        raise Problem(f"{what} has slides 1 to {len(numbers)}, not {slide}.", 2)
    return numbers[slide - 1]


def _manner(cell: NotebookNode) -> str:
    """Return what the page shows a cell by, but for the line that it stands on."""
    known = {name: cell.metadata.get(name) for name in MANNERS}
    known["tulipes"] = dict(cell.metadata.get("tulipes", {})) | {"place": ""}
    return json.dumps(known, sort_keys=True)


def _signed(source: str, slide: Slide, cover: str, speaker: Speaker) -> str:
    """Return a cover's words with the speaker's, or with an address."""
    if cover == "title" and speaker.line:
        return f"{source}\n\n{_literal(speaker.line)}"
    if cover == "end":
        link = _linked(_short(speaker.address), speaker.address, "address")
        return f"{source}\n\n{link}"
    if cover == "file":
        kit = _literal(_short(speakers.kit_address()))
        link = _linked(slide.file, speakers.in_kit(slide.file), Path(slide.file).stem)
        return f"{source}\n\n{kit}\n\n{link}"
    return source


def _short(address: str) -> str:
    """Return an address as one writes it on a board."""
    return address.removeprefix("https://").rstrip("/")


def _linked(shown: str, address: str, name: str) -> str:
    """Return Markdown for an address: a link, then a picture of its QR code."""
    return f"[{_literal(shown)}](<{address}>)\n\n![QR code](media/{name}.svg)"


def _literal(text: str) -> str:
    """Return Markdown that shows a text as it is, in one line."""
    line = " ".join(text.splitlines())
    return SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", line)


def _beside(image: re.Match[str]) -> str:
    """Turn a deck's path to a picture into the working copy's."""
    return f"{image[1]}media/{Path(image[2]).name}{image[3]}"


def _furnish(path: Path, made: NotebookNode) -> None:
    """Put the style and the pictures beside the notebook."""
    stage = path.parent
    drawn = night(".stage-dark .output_html ")
    chosen = speakers.read()
    style = (THEME / "rise.css").read_text(encoding="utf-8") + drawn
    style += look.style(chosen.accent, chosen.size)
    (stage / "rise.css").write_text(style, encoding="utf-8")
    path.with_suffix(".css").write_text("/* RISE asks for it. */\n", encoding="utf-8")
    (stage / "media").mkdir(exist_ok=True)
    for cell in made.cells:
        for _, image, _ in IMAGE.findall(cell.source):
            name = Path(image).name
            if address := ADDRESS.search(cell.source):
                picture = speakers.qr(address[1])
            elif (MEDIA / name).is_file():
                picture = with_fonts((MEDIA / name).read_text(encoding="utf-8"))
            else:
                place = cell.metadata["tulipes"]["place"]
                raise Problem(f"{place}: no picture {short(MEDIA / name)}.")
            (stage / "media" / name).write_text(picture, encoding="utf-8")


def with_fonts(svg: str) -> str:
    """Return an SVG that carries the stage's fonts, and its colours in the dark.

    A picture sees no other font; it is dark where the page says so of it.
    """
    faces = "".join(
        f"@font-face{{font-family:{family};font-weight:{weight};"
        f"src:url(data:font/woff2;base64,{_base64(file)})}}"
        for family, weight, file in FONTS
    )
    style = f"{faces}@media (prefers-color-scheme: dark){{{night()}}}"
    return re.sub(r"<svg\b[^>]*>", rf"\g<0><style>{style}</style>", svg, count=1)


@functools.cache
def _base64(file: str) -> str:
    return base64.b64encode((THEME / "fonts" / file).read_bytes()).decode()


def _write(path: Path, made: NotebookNode, remark: str) -> Copy:
    with replacing(path) as file:
        nbformat.write(made, file)
    return Copy(path, remark)


def _put_aside(path: Path) -> str:
    return short(path.replace(aside(path)))
