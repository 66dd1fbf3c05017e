"""6: a turn of the engine’s loop: ready, sent to, parked, ready again."""

# Facts: collections.deque, heapq and select; PEP 342 for what send returns.

from __future__ import annotations

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch, number
from media.text import MONO, SANS, text_width

TITLE: dict[Lang, str] = {
    "fr": "Un tour de la boucle",
    "en": "A turn of the loop",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Un cycle\u00a0: la boucle prend la tâche à gauche de la deque des tâches"
        " prêtes et l’avance avec send\u00a0; la tâche rend la Future qu’elle"
        " attend et y est garée\u00a0; l’heure venue (tas), la socket lisible"
        " (select) ou set() la remettent à droite de la deque."
    ),
    "en": (
        "A cycle: the loop takes the task on the left of the deque of ready tasks"
        " and advances it with send; the task yields the future that it waits"
        " for, and is parked there; its due time (heap), its socket (select) or"
        " set() put it back on the right of the deque."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "running": "une seule tourne",
        "waiting": "garées, chacune dans une Future",
        "ready": "prêtes",
        "due": "l’heure venue",
        "usable": "lisible",
    },
    "en": {
        "running": "only one runs",
        "waiting": "parked, each in a future",
        "ready": "ready",
        "due": "when due",
        "usable": "readable",
    },
}

RUNNING = "A"
READY = ("B", "C")
TIMERS = ((2, "D"), (9, "E"), (5, "F"))
"""Due times in seconds, and who waits: a heap, in the order of heapq's list."""

SOCKETS = ((7, "G"), (8, "H"))
"""File descriptors, and who waits."""

PARKED = ("I",)
"""Who waits until another task sets their future."""

TOKEN, TOP, BOTTOM, BUS = 42.0, 40.0, 262.0, 397.0
CARDS = {"heapq": (322.0, 256.0), "select": (588.0, 184.0), "Future": (782.0, 112.0)}
"""Where each card begins, and its width."""


def token(page: Page, x: float, y: float, task: str) -> None:
    """Draw a task, its middle at (x, y)."""
    half = TOKEN / 2
    page.frame(x - half, y - half, TOKEN, TOKEN, page.lane(0))
    page.text(x, y + 9, task, MONO, "ink", "middle", bold=True)


def labelled(page: Page, x: float, y: float, label: str, task: str) -> None:
    """Draw what a task waits for, then the task; their middle is at (x, y)."""
    width = text_width(label, MONO)
    left = x - (width + 10 + TOKEN) / 2
    page.text(left, y + 9, label, MONO)
    token(page, left + width + 10 + TOKEN / 2, y, task)


def heap(page: Page, x: float) -> None:
    """Draw the timers' list as the tree that it stands for, the first due on top."""
    places = [(x, TOP + 88), (x - 66, TOP + 166), (x + 66, TOP + 166)]
    for child, (end, low) in enumerate(places[1 : len(TIMERS)], 1):
        start, high = places[(child - 1) // 2]
        path = f"M{number(start)} {number(high + 26)}L{number(end)} {number(low - 26)}"
        page.path(path)
    for (due, task), (middle, y) in zip(TIMERS, places, strict=True):
        labelled(page, middle, y, f"{due} s", task)


def parked(page: Page, words: dict[str, str]) -> None:
    """Draw who waits, in cards, and the path from each back to the queue."""
    page.text(310, 26, words["waiting"], bold=True)
    page.rect(310, TOP, WIDTH - 310, BOTTOM - TOP, "free", round_=6)
    for name, (x, width) in CARDS.items():
        page.rect(x, TOP + 12, width, BOTTOM - TOP - 24, "paper", round_=6)
        page.text(x + 16, TOP + 46, name, MONO, bold=True)
    middle = {name: x + width / 2 for name, (x, width) in CARDS.items()}
    heap(page, middle["heapq"])
    for place, (descriptor, task) in enumerate(SOCKETS):
        y = TOP + 100 + 60 * place
        labelled(page, middle["select"], y, f"fd {descriptor}", task)
    for place, task in enumerate(PARKED):
        token(page, middle["Future"], TOP + 100 + 60 * place, task)
    wakes = {
        "heapq": (words["due"], SANS),
        "select": (words["usable"], SANS),
        "Future": ("set()", MONO),
    }
    for name, (text, font) in wakes.items():
        page.line(middle[name], BOTTOM, middle[name], BUS)
        page.text(middle[name] + 12, 318, text, font)
    page.arrow(middle["Future"] + 1.5, BUS, 404, BUS)
    page.text(462, BUS - 16, "append()", MONO)


def ready(page: Page, words: dict[str, str]) -> None:
    """Draw the queue of ready tasks, taken from its left."""
    page.text(112, BUS - 48, words["ready"], bold=True)
    page.frame(112, BUS - 33, 286, 66)
    page.text(382, BUS + 9, "deque", MONO, "ink", "end")
    for place, task in enumerate(READY):
        token(page, 112 + 13 + TOKEN / 2 + place * (TOKEN + 12), BUS, task)
    page.line(112, BUS, 40, BUS)
    page.arrow(40, BUS + 1.5, 40, BOTTOM + 2)
    page.text(54, 298, "popleft()", MONO)


def running(page: Page, words: dict[str, str]) -> None:
    """Draw the task that has the thread, and what comes out of it."""
    page.text(0, 26, words["running"], bold=True)
    page.rect(0, TOP, 216, BOTTOM - TOP, "ink", round_=6)
    token(page, 108, TOP + 74, RUNNING)
    page.text(108, TOP + 156, "task.send(None)", MONO, "paper", "middle")
    middle = (TOP + BOTTOM) / 2
    page.arrow(216, middle, 306, middle)
    page.code(261, middle - 16, "yield", "middle")


def draw(page: Page, lang: Lang) -> None:
    """Draw the cycle, clockwise from its top left."""
    running(page, WORDS[lang])
    parked(page, WORDS[lang])
    ready(page, WORDS[lang])


def picture(lang: Lang) -> Sketch:
    """Return the engine in the middle of a turn."""
    return Sketch(lang, TITLE[lang], ALT[lang], 432, lambda page: draw(page, lang))
