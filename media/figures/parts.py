"""3.4: the parts of asyncio, on the path of an await to the system and back."""

# Facts: asyncio's pages "Coroutines and Tasks", "Futures", "Event Loop" and
# "Transports and Protocols"; PEP 3156; and CPython's asyncio/tasks.py, whose task
# sends to its coroutine, and asks what it is given to call it back.

from __future__ import annotations

from dataclasses import dataclass

from media.lang import Lang
from media.svg import Page, Sketch
from media.text import MONO, SANS

TITLE: dict[Lang, str] = {
    "fr": "Les pièces d’asyncio, et le trajet d’un await",
    "en": "The parts of asyncio, and the path of an await",
}
ALT: dict[Lang, str] = {
    "fr": (
        "À gauche, le trajet d’un await. À l’aller\u00a0: la coroutine attend un"
        " future, sa tâche s’y inscrit et rend la main à la boucle, qui interroge le"
        " sélecteur, et lui le système. Au retour\u00a0: la boucle pose le résultat"
        " dans le future, qui réveille la tâche, qui relance la coroutine. Verrous"
        " et files sont faits de futures. À droite, le monde des callbacks\u00a0:"
        " sur la même boucle, un transport, TCP, UDP, TLS ou tube, appelle un"
        " protocole. En bas, le système\u00a0: select, epoll, kqueue, ou IOCP par un"
        " proacteur. La boucle est remplaçable, par uvloop."
    ),
    "en": (
        "On the left, the path of an await. On the way there, the coroutine awaits a"
        " future, its task asks it to call back and hands over to the loop, which asks"
        " the selector, which asks the system. On the way back, the loop sets the"
        " future’s result, which wakes the task, which resumes the coroutine. Locks"
        " and queues are made of futures. On the right, the world of callbacks: on the"
        " same loop, a transport, TCP, UDP, TLS or pipe, calls a protocol. At the"
        " bottom, the system: select, epoll, kqueue, or IOCP through a proactor. The"
        " loop can be replaced, by uvloop."
    ),
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {
        "coroutine": "coroutine",
        "writes": "ce qu’on écrit",
        "task": "tâche",
        "drives": "la fait avancer",
        "future": "future",
        "result": "un résultat à venir",
        "loop": "boucle",
        "replaces": "remplace",
        "turn": "à qui le tour\u00a0?",
        "selector": "sélecteur",
        "ready": "qui est prêt\u00a0?",
        "proactor": "proacteur",
        "done": "qui a fini\u00a0?",
        "system": "système",
        "hands": "rend la main",
        "wakes": "réveille",
        "protocol": "protocole",
        "called": "on l’appelle",
        "transport": "transport",
        "bytes": "porte les octets",
        "pipes": "tubes",
        "events": "prêt",
    },
    "en": {
        "coroutine": "coroutine",
        "writes": "what you write",
        "task": "task",
        "drives": "drives it",
        "future": "future",
        "result": "a result to come",
        "loop": "loop",
        "replaces": "replaces",
        "turn": "whose turn is it?",
        "selector": "selector",
        "ready": "who is ready?",
        "proactor": "proactor",
        "done": "who is done?",
        "system": "system",
        "hands": "hands over",
        "wakes": "wakes",
        "protocol": "protocol",
        "called": "it is called",
        "transport": "transport",
        "bytes": "carries bytes",
        "pipes": "pipes",
        "events": "ready",
    },
}

PRIMITIVES = ("Lock", "Queue")
DELAYED, REPLACES = "call_later()", "uvloop"
TRANSPORTS = ("TCP", "UDP", "TLS")
SELECTED = ("select", "epoll", "kqueue")
COMPLETED = "IOCP"

TOP, BOX, GAP = 16.0, 50.0, 41.0
"""Where the first row starts; the height of a box, and of the leg to the next."""

LEFT, AWAIT, CALLS, END = 24.0, 664.0, 724.0, 1256.0
"""The await's world is between the first two, the callbacks' between the others."""

LOOP, BACK = 1090.0, 970.0
"""Where the loop ends, and where callbacks come back up."""


@dataclass(frozen=True)
class Leg:
    """A leg of the path, there and back: code, or the key of a word."""

    there: str
    back: str


LEGS = (
    Leg("await", "send()"),
    Leg("add_done_callback()", "wakes"),
    Leg("hands", "set_result()"),
    Leg("select()", "events"),
    Leg("", ""),
)
"""From the coroutine down to the system, whose own calls are not named."""


def top(row: int) -> float:
    """Return where a row of boxes starts."""
    return TOP + row * (BOX + GAP)


