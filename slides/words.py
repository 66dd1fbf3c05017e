"""The words of Markdown: how many there are, and how long they take to say."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from slides.deck import Slide

MARKDOWN = MarkdownIt("commonmark").enable("table")

PACE = 150
"""Words of notes that a speaker says in a minute."""


def speaking_time(slide: Slide) -> float:
    """Return the minutes that a slide's notes take to say, but for their tables.

    A table in the notes is for questions: it is looked up, not said.
    """
    said = (_without_tables(cell.source) for cell in slide.notes)
    return sum(map(len, map(words, said))) / PACE


def words(text: str) -> list[str]:
    """Return the words of Markdown text; a code span counts as one."""
    found: list[str] = []
    for token in inline(text):
        for child in token.children or []:
            if child.type == "text":
                found += [w for w in child.content.split() if any(map(str.isalnum, w))]
            elif child.type == "code_inline":
                found.append(child.content)
    return found


def inline(text: str) -> Iterator[Token]:
    """Yield the tokens that hold text: paragraphs, items, headings, cells."""
    return (token for token in MARKDOWN.parse(text) if token.type == "inline")


def _without_tables(text: str) -> str:
    lines = text.splitlines()
    for token in reversed(MARKDOWN.parse(text)):
        if token.type == "table_open" and token.map:
            del lines[slice(*token.map)]
    return "\n".join(lines)
