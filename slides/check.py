"""Check decks: the rules that a machine can read, then every cell, run."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby, pairwise, zip_longest

from markdown_it.token import Token
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import Progress

from slides import (
    announced,
    beside,
    build,
    changes,
    clock,
    form,
    lessons,
    options,
    picked,
    solutions,
    translated,
    twice,
)
from slides.clock import NOT_RUN, Ran
from slides.deck import Cell, Deck, Slide
from slides.errors import Problem
from slides.names import parsed
from slides.paths import CHECKOUT, ROOT, short
from slides.run import AT_ONCE, run_together, seconds
from slides.shares import shares
from slides.talks import Repertoire, Talk, alone
from slides.words import MARKDOWN, inline, words

WORDS = 30
"""Words on a slide, its title among them."""

WIDTH = 72
"""Columns of code."""

COLUMN, FRAME = 78, 4
"""Columns of code that those side by side share, and what each one's frame takes."""

PYTHONS = re.compile(r"\(\?(?![:=!]|<[=!])|\\[AZ]")
"""What a pattern of Python may have, and one of JavaScript may not."""

FUNCTION = 16
"""Lines of a function on a slide."""

OWN = 5
"""Lines of a definition that is the deck's own."""

FRENCH = (
    (re.compile(r"(?<=\S) [:;!?»]"), "needs a non-breaking space (U+00A0) before"),
    (re.compile(r"« "), "needs a non-breaking space (U+00A0) after"),
    (re.compile(r"(?<=\w)'"), "needs a typographic apostrophe instead of"),
    (re.compile(r"\"|\.\.\."), "needs « », or …, instead of"),
)


def check(
    what: Iterable[str] = (), *, cells: bool = True, lang: str | None = None
) -> int:
    """Check talks or decks (all, each deck run alone, if none is named).

    Prints one line a fault: file, line, cell, what is wrong; returns the exit code.
    A talk's minutes hold the runs of cells, too, once these were run. With a language,
    only what is in it, and how far it is as a translation.
    Raises Problem for a name that is neither a talk, a chapter nor a deck, or a deck
    that cannot be read.
    """
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    repertoire = Repertoire()
    what = list(what)
    talks, named = _named(repertoire, what, lang)
    decks = {deck.path: deck for deck in [*named, *(d for t in talks for d in t.decks)]}
    faults = [fault for deck in decks.values() for fault in structure(deck)]
    faults += [fault for talk in talks for fault in timing(talk)]
    if lang and not what:
        faults += translated.strangers(repertoire, lang)
        for line in translated.progress(repertoire, lang):
            console.print(line)
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} to mend; no cell was run.", file=sys.stderr)
        return 1
    ran: dict[str, float] = {}
    if cells:
        ran |= _run_decks(named, console)
        for talk in talks if what else ():  # else each deck has run alone
            ran |= run_with_progress(talk, talk.name, console)
    faults = [fault for talk in talks for fault in timing(talk, ran)]
    for fault in faults:
        print(fault)
    for talk in talks:
        console.print(clock.total(talk, ran))
    if faults:
        print(f"{len(faults)} to mend.", file=sys.stderr)
        return 1
    count = f", {len(ran)} cells run" if cells else ""
    console.print(f"{len(decks)} decks, {len(talks)} talks checked{count}.")
    return 0


def run_with_progress(talk: Talk, name: str, console: Console) -> dict[str, float]:
    """Run a talk's cells with a bar; return the seconds of each by its place."""
    return _run_with_progress([build.notebook(talk)], name, console)


def _run_decks(decks: list[Deck], console: Console) -> dict[str, float]:
    """Run decks at the same time; a single one in shares, at the same time."""
    ran: dict[str, float] = {}
    made = [build.notebook(alone(deck)) for deck in decks]
    if len(made) == 1:
        made = shares(made[0], AT_ONCE)
    made.sort(key=_language)
    for lang, group in groupby(made, _language):
        name = short(decks[0].path) if len(decks) == 1 else lang
        ran |= _run_with_progress([*group], name, console)
    return ran


def _language(notebook: NotebookNode) -> str:
    return str(notebook.metadata["tulipes"]["lang"])


