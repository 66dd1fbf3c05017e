"""Where things stand: the sources, and the folder for what is built."""

import os
from pathlib import Path

SLIDES = Path(__file__).resolve().parent
"""The package: decks, talks.toml, theme."""

ROOT = SLIDES.parent
"""What the packages demos, slides and media stand in: it must be importable."""

DEMOS = ROOT / "demos"
MEDIA = ROOT / "media"
THEME = SLIDES / "theme"

CHECKOUT = (ROOT / "pyproject.toml").is_file()

HOME = Path(os.environ.get("TULIPES_HOME") or (ROOT if CHECKOUT else ".")).resolve()
"""What the stage serves and builds in: $TULIPES_HOME, or the checkout, or, for an
installed copy, the folder it is run from."""

BUILD = HOME / "build"
STAGE = BUILD / "stage"
"""The speaker's working copies, one notebook a talk."""


def short(path: Path) -> str:
    """Return the path as a message shows it: relative to `HOME` if inside."""
    try:
        return path.resolve().relative_to(HOME).as_posix()
    except ValueError:
        return str(path)


def decks(lang: str) -> Path:
    """Return the folder of the decks in a language."""
    return SLIDES / lang


def served(path: Path) -> str:
    """Return the path as the server has it; "" for one outside `HOME`, or hidden."""
    try:
        inside = path.resolve().relative_to(HOME)
    except ValueError:
        return ""
    hidden = any(part.startswith(".") for part in inside.parts)
    return "" if hidden else inside.as_posix()
