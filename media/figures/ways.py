"""1.3: four ways out of waiting: how each shares memory, code and thread."""

# Facts: the threading page (in CPython one thread at a time executes Python code),
# sys.setswitchinterval (it is switched out after a while, wherever it is), PEP 492
# (a coroutine is suspended at an await). Memory is measured: see `Way.kilobytes`.

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from media.lang import Lang, decimal
from media.svg import Page, Sketch, number
from media.text import text_width

TITLE: dict[Lang, str] = {
    "fr": "Attendre sans bloquer\u00a0: quatre moyens",
    "en": "Four ways out of waiting",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Quatre moyens, une ligne chacun. Processus\u00a0: trois mémoires, un fil dans"
        " chacune\u00a0; 11\u00a0Mo chacun, des dizaines à des centaines. Fils\u00a0:"
        " une mémoire, trois fils coupés n’importe où par le système\u00a0;"
        " 45\u00a0ko chacun, des milliers. Callbacks\u00a0: un fil passe par des bouts"
        " de code épars\u00a0; 0,2\u00a0ko chacun. Coroutines\u00a0: un fil passe d’un"
        " code entier à l’autre, aux seuls await\u00a0; 1,5\u00a0ko chacune\u00a0; les"
        " deux, des dizaines à des centaines de milliers. La mémoire est mesurée avec"
        " CPython 3.11 sur Linux x86-64."
    ),
    "en": (
        "Four ways, a row for each. Processes: three memories with a thread in each;"
        " 11\u00a0MB each, tens to hundreds. Threads: one memory, three threads that"
        " the system interrupts anywhere; 45\u00a0kB each, thousands. Callbacks: one"
        " thread goes through scattered pieces of code; 0.2\u00a0kB each. Coroutines:"
        " one thread goes from one whole code to another, at awaits only; 1.5\u00a0kB"
        " each; both, tens to hundreds of thousands. Memory is measured with CPython"
        " 3.11 on Linux x86-64."
    ),
}


ACTORS = 3
TURNS = (0, 1, 2) * 3
"""Who has the one thread of callbacks and of coroutines, piece after piece."""

SCATTER = (0, 2, 1, 2, 1, 0, 1, 0, 2)
"""On which line each callback is: its neighbours there are somebody else's."""

CUTS = (
    (0, 0.07),
    (1, 0.21),
    (0, 0.27),
    (2, 0.44),
    (1, 0.49),
    (0, 0.62),
    (2, 0.68),
    (1, 0.86),
    (2, 1.0),
)
"""Which thread runs, and until when: it does not choose where it stops."""

LEFT, WIDTH, HEIGHT, ROW = 152.0, 414.0, 86.0, 92.0
"""Where the drawings are, how large, and how far apart."""

TOP, WHO = 36.0, 586.0
"""Where the first row is, and who switches, and how many."""


def line(y: float, actor: int) -> float:
    """Return how far down an actor's line is."""
    return y + 13 + 30 * actor


def code(page: Page, start: float, end: float, y: float, actor: int) -> None:
    """Draw code: a sheet, in its actor's colour."""
    page.frame(start, y - 9, end - start, 18, page.lane(actor))


def processes(page: Page, y: float) -> None:
    """Draw a memory, a code and a thread for each."""
    for actor in range(ACTORS):
        middle = line(y, actor)
        page.rect(LEFT, middle - 13, WIDTH, 26, "free", round_=6)
        code(page, LEFT + 12, LEFT + WIDTH - 12, middle, actor)
        page.line(LEFT + 12, middle, LEFT + WIDTH - 12, middle, "ink", 6)


def memory(page: Page, y: float) -> None:
    """Draw the memory that all share."""
    page.rect(LEFT, y, WIDTH, HEIGHT, "free", round_=6)


def threads(page: Page, y: float) -> None:
    """Draw a thread for each, interrupted anywhere."""
    memory(page, y)
    left, width = LEFT + 12, WIDTH - 24
    for actor in range(ACTORS):
        middle = line(y, actor)
        code(page, left, left + width, middle, actor)
        page.line(left, middle, left + width, middle, "ink", 2, "3 6")
    start = 0.0
    for actor, end in CUTS:
        middle, cut = line(y, actor), left + width * end
        page.line(left + width * start, middle, cut, middle, "ink", 6)
        if end < 1:
            page.line(cut - 4, middle + 13, cut + 4, middle - 13, "red", 4)
        start = end


def pieces(lines: tuple[int, ...], y: float) -> Iterator[tuple[float, float, float]]:
    """Yield where pieces start, end, and how far down."""
    width = (WIDTH - 24) / len(lines)
    for place, actor in enumerate(lines):
        start = LEFT + 12 + width * place
        yield start, start + width, line(y, actor)


def through(page: Page, stops: list[tuple[float, float]]) -> None:
    """Draw the one thread, from stop to stop."""
    path = "L".join(f"{number(x)} {number(y)}" for x, y in stops)
    page.path(f"M{path}", "ink", 6)


def callbacks(page: Page, y: float) -> None:
    """Draw a thread that goes from piece of code to piece of code."""
    memory(page, y)
    stops = []
    for actor, (start, end, middle) in zip(TURNS, pieces(SCATTER, y), strict=True):
        code(page, start + 6, end - 6, middle, actor)
        stops += [(start + 6, middle), (end - 6, middle)]
    through(page, stops)