def _run_with_progress(
    notebooks: list[NotebookNode], name: str, console: Console
) -> dict[str, float]:
    cells = [c for each in notebooks for c in each.cells if c.cell_type == "code"]
    with progress_on(console) as progress:
        bar = progress.add_task(name, total=len(cells))
        done = run_together(notebooks, lambda _: progress.advance(bar))
    ran: dict[str, float] = {}
    for cell in (cell for each in done for cell in each.cells):
        if cell.cell_type == "code":
            place = cell.metadata["tulipes"]["place"]
            ran[place] = max(seconds(cell), ran.get(place, 0))
    return ran


def progress_on(console: Console) -> Progress:
    """Return a bar that shows on a terminal, and nowhere else."""
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def structure(source: Deck) -> Iterator[str]:
    """Yield the faults of a deck, a line each."""
    yield from _form_faults(source)
    yield from twice.faults(source)
    if source.cells[0].slide_type != "slide":
        yield f"{source.cells[0].place}: a deck starts with a slide."
    for cell in source.cells:
        yield from _cell_faults(cell)
    for slide in source.slides():
        yield from (f"{slide.place}: {fault}" for fault in _slide_faults(slide))
        yield from announced.faults(slide)
    yield from _repeated(source.slides(), "title", lambda slide: slide.title)
    yield from _repeated(source.slides(), "id", lambda slide: slide.id)


def timing(talk: Talk, ran: Ran = NOT_RUN) -> Iterator[str]:
    """Yield the faults of a talk's minutes and of its choice of slides, a line each."""
    yield from clock.faults(talk, ran)
    yield from picked.faults(talk)
    yield from _repeated(talk.slides, "title", lambda slide: slide.title)


def _named(
    repertoire: Repertoire, what: list[str], lang: str | None
) -> tuple[list[Talk], list[Deck]]:
    """Return the talks and the decks that are named: all of them, if none is."""
    known = repertoire.entries
    talks = [repertoire.talk(name, lang) for name in what or known if name in known]
    if not what:
        paths = [*repertoire.paths(lang).values()] if lang else repertoire.all_paths()
        return talks, [repertoire.deck(path) for path in paths]
    chapters = repertoire.chapters()
    for name in what:
        if name not in [*known, *chapters] and not name.endswith(".md"):
            raise repertoire.stranger(name)
    decks = [name for name in what if name not in known]
    paths = [path for name in decks for path in repertoire.found(name, lang)]
    return talks, [repertoire.deck(path) for path in paths]


def _repeated(
    slides: Iterable[Slide], what: str, key: Callable[[Slide], str]
) -> Iterator[str]:
    """Find what is not unique; a slide may do without."""
    first: dict[str, str] = {}
    for slide in slides:
        if key(slide) in first:
            yield f"{slide.place}: its {what} is that of {first[key(slide)]}."
        elif key(slide):
            first[key(slide)] = slide.place


def _form_faults(source: Deck) -> Iterator[str]:
    """Find the first line that JupyterLab would save in another way."""
    try:
        text = form.formed(source)
    except Problem as problem:
        yield str(problem)
        return
    pairs = zip_longest(source.text.splitlines(True), text.splitlines(True))
    for number, (line, saved) in enumerate(pairs, 1):
        if line != saved:
            place = f"{short(source.path)}:{number}"
            yield f"{place}: not as JupyterLab saves it: run `python -m slides sync`."
            return


def _slide_faults(slide: Slide) -> Iterator[str]:
    if not slide.title:
        yield "a slide needs a title."
    if not slide.id:
        yield 'a slide needs an id, which talks choose it by: "id": "send".'
    if (slide.is_end or slide.file) and slide.rank != 1:
        yield "the heading of a slide with an address is of the first rank: #."
    if slide.file and CHECKOUT and not (ROOT / slide.file).is_file():
        yield f"no file {slide.file}."
    if "\n" not in "\n".join(cell.source for cell in slide.shown).strip():
        yield "a slide shows more than its title."
    count = sum(len(words(c.source)) for c in slide.shown if not c.is_code)
    if count > WORDS:
        yield f"{count} words on a slide; {WORDS} are enough."
    yield from _column_faults(slide)
    yield from _pointing_faults(slide)
    yield from _over_faults(slide)
    if not any(cell.source.strip() for cell in slide.notes):
        yield "a slide needs notes."
    if len(slide.notes) > 1:
        yield "a slide has one cell of notes: the speaker view shows no other."


def _column_faults(slide: Slide) -> Iterator[str]:
    """Find code that does not fit into a column of its slide."""
    for group in beside.columns(slide.shown):
        room = COLUMN // len(group) - FRAME
        for cell in group:
            width = max(map(len, cell.source.splitlines()), default=0)
            if width > room:
                yield (
                    f"cell {cell.number} has {width} columns of code; {room} fit"
                    f" beside {len(group) - 1}."
                )


