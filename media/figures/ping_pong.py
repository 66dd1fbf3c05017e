"""1.4: a ping-pong server as nested callbacks, and as a coroutine.

Both make the same four calls; the sockets on the left are told what to call next,
those on the right are awaited, as are asyncio's `sock_accept`, `sock_recv` and
`sock_sendall`. From the first to the second: PEP 3156, PEP 492.
"""

import math
from dataclasses import dataclass
from itertools import pairwise, takewhile

from media.lang import Lang
from media.svg import Page, Sketch

CALLS = ("accept", "recv", "send", "close")
"""The steps of the conversation, in the order in which they run."""

CALLBACKS = """\
def serve(server):
    def accepted(peer):
        def received(ping):
            def sent():
                peer.close()
            peer.send(b'pong', sent)
        peer.recv(received)
    server.accept(accepted)
"""
COROUTINE = """\
async def serve(server):
    peer = await server.accept()
    ping = await peer.recv()
    await peer.send(b'pong')
    peer.close()
"""

TITLE: dict[Lang, str] = {
    "fr": "Ping-pong\u00a0: des rappels imbriqués, ou une coroutine",
    "en": "Ping-pong: nested callbacks, or a coroutine",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Le même serveur écrit deux fois\u00a0: en rappels imbriqués, les quatre"
        " appels accept, recv, send et close sont numérotés de bas en haut, chacun"
        " une fonction plus à l’intérieur\u00a0; dans la coroutine, les mêmes se"
        " suivent de haut en bas."
    ),
    "en": (
        "The same server written twice: as nested callbacks, the four calls"
        " accept, recv, send and close are numbered from the bottom up, each one"
        " function further inside; in the coroutine, the same calls follow one another"
        " from top to bottom."
    ),
}
HEADS: dict[Lang, tuple[str, str]] = {
    "fr": (
        "Rappels\u00a0: on lit en remontant",
        "Coroutine\u00a0: on lit en descendant",
    ),
    "en": ("Callbacks: read upwards", "Coroutine: read downwards"),
}

COLUMNS = ((1.5, 464), (488, 430))
"""Where the two columns start, and how wide they are."""

TOP, ROW, BADGE, INDENT = 46, 47, 34, 40
"""Where the code starts, the height of its rows; a step's number, where it stands."""


@dataclass(frozen=True)
class Line:
    """A line of code: its row, from 0, and how deep it is indented."""

    row: int
    depth: int
    text: str

    @property
    def y(self) -> float:
        """The height of its middle."""
        return TOP + 4 + ROW * (self.row + 0.5)


def lines(source: str) -> list[Line]:
    """Return the lines of a source."""
    bare = [(line, line.lstrip()) for line in source.splitlines()]
    return [
        Line(row, (len(line) - len(text)) // 4, text)
        for row, (line, text) in enumerate(bare)
    ]


def steps(code: list[Line]) -> list[Line]:
    """Return the calls, in the order in which they run."""
    return [next(line for line in code if f".{call}(" in line.text) for call in CALLS]


def indent(depth: float) -> float:
    """Return how wide an indentation is: a step's number has its place there."""
    return depth * INDENT


def picture(lang: Lang) -> Sketch:
    """Return both servers, side by side."""

    def draw(page: Page) -> None:
        sources = (CALLBACKS, COROUTINE)
        for place, head, source in zip(COLUMNS, HEADS[lang], sources, strict=True):
            page.text(place[0] - 1.5, 26, head, bold=True)
            column(page, *place, lines(source))

    height = TOP + ROW * len(lines(CALLBACKS)) + 8 + 1.5
    return Sketch(lang, TITLE[lang], ALT[lang], height, draw)


def column(page: Page, x: float, width: float, code: list[Line]) -> None:
    """Draw a server: the boxes of its functions, its lines, its path."""
    for line in code:
        if "def " in line.text:
            box(page, x, width, line, code)
    for line in code:
        page.code(x + 16 + indent(line.depth), line.y + 9, line.text)
    path(page, [(x + 16 + indent(line.depth - 0.55), line.y) for line in steps(code)])


def box(page: Page, x: float, width: float, head: Line, code: list[Line]) -> None:
    """Draw a function's box, inside its parent's."""
    body = takewhile(lambda line: line.depth > head.depth, code[head.row + 1 :])
    page.frame(
        x + indent(head.depth),
        TOP + ROW * head.row,
        width - indent(head.depth) - 8 * head.depth,
        ROW * (1 + len(list(body))) + 8,
        "grid",
        "paper" if head.depth % 2 else "free",
    )


def path(page: Page, places: list[tuple[float, float]]) -> None:
    """Draw the numbers of the steps, and arrows from each to the next."""
    for (x, y), (x2, y2) in pairwise(places):
        length = math.hypot(x2 - x, y2 - y)
        tip = (length - BADGE / 2) / length
        page.line(x, y, x + (x2 - x) * tip * 0.9, y + (y2 - y) * tip * 0.9)
        turn = round(math.degrees(math.atan2(y2 - y, x2 - x)))
        page.head(x + (x2 - x) * tip, y + (y2 - y) * tip, turn=turn)
    for number, (x, y) in enumerate(places, 1):
        side = BADGE / 2
        page.rect(x - side, y - side, BADGE, BADGE, "ink", round_=BADGE // 2)
        page.text(x, y + 9, str(number), fill="paper", anchor="middle", bold=True)
