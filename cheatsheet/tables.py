"""Tables that are made of data: what the kit's tests hold against Python."""

from __future__ import annotations

import ast
from collections.abc import Callable

from cheatsheet.nodes import Cell, Code, Table, Text
from media.figures import eight
from slides import changes, lessons
from slides.errors import Problem

VERDICTS = {"legal": "✓", "error": "✗", "suspicious": "!"}

SPELLINGS = (
    "`@asyncio.coroutine`",
    "`get_event_loop` without a loop",
    "`loop=` of `sleep`, `wait`, `Lock`, `Queue` …",
    "coroutines given to `wait`",
    "`ensure_future`, in a coroutine",
    "`get_event_loop_policy`, `set_event_loop_policy`",
    "asyncio’s `iscoroutinefunction`",
)
"""The rows of slides/changes.toml that are on the sheet, by their English names."""


def eight_ways(lang: str) -> Table:
    """Return the eight ways to call, and what Python says to each."""
    frm, call = {"fr": ("depuis", "appeler"), "en": ("from", "call")}[lang]
    head = ((Text(frm),), (Text(call),), (Code("f()"),), (Code("await f()"),))
    pairs = zip(eight.CASES[::2], eight.CASES[1::2], strict=True)
    return Table(
        head,
        tuple(
            ((Code(plain.caller),), (Code(plain.called),), _said(plain), _said(awaited))
            for plain, awaited in pairs
        ),
    )


def _said(case: eight.Case) -> Cell:
    reply = case.reply
    if reply.verdict == "legal":
        return (Code(VERDICTS["legal"]),)
    return (Code(VERDICTS[reply.verdict]), Text("\u00a0"), Text(reply.says))


def then_and_now(lang: str) -> Table:
    """Return old spellings, today's, and when the old one left, or warns since.

    Raises Problem for a spelling that changes.toml lacks.
    """
    then, now, gone = {
        "fr": ("hier", "aujourd’hui", "fin"),
        "en": ("then", "now", "until"),
    }[lang]
    known = changes.named()
    rows = []
    for name in SPELLINGS:
        if name not in known:
            raise Problem(f"tables.py: slides/changes.toml has no {name}.")
        change = known[name]
        removed = changes.dotted(change.removed) if change.removed else "–"
        rows.append(
            (
                markdown(changes.words(change.name, lang)),
                markdown(changes.words(change.instead, lang)),
                (Text(removed),),
            )
        )
    return Table(((Text(then),), (Text(now),), (Text(gone),)), tuple(rows))


PLACES = {
    "without_loop": {"fr": "`def`, sans boucle", "en": "`def`, no loop"},
    "in_coroutine": {"fr": "`async def`, notebook", "en": "`async def`, notebook"},
    "in_callback": {"fr": "`def`, la boucle tourne", "en": "`def`, the loop runs"},
    "in_thread": {"fr": "autre thread", "en": "another thread"},
}
"""Where one may stand, by the functions of practice/mixing.py."""


def mixing(lang: str) -> Table:
    """Return how to call what blocks, and a coroutine, from each place.

    The calls are those of practice/mixing.py, whose functions keep what each gives.
    """
    heads = {
        "fr": ("je suis dans…", "ce qui bloque", "une coroutine"),
        "en": ("I am in…", "what blocks", "a coroutine"),
    }
    rows = []
    for function, words in PLACES.items():
        body = ast.parse(lessons.code(f"practice/mixing.py:{function}")).body[0]
        calls = [_call(n) for n in ast.walk(body) if isinstance(n, ast.Assign)]
        rows.append((markdown(words[lang]), *((Code(call),) for call in calls[1:])))
    return Table(tuple((Text(head),) for head in heads[lang]), tuple(rows))


def _call(node: ast.Assign) -> str:
    """Return the call whose result is kept."""
    return ast.unparse(node.value)


def markdown(text: str) -> Cell:
    """Return a line in which only code is marked."""
    parts = text.split("`")
    nodes = [Code(p) if n % 2 else Text(p) for n, p in enumerate(parts) if p]
    return tuple(nodes)


TABLES: dict[str, Callable[[str], Table]] = {
    "eight_ways": eight_ways,
    "mixing": mixing,
    "then_and_now": then_and_now,
}
"""What sheet.toml may name."""
