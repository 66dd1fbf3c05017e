"""Who speaks, where and when, in which colour, how large: speaker.toml.

The speaker writes speaker.toml beside speaker.example.toml, which says what is in it;
without the file, the slides do without.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, field, fields
from importlib import metadata
from pathlib import Path

import segno

from slides import look
from slides.errors import Problem
from slides.paths import CHECKOUT, HOME, ROOT, SLIDES, short
from slides.talks import unknown

FILE = (SLIDES if HOME == ROOT else HOME) / "speaker.toml"
"""The speaker's own file: in slides/ of a checkout, else where the stage builds."""


@functools.cache
def kit_address() -> str:
    """Return where the kit is: pyproject.toml says it, or the installed package."""
    if CHECKOUT:
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["urls"]["Repository"])
    urls = metadata.metadata("tulipes").get_all("Project-URL") or []
    addresses = dict(url.split(", ", 1) for url in urls)
    return str(addresses["Repository"])


def in_kit(file: str) -> str:
    """Return where a file of the kit is downloaded from, as it is today."""
    return f"{kit_address()}/raw/HEAD/{file}"


@dataclass(frozen=True)
class Speaker:
    """What speaker.toml says; each text but the address may be "".

    `accent` is a colour, such as "#1f4b99"; `size` is that of prose, in percent.
    """

    name: str = ""
    event: str = ""
    date: str = ""
    address: str = field(default_factory=kit_address)
    accent: str = ""
    size: int = 100

    @property
    def line(self) -> str:
        """Name, event and date, those that are given, in a line: "" if none is."""
        return " · ".join(filter(None, (self.name, self.event, self.date)))


def read(path: Path = FILE) -> Speaker:
    """Return what the file says, or what holds without one.

    Raises Problem for a file that cannot be read, for a key that no one knows, and
    for a value that is not what its key asks for.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Speaker()
    except OSError as error:
        raise Problem(f"{short(path)}: {error.strerror}.") from None
    except ValueError as error:  # no TOML, or no UTF-8
        raise Problem(f"{short(path)}: {error}.") from None
    known = [each.name for each in fields(Speaker)]
    for key, value in table.items():
        if key not in known:
            raise Problem(f"{short(path)}: {unknown('key', key, known)}")
        if fault := _fault(key, value):
            raise Problem(f"{short(path)}: {key} is {fault}")
    return Speaker(**{key: value for key, value in table.items() if value})


def _fault(key: str, value: object) -> str:
    """Return what a key's value should be, if it is something else."""
    if key == "size":
        smallest, largest = look.SIZES
        fits = type(value) is int and smallest <= value <= largest
        what = f"a whole number of percent, {smallest} to {largest}"
        return "" if fits else f"{what}: not {value!r}."
    if not isinstance(value, str):
        return f'text: {key} = "{value}".'
    if key == "accent" and value and not look.COLOUR.fullmatch(value):
        return f'a colour such as "#1f4b99": not "{value}".'
    return ""


def qr(address: str) -> str:
    """Return an SVG of an address's QR code, drawn in the text's colour.

    Its quiet zone, four modules wide, is in it; what is behind it shines through.
    Readers want it darker than that. Raises Problem for an address that is too long.
    """
    try:
        code = segno.make_qr(address, error="m")
    except segno.DataOverflowError:
        raise Problem(f"An address of {len(address)} letters has no QR code.") from None
    svg = str(code.svg_inline(title=address, omitsize=True, svgclass=None))
    svg = svg.replace('stroke="#000"', 'stroke="currentColor"')
    space = 'xmlns="http://www.w3.org/2000/svg"'  # else no picture by itself
    return svg.replace("<svg ", f'<svg {space} role="img" ', 1)
