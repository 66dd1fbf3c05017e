"""The style of the HTML sheet: web.css, the fonts, and media's colours."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import fields

from cheatsheet.entries import HERE
from media.svg import DARK, PRINT, Palette
from slides.paths import THEME

STYLE = HERE / "web.css"

FONTS = {
    "Inter.woff2": "Inter;font-weight:100 900",
    "Iosevka-Regular.woff2": "Iosevka;font-weight:400",
    "Iosevka-Bold.woff2": "Iosevka;font-weight:700",
}
"""The stage's fonts, for which pictures are laid out, and what CSS calls them."""


def style() -> str:
    """Return the style of every sheet: fonts, and colours in light and dark."""
    dark = f"@media (prefers-color-scheme: dark) {{{colours(DARK)}}}"
    css = STYLE.read_text(encoding="utf-8")
    return "\n".join([*map(face, FONTS), colours(PRINT), dark, css])


def face(file: str) -> str:
    """Return a font, as CSS holds it."""
    data = base64.b64encode((THEME / "fonts" / file).read_bytes()).decode()
    source = f"url(data:font/woff2;base64,{data})"
    return f"@font-face{{font-family:{FONTS[file]};src:{source}}}"


def colours(palette: Palette) -> str:
    """Return a palette's colours, as CSS's variables."""
    return f":root{{{';'.join(f'{v}:{c}' for v, c in variables(palette))}}}"


def variables(palette: Palette) -> Iterator[tuple[str, str]]:
    """Yield the colours of a palette, each with the name of its variable."""
    for field in fields(palette):
        colour = getattr(palette, field.name)
        if isinstance(colour, str):
            yield f"--{field.name}", colour
    for number, colour in enumerate(palette.lanes):
        yield f"--lane-{number}", colour


def in_both_modes(svg: str) -> str:
    """Return a light picture in colours that follow the page's."""
    for variable, colour in variables(PRINT):
        svg = svg.replace(f'"{colour}"', f'"var({variable})"')
    return svg
