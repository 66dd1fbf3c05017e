"""The whole sheet in one language: pages, boxes, words, code and pictures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import cast

import segno

from cheatsheet import entries, ran
from cheatsheet.entries import Box, Part, Sheet
from cheatsheet.listing import WIDEST, listing
from cheatsheet.nodes import (
    Address,
    Badge,
    Block,
    BoxNode,
    Code,
    Em,
    FamilyNode,
    Figure,
    Inline,
    Items,
    Line,
    Link,
    Listing,
    Output,
    PageNode,
    Paragraph,
    Strong,
    Table,
    Text,
    Tree,
)
from cheatsheet.prose import Prose
from cheatsheet.prose import read as read_prose
from cheatsheet.samples import samples
from cheatsheet.tables import TABLES
from media import figures
from media.lang import Lang
from media.text import MONO, SANS
from slides import changes
from slides.errors import Problem
from slides.paths import DEMOS, short
from slides.speaker import kit_address

DOCS = "https://docs.python.org/3/"
SHEET_SANS = '"IBM Plex Sans" font-stretch="condensed"'
"""What pictures are set in on the sheet, in place of the stage's SANS: narrower."""

QR = {"fr": "Code QR\u00a0:", "en": "QR code:"}
"""What stands in the alt text before the address."""

RAN = {
    "fr": ("Exécuté sur Python", "Exécuté nulle part"),
    "en": ("Run on Python", "Run nowhere"),
}
"""What a strip says to whom it is read, and what an empty one says."""


def trees(langs: Iterable[str]) -> Iterator[Tree]:
    """Yield the sheet in each language.

    Raises Problem for what sheet.toml, a cell or an address says wrongly.
    """
    sheet, prose = entries.read(), read_prose()
    known_boxes(sheet, prose)
    for lang in langs:
        yield Maker(sheet, lang, prose).tree()


def known_boxes(sheet: Sheet, prose: dict[tuple[str, str], Prose]) -> None:
    """Raise Problem for a cell of a box that the sheet has not."""
    for (box, _), words in prose.items():
        if box not in sheet.boxes:
            place, file = words.cell.place, short(entries.SHEET)
            raise Problem(f"{place}: {file} has no [boxes.{box}].")