def part(
    page: Page,
    box: tuple[float, float, float],
    name: str,
    role: str,
    stroke: str = "ink",
) -> None:
    """Draw a part (left, top, right): its name, and what it does."""
    left, y, right = box
    page.frame(left, y, right - left, BOX, stroke)
    page.text(left + 18, y + 34, name, bold=True)
    page.text(right - 18, y + 34, role, anchor="end")


def leg(page: Page, row: int, label: Leg, x: float, x2: float) -> None:
    """Draw the leg below a row with its labels: there at x, back at x2."""
    high, low = top(row) + BOX + 3, top(row + 1) - 3
    page.arrow(x, high, x, low, page.lane(0))
    page.arrow(x2, low, x2, high, page.lane(4))
    for at, text in ((x, label.there), (x2, label.back)):
        page.text(at + 16, low - 10, text, MONO if code(text) else SANS)


def code(text: str) -> bool:
    """Tell whether a label is code."""
    return text == "await" or text.endswith("()")


def awaits(page: Page, words: dict[str, str]) -> None:
    """Draw what an await passes through, above the loop."""
    part(page, (LEFT, top(0), AWAIT), words["coroutine"], words["writes"])
    part(page, (LEFT, top(1), 470), words["task"], words["drives"])
    part(page, (LEFT, top(2), AWAIT), words["future"], words["result"])
    page.frame(490, top(1), AWAIT - 490, BOX)
    page.text(577, top(1) + 34, " ".join(PRIMITIVES), MONO, anchor="middle")
    for row in (0, 1):
        page.arrow(577, top(row) + BOX + 3, 577, top(row + 1) - 3, page.lane(0))


def callbacks(page: Page, words: dict[str, str]) -> None:
    """Draw what the loop calls."""
    part(page, (CALLS, top(0), END), words["protocol"], words["called"])
    page.frame(CALLS, top(1), END - CALLS, 2 * BOX + GAP)
    page.text(CALLS + 18, top(1) + 40, words["transport"], bold=True)
    page.text(END - 18, top(1) + 40, words["bytes"], anchor="end")
    width = (END - CALLS - 36 - 36) / 4
    for place, kind in enumerate((*TRANSPORTS, words["pipes"])):
        x = CALLS + 18 + place * (width + 12)
        page.rect(x, top(1) + 70, width, 48, "free", round_=6)
        page.text(x + width / 2, top(1) + 103, kind, anchor="middle")
    leg(page, 0, Leg("write()", "data_received()"), CALLS + 40, BACK)
    leg(page, 2, Leg("add_reader()", words["events"]), CALLS + 40, BACK)


def machinery(page: Page, words: dict[str, str]) -> None:
    """Draw the loop, what it asks, and the system."""
    y = top(3)
    page.rect(LEFT, y, LOOP - LEFT, BOX, "ink", round_=6)
    page.text(LEFT + 18, y + 34, words["loop"], SANS, "paper", bold=True)
    page.text(AWAIT - 18, y + 34, words["turn"], SANS, "paper", "end")
    page.text(CALLS + 56, y + 34, DELAYED, MONO, "paper")
    page.frame(1146, y, END - 1146, BOX, page.lane(3))
    page.text((1146 + END) / 2, y + 34, REPLACES, MONO, anchor="middle")
    page.text(END, y - 13, words["replaces"], anchor="end")
    page.arrow(1144, y + BOX / 2, LOOP + 4, y + BOX / 2, page.lane(3))
    part(page, (LEFT, top(4), 820), words["selector"], words["ready"])
    part(page, (860, top(4), END), words["proactor"], words["done"])
    y = top(5)
    page.rect(LEFT, y, END - LEFT, BOX, "free", round_=6)
    page.text(LEFT + 18, y + 34, words["system"], bold=True)
    page.text(802, y + 34, "  ".join(SELECTED), MONO, anchor="end")
    page.text(END - 18, y + 34, COMPLETED, MONO, anchor="end")


def draw(page: Page, lang: Lang) -> None:
    """Draw both worlds on the loop, the loop on the system."""
    words = WORDS[lang]
    awaits(page, words)
    callbacks(page, words)
    machinery(page, words)
    for row, each in enumerate(LEGS):
        there, back = (words.get(text, text) for text in (each.there, each.back))
        leg(page, row, Leg(there, back), LEFT + 40, 390)
    leg(page, 3, Leg("", ""), 900, BACK)
    leg(page, 4, Leg("", ""), 900, BACK)


def picture(lang: Lang) -> Sketch:
    """Return the parts, one on the other."""
    return Sketch(lang, TITLE[lang], ALT[lang], 538, lambda page: draw(page, lang))
