"""9.3: streams beside protocols: the same echo, pulled by a coroutine or pushed.

The order of the protocol's calls is that of asyncio's "Transports and Protocols"
page: connection_made, any number of data_received, eof_received, connection_lost.
"""

from collections.abc import Iterator

from media.lang import Lang
from media.svg import Page, Sketch, number
from media.text import MONO, text_width

STREAMS = """\
async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
"""
PROTOCOL = """\
class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(data)
    def eof_received(self):
        self.transport.close()
    def connection_lost(self, exc):
        self.transport = None
"""
SERVERS = ("await asyncio.start_server(echo, …)", "await loop.create_server(Echo, …)")
"""What makes each a server; `…` stands for the host and the port."""

PULL, PUSH = r"\bawait\b", r"(?<=def )\w+"
"""Where the coroutine calls the loop, and where the loop calls the protocol."""

TITLE: dict[Lang, str] = {
    "fr": "Flux et protocoles\u00a0: tirer ou se faire pousser",
    "en": "Streams and protocols: pull or be pushed",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Le même écho deux fois, chacun à côté de la boucle\u00a0: avec les flux,"
        " une flèche va de chaque await de la coroutine à la boucle, la coroutine"
        " tire\u00a0; avec un protocole, une flèche va de la boucle à chacune des"
        " quatre méthodes, la boucle pousse."
    ),
    "en": (
        "The same echo twice, each beside the loop: with streams, an arrow goes"
        " from each await of the coroutine to the loop, the coroutine pulls; with a"
        " protocol, an arrow goes from the loop to each of the four methods, the"
        " loop pushes."
    ),
}
HEADS: dict[Lang, tuple[str, str]] = {
    "fr": ("Flux\u00a0: la coroutine tire", "Protocole\u00a0: la boucle pousse"),
    "en": ("Streams: the coroutine pulls", "Protocol: the loop pushes"),
}
LOOPS: dict[Lang, str] = {"fr": "boucle", "en": "loop"}

LEFT, RIGHT, LOOP, CODE = 24, 667, 44, 56
"""Where the two columns start; in each, width of the loop, and where code starts."""

TOP, HEIGHT = 68, 398
"""Where the code starts, and its height."""


def picture(lang: Lang) -> Sketch:
    """Return both, each beside the loop."""

    def draw(page: Page) -> None:
        heads, loop = HEADS[lang], LOOPS[lang]
        for x, head, server in zip((LEFT, RIGHT), heads, SERVERS, strict=True):
            page.text(x, 46, head, bold=True)
            page.rect(x, TOP, LOOP, HEIGHT, "ink", round_=6)
            upwards(page, x + LOOP / 2, TOP + HEIGHT / 2, loop)
            page.code(x, TOP + HEIGHT + 43, server)
        coroutine(page, LEFT)
        protocol(page, RIGHT)

    return Sketch(lang, TITLE[lang], ALT[lang], TOP + HEIGHT + 74, draw)


def upwards(page: Page, x: float, y: float, text: str) -> None:
    """Write a bold text from bottom to top, its middle at (x, y)."""
    page.add(f'<g transform="rotate(-90 {number(x)} {number(y)})">')
    page.text(x, y + 9, text, fill="paper", anchor="middle", bold=True)
    page.add("</g>")


def coroutine(page: Page, x: int) -> None:
    """Draw the coroutine, and an arrow from each await to the loop."""
    for y, indent, line in rows(STREAMS, 56, 0):
        page.code(x + CODE + indent, y + 9, line, PULL)
        if "await" in line:
            page.arrow(x + CODE + indent - 8, y, x + LOOP, y)


def protocol(page: Page, x: int) -> None:
    """Draw the protocol, and an arrow from the loop to each method."""
    for y, indent, line in rows(PROTOCOL, 38, 13):
        page.code(x + CODE + indent, y + 9, line, PUSH)
        if "def " in line:
            page.arrow(x + LOOP, y, x + CODE + indent - 8, y)


def rows(source: str, height: int, gap: int) -> Iterator[tuple[float, float, str]]:
    """Yield a source's lines: the height of the middle, the indent, the text.

    A method comes after a gap.
    """
    y = TOP + 20
    for line in source.splitlines():
        text = line.lstrip()
        y += gap if text.startswith("def ") else 0
        yield y, text_width(line, MONO) - text_width(text, MONO), text
        y += height
