"""What runs on a slide is announced: a sentence before it says what to look for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from slides.deck import Slide
from slides.lessons import Documented
from slides.names import parsed
from slides.words import MARKDOWN, words

END = re.compile(r"[.?!…:][\s»)*_]*$")
"""How a sentence ends."""

COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

DOES = ast.Call | ast.Await | COMPREHENSION
"""What makes more of an assignment than a name for a constant."""


def faults(slide: Slide) -> Iterator[str]:
    """Yield the slide's first cell that runs something, if nothing announces it.

    A lesson, which a demo has, is read: it need not be announced.
    """
    for cell in slide.shown:
        if not cell.is_code:
            if _has_sentence(cell.source):
                return
        elif cell.demo is None and runs(cell.source):
            yield f"{cell.place}: it runs; a sentence before says what to look for."
            return


def runs(source: str) -> bool:
    """Whether a cell does more than import, define, and name constants."""
    if re.search(r"(?m)^[%!]", source):
        return True
    try:
        body = parsed(source).body
    except SyntaxError:  # which it is there to show
        return True
    return not all(map(_is_silent, body))


def _is_silent(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(part, DOES) for part in ast.walk(node))
    return isinstance(node, ast.Import | ast.ImportFrom | Documented)


def _has_sentence(text: str) -> bool:
    """Whether Markdown has a paragraph, or an item of a list, that is a sentence."""
    tokens = MARKDOWN.parse(text)
    return any(
        before.type == "paragraph_open"
        and len(words(token.content)) > 1
        and END.search(token.content)
        for before, token in pairwise(tokens)
    )
