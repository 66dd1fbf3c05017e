"""The tree as one HTML file, for phones: no script, and nothing that it loads.

What is asked of it: WCAG 2.2, level AA, and the contrast of level AAA (7:1). To print,
there is the PDF.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from cheatsheet import pdf
from cheatsheet.entries import LANGS, PAPERS
from cheatsheet.markup import WORDS, Markup, element, joined, opened
from cheatsheet.nodes import BoxNode, Listing, Tree
from cheatsheet.ran import PYTHONS
from cheatsheet.style import style
from cheatsheet.tree import DOCS, demo_url, pdf_url

POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
"""What the page may load: what stands in it."""


def name(tree: Tree, folder: Path, lang: str | None = None) -> Path:
    """Return where a sheet is written, or the same one in another language."""
    return folder / f"{tree.name}-{lang or tree.lang}.html"


def html(tree: Tree) -> str:
    """Return the sheet as an HTML file."""
    return f"<!DOCTYPE html>\n{Page(tree).html()}\n"


class Page:
    """Makes the page of a sheet."""

    def __init__(self, tree: Tree) -> None:
        self.sheet = tree
        self.words = WORDS[tree.lang]
        self.markup = Markup(tree.lang)
        self.boxes: dict[str, list[BoxNode]] = {letter: [] for letter in tree.families}
        for box in tree.boxes():
            self.boxes[box.family].append(box)

    def html(self) -> str:
        """Return all of it."""
        skip = element("a", self.words.skip, class_="skip", href="#content")
        sections = joined(map(self.section, self.boxes))
        parts = [
            skip,
            self.header(),
            self.letters(),
            self.contents(),
            element("main", sections, id="content", tabindex="-1"),
            self.footer(),
        ]
        body = element("body", joined(parts))
        return element("html", joined([self.head(), body]), lang=self.sheet.lang)

    def head(self) -> str:
        """Return what is not seen."""
        sheet = self.sheet
        families = "".join(
            f".{letter}{{--family:{family.colour}}}\n"
            for letter, family in sheet.families.items()
        )
        parts = [
            opened("meta", charset="utf-8"),
            opened("meta", http_equiv="Content-Security-Policy", content=POLICY),
            opened("meta", name="viewport", content="width=device-width"),
            element("title", escape(sheet.title)),
            opened("meta", name="description", content=sheet.description),
            opened("meta", name="author", content=sheet.author),
            # Else a browser asks for a favicon.
            opened("link", rel="icon", href="data:,"),
            element("style", f"\n{style()}{families}"),
        ]
        return element("head", joined(parts))

    # What stands around the boxes.

    def header(self) -> str:
        """Return the title, what the sheet is, and where its other forms are."""
        sheet = self.sheet
        papers = [
            element("a", title, href=pdf_url(pdf.name(sheet, paper, Path()).name))
            for paper, title in PAPERS.items()
        ]
        others = [self.other(lang) for lang in LANGS if lang != sheet.lang]
        links = f"{self.words.to_print} {', '.join(papers)} · {', '.join(others)}"
        title = element("h1", escape(sheet.title))
        said = element("p", escape(sheet.description))
        return element("header", joined([title, said, element("p", links)]))

    def other(self, lang: str) -> str:
        """Return what leads to the same page in another language."""
        file = name(self.sheet, Path(), lang).name
        text = WORDS[lang].language
        return element("a", text, href=file, hreflang=lang, lang=lang)

    def letters(self) -> str:
        """Return the families, which stay in sight."""
        links = []
        for letter in self.boxes:
            text = self.family(letter)
            link = element("a", text, href=f"#{letter}", class_=letter)
            links.append(element("li", link))
        label = self.words.families
        items = element("ul", joined(links))
        return element("nav", items, class_="letters", aria_label=label)

    def contents(self) -> str:
        """Return the titles of all boxes, by families."""
        items = []
        for letter, boxes in self.boxes.items():
            titles = element("ul", joined(map(self.entry, boxes)))
            items.append(element("li", self.family(letter) + titles))
        label = self.words.contents
        inside = element("summary", label) + element("ul", joined(items))
        folded = element("details", inside)
        return element("nav", folded, class_="contents", aria_label=label)

    def entry(self, box: BoxNode) -> str:
        """Return a box's line in the contents."""
        title = f"{box.tag} {self.markup.inline(box.heading)}"
        return element("li", element("a", title, href=f"#{box.id}"))

    def family(self, letter: str) -> str:
        """Return a family's letter and name."""
        return f"{letter} {escape(self.sheet.families[letter].name)}"

    def footer(self) -> str:
        """Return the day, and where all comes from."""
        year, month, day = self.sheet.updated
        updated = element("time", f"{year}-{month:02}-{day:02}")
        link = element("a", escape(self.sheet.address), href=self.sheet.url)
        said = f"{self.words.updated} {updated} · {link}"
        return element("footer", element("p", said))

    # Boxes.

    def section(self, letter: str) -> str:
        """Return the boxes of a family."""
        title = element("h2", self.family(letter), id=letter)
        boxes = element(
            "div", joined(map(self.box, self.boxes[letter])), class_="boxes"
        )
        return element("section", joined([title, boxes]), class_=letter)

    def box(self, box: BoxNode) -> str:
        """Return a box."""
        tag = element("a", box.tag, class_="tag", href=f"#{box.id}")
        title = element("h3", f"{tag} {self.markup.inline(box.heading)}")
        blocks = map(self.markup.block, box.blocks)
        inside = joined([title, *blocks, self.sources(box)])
        return element("article", inside, id=box.id, class_="box")

    def sources(self, box: BoxNode) -> str:
        """Return where a box's facts and code come from, and what ran the code."""
        page = element("code", escape(box.doc.removeprefix(DOCS)))
        lines = [f"{self.words.documentation} {element('a', page, href=box.doc)}"]
        if box.script:
            listings = [b.demo for b in box.blocks if isinstance(b, Listing)]
            links = [
                element("a", element("code", escape(demo)), href=demo_url(demo))
                for demo in dict.fromkeys([box.script, *listings])
            ]
            lines.append(f"{self.words.programs} {', '.join(links)}")
            lines.append(f"{self.words.ran} {self.ran(box)}")
        return element("footer", joined(element("p", line) for line in lines))

    def ran(self, box: BoxNode) -> str:
        """Return the Pythons, and of each whether it ran the box's code."""
        said = []
        for python, ran in zip(PYTHONS, box.ran or (), strict=True):
            mark = element("span", "✓" if ran else "–", aria_hidden="true")
            word = self.words.yes if ran else self.words.no
            heard = element("span", f" {word}", class_="unseen")
            said.append(element("span", f"{python}\u00a0{mark}{heard}"))
        return ", ".join(said)
