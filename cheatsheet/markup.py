"""A box's words, code, tables and pictures as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from cheatsheet.nodes import (
    Address,
    Block,
    Break,
    Cell,
    Code,
    Em,
    Figure,
    Inline,
    Items,
    Line,
    Link,
    Listing,
    Output,
    Paragraph,
    Run,
    Strong,
    Table,
    Text,
)
from cheatsheet.style import in_both_modes


@dataclass(frozen=True)
class Words:
    """What only the page says, in one language."""

    language: str
    skip: str
    families: str
    contents: str
    to_print: str
    documentation: str
    programs: str
    ran: str
    yes: str
    no: str
    since: str
    code: str
    output: str
    figure: str
    table: str
    updated: str


WORDS = {
    "fr": Words(
        language="Français",
        skip="Aller au contenu",
        families="Familles",
        contents="Tous les encadrés",
        to_print="À imprimer\u00a0:",
        documentation="Documentation\u00a0:",
        programs="Code de\u00a0:",
        ran="Exécuté sur\u00a0:",
        yes="oui",
        no="pas encore",
        since="depuis Python",
        code="Code de",
        output="Sortie",
        figure="Figure",
        table="Tableau",
        updated="Mise à jour\u00a0:",
    ),
    "en": Words(
        language="English",
        skip="Skip to content",
        families="Families",
        contents="All boxes",
        to_print="To print:",
        documentation="Documentation:",
        programs="Code from:",
        ran="Run on:",
        yes="yes",
        no="not yet",
        since="since Python",
        code="Code from",
        output="Output",
        figure="Figure",
        table="Table",
        updated="Updated:",
    ),
}


# Elements.


def element(tag: str, inside: str, **attributes: str | None) -> str:
    """Return an element around HTML; `class_` is class, `aria_label` aria-label."""
    return f"{opened(tag, **attributes)}{inside}</{tag}>"


def opened(tag: str, **attributes: str | None) -> str:
    """Return an element's first tag, which is all of one that holds nothing."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{given}>"


def joined(parts: Iterable[str]) -> str:
    """Return HTML, each part on a line of its own."""
    return "\n" + "".join(f"{part}\n" for part in parts)


def scrolled(tag: str, inside: str, label: str, class_: str | None = None) -> str:
    """Return what may be wider than the page: the keyboard can scroll it, too."""
    return element(
        tag, inside, class_=class_, tabindex="0", role="group", aria_label=label
    )


def named(svg: str, alt: str) -> str:
    """Return a picture with its text for who does not see it."""
    plain = svg.replace(' role="img"', "", 1).strip()
    return plain.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)


def coloured(run: Run) -> str:
    """Return characters of a line of code in their look."""
    text = escape(run.text, quote=False)
    if run.kind == "wait":
        return element("span", text, class_="wait")
    return element("b", text) if run.kind == "keyword" else text


class Markup:
    """Makes HTML of nodes, in one language."""

    def __init__(self, lang: str) -> None:
        self.words = WORDS[lang]

    def block(self, block: Block) -> str:
        """Return a block."""
        if isinstance(block, Paragraph):
            return element("p", self.inline(block.nodes))
        if isinstance(block, Listing):
            lines = "\n".join(map(self.line, block.lines))
            label = f"{self.words.code} {block.demo}"
            return scrolled("pre", element("code", lines), label)
        if isinstance(block, Items):
            items = (element("li", self.inline(item)) for item in block.items)
            return element("ol" if block.ordered else "ul", joined(items))
        if isinstance(block, Table):
            return self.table(block)
        if isinstance(block, Output):
            return self.output(block)
        if isinstance(block, Figure):
            svg = named(in_both_modes(block.svg), block.alt)
            return scrolled("div", svg, self.words.figure, class_="figure")
        return self.address(block)

    def line(self, line: Line) -> str:
        """Return a line of code."""
        badge = self.badge(line.badge) if line.badge else ""
        return "".join(map(coloured, line.runs)) + badge

    def table(self, table: Table) -> str:
        """Return a table; the first cell of a row is its name."""
        head = element("tr", "".join(self.cell(c, "col") for c in table.head))
        rows = [
            element(
                "tr",
                self.cell(first, "row") + "".join(self.cell(cell) for cell in cells),
            )
            for first, *cells in table.rows
        ]
        whole = element("thead", head) + element("tbody", joined(rows))
        return scrolled("div", element("table", whole), self.words.table, "table")

    def cell(self, cell: Cell, scope: str | None = None) -> str:
        """Return a cell of a table, or what names a column or a row."""
        return element("th" if scope else "td", self.inline(cell), scope=scope)

    def output(self, output: Output) -> str:
        """Return what a program prints."""
        printed = element("samp", escape("\n".join(output.lines), quote=False))
        label = f"{self.words.output} {output.pythons}".rstrip()
        pythons = [element("p", output.pythons)] if output.pythons else []
        parts = [*pythons, scrolled("pre", printed, label)]
        return element("div", joined(parts), class_="output")

    def address(self, address: Address) -> str:
        """Return the QR code, and what is said beside it."""
        said = joined(element("p", self.inline(nodes)) for nodes in address.paragraphs)
        inside = named(address.svg, address.alt) + element("div", said)
        return element("div", inside, class_="address")

    # Words.

    def inline(self, nodes: tuple[Inline, ...]) -> str:
        """Return words."""
        return "".join(map(self.word, nodes))

    def word(self, node: Inline) -> str:
        """Return a node of words."""
        if isinstance(node, Text):
            return escape(node.text, quote=False)
        if isinstance(node, Code):
            return element("code", escape(node.text, quote=False))
        if isinstance(node, Strong):
            return element("strong", self.inline(node.nodes))
        if isinstance(node, Em):
            return element("em", self.inline(node.nodes))
        if isinstance(node, Link):
            return element("a", self.inline(node.nodes), href=node.url)
        if isinstance(node, Break):
            return opened("br")
        return self.badge(node.text)

    def badge(self, release: str) -> str:
        """Return the release that brought what stands before."""
        since = element("span", f" {self.words.since}\u00a0", class_="unseen")
        return element("span", since + release, class_="badge")