def _pointing_faults(slide: Slide) -> Iterator[str]:
    """Find fragments that point at lines which are not there."""
    for cell in slide.shown:
        if cell.lines is None:
            continue
        shown = [c for c in slide.shown if c.is_code and c.demo == cell.demo]
        try:
            pattern = re.compile(cell.lines)
        except re.error as error:
            yield f"cell {cell.number}: «{cell.lines}» is no pattern: {error}."
            continue
        if only := PYTHONS.search(cell.lines):
            yield f"cell {cell.number}: the page knows no {only.group()} in a pattern."
        if cell.demo is None or not shown:
            yield f"cell {cell.number}: no cell of the slide shows {cell.demo}."
        elif not any(map(pattern.search, shown[0].source.splitlines())):
            yield f"cell {cell.number}: no line of {cell.demo} has «{cell.lines}»."


def _over_faults(slide: Slide) -> Iterator[str]:
    """Find what is to take the place of a picture where there is none."""
    for below, cell in pairwise([None, *slide.shown]):
        if cell and cell.node.metadata.get("over"):
            cells = (below, cell)
            if not all(each and build.IMAGE.search(each.source) for each in cells):
                yield f"cell {cell.number}: over: it and the one before are pictures."


def _cell_faults(cell: Cell) -> Iterator[str]:
    faults = chain(
        options.stray(cell.node.metadata, code=cell.is_code),
        _code_faults(cell) if cell.is_code else _prose_faults(cell),
    )
    yield from (f"{cell.place}: {fault}" for fault in faults)


def _code_faults(cell: Cell) -> Iterator[str]:
    shown = cell.source.splitlines()
    if cell.start is not None and cell.demo is None:
        yield f"from {cell.start}, but to which demo?"
    limit, whose = (
        (OWN, "a deck's own") if cell.demo is None else (FUNCTION, "a demo's")
    )
    if cell.demo is not None:
        try:
            if cell.start is not None:
                shown += lessons.code(cell.demo).splitlines()
            if cell.source != solutions.start(cell):
                shows = cell.start or cell.demo
                yield f"differs from {shows}: run `python -m slides sync`."
        except Problem as problem:
            yield str(problem)
    for line in dict.fromkeys(shown):
        if len(line) > WIDTH:
            yield f"{len(line)} columns of code; {WIDTH} fit: {line.strip()}"
    try:
        tree = parsed(cell.source)
    except SyntaxError as error:
        if "raises-exception" not in cell.node.metadata.get("tags", []):
            yield f"line {error.lineno}: {error.msg}."
        return
    for node in tree.body:
        if isinstance(node, lessons.Documented) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > limit:
                yield f"{node.name} has {lines} lines; {whose} has {limit} at most."


def _prose_faults(cell: Cell) -> Iterator[str]:
    if cell.shows_changes:
        lines = cell.source.splitlines()
        tables = lines[slice(*changes.place(lines))]
        if tables != changes.tables(cell.lang).splitlines():
            yield "differs from slides/changes.toml: run `python -m slides sync`."
    for token in MARKDOWN.parse(cell.source):
        if token.type == "fence" and token.info.startswith("{"):
            yield f"RISE shows no directive: {token.info}."
        if token.type == "html_block":
            yield "plain Markdown only, no HTML."
    for token in inline(cell.source):
        for child in token.children or []:
            if child.type == "image":
                yield from _picture_faults(cell, child)
            elif child.type == "text" and cell.lang == "fr":
                yield from french(child.content)


def french(text: str) -> Iterator[str]:
    """Yield what is against the rules of French typography."""
    for pattern, need in FRENCH:
        if fault := pattern.search(text):
            around = text[max(0, fault.start() - 12) :][:24]
            yield f"{need} «{fault.group().strip()}»: …{around}…"


def _picture_faults(cell: Cell, image: Token) -> Iterator[str]:
    source = str(image.attrs["src"])
    if not image.content.strip():
        yield f"the picture {source} needs an alt text."
    if not (cell.deck.parent / source).resolve().is_relative_to(ROOT / "media"):
        yield f"pictures come from media/, not from {source}."
    elif not (cell.deck.parent / source).is_file():
        yield f"there is no picture {source}."
