"""What a speaker changes of the look: a colour and a size, which stay legible."""

from __future__ import annotations

import re

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

SIZES = 90, 110
"""The smallest and the largest text, in percent: smaller is not read from the back
of a room, larger does not fit."""

CONTRAST = 7
"""Of a colour and what is behind it: WCAG's for small text, and the theme's own."""

PAPER, NIGHT = "#fffefb", "#1c2330"
"""What is behind, as theme/rise.css has it: of its dark grounds, the lightest."""

Colour = tuple[int, int, int]


def style(accent: str, size: int) -> str:
    """Return the style sheet of an accent ("" for none) and a size in percent."""
    css = ""
    if size != 100:
        css += f":root {{ --scale: {size / 100:g}; }}\n"
    if accent:
        hue = readable(accent, PAPER, "#000000")
        glow = readable(accent, NIGHT, "#ffffff")
        css += (
            f':root, [class*="stage-part-"] {{ --hue: {hue}; --glow: {glow}; }}\n'
            ":root.stage-dark { --hue: var(--glow); }\n"
            ":root .rise-enabled .stage-title .stage-flower { stroke: var(--glow); }\n"
            ":root .rise-enabled #notebook :is(.stage-title, .stage-end)"
            " .rendered_html :is(p:last-of-type, a) { color: var(--glow); }\n"
        )
    return css


def readable(colour: str, ground: str, towards: str) -> str:
    """Return a colour, mixed with another until it can be read on its ground."""
    first, last = _parsed(colour), _parsed(towards)
    for percent in range(100):
        pairs = zip(first, last, strict=True)
        mixed = "".join(f"{round(a + (b - a) * percent / 100):02x}" for a, b in pairs)
        if contrast(f"#{mixed}", ground) >= CONTRAST:
            return f"#{mixed}"
    return towards


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21: WCAG's."""
    light, dark = sorted(map(_luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = (each / 255 for each in _parsed(colour))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parsed(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
