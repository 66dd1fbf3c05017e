"""First versions: a demo, a talk, a figure that pass the checks, to be changed.

What they hold is the least that their contracts ask: see CONTRIBUTING.md.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable
from pathlib import Path

from demos.catalogue import chapters
from slides.errors import Problem
from slides.paths import CHECKOUT, DEMOS, MEDIA, SLIDES, short
from slides.sync import synced
from slides.talks import Repertoire, unknown

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

PACKAGES = {"pubsub", "engine"}
"""Chapters whose lessons are parts of one program: none is added by a template."""

DEMO = '''\
"""Say here, in one line, what the lesson shows.

    $ python NAME.py
    tulip: planted
    tulip: in bloom

Say here, in two or three lines, what to notice.
"""

import asyncio


async def grow(seconds: float) -> str:
    """Say in a line what it does."""
    await asyncio.sleep(seconds)  # the loop runs others here
    return "in bloom"


async def main(*, delay: float = 0.1) -> None:
    """Plant a tulip, and wait for it."""
    print("tulip: planted")
    print("tulip:", await grow(delay))


if __name__ == "__main__":
    asyncio.run(main())
'''

BEYOND = '"PATH" = "to be placed: say what it is for, or name it in an entry above"\n'
"""The line of the syllabus for a lesson that no number of the course has yet."""

HEADER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
"""
"""What a deck starts with."""

DECK = """
+++ {"slideshow": {"slide_type": "slide"}, "id": "NAME"}

# TITLE

ce que le public en gardera

+++ {"slideshow": {"slide_type": "notes"}}

Ce que vous dites en ouvrant.

+++ {"slideshow": {"slide_type": "slide"}, "id": "NAME_idea"}

## Une diapositive, une idée

```{code-cell} ipython3
:demo: first_steps/hello.py:hello
```

Regardez la pause entre les deux mots.

```{code-cell} ipython3
await hello(0.5)
```

+++ {"slideshow": {"slide_type": "notes"}}

Ce que vous dites pendant qu’elle est à l’écran.

+++ {"slideshow": {"slide_type": "slide"}, "id": "NAME_end", "end": true}

# Merci\u00a0!

la phrase à emporter

+++ {"slideshow": {"slide_type": "notes"}}

Ce que vous dites pour finir.
"""

TALK = """
[NAME]
title = "TITLE"
lang = "fr"
minutes = 5
rest = 1

[[NAME.parts]]
chapter = "NAME"

[NAME.parts.slides]
NAME = 1
NAME_idea = 2
NAME_end = 1
"""

FIGURE = '''\
"""Say here, in one line, what the figure shows."""

from __future__ import annotations

from media.lang import Lang
from media.svg import Page, Sketch
from media.text import MONO

TITLE: dict[Lang, str] = {
    "fr": "Une tâche attend",
    "en": "A task waits",
}
ALT: dict[Lang, str] = {
    "fr": "Une flèche va d’une tâche à ce qu’elle attend.",
    "en": "An arrow goes from a task to what it waits for.",
}
WORDS: dict[Lang, dict[str, str]] = {
    "fr": {"task": "une tâche"},
    "en": {"task": "a task"},
}


def draw(page: Page, lang: Lang) -> None:
    """Draw two boxes and an arrow: media/figures/shapes.py shows each word."""
    page.frame(2, 20, 250, 60, page.lane(0))
    page.text(127, 59, WORDS[lang]["task"], anchor="middle")
    page.arrow(262, 50, 440, 50)
    page.frame(450, 20, 250, 60)
    page.text(575, 59, "Future", MONO, anchor="middle")


def picture(lang: Lang) -> Sketch:
    """Return the drawing."""
    return Sketch(lang, TITLE[lang], ALT[lang], 100, lambda page: draw(page, lang))
'''


def new(kind: str, name: str) -> int:
    """Write the first version of what is named, say what to do next; return 0.

    `kind` is "demo", whose name is chapter/lesson, "talk", or "figure". Raises Problem
    (status 2) for a name that cannot be, or that is taken: no file is written over.
    """
    if not CHECKOUT:
        raise Problem("what is new is written into a clone of the kit: there is none.")
    kinds: dict[str, Callable[[str], None]]
    kinds = {"demo": _demo, "talk": _talk, "figure": _figure}
    kinds[kind](name)
    return 0


def _demo(name: str) -> None:
    chapter, _, lesson = name.partition("/")
    known = [path.name for path in chapters() if path.name not in PACKAGES]
    if chapter not in known:
        raise unknown("chapter for a demo", chapter, known)
    _refuse(lesson, "first_result")
    if lesson in sys.stdlib_module_names or importlib.util.find_spec(lesson):
        raise Problem(f"{lesson}.py would hide the module {lesson}: name it else.", 2)
    _write(DEMOS / chapter / f"{lesson}.py", DEMO.replace("NAME", lesson))
    _append(SLIDES / "syllabus.toml", BEYOND.replace("PATH", f"{name}.py"))
    print(
        f"Next: change it; `python -m demos {chapter}.{lesson}`; paste what it prints\n"
        f"into its docstring; `pytest tests/test_demos.py -k {chapter}.{lesson}`.\n"
        f"On a slide: a cell with `:demo: {name}.py:grow`, then `make sync`."
    )


def _talk(name: str) -> None:
    _refuse(name, "my_talk")
    repertoire = Repertoire()
    if name in repertoire.entries or name in repertoire.paths("fr"):
        raise Problem(f"{name} is a talk, or a chapter: take another name.", 2)
    path, title = SLIDES / "fr" / f"00-{name}.md", name.replace("_", " ").capitalize()
    text = HEADER + DECK.replace("NAME", name).replace("TITLE", title)
    _write(path, synced(path, text))
    talk = TALK.replace("NAME", name).replace("TITLE", title)
    _append(SLIDES / "talks.toml", talk)
    print(
        "Next: write its slides; choose others, and minutes, in slides/talks.toml;\n"
        f"`python -m slides check {name}`; `make present TALK={name}`."
    )


def _figure(name: str) -> None:
    _refuse(name, "my_figure")
    path = MEDIA / "figures" / f"{name}.py"
    for each in path, MEDIA / f"{name}.fr.svg":
        _refuse_taken(each)
    _write(path, FIGURE)
    importlib.invalidate_caches()
    from media.__main__ import figures

    figures([name], check=False, folder=MEDIA)
    print(
        "Next: change it; `make media` draws it, look at it; in a deck:\n"
        f"![what it shows](../../media/{name}.fr.svg)"
    )


def _refuse(name: str, example: str) -> None:
    """Raise Problem for what is no name of a file, a talk, an id."""
    if not NAME.fullmatch(name) or len(name) > 30:
        raise Problem(
            f"«{name}» is no name: at most 30 of a-z, 0-9 and _, a letter first,"
            f" such as {example}.",
            2,
        )


def _refuse_taken(path: Path) -> None:
    if path.exists():
        raise Problem(f"{short(path)} is there: take another name.", 2)


def _write(path: Path, text: str) -> None:
    _refuse_taken(path)
    path.write_text(text, encoding="utf-8")
    print(f"{short(path)}: written.")


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
    print(f"{short(path)}: it is named there.")
