"""10.4: publish and subscribe on the wire, in Redis's own format, RESP2.

The format: https://redis.io/docs/latest/develop/reference/protocol-spec/
What is answered: https://redis.io/docs/latest/develop/pubsub/
"""

from dataclasses import dataclass

from media.lang import Lang
from media.svg import Page, Sketch
from media.text import MONO

Value = bytes | int | tuple[bytes | int, ...]
"""What goes over the wire: a bulk string, an integer, an array of these."""


@dataclass(frozen=True)
class Message:
    """A value sent from one peer to another, at a time: a row, from 0."""

    row: int
    sender: int
    receiver: int
    value: Value


SUBSCRIBER, SERVER, PUBLISHER = range(3)
FLOWER = b"tulip"
MESSAGES = (
    Message(0, SUBSCRIBER, SERVER, (b"SUBSCRIBE", b"news")),
    Message(1, SERVER, SUBSCRIBER, (b"subscribe", b"news", 1)),
    Message(2, PUBLISHER, SERVER, (b"PUBLISH", b"news", FLOWER)),
    Message(3, SERVER, SUBSCRIBER, (b"message", b"news", FLOWER)),
    Message(3, SERVER, PUBLISHER, 1),
)

TITLE: dict[Lang, str] = {
    "fr": "Publier et s’abonner, octet par octet",
    "en": "Publish and subscribe, byte by byte",
}
ALT: dict[Lang, str] = {
    "fr": (
        "Diagramme de séquence avec les octets de Redis\u00a0: l’abonné envoie"
        " SUBSCRIBE news au serveur, qui confirme\u00a0; le diffuseur envoie PUBLISH"
        " news tulip\u00a0; le serveur pousse message news tulip à l’abonné, qui"
        " n’a rien redemandé, et répond 1 au diffuseur\u00a0: un abonné servi."
    ),
    "en": (
        "Sequence diagram with Redis's bytes: the subscriber sends SUBSCRIBE news"
        " to the server, which confirms; the publisher sends PUBLISH news tulip;"
        " the server pushes message news tulip to the subscriber, which has not"
        " asked again, and answers 1 to the publisher: one subscriber served."
    ),
}
PEERS: dict[Lang, tuple[str, str, str]] = {
    "fr": ("abonné", "serveur", "diffuseur"),
    "en": ("subscriber", "server", "publisher"),
}
LEGEND: dict[Lang, tuple[tuple[str, str], ...]] = {
    "fr": (
        ("*2", "un tableau de deux"),
        ("$9", "neuf octets suivent"),
        (":1", "l’entier 1"),
        (r"\r\n", "fin de chaque partie"),
    ),
    "en": (
        ("*2", "an array of two"),
        ("$9", "nine bytes follow"),
        (":1", "the integer 1"),
        (r"\r\n", "ends each part"),
    ),
}

LINES = (40, 460, 880)
"""Where the peers' lifelines are."""

BOXES = (0, 385, 770)
"""Where their boxes start, all as wide."""

TOP, ROW, PITCH = 44, 94, 33
"""Where the lifelines start, the height of a message, that of a line of bytes."""

INDENT = 28
"""From a lifeline to the bytes on its right."""

TRAIL = 4
"""The lane whose colour leads the eye from the publisher to the reader."""

PAYLOAD = r"(?<=\\n)[A-Za-z]+|(?<=:)\d+"
"""What is said, apart from what frames it."""


def encode(value: Value) -> bytes:
    """Return a value as RESP2 writes it."""
    return b"".join(parts(value))


def parts(value: Value) -> list[bytes]:
    """Return a value's parts, encoded: an array's header, then its items."""
    match value:
        case int():
            return [b":%d\r\n" % value]
        case bytes():
            return [b"$%d\r\n%b\r\n" % (len(value), value)]
        case _:
            return [b"*%d\r\n" % len(value), *map(encode, value)]


def shown(data: bytes) -> str:
    r"""Return bytes as Python writes them: CR and LF as \r\n."""
    return repr(data)[2:-1]


def picture(lang: Lang) -> Sketch:
    """Return the sequence, from SUBSCRIBE to the message."""

    def draw(page: Page) -> None:
        bottom = TOP + ROW * 4 + 10
        for x, box, peer in zip(LINES, BOXES, PEERS[lang], strict=True):
            page.line(x, TOP, x, bottom, "grid", 4)
            page.rect(box, 0, 150, TOP, "ink", round_=6)
            page.text(box + 75, 31, peer, fill="paper", anchor="middle", bold=True)
        for message in MESSAGES:
            send(page, message)
        legend(page, lang)

    return Sketch(lang, TITLE[lang], ALT[lang], TOP + ROW * 4 + 10, draw)


def send(page: Page, message: Message) -> None:
    """Draw a message: its arrow, its bytes over it, in one line or two."""
    x, x2 = LINES[message.sender], LINES[message.receiver]
    y = TOP + ROW * (message.row + 1)
    aside = 8 if x < x2 else -8
    data = parts(message.value)
    stroke = page.lane(TRAIL) if FLOWER in data[-1] else "ink"
    page.arrow(x + aside, y, x2 - aside, y, stroke)
    texts = [shown(b"".join(bits)) for bits in (data[:2], data[2:]) if bits]
    for line, text in enumerate(reversed(texts)):
        page.marked(min(x, x2) + INDENT, y - 13 - PITCH * line, text, PAYLOAD)


def legend(page: Page, lang: Lang) -> None:
    """Draw what the signs of the format mean, where nothing is sent."""
    x = LINES[SERVER] + INDENT
    page.rect(x, TOP + 14, 364, 4 * 36 + 14, "free", round_=6)
    for number, (sign, meaning) in enumerate(LEGEND[lang]):
        y = TOP + 14 + 34 + 36 * number
        page.text(x + 16, y, sign, MONO)
        page.text(x + 84, y, meaning)