def coroutines(page: Page, y: float) -> None:
    """Draw a thread that goes from code to code where they await."""
    memory(page, y)
    stops, marks = [], []
    for place, (start, end, middle) in enumerate(pieces(TURNS, y)):
        stops += [(start, middle), (end, middle)]
        last = TURNS[place] not in TURNS[place + 1 :]
        if last:
            code(page, LEFT + 12, end, middle, TURNS[place])
        else:
            marks.append((end, middle))
    through(page, stops)
    for x, middle in marks:
        page.add(
            f'<circle cx="{number(x)}" cy="{number(middle)}" r="7"'
            f' fill="{page.palette.paper}" stroke="{page.palette.ink}"'
            f' stroke-width="4"/>'
        )


@dataclass(frozen=True)
class Way:
    """A way: its drawing, how many of them, who switches, what its code looks like.

    `many` is from and to, in powers of ten. `kilobytes` is the memory that one
    takes while it waits: a spawned process that has imported asyncio, what it has
    for itself; a thread, its stack, its kernel stack, its page tables and the
    kernel's structures; a handle of `call_soon`; a task that sleeps.
    """

    draw: Callable[[Page, float], None]
    many: tuple[int, int]
    kilobytes: float
    words: dict[Lang, tuple[str, str]]


WAYS = (
    Way(
        processes,
        (1, 3),
        11_000,
        {
            "fr": ("Processus", "le système"),
            "en": ("Processes", "the system"),
        },
    ),
    Way(
        threads,
        (3, 4),
        45,
        {
            "fr": ("Fils", "le système, n’importe où"),
            "en": ("Threads", "the system, anywhere"),
        },
    ),
    Way(
        callbacks,
        (4, 6),
        0.2,
        {
            "fr": ("Callbacks", "le code, à chaque `return`"),
            "en": ("Callbacks", "the code, at each `return`"),
        },
    ),
    Way(
        coroutines,
        (4, 6),
        1.5,
        {
            "fr": ("Coroutines", "le code, à chaque `await`"),
            "en": ("Coroutines", "the code, at each `await`"),
        },
    ),
)
HEADS: dict[Lang, tuple[str, str, str, str]] = {
    "fr": ("mémoire", "code", "fil", "qui passe la main"),
    "en": ("memory", "code", "thread", "who switches"),
}
UPTO: dict[Lang, str] = {"fr": "{} à {}", "en": "{} to {}"}


UNITS: dict[Lang, tuple[str, str]] = {"fr": ("ko", "Mo"), "en": ("kB", "MB")}
"""How kilobytes and megabytes are written."""

MEASURED: dict[Lang, str] = {
    "fr": "mémoire de chacun, mesurée\u00a0: CPython 3.11, Linux x86-64",
    "en": "memory of each, measured: CPython 3.11, Linux x86-64",
}


def size(kilobytes: float, lang: Lang) -> str:
    """Return a size as the language writes it: 1,5 ko or 1.5 kB."""
    kilo, mega = UNITS[lang]
    value, unit = (kilobytes / 1000, mega) if kilobytes >= 1000 else (kilobytes, kilo)
    return f"{decimal(f'{value:g}', lang)}\u00a0{unit}"


def heads(page: Page, lang: Lang) -> None:
    """Write what the columns are, and what shapes mean."""
    memory_, code_, thread, who = HEADS[lang]
    page.rect(LEFT, 4, 28, 26, "free", round_=6)
    page.text(LEFT + 38, 26, memory_)
    code(page, LEFT + 166, LEFT + 194, 17, 5)
    page.text(LEFT + 204, 26, code_)
    page.line(LEFT + 290, 17, LEFT + 318, 17, "ink", 6)
    page.text(LEFT + 328, 26, thread)
    page.text(WHO, 26, who)


def many(way: Way, lang: Lang) -> str:
    """Return how many there may be, as the language writes it."""
    comma = "\u00a0" if lang == "fr" else ","
    low, high = (f"{10**power:,}".replace(",", comma) for power in way.many)
    return UPTO[lang].format(low, high)


def mixed(page: Page, x: float, y: float, text: str) -> None:
    """Write a bold text; what is between backquotes at its end is code."""
    words, _, code_ = text.partition("`")
    page.text(x, y, words.rstrip(), bold=True)
    page.code(x + text_width(words, bold=True), y, code_.rstrip("`"))


def draw(page: Page, lang: Lang) -> None:
    """Draw the ways, a row for each."""
    heads(page, lang)
    for place, way in enumerate(WAYS):
        y = TOP + ROW * place
        name, switches = way.words[lang]
        page.text(0, y + 36, name, bold=True)
        page.text(0, y + 70, size(way.kilobytes, lang))
        way.draw(page, y)
        mixed(page, WHO, y + 36, switches)
        page.text(WHO, y + 70, many(way, lang))
    page.text(0, TOP + ROW * (len(WAYS) - 1) + HEIGHT + 30, MEASURED[lang])


def picture(lang: Lang) -> Sketch:
    """Return the table of ways."""
    height = TOP + ROW * (len(WAYS) - 1) + HEIGHT + 38
    return Sketch(lang, TITLE[lang], ALT[lang], height, lambda page: draw(page, lang))
