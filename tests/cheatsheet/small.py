"""A small sheet of two pages, with each kind of part once."""

from __future__ import annotations

from pathlib import Path

HEAD = """\
name = "asyncio"
title = { fr = "asyncio, l’essentiel", en = "asyncio, the essentials" }
description = { fr = "Deux pages", en = "Two pages" }
running = { fr = "Python 3.11", en = "Python 3.11" }
updated = "2026-11-29"

[families.A]
name = { fr = "Bases", en = "Basics" }
colour = "#0b3d84"

[[pages]]
title = { fr = "d’abord", en = "first" }
columns = [["group"], ["cancel"], ["names"], ["eight"]]

[[pages]]
title = { fr = "ensuite", en = "then" }
columns = [["qr"]]
foot = [["states", 2]]

[since]
"`TaskGroup`" = '\\bTaskGroup\\b'
"""

BOX = """
[boxes.{name}]
family = "A"
doc = "library/asyncio-task.html"
parts = [{part}]
"""

PARTS = {
    "group": '{ code = "tasks/group.py:border", from = "async with", to = "group" }',
    "cancel": '{ code = "tasks/cancel.py:water", from = "try:", to = "raise" }',
    "names": '{ output = "history/names_2014.py" }',
    "eight": '{ table = "eight_ways" }',
    "qr": "{ address = 20 }",
    "states": '{ figure = "task_states" }',
}

DECK = """\
---
kernelspec:
  name: python3
  display_name: Python 3
---

"""

CELL = """\
+++ {{"tags": ["cheatsheet"], "box": "{name}", "lang": "{lang}"}}

### {title}

{before}

---

{after}

"""


def toml(parts: dict[str, str] = PARTS) -> str:
    """Return a sheet.toml."""
    boxes = (BOX.format(name=name, part=part) for name, part in parts.items())
    return HEAD + "".join(boxes)


def cell(name: str, before: str, after: str = "", lang: str = "en") -> str:
    """Return a box's cell."""
    return CELL.format(
        name=name, lang=lang, title=f"Box {name}", before=before, after=after
    )


def cells() -> str:
    """Return a deck with a cell for each box in each language."""
    words = (
        "Words, **strong**, *leaning*, `TaskGroup`, [a link](https://peps.python.org)."
    )
    after = "- one `item`\n- another"
    return DECK + "".join(
        cell(name, words, "" if name == "qr" else after, lang)
        for name in PARTS
        for lang in ("fr", "en")
    )


def write(folder: Path, text: str, name: str) -> Path:
    """Write a file, and give its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