class Maker:
    """Makes the tree of a sheet in one language."""

    def __init__(
        self, sheet: Sheet, lang: str, prose: dict[tuple[str, str], Prose]
    ) -> None:
        self.sheet = sheet
        self.lang = lang
        self.prose = prose
        self.recorded = ran.record()
        self.novelties = novelties(sheet)
        self.counts = dict.fromkeys(sheet.families, 0)

    def tree(self) -> Tree:
        """Return all of it."""
        sheet, lang = self.sheet, self.lang
        pages = tuple(
            PageNode(
                page.title[lang],
                tuple(tuple(map(self.box, column)) for column in page.columns),
                tuple(self.box(box, span) for box, span in page.foot),
            )
            for page in sheet.pages
        )
        updated = sheet.updated
        return Tree(
            lang=lang,
            name=sheet.name,
            title=sheet.title[lang],
            description=sheet.description[lang],
            author="Tulipes",
            keywords=("Python", "asyncio", "async", "await", "cheatsheet"),
            updated=(updated.year, updated.month, updated.day),
            running=(Text(sheet.running[lang]),),
            widest=WIDEST,
            address=kit_address().removeprefix("https://"),
            url=kit_address(),
            families={
                letter: FamilyNode(family.name[lang], family.colour)
                for letter, family in sheet.families.items()
            },
            pages=pages,
        )

    def box(self, name: str, span: float = 1) -> BoxNode:
        """Return a box, its tag the next of its family."""
        box = self.sheet.boxes[name]
        self.counts[box.family] += 1
        if (name, self.lang) not in self.prose:
            raise Problem(
                f"{short(entries.SHEET)}: boxes.{name} has no cell tagged"
                f' "cheatsheet" in {self.lang}.'
            )
        prose = self.prose[name, self.lang]
        blocks = tuple(self.blocks(name, box, prose))
        script, more = named(box, blocks)
        runs = self.ran(box, blocks)
        return BoxNode(
            id=name,
            tag=f"{box.family}{self.counts[box.family]}",
            family=box.family,
            heading=prose.heading,
            doc=DOCS + box.doc,
            script=script,
            script_url=demo_url(script) if script else None,
            more=more,
            ran=runs,
            ran_words=self.ran_words(runs or ()),
            blocks=blocks,
            span=span,
        )

    def ran(self, box: Box, blocks: Iterable[Block]) -> tuple[bool, ...] | None:
        """Tell which Pythons ran all of a box's code; None for a box without any.

        Where its lesson avoids what an older one lacks, that one has not run the code.
        """
        each = [ran.pythons(script, self.recorded) for script in scripts(box)]
        if not each:
            return None
        oldest = max(needed(blocks, self.novelties), default=(0,))
        has = [tuple(map(int, python.split("."))) >= oldest for python in ran.PYTHONS]
        return tuple(map(all, zip(has, *each, strict=True)))

    def ran_words(self, runs: Iterable[bool]) -> str:
        """Name the Pythons that ran."""
        pythons = [each for each, done in zip(ran.PYTHONS, runs, strict=False) if done]
        said, none = RAN[self.lang]
        return f"{said} {', '.join(pythons)}" if pythons else none

    def blocks(self, name: str, box: Box, prose: Prose) -> Iterator[Block]:
        """Yield prose and parts in turn, with the releases that they need."""
        rules = len(prose.sections) - 1
        if rules != len(box.parts):
            raise Problem(
                f"{prose.cell.place}: {rules} rules (---), and boxes.{name}"
                f" has {len(box.parts)} parts in {short(entries.SHEET)}."
            )
        badges = Badges(self.novelties)
        sections = iter(prose.sections)
        yield from map(badges.block, next(sections))
        for number, (part, section) in enumerate(zip(box.parts, sections, strict=True)):
            if part.address is not None:
                yield self.address(part.address, section)
                continue
            try:
                yield from map(badges.block, self.part(part))
            except Problem as problem:
                key = f"boxes.{name}.parts[{number}]"
                raise Problem(f"{short(entries.SHEET)}: {key}: {problem}") from None
            yield from map(badges.block, section)

    def part(self, part: Part) -> Iterator[Block]:
        """Yield what a part prints; raises Problem for what is not there."""
        if part.code:
            yield Listing(*listing(part))
        elif part.output:
            for pythons, lines in samples(part.output):
                yield Output(pythons, lines)
        elif part.table:
            yield TABLES[checked("table", part.table, TABLES)](self.lang)
        elif part.figure:
            yield figure(part.figure, self.lang)

    def address(self, size: float, section: tuple[Block, ...]) -> Address:
        """Return the kit's address as a QR code, beside what is said of it."""
        code = segno.make(kit_address(), error="m", boost_error=False)
        svg = code.svg_inline(border=0, dark="#000000", omitsize=True)
        svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        paragraphs = tuple(b.nodes for b in section if isinstance(b, Paragraph))
        return Address(svg, f"{QR[self.lang]} {kit_address()}", size, paragraphs)


@dataclass(frozen=True)
class Novelty:
    """What a release of Python brought, by how its use looks."""

    release: changes.Version
    pattern: re.Pattern[str]


