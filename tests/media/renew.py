"""Draw the fixed traces again, where what is drawn is meant to change.

    $ python -m tests.media.renew

writes the SVG files beside tests/media/traces/*.json; look at them, commit them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from media.lang import LANGS
from media.layout import picture
from media.svg import DARK, LIGHT
from media.trace import Trace

TRACES = Path(__file__).parent / "traces"
DARK_TOO = ("starvation", "ends")
"""Traces whose pictures have all colours."""


def names() -> list[str]:
    """Return the names of the fixed traces."""
    return sorted(path.stem for path in TRACES.glob("*.json"))


def trace(name: str) -> Trace:
    """Return a fixed trace."""
    return Trace.loads((TRACES / f"{name}.json").read_text(encoding="utf-8"))


def drawings() -> Iterator[tuple[str, str]]:
    """Yield the files' names, and what they must hold: both scales, both languages."""
    for name in names():
        for scale in ("time", "steps"):
            for lang in LANGS:
                made = picture(trace(name), steps=scale == "steps", lang=lang)
                yield f"{name}.{scale}.{lang}.svg", made.svg(LIGHT)
                if name in DARK_TOO and scale == "time":
                    yield f"{name}.{scale}.{lang}.dark.svg", made.svg(DARK)


def main() -> None:
    """Write what has changed."""
    for name, svg in drawings():
        path = TRACES / name
        if not path.is_file() or path.read_text(encoding="utf-8") != svg:
            path.write_text(svg, encoding="utf-8", newline="\n")
            print(name)


if __name__ == "__main__":
    main()
