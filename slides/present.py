"""From the command to the first slide on the screen."""

from __future__ import annotations

import sys
import webbrowser

from slides import keys
from slides.build import first_slide, working_copy
from slides.errors import Problem
from slides.paths import decks, served, short
from slides.server import listen, serve
from slides.talks import Talk


def present(
    talk: Talk,
    *,
    chapter: str | None = None,
    slide: int = 1,
    port: int | None = None,
    browser: bool = True,
    fresh: bool = False,
    dark: bool = False,
) -> int:
    """Show a talk until Ctrl-C; return the exit code.

    Raises Problem for what a speaker can mend: a slide's number, a port, a picture.
    """
    first = first_slide(talk, chapter, slide)
    if browser:
        _need_browser()
    with listen(port) as listener:
        copy = working_copy(talk, fresh=fresh)

        def ready(show: str, lab: str) -> None:
            url = show + (f"&slide={first}" if first > 1 else "")
            url += "&dark" if dark else ""
            print(url)
            print(f"{talk.title} ({talk.minutes:g} min), from {short(copy.path)}")
            if copy.remark:
                print(copy.remark)
            print(f"{_editing(talk.lang)}: {lab}\n{keys.card()}")
            print("Ctrl-C here ends the show; your edits stay.")
            sys.stdout.flush()
            if browser and not webbrowser.open(url):
                print("The browser did not start: open the URL above.", file=sys.stderr)

        serve(listener, copy.path, talk.lang, ready)
    return 0


def _editing(lang: str) -> str:
    """Say what JupyterLab is for, and honestly where the decks are not in it."""
    if served(decks(lang)):
        return "Edit the decks in JupyterLab"
    return f"JupyterLab, without the decks (they are in {decks(lang)})"


def _need_browser() -> None:
    try:
        webbrowser.get()
    except webbrowser.Error:
        raise Problem(
            "no browser found: install one, or use --no-browser and open the URL."
        ) from None