class Badges:
    """Puts a release beside the first use, in a box, of what it brought."""

    def __init__(self, novelties: list[Novelty]) -> None:
        self.left = list(novelties)

    def block(self, block: Block) -> Block:
        """Return a block with its badges."""
        if isinstance(block, Listing):
            return Listing(block.demo, tuple(map(self.line, block.lines)))
        if isinstance(block, Paragraph):
            return Paragraph(self.words(block.nodes))
        if isinstance(block, Items):
            return Items(block.ordered, tuple(map(self.words, block.items)))
        if isinstance(block, Table):
            rows = tuple(tuple(map(self.words, row)) for row in block.rows)
            return Table(block.head, rows)
        return block

    def line(self, line: Line) -> Line:
        """Return a line of code with its badge."""
        return Line(line.text, line.runs, self.release(line.text))

    def words(self, nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
        """Return words with their badges."""
        return tuple(self._words(nodes))

    def _words(self, nodes: tuple[Inline, ...]) -> Iterator[Inline]:
        for node in nodes:
            if isinstance(node, Strong):
                yield Strong(self.words(node.nodes))
            elif isinstance(node, Em):
                yield Em(self.words(node.nodes))
            elif isinstance(node, Link):
                yield Link(node.url, self.words(node.nodes))
            else:
                yield node
            if isinstance(node, Code) and (release := self.release(node.text)):
                yield Badge(release)

    def release(self, text: str) -> str | None:
        """Return the newest release that a text needs, said for the first time."""
        found = [each for each in self.left if each.pattern.search(text)]
        self.left = [each for each in self.left if each not in found]
        if not found:
            return None
        return changes.dotted(max(each.release for each in found))


def novelties(sheet: Sheet) -> list[Novelty]:
    """Return how what came later looks; raises Problem for what changes.toml lacks."""
    known = changes.named()
    found = []
    for name, pattern in sheet.since.items():
        if name not in known:
            raise Problem(
                f"{short(entries.SHEET)}: since: slides/changes.toml has no {name}."
            )
        try:
            looks = re.compile(pattern)
        except re.error as error:
            place = f"{short(entries.SHEET)}: since: {name}"
            raise Problem(f"{place}: no regular expression: {error}.") from None
        found.append(Novelty(known[name].came, looks))
    return found


def needed(
    blocks: Iterable[Block], novelties: Iterable[Novelty]
) -> Iterator[changes.Version]:
    """Yield the releases that brought what is in the code of blocks."""
    for block in blocks:
        for line in block.lines if isinstance(block, Listing) else ():
            for each in novelties:
                if each.pattern.search(line.text):
                    yield each.release


def named(box: Box, blocks: Iterable[Block]) -> tuple[str | None, int]:
    """Return the demo that a box prints most of, and how many others it prints.

    If it prints none: the first of its lessons, or None.
    """
    lines: Counter[str] = Counter()
    for block in blocks:
        if isinstance(block, Listing):
            lines[block.demo] += len(block.lines)
    scripts = [script for script, _ in lines.most_common()] or printed(box)
    return next(iter((*scripts, *box.lessons)), None), max(0, len(scripts) - 1)


def printed(box: Box) -> list[str]:
    """Return the demos that a box prints, each once."""
    addresses = [part.code or part.output for part in box.parts]
    return list(dict.fromkeys(a.partition(":")[0] for a in addresses if a))


def checked(key: str, name: str, known: Collection[str]) -> str:
    """Return a name that is known; raises Problem for another."""
    if name not in known:
        raise Problem(f"{key}: one of {', '.join(known)}, not {name}.")
    return name


def scripts(box: Box) -> list[str]:
    """Return the demos that run what a box prints or says, each once.

    Raises Problem for a pattern that no demo has.
    """
    found = printed(box)
    if not box.lessons:
        return found
    known = sorted(f.relative_to(DEMOS).as_posix() for f in DEMOS.glob("*/*.py"))
    for pattern in box.lessons:
        files = [name for name in known if fnmatchcase(name, pattern)]
        if not files:
            raise Problem(f"{short(entries.SHEET)}: lessons: no demos/{pattern}.")
        found += files
    return list(dict.fromkeys(found))


def all_scripts(sheet: Sheet) -> list[str]:
    """Return the demos that run what a sheet prints or says, each once."""
    found = (script for box in sheet.boxes.values() for script in scripts(box))
    return list(dict.fromkeys(found))


def figure(name: str, lang: str) -> Figure:
    """Return a figure of media/figures, its words in the sheet's own letters."""
    module = figures.figure(checked("figure", name, figures.names()))
    lang = cast(Lang, lang)
    svg = (
        module.picture(lang)
        .svg()
        .replace(f'"{SANS}"', SHEET_SANS)
        .replace(MONO, "Iosevka")
    )
    return Figure(svg, module.ALT[lang])


def demo_url(script: str) -> str:
    """Return where a demo can be read, or for a pattern the folder of its demos."""
    if "*" in script:
        return f"{kit_address()}/tree/main/demos/{script.rpartition('/')[0]}"
    return f"{kit_address()}/blob/main/demos/{script}"


def pdf_url(name: str) -> str:
    """Return where a PDF can be downloaded."""
    return f"{kit_address()}/raw/main/cheatsheet/{name}"
