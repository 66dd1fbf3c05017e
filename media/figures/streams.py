"""9.3: streams beside protocols: the same echo, pulled by a coroutine or pushed.

The order of the protocol's calls is that of asyncio's "Transports and Protocols"
page: connection_made, any number of data_received, eof_received, connection_lost.
"""

from media.lang import Lang
from media.svg import WIDTH, Page, Sketch, number
from media.text import MONO, text_width

STREAMS = """\
async def echo(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
"""
METHODS = ("connection_made", "data_received", "eof_received", "connection_lost")
"""Those of a protocol, in the order in which the loop calls them."""

TITLE: dict[Lang, str] = {
    "fr": "Flux et protocoles\u00a0: tirer ou se faire pousser",
    "en": "Streams and protocols: pull or be pushed",
}
ALT: dict[Lang, str] = {
    "fr": (
        "La boucle, au milieu. À gauche, un écho avec les flux\u00a0: une flèche va de"
        " chaque await de la coroutine à la boucle, la coroutine tire. À droite, un"
        " protocole\u00a0: une flèche va de la boucle à chacune des quatre méthodes,"
        " la boucle pousse."
    ),
    "en": (
        "The loop, in the middle. On its left, an echo with streams: an arrow goes"
        " from each await of the coroutine to the loop, the coroutine pulls. On its"
        " right, a protocol: an arrow goes from the loop to each of the four methods,"
        " the loop pushes."
    ),
}
HEADS: dict[Lang, tuple[str, str]] = {
    "fr": ("Flux\u00a0: la coroutine tire", "Protocole\u00a0: la boucle pousse"),
    "en": ("Streams: the coroutine pulls", "Protocol: the loop pushes"),
}
LOOPS: dict[Lang, str] = {"fr": "boucle", "en": "loop"}

LOOP, BAR, METHOD = 596, 44, 692
"""Where the loop is and its width; where the methods start."""

TOP, ROW = 54, 56
"""Where the code starts, and the height of a row."""

HEIGHT = ROW * len(STREAMS.splitlines())


def picture(lang: Lang) -> Sketch:
    """Return both, on both sides of the loop."""

    def draw(page: Page) -> None:
        pulls, pushes = HEADS[lang]
        page.text(0, 26, pulls, bold=True)
        page.text(WIDTH, 26, pushes, anchor="end", bold=True)
        page.rect(LOOP, TOP, BAR, HEIGHT, "ink", round_=6)
        upwards(page, LOOP + BAR / 2, TOP + HEIGHT / 2, LOOPS[lang])
        coroutine(page)
        protocol(page)

    return Sketch(lang, TITLE[lang], ALT[lang], TOP + HEIGHT, draw)


def upwards(page: Page, x: float, y: float, text: str) -> None:
    """Write a bold text from bottom to top, its middle at (x, y)."""
    page.add(f'<g transform="rotate(-90 {number(x)} {number(y)})">')
    page.text(x, y + 9, text, fill="paper", anchor="middle", bold=True)
    page.add("</g>")


def coroutine(page: Page) -> None:
    """Draw the coroutine, and an arrow from each await to the loop."""
    for row, line in enumerate(STREAMS.splitlines()):
        text, y = line.lstrip(), TOP + ROW * (row + 0.5)
        end = text_width(line, MONO)
        page.code(end - text_width(text, MONO), y + 9, text)
        if "await" in line:
            page.arrow(end + 12, y, LOOP - 2, y)


def protocol(page: Page) -> None:
    """Draw the protocol's methods, and an arrow from the loop to each."""
    for row, name in enumerate(METHODS):
        y = TOP + HEIGHT * (row + 0.5) / len(METHODS)
        page.arrow(LOOP + BAR + 2, y, METHOD - 10, y)
        page.text(METHOD, y + 9, f"{name}()", MONO)
